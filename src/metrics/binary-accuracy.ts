/** BinaryAccuracy: how often predictions are on the label's side of a threshold. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { binary_accuracy } from './accuracy-functions.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

export interface BinaryAccuracyOptions extends MetricOptions {
  /** Predictions above it count as 1; default 0.5. */
  threshold?: number;
}
const NAMES = ['name', 'dtype', 'threshold'] as const;

/**
 * How often predictions are on the label's side of a threshold. For labels 0 and 1. Source:
 * keras.metrics.BinaryAccuracy.
 * @example
 * new keras.metrics.BinaryAccuracy()([[1], [1]], [[0.9], [0.1]]).item(); // 0.5
 */
export class BinaryAccuracy extends MeanMetricWrapper {
  readonly threshold: number;

  constructor(...args: ConstructorArgs<BinaryAccuracyOptions, typeof NAMES>) {
    const { name, dtype, threshold = 0.5 } =
      namedArguments<BinaryAccuracyOptions>('BinaryAccuracy', NAMES, args, []);
    super(binary_accuracy, { name: name ?? 'binary_accuracy', dtype, threshold });
    this.threshold = threshold;
  }

  override get_config(): Record<string, unknown> {
    const { threshold } = this;
    return { ...Metric.prototype.get_config.call(this), threshold };
  }
}
kerasExport(BinaryAccuracy, 'keras.metrics.BinaryAccuracy');
