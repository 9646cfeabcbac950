/** MeanAbsoluteError: the mean of absolute differences. */
import { mean_absolute_error } from '../losses/regression.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

const NAMES = ['name', 'dtype'] as const;

/**
 * The mean of absolute differences. Source: keras.metrics.MeanAbsoluteError.
 * @example
 * new keras.metrics.MeanAbsoluteError()([[0, 1]], [[1, 3]]).item(); // 1.5
 */
export class MeanAbsoluteError extends MeanMetricWrapper {
  constructor(...args: ConstructorArgs<MetricOptions, typeof NAMES>) {
    const { name, dtype } = namedArguments<MetricOptions>('MeanAbsoluteError', NAMES, args, []);
    super(mean_absolute_error, { name: name ?? 'mean_absolute_error', dtype });
  }

  override get_config(): Record<string, unknown> {
    return Metric.prototype.get_config.call(this);
  }
}
kerasExport(MeanAbsoluteError, 'keras.metrics.MeanAbsoluteError');
