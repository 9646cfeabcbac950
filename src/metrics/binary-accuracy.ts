/** BinaryAccuracy: how often predictions above a threshold match binary labels. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { binary_accuracy } from './accuracy-functions.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import type { MetricOptions } from './metric.js';

export interface BinaryAccuracyOptions extends MetricOptions {
  /** Predictions above it count as 1. Default 0.5. */
  threshold?: number;
}

const ARGUMENTS = ['name', 'dtype', 'threshold'] as const;

/**
 * How often predictions above a threshold match binary labels. Source: keras.metrics.BinaryAccuracy.
 *
 * @example
 * const metric = new keras.metrics.BinaryAccuracy();
 * metric.update_state([[1], [1], [0], [0]], [[0.98], [1], [0], [0.6]]);
 * metric.result().item(); // 0.75
 */
export class BinaryAccuracy extends MeanMetricWrapper {
  readonly threshold: number;

  constructor(...args: ConstructorArgs<BinaryAccuracyOptions, typeof ARGUMENTS>) {
    const options = namedArguments<BinaryAccuracyOptions>('BinaryAccuracy', ARGUMENTS, args, []);
    super(binary_accuracy, { name: options.name ?? 'binary_accuracy', dtype: options.dtype, threshold: options.threshold ?? 0.5 });
    this.threshold = options.threshold ?? 0.5;
  }

  override get_config(): Record<string, unknown> {
    return { name: this.name, dtype: this.dtype, threshold: this.threshold };
  }

  static override from_config(config: Record<string, unknown>): BinaryAccuracy {
    return new this(config);
  }
}
kerasExport(BinaryAccuracy, 'keras.metrics.BinaryAccuracy');
