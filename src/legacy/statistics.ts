/** keras.backend: statistics and normalization. */
import { toTensor, type TensorLike } from '../engine/convert.js';
import { getDefaultFloat } from '../engine/dtype.js';
import { canonicalAxes } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import type { Axis } from '../ops/compose.js';
import { defineOp } from '../ops/define.js';
import { cast } from '../ops/promotion.js';
import { cumprod as cumprodOf, cumsum as cumsumOf } from '../ops/numpy/scans.js';
import { argmax as argmaxOf, argmin as argminOf, mean as meanOf } from '../ops/index.js';
import { add, maximum, multiply, rsqrt, square as squared, reshape, sqrt, subtract, sum } from '../ops/tensor-math.js';

/** Truth values are counted as 0 and 1. */
const numeric = (x: TensorLike): Tensor => {
  const t = toTensor(x);
  return t.dtype === 'bool' ? cast(t, getDefaultFloat()) : t;
};
const REDUCTION = ['x', 'axis', 'keepdims'] as const;

/**
 * Mean along axes. Source: keras.backend.mean.
 *
 * @param axis one, several, or null (default) for all
 * @param keepdims keep axes of length 1; default false
 * @example
 * keras.backend.mean([[1, 2], [3, 4]], 0); // [2, 3]
 */
export const mean = defineOp('keras.backend.mean', REDUCTION, (
  x: TensorLike, axis: Axis = null, keepdims: boolean = false,
): Tensor => meanOf(numeric(x), axis, keepdims));

function variance(x: TensorLike, axis: Axis, keepdims: boolean): Tensor {
  const t = numeric(x);
  return meanOf(squared(subtract(t, meanOf(t, axis, true))), axis, keepdims);
}

/**
 * Variance along axes; arguments as for `mean`. Source: keras.backend.var.
 * @example
 * keras.backend.var([1, 2, 3, 4]); // 1.25
 */
const var_ = defineOp('keras.backend.var', REDUCTION, (
  x: TensorLike, axis: Axis = null, keepdims: boolean = false,
): Tensor => variance(x, axis, keepdims));
export { var_ as var };

/**
 * Standard deviation along axes; arguments as for `mean`. Source: keras.backend.std.
 * @example
 * keras.backend.std([1, 2, 3, 4]); // 1.1180
 */
export const std = defineOp('keras.backend.std', REDUCTION, (
  x: TensorLike, axis: Axis = null, keepdims: boolean = false,
): Tensor => sqrt(variance(x, axis, keepdims)));

/** (x - mean) / sqrt(variance + epsilon) * gamma + beta; a null gamma or beta changes nothing. */
function normalized(
  x: Tensor, mean_: Tensor, variance_: Tensor, beta: Tensor | null, gamma: Tensor | null, epsilon: number,
): Tensor {
  const inverse = rsqrt(add(variance_, epsilon));
  const scale = gamma === null ? inverse : multiply(inverse, gamma);
  const y = multiply(subtract(x, mean_), scale);
  return beta === null ? y : add(y, beta);
}

const maybe = (x: TensorLike | null, like: Tensor): Tensor | null => (x === null ? null : toTensor(x, like.dtype));

/**
 * Batch normalization with given statistics: (x - mean) / sqrt(std + epsilon) gamma + beta.
 * Source: keras.backend.batch_normalization.
 *
 * @param mean, std, beta, gamma tensors that broadcast to `x`. What Keras 1 calls `std` is the variance, as its
 *   TensorFlow backend takes it and Keras 2 names it. `beta` and `gamma` may be null
 * @param epsilon added to the variance; default 0.0001
 * @example
 * keras.backend.batch_normalization([[3]], [1], [4], [10], [2], 0); // [[12]]
 */
export const batch_normalization = defineOp('keras.backend.batch_normalization',
  ['x', 'mean', 'std', 'beta', 'gamma', 'epsilon'], (
    x: TensorLike, mean_: TensorLike, std_: TensorLike, beta: TensorLike | null, gamma: TensorLike | null,
    epsilon: number = 1e-4,
  ): Tensor => {
    const t = toTensor(x);
    return normalized(t, toTensor(mean_, t.dtype), toTensor(std_, t.dtype), maybe(beta, t), maybe(gamma, t), epsilon);
  });

/**
 * Mean and variance of a batch, and the batch normalized with them.
 * Source: keras.backend.normalize_batch_in_training.
 *
 * @param gamma, beta factor and summand for each of the other axes, of their shape; null for none
 * @param reduction_axes axes to take the statistics over
 * @param epsilon added to the variance; default 0.0001
 * @returns [normalized batch, mean, variance]
 * @example
 * const [y, mean, variance] = keras.backend.normalize_batch_in_training([[1], [3]], [1], [0], [0], 0);
 * [y, mean, variance].map((t) => t.arraySync()); // [[[-1], [1]], [2], [1]]
 */
export const normalize_batch_in_training = defineOp('keras.backend.normalize_batch_in_training',
  ['x', 'gamma', 'beta', 'reduction_axes', 'epsilon'], (
    x: TensorLike, gamma: TensorLike | null, beta: TensorLike | null, reduction_axes: readonly number[],
    epsilon: number = 1e-4,
  ): [Tensor, Tensor, Tensor] => {
    const t = toTensor(x);
    const axes = canonicalAxes(reduction_axes, t.ndim);
    const kept = t.shape.map((d, i) => (axes.includes(i) ? 1 : d));
    const rest = t.shape.filter((_, i) => !axes.includes(i));
    const mean_ = meanOf(t, axes, true);
    const variance_ = meanOf(squared(subtract(t, mean_)), axes, true);
    const [shift, scale] = [beta, gamma].map((v) => (v === null ? null : reshape(toTensor(v, t.dtype), kept)));
    return [normalized(t, mean_, variance_, shift, scale, epsilon), reshape(mean_, rest), reshape(variance_, rest)];
  });

/**
 * Vectors divided by their length: x / sqrt(max(sum(x²), 1e-12)). Source: keras.backend.l2_normalize.
 *
 * @param axis along which the vectors lie; null (default): all elements are one vector
 * @example
 * keras.backend.l2_normalize([[3, 4]], 1); // [[0.6, 0.8]]
 */
export const l2_normalize = defineOp('keras.backend.l2_normalize', ['x', 'axis'], (
  x: TensorLike, axis: Axis = null,
): Tensor => {
  const t = toTensor(x);
  return multiply(t, rsqrt(maximum(sum(squared(t), axis, true), 1e-12)));
});

const ALONG = ['x', 'axis'] as const;

/**
 * Place of the largest element along an axis. Source: keras.backend.argmax.
 *
 * @param axis default -1
 * @example
 * keras.backend.argmax([[1, 3, 2], [6, 5, 4]]); // [1, 0]
 */
export const argmax = defineOp('keras.backend.argmax', ALONG, (x: TensorLike, axis: number = -1): Tensor =>
  argmaxOf(toTensor(x), axis));

/**
 * Place of the smallest element along an axis. Source: keras.backend.argmin.
 *
 * @param axis default -1
 * @example
 * keras.backend.argmin([[1, 3, 2], [6, 5, 4]]); // [0, 2]
 */
export const argmin = defineOp('keras.backend.argmin', ALONG, (x: TensorLike, axis: number = -1): Tensor =>
  argminOf(toTensor(x), axis));

/**
 * Sums up to each element along an axis. Source: keras.backend.cumsum.
 *
 * @param axis default 0
 * @example
 * keras.backend.cumsum([[1, 2], [3, 4]]); // [[1, 2], [4, 6]]
 */
export const cumsum = defineOp('keras.backend.cumsum', ALONG, (x: TensorLike, axis: number = 0): Tensor =>
  cumsumOf(toTensor(x), axis));

/**
 * Products up to each element along an axis. Source: keras.backend.cumprod.
 *
 * @param axis default 0
 * @example
 * keras.backend.cumprod([[1, 2], [3, 4]]); // [[1, 2], [3, 8]]
 */
export const cumprod = defineOp('keras.backend.cumprod', ALONG, (x: TensorLike, axis: number = 0): Tensor =>
  cumprodOf(toTensor(x), axis));
