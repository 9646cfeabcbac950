/** MeanSquaredLogarithmicError: the mean of squared differences of log(x + 1). */
import { mean_squared_logarithmic_error } from '../losses/regression.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

const NAMES = ['name', 'dtype'] as const;

/**
 * The mean of squared differences of log(x + 1). Source: keras.metrics.MeanSquaredLogarithmicError.
 * @example
 * new keras.metrics.MeanSquaredLogarithmicError()([[0]], [[0]]).item(); // 0
 */
export class MeanSquaredLogarithmicError extends MeanMetricWrapper {
  constructor(...args: ConstructorArgs<MetricOptions, typeof NAMES>) {
    const { name, dtype } = namedArguments<MetricOptions>('MeanSquaredLogarithmicError', NAMES, args, []);
    super(mean_squared_logarithmic_error, { name: name ?? 'mean_squared_logarithmic_error', dtype });
  }

  override get_config(): Record<string, unknown> {
    return Metric.prototype.get_config.call(this);
  }
}
kerasExport(MeanSquaredLogarithmicError, 'keras.metrics.MeanSquaredLogarithmicError');
