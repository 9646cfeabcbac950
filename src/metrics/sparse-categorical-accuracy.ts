/** SparseCategoricalAccuracy: how often the likeliest class is the right one. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { sparse_categorical_accuracy } from './accuracy-functions.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

const NAMES = ['name', 'dtype'] as const;

/**
 * How often the likeliest class is the right one. For class numbers. Source: keras.metrics.SparseCategoricalAccuracy.
 * @example
 * new keras.metrics.SparseCategoricalAccuracy()([1], [[0.3, 0.7]]).item(); // 1
 */
export class SparseCategoricalAccuracy extends MeanMetricWrapper {
  constructor(...args: ConstructorArgs<MetricOptions, typeof NAMES>) {
    const { name, dtype } = namedArguments<MetricOptions>('SparseCategoricalAccuracy', NAMES, args, []);
    super(sparse_categorical_accuracy, { name: name ?? 'sparse_categorical_accuracy', dtype });
  }

  override get_config(): Record<string, unknown> {
    return Metric.prototype.get_config.call(this);
  }
}
kerasExport(SparseCategoricalAccuracy, 'keras.metrics.SparseCategoricalAccuracy');
