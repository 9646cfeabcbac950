/** Random choices among given things: classes, elements to drop, orders. */
import { apply, applyAll } from '../engine/apply.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import { activeBackend } from '../engine/context.js';
import { standardizeDType, type DType } from '../engine/dtype.js';
import { canonicalAxis, formatShape, ShapeError } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { defineOp } from '../ops/define.js';
import { cast, toFloat } from '../ops/promotion.js';
import {
  exp, expandDims, greaterEqual, lessEqual, max, multiply, negative, sliceAxis, subtract, sum, where,
} from '../ops/tensor-math.js';
import { drawSeed, type Seed } from './seed-generator.js';

/**
 * Class numbers drawn with the probabilities softmax(logits). Source: keras.random.categorical.
 *
 * @param logits [batch, classes]: logarithms of the probabilities, up to a constant
 * @param num_samples how many for each row
 * @param dtype an integer dtype; default int32
 * @param seed an integer, a SeedGenerator, or null for the global one
 * @returns [batch, num_samples]
 * @throws ShapeError when the logits are not a matrix
 * @example
 * keras.random.categorical([[0, 0, 9]], 4, {seed: 1}).shape; // [1, 4]
 */
export const categorical = defineOp('keras.random.categorical', ['logits', 'num_samples', 'dtype', 'seed'], (
  logits: TensorLike, num_samples: number, dtype: string = 'int32', seed: Seed = null,
): Tensor => {
  // In float64 the numbers are those of TensorFlow's CPU kernel.
  const precise: DType = activeBackend().unsupported('cast', 'float64') === undefined ? 'float64' : 'float32';
  const x = cast(toTensor(logits), precise);
  if (x.shape.length !== 2) {
    throw new ShapeError(`categorical takes logits [batch, classes], received shape ${formatShape(x.shape)}.`);
  }
  // The place of a uniform number among the cumulated probabilities.
  const weights = exp(subtract(x, max(x, 1, true)));
  const cumulated = apply('cumsum', [weights], { axis: 1, reverse: false, exclusive: false });
  const total = sliceAxis(cumulated, 1, x.shape[1] - 1, x.shape[1]);
  const places = apply('random_uniform', [drawSeed(seed)], { shape: [x.shape[0], num_samples], dtype: precise });
  const passed = lessEqual(expandDims(cumulated, 1), expandDims(multiply(places, total), 2));
  return cast(sum(cast(passed, 'int32'), 2), standardizeDType(dtype));
});

/**
 * Sets a random part of the elements to zero and enlarges the others, so that the expected sum stays.
 * Source: keras.random.dropout.
 *
 * @param inputs tensor
 * @param rate the part to drop, from 0 to 1
 * @param noise_shape a shape that broadcasts to that of `inputs`, null for its own dimension: elements along a
 *   dimension of 1 are dropped together; default null
 * @param seed an integer, a SeedGenerator, or null for the global one
 * @throws RangeError when the rate is not between 0 and 1
 * @example
 * keras.random.dropout([1, 1, 1, 1], 0.5, {seed: 1}).shape; // [4]
 */
export const dropout = defineOp('keras.random.dropout', ['inputs', 'rate', 'noise_shape', 'seed'], (
  inputs: TensorLike, rate: number, noise_shape: readonly (number | null)[] | null = null, seed: Seed = null,
): Tensor => {
  if (!(rate >= 0 && rate <= 1)) throw new RangeError(`The rate of dropout is from 0 to 1, received ${String(rate)}.`);
  const x = toFloat(inputs);
  if (rate === 0) return x;
  if (rate === 1) return apply('full', [], { value: 0, shape: x.shape, dtype: x.dtype });
  const shape = noise_shape === null ? x.shape : noise_shape.map((d, i) => d ?? x.shape[i]);
  const noise = apply('random_uniform', [drawSeed(seed)], { shape, dtype: x.dtype });
  return where(greaterEqual(noise, rate), multiply(x, 1 / (1 - rate)), 0);
});

/**
 * The elements along an axis in random order. Source: keras.random.shuffle.
 *
 * @param x tensor
 * @param axis default 0
 * @param seed an integer, a SeedGenerator, or null for the global one
 * @example
 * keras.random.shuffle([1, 2, 3, 4], {seed: 1}).shape; // [4]
 */
export const shuffle = defineOp('keras.random.shuffle', ['x', 'axis', 'seed'], (
  x: TensorLike, axis: number = 0, seed: Seed = null,
): Tensor => {
  const t = toTensor(x);
  const at = canonicalAxis(axis, t.shape.length);
  const length = t.shape[at];
  const keys = apply('random_uniform', [drawSeed(seed)], { shape: [length], dtype: 'float32' });
  const [, order] = applyAll('top_k', [negative(keys)], { k: length, sorted: true });
  return apply('gather', [t, order], { axis: at, batchDims: 0 });
});
