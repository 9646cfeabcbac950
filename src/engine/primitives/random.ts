/** Stateless random numbers: the seed, an int32 pair [key, counter], decides every bit. Philox, as in TensorFlow. */
import type { DType } from '../dtype.js';
import type { Shape } from '../shape.js';
import type { AbstractRule } from './rule.js';

export interface RandomParams {
  shape: Shape;
  dtype: DType;
}

const sample: AbstractRule<RandomParams> = (_, { shape, dtype }) => ({ shape, dtype });

export const random = {
  /** Operand: seed. Uniform in [0, 1). */
  random_uniform: sample,
  /** Operand: seed. Mean 0, deviation 1. */
  random_normal: sample,
  /** Operand: seed. Normal, values beyond two deviations drawn again. */
  random_truncated_normal: sample,
  /** Operands: seed, low, high (scalars of `dtype`, int32 or int64): integers in [low, high). */
  random_integers: sample,
};
