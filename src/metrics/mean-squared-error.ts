/** MeanSquaredError: the mean of squared differences. */
import { mean_squared_error } from '../losses/regression.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

const NAMES = ['name', 'dtype'] as const;

/**
 * The mean of squared differences. Source: keras.metrics.MeanSquaredError.
 * @example
 * new keras.metrics.MeanSquaredError()([[0, 1]], [[1, 3]]).item(); // 2.5
 */
export class MeanSquaredError extends MeanMetricWrapper {
  constructor(...args: ConstructorArgs<MetricOptions, typeof NAMES>) {
    const { name, dtype } = namedArguments<MetricOptions>('MeanSquaredError', NAMES, args, []);
    super(mean_squared_error, { name: name ?? 'mean_squared_error', dtype });
  }

  override get_config(): Record<string, unknown> {
    return Metric.prototype.get_config.call(this);
  }
}
kerasExport(MeanSquaredError, 'keras.metrics.MeanSquaredError');
