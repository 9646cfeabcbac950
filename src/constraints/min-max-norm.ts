/** MinMaxNorm: norms between two bounds. */
import { epsilon } from '../backend/config.js';
import type { Tensor } from '../engine/tensor.js';
import { add, clip, divide, multiply, type Axes } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { Constraint, normsOf } from './constraint.js';

export interface MinMaxNormOptions {
  /** Least norm; default 0. */
  min_value?: number;
  /** Greatest norm; default 1. */
  max_value?: number;
  /** How much of the way to the bound is gone at each update, from 0 to 1 (default: all of it). */
  rate?: number;
  /** Axis or axes of a vector; default 0: the inputs of each unit of Dense. */
  axis?: Axes;
}
const NAMES = ['min_value', 'max_value', 'rate', 'axis'] as const;

/**
 * Draws the norms of vectors between two bounds. Source: keras.constraints.MinMaxNorm.
 * @example
 * new keras.constraints.MinMaxNorm(1, 2)(keras.ops.array([[3], [4]])).arraySync(); // [[1.2], [1.6]]
 */
export class MinMaxNorm extends Constraint {
  readonly min_value: number;
  readonly max_value: number;
  readonly rate: number;
  readonly axis: Axes;

  constructor(...args: ConstructorArgs<MinMaxNormOptions, typeof NAMES>) {
    super();
    const { min_value = 0, max_value = 1, rate = 1, axis = 0 } =
      namedArguments<MinMaxNormOptions>('MinMaxNorm', NAMES, args, []);
    this.min_value = min_value;
    this.max_value = max_value;
    this.rate = rate;
    this.axis = axis;
  }

  override __call__(w: Tensor): Tensor {
    const norms = normsOf(w, this.axis);
    const bounded = multiply(clip(norms, this.min_value, this.max_value), this.rate);
    const desired = add(bounded, multiply(norms, 1 - this.rate));
    return multiply(w, divide(desired, add(norms, epsilon())));
  }

  override get_config(): Record<string, unknown> {
    const { min_value, max_value, rate, axis } = this;
    return { min_value, max_value, rate, axis };
  }
}
kerasExport(MinMaxNorm, 'keras.constraints.MinMaxNorm', 'keras.constraints.min_max_norm');
export { MinMaxNorm as min_max_norm };
