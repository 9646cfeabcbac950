/** LogCoshError: the mean of log(cosh(difference)). */
import { log_cosh } from '../losses/regression.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

const NAMES = ['name', 'dtype'] as const;

/**
 * The mean of log(cosh(difference)). Source: keras.metrics.LogCoshError.
 * @example
 * new keras.metrics.LogCoshError()([[0, 1]], [[0, 1]]).item(); // 0
 */
export class LogCoshError extends MeanMetricWrapper {
  constructor(...args: ConstructorArgs<MetricOptions, typeof NAMES>) {
    const { name, dtype } = namedArguments<MetricOptions>('LogCoshError', NAMES, args, []);
    super(log_cosh, { name: name ?? 'logcosh', dtype });
  }

  override get_config(): Record<string, unknown> {
    return Metric.prototype.get_config.call(this);
  }
}
kerasExport(LogCoshError, 'keras.metrics.LogCoshError');
