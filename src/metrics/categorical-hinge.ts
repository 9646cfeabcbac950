/** CategoricalHinge: the mean of max(largest wrong prediction - right one + 1, 0). */
import { categorical_hinge } from '../losses/hinge-functions.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

const NAMES = ['name', 'dtype'] as const;

/**
 * The mean of max(largest wrong prediction - right one + 1, 0). For one-hot labels. Source:
 * keras.metrics.CategoricalHinge.
 * @example
 * new keras.metrics.CategoricalHinge()([[0, 1]], [[0.5, 0.5]]).item(); // 1
 */
export class CategoricalHinge extends MeanMetricWrapper {
  constructor(...args: ConstructorArgs<MetricOptions, typeof NAMES>) {
    const { name, dtype } = namedArguments<MetricOptions>('CategoricalHinge', NAMES, args, []);
    super(categorical_hinge, { name: name ?? 'categorical_hinge', dtype });
  }

  override get_config(): Record<string, unknown> {
    return Metric.prototype.get_config.call(this);
  }
}
kerasExport(CategoricalHinge, 'keras.metrics.CategoricalHinge');
