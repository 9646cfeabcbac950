/** SparseCategoricalAccuracy: how often the largest prediction is at the index that the label gives. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { sparse_categorical_accuracy } from './accuracy-functions.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import type { MetricOptions } from './metric.js';
import { NAME_DTYPE } from './sum.js';

/**
 * How often the largest prediction is at the index that the label gives. Source: keras.metrics.SparseCategoricalAccuracy.
 *
 * @example
 * const metric = new keras.metrics.SparseCategoricalAccuracy();
 * metric.update_state([2, 1], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]]);
 * metric.result().item(); // 0.5
 */
export class SparseCategoricalAccuracy extends MeanMetricWrapper {
  constructor(...args: ConstructorArgs<MetricOptions, typeof NAME_DTYPE>) {
    const options = namedArguments<MetricOptions>('SparseCategoricalAccuracy', NAME_DTYPE, args, []);
    super(sparse_categorical_accuracy, { name: options.name ?? 'sparse_categorical_accuracy', dtype: options.dtype });
  }

  override get_config(): Record<string, unknown> {
    return { name: this.name, dtype: this.dtype };
  }

  static override from_config(config: Record<string, unknown>): SparseCategoricalAccuracy {
    return new this(config);
  }
}
kerasExport(SparseCategoricalAccuracy, 'keras.metrics.SparseCategoricalAccuracy');
