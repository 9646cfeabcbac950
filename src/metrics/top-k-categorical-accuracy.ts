/** TopKCategoricalAccuracy: how often the right class is among the k likeliest. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { top_k_categorical_accuracy } from './accuracy-functions.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

export interface TopKCategoricalAccuracyOptions extends MetricOptions {
  /** How many classes are looked at; default 5. */
  k?: number;
}
const NAMES = ['k', 'name', 'dtype'] as const;

/**
 * How often the right class is among the k likeliest. For one-hot labels. Source:
 * keras.metrics.TopKCategoricalAccuracy.
 * @example
 * new keras.metrics.TopKCategoricalAccuracy(1)([[0, 1]], [[0.3, 0.7]]).item(); // 1
 */
export class TopKCategoricalAccuracy extends MeanMetricWrapper {
  readonly k: number;

  constructor(...args: ConstructorArgs<TopKCategoricalAccuracyOptions, typeof NAMES>) {
    const { name, dtype, k = 5 } =
      namedArguments<TopKCategoricalAccuracyOptions>('TopKCategoricalAccuracy', NAMES, args, []);
    super(top_k_categorical_accuracy, { name: name ?? 'top_k_categorical_accuracy', dtype, k });
    this.k = k;
  }

  override get_config(): Record<string, unknown> {
    const { k } = this;
    return { ...Metric.prototype.get_config.call(this), k };
  }
}
kerasExport(TopKCategoricalAccuracy, 'keras.metrics.TopKCategoricalAccuracy');
