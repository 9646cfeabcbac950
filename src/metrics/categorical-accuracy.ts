/** CategoricalAccuracy: how often the likeliest class is the right one. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { categorical_accuracy } from './accuracy-functions.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

const NAMES = ['name', 'dtype'] as const;

/**
 * How often the likeliest class is the right one. For one-hot labels. Source: keras.metrics.CategoricalAccuracy.
 * @example
 * new keras.metrics.CategoricalAccuracy()([[0, 1]], [[0.3, 0.7]]).item(); // 1
 */
export class CategoricalAccuracy extends MeanMetricWrapper {
  constructor(...args: ConstructorArgs<MetricOptions, typeof NAMES>) {
    const { name, dtype } = namedArguments<MetricOptions>('CategoricalAccuracy', NAMES, args, []);
    super(categorical_accuracy, { name: name ?? 'categorical_accuracy', dtype });
  }

  override get_config(): Record<string, unknown> {
    return Metric.prototype.get_config.call(this);
  }
}
kerasExport(CategoricalAccuracy, 'keras.metrics.CategoricalAccuracy');
