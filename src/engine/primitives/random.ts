/** Stateless random numbers: the seed, an int32 pair [key, counter], decides every bit. Philox, as in TensorFlow. */
import type { Aval } from '../../backend/backend.js';
import type { DType } from '../dtype.js';
import { formatShape, sameShape, ShapeError, type Shape } from '../shape.js';
import type { AbstractRule } from './rule.js';

export interface RandomParams {
  shape: Shape;
  dtype: DType;
}

const sample: AbstractRule<RandomParams> = (_, { shape, dtype }) => ({ shape, dtype });

/** Parameters of the distribution are given for the last axes of the result: all samples along the others have them. */
const sampleEach = (name: string): AbstractRule<RandomParams> => ([, ...parameters], { shape, dtype }) => {
  const isLast = ({ shape: given }: Aval): boolean => sameShape(given, shape.slice(shape.length - given.length));
  const wrong = parameters.find((given) => given.shape.length > shape.length || !isLast(given));
  if (wrong) {
    throw new ShapeError(`${name} takes parameters of the shape of the last axes of the result, ${formatShape(shape)}, ` +
      `received shape ${formatShape(wrong.shape)}.`);
  }
  return { shape, dtype };
};

export const random = {
  /** Operand: seed. Uniform in [0, 1). */
  random_uniform: sample,
  /** Operand: seed. Mean 0, deviation 1. */
  random_normal: sample,
  /** Operand: seed. Normal, values beyond two deviations drawn again. */
  random_truncated_normal: sample,
  /** Operands: seed, low, high (scalars of `dtype`, int32 or int64): integers in [low, high). */
  random_integers: sample,
  /** Operands: seed, alpha (of the result's dtype). Gamma distributed, with scale 1. */
  random_gamma: sampleEach('random_gamma'),
  /** Operands: seed, counts, probabilities (of one float dtype and shape): how many of so many trials succeed. */
  random_binomial: sampleEach('random_binomial'),
};
