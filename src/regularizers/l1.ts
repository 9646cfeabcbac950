/** L1: the sum of magnitudes. */
import type { Tensor } from '../engine/tensor.js';
import { absolute, multiply, sum } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { Regularizer, requireFactor } from './regularizer.js';

export interface L1Options {
  /** Factor, from 0; default 0.01. */
  l1?: number | null;
}
const NAMES = ['l1'] as const;

/**
 * l1 times the sum of magnitudes: drives weights to exactly 0. Source: keras.regularizers.L1.
 * @example
 * new keras.regularizers.L1(0.5)(keras.ops.array([1, -3])).item(); // 2
 */
export class L1 extends Regularizer {
  readonly l1: number;

  constructor(...args: ConstructorArgs<L1Options, typeof NAMES>) {
    super();
    // Python Keras holds this factor in a float32 tensor, and so it stands in saved files.
    this.l1 = Math.fround(requireFactor('L1', 'l1', namedArguments<L1Options>('L1', NAMES, args, []).l1 ?? 0.01));
  }

  override __call__(x: Tensor): Tensor {
    return multiply(sum(absolute(x)), this.l1);
  }

  override get_config(): Record<string, unknown> {
    return { l1: this.l1 };
  }
}
kerasExport(L1, 'keras.regularizers.L1', 'keras.regularizers.l1');
export { L1 as l1 };
