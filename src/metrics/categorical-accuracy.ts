/** CategoricalAccuracy: how often the largest prediction is at the place of the one-hot label. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { categorical_accuracy } from './accuracy-functions.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import type { MetricOptions } from './metric.js';
import { NAME_DTYPE } from './sum.js';

/**
 * How often the largest prediction is at the place of the one-hot label. Source: keras.metrics.CategoricalAccuracy.
 *
 * @example
 * const metric = new keras.metrics.CategoricalAccuracy();
 * metric.update_state([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]]);
 * metric.result().item(); // 0.5
 */
export class CategoricalAccuracy extends MeanMetricWrapper {
  constructor(...args: ConstructorArgs<MetricOptions, typeof NAME_DTYPE>) {
    const options = namedArguments<MetricOptions>('CategoricalAccuracy', NAME_DTYPE, args, []);
    super(categorical_accuracy, { name: options.name ?? 'categorical_accuracy', dtype: options.dtype });
  }

  override get_config(): Record<string, unknown> {
    return { name: this.name, dtype: this.dtype };
  }

  static override from_config(config: Record<string, unknown>): CategoricalAccuracy {
    return new this(config);
  }
}
kerasExport(CategoricalAccuracy, 'keras.metrics.CategoricalAccuracy');
