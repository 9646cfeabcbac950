/** Random numbers by distributions with parameters of their own for each element: beta, binomial, gamma. */
import { apply } from '../engine/apply.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import { getDefaultFloat, isFloat, resultType, standardizeDType, type DType } from '../engine/dtype.js';
import { broadcastShapes, formatShape, ShapeError, type Shape } from '../engine/shape.js';
import { Tensor } from '../engine/tensor.js';
import { broadcastTo, toShape } from '../ops/compose.js';
import { defineOp } from '../ops/define.js';
import { cast, toFloat } from '../ops/promotion.js';
import { add, divide, greater, greaterEqual, logicalAnd, less, maximum, reshape, where } from '../ops/tensor-math.js';
import { drawSeed, type Seed } from './seed-generator.js';

/** The dtype of the samples, and that of the kernels, which do not have bfloat16. */
function dtypesOf(name: string, dtype: string | null): { type: DType; drawn: DType } {
  const type = dtype === null ? getDefaultFloat() : standardizeDType(dtype);
  if (!isFloat(type)) throw new TypeError(`keras.random.${name} gives floating-point numbers, received dtype '${type}'.`);
  return { type, drawn: type === 'bfloat16' ? 'float32' : type };
}

const shapeOf = (shape: Shape): number[] => toShape(shape, 'The shape of random numbers');

/** A parameter of the shape of the last axes of the result: without leading axes of length 1, or else repeated. */
function fitted(name: string, what: string, value: Tensor, shape: Shape): Tensor {
  const rank = value.shape.length;
  const fits = rank <= shape.length && value.shape.every((d, i) => d === 1 || d === shape[shape.length - rank + i]);
  if (!fits) {
    throw new ShapeError(`keras.random.${name}: ${what} must broadcast to the shape ${formatShape(shape)}, received shape ` +
      `${formatShape(value.shape)}.`);
  }
  const isLast = value.shape.every((d, i) => d === shape[shape.length - rank + i]);
  if (isLast) return value;
  return value.size === 1 ? reshape(value, []) : broadcastTo(value, shape);
}

/** Gamma distributed numbers. TensorFlow would not come to an end for a parameter that is negative or no number. */
function gammaOf(shape: Shape, alpha: Tensor, seed: Tensor): Tensor {
  const isValid = greaterEqual(alpha, 0);
  const drawn = apply('random_gamma', [seed, where(isValid, alpha, 1)], { shape, dtype: alpha.dtype });
  // Numbers of a small parameter underflow; Keras gives the smallest positive number then.
  const smallest = { float16: 2 ** -14, float64: 2 ** -1022 }[alpha.dtype as string] ?? 2 ** -126;
  return where(isValid, maximum(drawn, smallest), NaN);
}

/**
 * Gamma distributed numbers, with mean alpha. Source: keras.random.gamma.
 *
 * @param shape of the result
 * @param alpha the distribution's parameter, not negative; a tensor broadcasts to the shape
 * @param dtype floating-point; default floatx
 * @param seed an integer (the same numbers at each call), a SeedGenerator, or null for the global one
 * @throws ShapeError when alpha does not broadcast to the shape
 * @example
 * keras.random.gamma([2, 3], 0.5, {seed: 1}).shape; // [2, 3]
 */
export const gamma = defineOp('keras.random.gamma', ['shape', 'alpha', 'dtype', 'seed'], (
  shape: Shape, alpha: TensorLike, dtype: string | null = null, seed: Seed = null,
): Tensor => {
  const { type, drawn } = dtypesOf('gamma', dtype);
  const size = shapeOf(shape);
  return cast(gammaOf(size, fitted('gamma', 'alpha', toTensor(alpha, drawn), size), drawSeed(seed)), type);
});

/**
 * Beta distributed numbers, between 0 and 1 with mean alpha / (alpha + beta). Source: keras.random.beta.
 *
 * @param shape of the result
 * @param alpha first parameter, not negative; a tensor broadcasts to the shape
 * @param beta second parameter
 * @param dtype floating-point; default floatx
 * @param seed an integer, a SeedGenerator, or null for the global one
 * @throws ShapeError when alpha or beta does not broadcast to the shape
 * @example
 * keras.random.beta([2, 3], 2, 5, {seed: 1}).shape; // [2, 3]
 */
export const beta = defineOp('keras.random.beta', ['shape', 'alpha', 'beta', 'dtype', 'seed'], (
  shape: Shape, alpha: TensorLike, beta_: TensorLike, dtype: string | null = null, seed: Seed = null,
): Tensor => {
  const { type, drawn } = dtypesOf('beta', dtype);
  const size = shapeOf(shape);
  const parameter = (what: string, value: TensorLike): Tensor =>
    broadcastTo(fitted('beta', what, toTensor(value, drawn), size), size);
  const first = drawSeed(seed);
  const a = cast(gammaOf(size, parameter('alpha', alpha), first), type);
  // Keras's second seed.
  const b = cast(gammaOf(size, parameter('beta', beta_), add(first, 12)), type);
  return divide(a, add(a, b));
});

/**
 * How many of so many trials succeed. Source: keras.random.binomial.
 *
 * @param shape of the result
 * @param counts numbers of trials; a tensor broadcasts to the shape
 * @param probabilities of success, from 0 to 1
 * @param dtype floating-point; default floatx
 * @param seed an integer, a SeedGenerator, or null for the global one
 * @returns whole numbers; NaN where a parameter is not finite
 * @throws ShapeError when counts or probabilities do not broadcast to the shape
 * @example
 * keras.random.binomial([2, 3], 10, 0.3, {seed: 1}).shape; // [2, 3]
 */
export const binomial = defineOp('keras.random.binomial', ['shape', 'counts', 'probabilities', 'dtype', 'seed'], (
  shape: Shape, counts: TensorLike, probabilities: TensorLike, dtype: string | null = null, seed: Seed = null,
): Tensor => {
  const { type, drawn } = dtypesOf('binomial', dtype);
  const size = shapeOf(shape);
  const given = [toFloat(counts), toFloat(probabilities)];
  const common = resultType(...given.map((t) => t.dtype), 'float32');
  const [n, p] = given.map((t, i) => fitted('binomial', i === 0 ? 'counts' : 'probabilities', cast(t, common), size));
  // One shape for both, so that each pair has samples of its own.
  const pairs = broadcastShapes(n.shape, p.shape);
  // TensorFlow would not come to an end for a count that is not finite.
  const isValid = logicalAnd(greater(n, -Infinity), less(n, Infinity));
  const samples = apply('random_binomial', [drawSeed(seed), broadcastTo(where(isValid, n, 0), pairs), broadcastTo(p, pairs)],
    { shape: size, dtype: drawn });
  return cast(where(isValid, samples, NaN), type);
});
