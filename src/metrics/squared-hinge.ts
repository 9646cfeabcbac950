/** SquaredHinge: the mean of max(1 - y_true y_pred, 0) squared. */
import { squared_hinge } from '../losses/hinge-functions.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

const NAMES = ['name', 'dtype'] as const;

/**
 * The mean of max(1 - y_true y_pred, 0) squared. For labels -1 and 1 (0 and 1 are converted). Source:
 * keras.metrics.SquaredHinge.
 * @example
 * new keras.metrics.SquaredHinge()([[-1, 1]], [[-2, -1]]).item(); // 2
 */
export class SquaredHinge extends MeanMetricWrapper {
  constructor(...args: ConstructorArgs<MetricOptions, typeof NAMES>) {
    const { name, dtype } = namedArguments<MetricOptions>('SquaredHinge', NAMES, args, []);
    super(squared_hinge, { name: name ?? 'squared_hinge', dtype });
  }

  override get_config(): Record<string, unknown> {
    return Metric.prototype.get_config.call(this);
  }
}
kerasExport(SquaredHinge, 'keras.metrics.SquaredHinge');
