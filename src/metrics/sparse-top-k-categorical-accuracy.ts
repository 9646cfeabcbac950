/** SparseTopKCategoricalAccuracy: how often the label, an index, is among the k largest predictions. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { sparse_top_k_categorical_accuracy } from './accuracy-functions.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import type { MetricOptions } from './metric.js';

export interface SparseTopKCategoricalAccuracyOptions extends MetricOptions {
  /** How many predictions count. Default 5. */
  k?: number;
  /** Whether predictions are indices, best first, rather than scores. Default false. */
  from_sorted_ids?: boolean;
}

const ARGUMENTS = ['k', 'name', 'dtype', 'from_sorted_ids'] as const;

/**
 * How often the label, an index, is among the k largest predictions. Source: keras.metrics.SparseTopKCategoricalAccuracy.
 *
 * @example
 * const metric = new keras.metrics.SparseTopKCategoricalAccuracy({ k: 2 });
 * metric.update_state([2, 1], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]]);
 * metric.result().item(); // 1
 */
export class SparseTopKCategoricalAccuracy extends MeanMetricWrapper {
  readonly k: number;
  readonly from_sorted_ids: boolean;

  constructor(...args: ConstructorArgs<SparseTopKCategoricalAccuracyOptions, typeof ARGUMENTS>) {
    const options = namedArguments<SparseTopKCategoricalAccuracyOptions>('SparseTopKCategoricalAccuracy', ARGUMENTS, args, []);
    super(sparse_top_k_categorical_accuracy, { name: options.name ?? 'sparse_top_k_categorical_accuracy', dtype: options.dtype, k: options.k ?? 5, from_sorted_ids: options.from_sorted_ids ?? false });
    this.k = options.k ?? 5;
    this.from_sorted_ids = options.from_sorted_ids ?? false;
  }

  override get_config(): Record<string, unknown> {
    return { name: this.name, dtype: this.dtype, k: this.k, from_sorted_ids: this.from_sorted_ids };
  }

  static override from_config(config: Record<string, unknown>): SparseTopKCategoricalAccuracy {
    return new this(config);
  }
}
kerasExport(SparseTopKCategoricalAccuracy, 'keras.metrics.SparseTopKCategoricalAccuracy');
