/** Random numbers by distribution. The same seed gives the numbers of Python Keras on TensorFlow. */
import { apply } from '../engine/apply.js';
import { activeBackend } from '../engine/context.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import { getDefaultFloat, isFloat, isInteger, standardizeDType, type DType } from '../engine/dtype.js';
import type { Shape } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { toShape } from '../ops/compose.js';
import { defineOp } from '../ops/define.js';
import { cast } from '../ops/promotion.js';
import { add, multiply, subtract } from '../ops/tensor-math.js';
import { drawSeed, type Seed } from './seed-generator.js';

function floatDType(name: string, dtype: string | null): DType {
  const type = dtype === null ? getDefaultFloat() : standardizeDType(dtype);
  if (!isFloat(type)) throw new TypeError(`keras.random.${name} gives floating-point numbers, received dtype '${type}'.`);
  return type;
}

type Distribution = 'random_uniform' | 'random_normal' | 'random_truncated_normal';

/** Samples times `scale`, plus `shift`; neither is computed where it would change nothing. */
function sample(
  distribution: Distribution, shape: Shape, dtype: DType, seed: Seed, scale: Tensor | number, shift: Tensor | number,
): Tensor {
  const x = apply(distribution, [drawSeed(seed)], { shape: toShape(shape, 'The shape of random numbers'), dtype });
  const scaled = scale === 1 ? x : multiply(x, scale);
  return shift === 0 ? scaled : add(scaled, shift);
}

const parameter = (value: TensorLike, dtype: DType): Tensor | number =>
  typeof value === 'number' ? value : toTensor(value, dtype);

/**
 * Uniform numbers in [minval, maxval). Source: keras.random.uniform.
 *
 * @param shape of the result
 * @param minval lower end; default 0
 * @param maxval upper end, excluded; default 1
 * @param dtype floating-point; default floatx
 * @param seed an integer (the same numbers at each call), a SeedGenerator, or null for the global one
 * @example
 * keras.random.uniform([2, 3], {seed: 1}).shape; // [2, 3]
 */
export const uniform = defineOp('keras.random.uniform', ['shape', 'minval', 'maxval', 'dtype', 'seed'], (
  shape: Shape, minval: TensorLike = 0, maxval: TensorLike = 1, dtype: string | null = null, seed: Seed = null,
): Tensor => {
  const type = floatDType('uniform', dtype);
  if (typeof minval === 'number' && typeof maxval === 'number' && (type === 'float32' || type === 'float64')) {
    // Python Keras passes both bounds through float32 tensors, whatever the dtype.
    const [low, high] = [Math.fround(minval), Math.fround(maxval)];
    return sample('random_uniform', shape, type, seed, high - low, low);
  }
  const low = toTensor(minval, type);
  return sample('random_uniform', shape, type, seed, subtract(toTensor(maxval, type), low), low);
});

/**
 * Normal numbers. Source: keras.random.normal.
 *
 * @param shape of the result
 * @param mean default 0
 * @param stddev standard deviation; default 1
 * @param dtype floating-point; default floatx
 * @param seed an integer, a SeedGenerator, or null for the global one
 * @example
 * keras.random.normal([2, 3], {seed: 1}).shape; // [2, 3]
 */
export const normal = defineOp('keras.random.normal', ['shape', 'mean', 'stddev', 'dtype', 'seed'], (
  shape: Shape, mean: TensorLike = 0, stddev: TensorLike = 1, dtype: string | null = null, seed: Seed = null,
): Tensor => {
  const type = floatDType('normal', dtype);
  return sample('random_normal', shape, type, seed, parameter(stddev, type), parameter(mean, type));
});

/**
 * Normal numbers of which none is farther than two standard deviations from the mean.
 * Source: keras.random.truncated_normal.
 *
 * @param shape of the result
 * @param mean default 0
 * @param stddev standard deviation before the cut; default 1
 * @param dtype floating-point; default floatx
 * @param seed an integer, a SeedGenerator, or null for the global one
 * @example
 * keras.random.truncated_normal([2, 3], {seed: 1}).shape; // [2, 3]
 */
export const truncated_normal = defineOp('keras.random.truncated_normal', ['shape', 'mean', 'stddev', 'dtype', 'seed'], (
  shape: Shape, mean: TensorLike = 0, stddev: TensorLike = 1, dtype: string | null = null, seed: Seed = null,
): Tensor => {
  const type = floatDType('truncated_normal', dtype);
  return sample('random_truncated_normal', shape, type, seed, parameter(stddev, type), parameter(mean, type));
});

/**
 * Integers in [minval, maxval). Source: keras.random.randint.
 *
 * @param shape of the result
 * @param minval least number
 * @param maxval one more than the greatest
 * @param dtype an integer dtype; default int32
 * @param seed an integer, a SeedGenerator, or null for the global one
 * @example
 * keras.random.randint([3], 0, 10, {seed: 1}).dtype; // 'int32'
 */
export const randint = defineOp('keras.random.randint', ['shape', 'minval', 'maxval', 'dtype', 'seed'], (
  shape: Shape, minval: TensorLike, maxval: TensorLike, dtype: string = 'int32', seed: Seed = null,
): Tensor => {
  const type = standardizeDType(dtype);
  if (!isInteger(type)) throw new TypeError(`keras.random.randint gives integers, received dtype '${type}'.`);
  const drawn: DType = type === 'int32' || activeBackend().unsupported('random_integers', 'int64') ? 'int32' : 'int64';
  const x = apply('random_integers', [drawSeed(seed), toTensor(minval, drawn), toTensor(maxval, drawn)],
    { shape: toShape(shape, 'The shape of random numbers'), dtype: drawn });
  return cast(x, type);
});
