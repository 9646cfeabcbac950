/** Normalization by statistics of the tensor itself, or by given ones. */
import { epsilon as defaultEpsilon } from '../../backend/config.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { resultType } from '../../engine/dtype.js';
import { canonicalAxes, canonicalAxis, formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import {
  absolute, add, clip, divide, max, maximum, mean as meanOf, minimum, multiply, negative, power, reshape, rsqrt, square,
  squaredDifference, stopGradient, subtract, sum, type Axes,
} from '../tensor-math.js';
import { cast, toFloat } from '../promotion.js';
import { defineNN } from './define.js';

const atLeast1d = (x: Tensor): Tensor => (x.shape.length === 0 ? reshape(x, [1]) : x);
const HALF_MAX = 65504;

/** Mean and variance; half types are computed in float32, whose range the sums need, and cut to float16's. */
function momentsOf(x: Tensor, axes: Axes, keepdims: boolean): [Tensor, Tensor] {
  const isHalf = x.dtype === 'float16' || x.dtype === 'bfloat16';
  const t = isHalf ? cast(x, 'float32') : x;
  const center = meanOf(t, axes, true);
  const spread = squaredDifference(t, stopGradient(center));
  const variance = meanOf(spread, axes, keepdims);
  const mean = keepdims ? center : reshape(center, variance.shape);
  if (!isHalf) return [mean, variance];
  return [cast(clip(mean, -HALF_MAX, HALF_MAX), x.dtype), cast(clip(variance, -HALF_MAX, HALF_MAX), x.dtype)];
}

/**
 * Mean and variance over axes. Source: keras.ops.moments.
 *
 * @param x tensor
 * @param axes axis or axes to reduce, null for all
 * @param keepdims whether reduced axes stay, with length 1; default false
 * @param synchronized false: moments over the replicas of several devices are not computed
 * @returns [mean, variance]
 * @example
 * const [mean, variance] = ops.moments([1, 3], 0); // 2, 1
 */
export const moments = defineNN('moments', ['x', 'axes', 'keepdims', 'synchronized'], (
  x: TensorLike, axes: Axes, keepdims: boolean = false, synchronized: false = false,
): [Tensor, Tensor] => {
  if (synchronized) {
    throw new TypeError('moments cannot be synchronized: it computes on one device. Leave synchronized out, or false.');
  }
  return momentsOf(toFloat(x), axes, keepdims);
});

/**
 * (x - mean) / sqrt(variance + epsilon), times scale, plus offset. Source: keras.ops.batch_normalization.
 *
 * @param x tensor
 * @param mean vector of the length of x along `axis`, and so `variance`, `offset`, `scale`
 * @param variance not negative
 * @param axis the axis that is not reduced, usually the channels'
 * @param offset added; default null
 * @param scale multiplied; default null
 * @param epsilon added to the variance; default 1e-3
 * @example
 * ops.batch_normalization([[1, 2]], [1, 1], [1, 1], -1, {epsilon: 0}).arraySync(); // [[0, 1]]
 */
export const batch_normalization = defineNN('batch_normalization',
  ['x', 'mean', 'variance', 'axis', 'offset', 'scale', 'epsilon'], (
    x: TensorLike, mean: TensorLike, variance: TensorLike, axis: number, offset: TensorLike | null = null,
    scale: TensorLike | null = null, epsilon: number = 1e-3,
  ): Tensor => {
    const t = toFloat(x);
    const at = canonicalAxis(axis, t.shape.length);
    const shape = t.shape.map((d, i) => (i === at ? d : 1));
    const isLast = at === t.shape.length - 1;
    const m = toFloat(mean);
    const vector = (what: string, value: TensorLike): Tensor => {
      const v = toTensor(value, m.dtype);
      if (v.shape.length !== 1 || v.shape[0] !== t.shape[at]) {
        throw new ShapeError(`batch_normalization: ${what} must have the length of x along axis ${axis}, [${t.shape[at]}], ` +
          `received shape ${formatShape(v.shape)} with x of shape ${formatShape(t.shape)}.`);
      }
      return isLast ? v : reshape(v, shape);
    };
    let factor = rsqrt(add(vector('variance', variance), epsilon));
    if (scale !== null) factor = multiply(factor, vector('scale', scale));
    const shifted = multiply(vector('mean', mean), factor);
    const shift = offset === null ? negative(shifted) : subtract(vector('offset', offset), shifted);
    return add(multiply(t, cast(factor, t.dtype)), cast(shift, t.dtype));
  });

/**
 * (x - mean) / sqrt(variance + epsilon) with the mean and variance of each sample over `axis`, times gamma,
 * plus beta. Half types are computed in float32. Source: keras.ops.layer_normalization.
 *
 * @param x tensor
 * @param gamma scale, of the shape of the normalized axes; default null
 * @param beta offset, of the same shape; default null
 * @param axis normalized axis or axes; default -1
 * @param epsilon added to the variance; default keras.config.epsilon()
 * @example
 * ops.layer_normalization([[1, 3]]).arraySync(); // [[-1, 1]]
 */
export const layer_normalization = defineNN('layer_normalization', ['x', 'gamma', 'beta', 'axis', 'epsilon'], (
  x: TensorLike, gamma: TensorLike | null = null, beta: TensorLike | null = null, axis: Axes = -1,
  epsilon: number | null = null,
): Tensor => {
  const given = toTensor(x);
  const t = toTensor(given, resultType(given.dtype, 'float32'));
  const rank = t.shape.length;
  const axes = canonicalAxes(axis, rank);
  const parameter = (value: TensorLike): Tensor => {
    const v = toTensor(value, t.dtype);
    const isTrailing = axes.length === 1 && axes[0] === rank - 1;
    return v.shape.length === rank || isTrailing ? v : reshape(v, t.shape.map((d, i) => (axes.includes(i) ? d : 1)));
  };
  const [mean, variance] = momentsOf(t, axes, true);
  let factor = rsqrt(add(variance, epsilon ?? defaultEpsilon()));
  if (gamma !== null) factor = multiply(factor, parameter(gamma));
  let shift = negative(multiply(mean, factor));
  if (beta !== null) shift = add(shift, parameter(beta));
  return cast(add(multiply(t, factor), shift), given.dtype);
});

/**
 * x divided by the root of its mean square over `axis`, times scale. Source: keras.ops.rms_normalization.
 *
 * @param x tensor
 * @param scale multiplied, of the shape of the normalized axes; default null
 * @param axis normalized axis or axes; default -1
 * @param epsilon added to the mean square; default keras.config.epsilon()
 * @example
 * ops.rms_normalization([[3, 3]]).arraySync(); // [[1, 1]]
 */
export const rms_normalization = defineNN('rms_normalization', ['x', 'scale', 'axis', 'epsilon'], (
  x: TensorLike, scale: TensorLike | null = null, axis: Axes = -1, epsilon: number | null = null,
): Tensor => {
  const given = toTensor(x);
  const t = atLeast1d(toTensor(given, resultType(given.dtype, 'float32')));
  const factor = rsqrt(add(meanOf(square(t), axis, true), epsilon ?? defaultEpsilon()));
  const y = multiply(t, factor);
  return cast(scale === null ? y : multiply(y, toTensor(scale, t.dtype)), given.dtype);
});

/**
 * x divided by its norm over `axis`, so that the norm is 1. Source: keras.ops.normalize.
 *
 * @param x tensor
 * @param axis axis or axes of the norm; default -1
 * @param order 1 (sum of magnitudes), 2 (Euclidean, default), or a higher integer
 * @param epsilon the norm counts as at least this; default keras.config.epsilon()
 * @throws RangeError when the order is not a positive integer
 * @example
 * ops.normalize([3, 4]).arraySync(); // [0.6, 0.8]
 */
export const normalize = defineNN('normalize', ['x', 'axis', 'order', 'epsilon'], (
  x: TensorLike, axis: Axes = -1, order: number = 2, epsilon: number | null = null,
): Tensor => {
  if (!(order >= 1) || (!Number.isInteger(order) && order !== Infinity)) {
    throw new RangeError(`The order of normalize must be an integer from 1, received ${String(order)}.`);
  }
  const t = atLeast1d(toFloat(x));
  const least = epsilon ?? defaultEpsilon();
  if (order === 2) return multiply(t, minimum(rsqrt(sum(square(t), axis, true)), 1 / least));
  const magnitude = absolute(t);
  const norm = order === 1 ? sum(magnitude, axis, true)
    : order === Infinity ? max(magnitude, axis, true)
      : power(sum(power(magnitude, order), axis, true), 1 / order);
  return divide(t, maximum(norm, least));
});
