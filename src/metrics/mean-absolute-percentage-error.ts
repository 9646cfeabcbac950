/** MeanAbsolutePercentageError: the mean of differences relative to the label, in percent. */
import { mean_absolute_percentage_error } from '../losses/regression.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

const NAMES = ['name', 'dtype'] as const;

/**
 * The mean of differences relative to the label, in percent. Source: keras.metrics.MeanAbsolutePercentageError.
 * @example
 * new keras.metrics.MeanAbsolutePercentageError()([[2, 4]], [[1, 5]]).item(); // 37.5
 */
export class MeanAbsolutePercentageError extends MeanMetricWrapper {
  constructor(...args: ConstructorArgs<MetricOptions, typeof NAMES>) {
    const { name, dtype } = namedArguments<MetricOptions>('MeanAbsolutePercentageError', NAMES, args, []);
    super(mean_absolute_percentage_error, { name: name ?? 'mean_absolute_percentage_error', dtype });
  }

  override get_config(): Record<string, unknown> {
    return Metric.prototype.get_config.call(this);
  }
}
kerasExport(MeanAbsolutePercentageError, 'keras.metrics.MeanAbsolutePercentageError');
