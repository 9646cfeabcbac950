/** SparseTopKCategoricalAccuracy: how often the right class is among the k likeliest. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { sparse_top_k_categorical_accuracy } from './accuracy-functions.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

export interface SparseTopKCategoricalAccuracyOptions extends MetricOptions {
  /** How many classes are looked at; default 5. */
  k?: number;
  /** Whether predictions are class numbers, the likeliest first; default false. */
  from_sorted_ids?: boolean;
}
const NAMES = ['k', 'name', 'dtype', 'from_sorted_ids'] as const;

/**
 * How often the right class is among the k likeliest. For class numbers. Source:
 * keras.metrics.SparseTopKCategoricalAccuracy.
 * @example
 * new keras.metrics.SparseTopKCategoricalAccuracy(1)([1], [[0.3, 0.7]]).item(); // 1
 */
export class SparseTopKCategoricalAccuracy extends MeanMetricWrapper {
  readonly k: number;
  readonly from_sorted_ids: boolean;

  constructor(...args: ConstructorArgs<SparseTopKCategoricalAccuracyOptions, typeof NAMES>) {
    const { name, dtype, k = 5, from_sorted_ids = false } =
      namedArguments<SparseTopKCategoricalAccuracyOptions>('SparseTopKCategoricalAccuracy', NAMES, args, []);
    super(sparse_top_k_categorical_accuracy, {
      name: name ?? 'sparse_top_k_categorical_accuracy', dtype, k, from_sorted_ids,
    });
    this.k = k;
    this.from_sorted_ids = from_sorted_ids;
  }

  override get_config(): Record<string, unknown> {
    const config = { ...Metric.prototype.get_config.call(this), k: this.k };
    return this.from_sorted_ids ? { ...config, from_sorted_ids: true } : config;
  }
}
kerasExport(SparseTopKCategoricalAccuracy, 'keras.metrics.SparseTopKCategoricalAccuracy');
