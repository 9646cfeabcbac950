/** keras.backend: random tensors. The same seed gives the numbers of keras.random. */
import { toTensor, type TensorLike } from '../engine/convert.js';
import type { Shape } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { defineOp } from '../ops/define.js';
import { cast } from '../ops/promotion.js';
import { lessEqual } from '../ops/tensor-math.js';
import { dropout as drop } from '../random/draws.js';
import { normal, truncated_normal as truncated, uniform } from '../random/samplers.js';
import type { Seed } from '../random/seed-generator.js';

const NORMAL = ['shape', 'mean', 'stddev', 'dtype', 'seed'] as const;

/**
 * Normal random numbers. Source: keras.backend.random_normal.
 *
 * @param mean default 0
 * @param stddev default 1
 * @param dtype default floatx
 * @param seed an integer (the same numbers at each call), a SeedGenerator, or null (default) for the global one
 * @example
 * keras.backend.random_normal([2, 3], { seed: 1 }).shape; // [2, 3]
 */
export const random_normal = defineOp('keras.backend.random_normal', NORMAL, (
  shape: Shape, mean: number = 0, stddev: number = 1, dtype: string | null = null, seed: Seed = null,
): Tensor => normal(shape, mean, stddev, dtype, seed));

/**
 * Normal random numbers, none farther than two standard deviations from the mean; arguments as for `random_normal`.
 * Source: keras.backend.truncated_normal.
 * @example
 * keras.backend.max(keras.backend.truncated_normal([100], { seed: 1 })).item() <= 2; // true
 */
export const truncated_normal = defineOp('keras.backend.truncated_normal', NORMAL, (
  shape: Shape, mean: number = 0, stddev: number = 1, dtype: string | null = null, seed: Seed = null,
): Tensor => truncated(shape, mean, stddev, dtype, seed));

/**
 * Uniform random numbers in [minval, maxval). Source: keras.backend.random_uniform.
 *
 * @param minval default 0
 * @param maxval default 1
 * @param dtype, seed as for `random_normal`
 * @example
 * keras.backend.random_uniform([2, 3], 5, 6, { seed: 1 }).shape; // [2, 3]
 */
export const random_uniform = defineOp('keras.backend.random_uniform', ['shape', 'minval', 'maxval', 'dtype', 'seed'], (
  shape: Shape, minval: number = 0, maxval: number = 1, dtype: string | null = null, seed: Seed = null,
): Tensor => uniform(shape, minval, maxval, dtype, seed));

const BERNOULLI = ['shape', 'p', 'dtype', 'seed'] as const;
function bernoulli(shape: Shape, p: number, dtype: string | null, seed: Seed): Tensor {
  const draws = uniform(shape, 0, 1, dtype, seed);
  return cast(lessEqual(draws, p), draws.dtype);
}

/**
 * Ones with probability `p`, else zeros. Source: keras.backend.random_bernoulli.
 *
 * @param p default 0
 * @param dtype, seed as for `random_normal`
 * @example
 * keras.backend.random_bernoulli([3], 1, { seed: 1 }); // [1, 1, 1]
 */
export const random_bernoulli = defineOp('keras.backend.random_bernoulli', BERNOULLI, (
  shape: Shape, p: number = 0, dtype: string | null = null, seed: Seed = null,
): Tensor => bernoulli(shape, p, dtype, seed));

/**
 * Keras 1's name of `random_bernoulli`. Source: keras.backend.random_binomial.
 * @example
 * keras.backend.random_binomial([3], 1, { seed: 1 }); // [1, 1, 1]
 */
export const random_binomial = defineOp('keras.backend.random_binomial', BERNOULLI, (
  shape: Shape, p: number = 0, dtype: string | null = null, seed: Seed = null,
): Tensor => bernoulli(shape, p, dtype, seed));

/**
 * Sets a random part of the elements to zero and enlarges the others, so that the expected sum stays.
 * Source: keras.backend.dropout.
 *
 * @param level the part to drop, from 0 to 1
 * @param noise_shape a shape that broadcasts to that of `x`: elements along a length of 1 are dropped together;
 *   default null
 * @param seed as for `random_normal`
 * @example
 * keras.backend.dropout([1, 2], 0, { seed: 1 }); // [1, 2]
 */
export const dropout = defineOp('keras.backend.dropout', ['x', 'level', 'noise_shape', 'seed'], (
  x: TensorLike, level: number, noise_shape: readonly (number | null)[] | null = null, seed: Seed = null,
): Tensor => drop(toTensor(x), level, noise_shape, seed));
