/** PrecisionAtRecall: the best precision for a given recall. */
import type { Tensor } from '../engine/tensor.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { TradeOff, type TradeOffOptions } from './trade-off.js';

export interface PrecisionAtRecallOptions extends TradeOffOptions {
  /** The least recall that is good enough, from 0 to 1. */
  recall: number;
}
const NAMES = ['recall', 'num_thresholds', 'class_id', 'name', 'dtype'] as const;

/**
 * The largest precision at a threshold where the recall is at least a given one. Source:
 * keras.metrics.PrecisionAtRecall.
 * @example
 * new keras.metrics.PrecisionAtRecall(0.5)([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.9]).dtype; // 'float32'
 */
export class PrecisionAtRecall extends TradeOff {
  constructor(...args: ConstructorArgs<PrecisionAtRecallOptions, typeof NAMES>) {
    const { recall, ...options } = namedArguments<PrecisionAtRecallOptions>('PrecisionAtRecall', NAMES, args, []);
    super('recall', recall, options);
  }

  override result(): Tensor {
    return this.best(this.recalls, this.precisions);
  }
}
kerasExport(PrecisionAtRecall, 'keras.metrics.PrecisionAtRecall');
