/** RecallAtPrecision: the best recall for a given precision. */
import type { Tensor } from '../engine/tensor.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { TradeOff, type TradeOffOptions } from './trade-off.js';

export interface RecallAtPrecisionOptions extends TradeOffOptions {
  /** The least precision that is good enough, from 0 to 1. */
  precision: number;
}
const NAMES = ['precision', 'num_thresholds', 'class_id', 'name', 'dtype'] as const;

/**
 * The largest recall at a threshold where the precision is at least a given one. Source:
 * keras.metrics.RecallAtPrecision.
 * @example
 * new keras.metrics.RecallAtPrecision(0.5)([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.9]).dtype; // 'float32'
 */
export class RecallAtPrecision extends TradeOff {
  constructor(...args: ConstructorArgs<RecallAtPrecisionOptions, typeof NAMES>) {
    const { precision, ...options } = namedArguments<RecallAtPrecisionOptions>('RecallAtPrecision', NAMES, args, []);
    super('precision', precision, options);
  }

  override result(): Tensor {
    return this.best(this.precisions, this.recalls);
  }
}
kerasExport(RecallAtPrecision, 'keras.metrics.RecallAtPrecision');
