/** TopKCategoricalAccuracy: how often the one-hot label is among the k largest predictions. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { top_k_categorical_accuracy } from './accuracy-functions.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import type { MetricOptions } from './metric.js';

export interface TopKCategoricalAccuracyOptions extends MetricOptions {
  /** How many predictions count. Default 5. */
  k?: number;
}

const ARGUMENTS = ['k', 'name', 'dtype'] as const;

/**
 * How often the one-hot label is among the k largest predictions. Source: keras.metrics.TopKCategoricalAccuracy.
 *
 * @example
 * const metric = new keras.metrics.TopKCategoricalAccuracy({ k: 2 });
 * metric.update_state([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]]);
 * metric.result().item(); // 1
 */
export class TopKCategoricalAccuracy extends MeanMetricWrapper {
  readonly k: number;

  constructor(...args: ConstructorArgs<TopKCategoricalAccuracyOptions, typeof ARGUMENTS>) {
    const options = namedArguments<TopKCategoricalAccuracyOptions>('TopKCategoricalAccuracy', ARGUMENTS, args, []);
    super(top_k_categorical_accuracy, { name: options.name ?? 'top_k_categorical_accuracy', dtype: options.dtype, k: options.k ?? 5 });
    this.k = options.k ?? 5;
  }

  override get_config(): Record<string, unknown> {
    return { name: this.name, dtype: this.dtype, k: this.k };
  }

  static override from_config(config: Record<string, unknown>): TopKCategoricalAccuracy {
    return new this(config);
  }
}
kerasExport(TopKCategoricalAccuracy, 'keras.metrics.TopKCategoricalAccuracy');
