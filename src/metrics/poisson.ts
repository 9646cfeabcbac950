/** Poisson: the mean of y_pred - y_true log(y_pred). */
import { poisson } from '../losses/probabilistic.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

const NAMES = ['name', 'dtype'] as const;

/**
 * The mean of y_pred - y_true log(y_pred). For counts. Source: keras.metrics.Poisson.
 * @example
 * new keras.metrics.Poisson()([[1]], [[1]]).item(); // 1
 */
export class Poisson extends MeanMetricWrapper {
  constructor(...args: ConstructorArgs<MetricOptions, typeof NAMES>) {
    const { name, dtype } = namedArguments<MetricOptions>('Poisson', NAMES, args, []);
    super(poisson, { name: name ?? 'poisson', dtype });
  }

  override get_config(): Record<string, unknown> {
    return Metric.prototype.get_config.call(this);
  }
}
kerasExport(Poisson, 'keras.metrics.Poisson');
