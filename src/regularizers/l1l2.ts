/** L1L2: magnitudes and squares together. */
import type { Tensor } from '../engine/tensor.js';
import { absolute, add, multiply, square, sum, zeros } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { Regularizer, requireFactor } from './regularizer.js';

export interface L1L2Options {
  /** Factor of the magnitudes, from 0; default 0. */
  l1?: number | null;
  /** Factor of the squares, from 0; default 0. */
  l2?: number | null;
}
const NAMES = ['l1', 'l2'] as const;

/**
 * l1 times the sum of magnitudes plus l2 times the sum of squares. Source: keras.regularizers.L1L2.
 * @example
 * new keras.regularizers.L1L2({l1: 0.5, l2: 0.5})(keras.ops.array([1, -3])).item(); // 7
 */
export class L1L2 extends Regularizer {
  readonly l1: number;
  readonly l2: number;

  constructor(...args: ConstructorArgs<L1L2Options, typeof NAMES>) {
    super();
    const { l1, l2 } = namedArguments<L1L2Options>('L1L2', NAMES, args, []);
    this.l1 = requireFactor('L1L2', 'l1', l1 ?? 0);
    this.l2 = requireFactor('L1L2', 'l2', l2 ?? 0);
  }

  override __call__(x: Tensor): Tensor {
    const parts: Tensor[] = [];
    if (this.l1 !== 0) parts.push(multiply(sum(absolute(x)), this.l1));
    if (this.l2 !== 0) parts.push(multiply(sum(square(x)), this.l2));
    return parts.length === 0 ? zeros([], x) : parts.reduce((a, b) => add(a, b));
  }

  override get_config(): Record<string, unknown> {
    return { l1: this.l1, l2: this.l2 };
  }
}
kerasExport(L1L2, 'keras.regularizers.L1L2', 'keras.regularizers.l1_l2');
export { L1L2 as l1_l2 };
