/** L2: the sum of squares. */
import type { Tensor } from '../engine/tensor.js';
import { multiply, square, sum } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { Regularizer, requireFactor } from './regularizer.js';

export interface L2Options {
  /** Factor, from 0; default 0.01. */
  l2?: number | null;
}
const NAMES = ['l2'] as const;

/**
 * l2 times the sum of squares: keeps weights small. Source: keras.regularizers.L2.
 * @example
 * new keras.regularizers.L2(0.5)(keras.ops.array([1, -3])).item(); // 5
 */
export class L2 extends Regularizer {
  readonly l2: number;

  constructor(...args: ConstructorArgs<L2Options, typeof NAMES>) {
    super();
    this.l2 = requireFactor('L2', 'l2', namedArguments<L2Options>('L2', NAMES, args, []).l2 ?? 0.01);
  }

  override __call__(x: Tensor): Tensor {
    return multiply(sum(square(x)), this.l2);
  }

  override get_config(): Record<string, unknown> {
    return { l2: this.l2 };
  }
}
kerasExport(L2, 'keras.regularizers.L2', 'keras.regularizers.l2');
export { L2 as l2 };
