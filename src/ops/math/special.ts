/** Functions beyond NumPy's: roots, errors, sums of exponentials, distances, the largest elements. */
import { apply, applyAll } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { canonicalAxes, formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { and, either, full, minus, plus, reduce, requireInteger, reshapeTo, type Axis } from '../compose.js';
import { defineOp } from '../define.js';
import { cast, promoteFloat, scalarLike, toFloat, toIndices, toNumeric } from '../promotion.js';

const X = ['x'] as const;

/**
 * One over the square root. Source: keras.ops.rsqrt.
 * @example
 * ops.rsqrt([4, 16]).arraySync(); // [0.5, 0.25]
 */
export const rsqrt = defineOp('keras.ops.rsqrt', X, (x: TensorLike): Tensor => apply('rsqrt', [toFloat(x)]));

/**
 * The error function: 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. Source: keras.ops.erf.
 * @example
 * ops.erf([0, 1]).arraySync(); // [0, 0.842...]
 */
export const erf = defineOp('keras.ops.erf', X, (x: TensorLike): Tensor => apply('erf', [toFloat(x)]));

/**
 * 1 - erf(x), exact also where that is tiny. Source: keras.ops.erfc.
 * @example
 * ops.erfc([0, 1]).arraySync(); // [1, 0.157299...]
 */
export const erfc = defineOp('keras.ops.erfc', X, (x: TensorLike): Tensor => apply('erfc', [toFloat(x)]));

/**
 * The inverse of the error function, on (-1, 1). Half types are computed in float32.
 * Source: keras.ops.erfinv.
 * @example
 * ops.erfinv([0, 0.5]).arraySync(); // [0, 0.476...]
 */
export const erfinv = defineOp('keras.ops.erfinv', X, (x: TensorLike): Tensor => {
  const t = toFloat(x);
  const isHalf = t.dtype === 'float16' || t.dtype === 'bfloat16';
  return cast(apply('erf_inv', [isHalf ? cast(t, 'float32') : t]), t.dtype);
});

/**
 * log(sum(exp(x))) without overflow. Source: keras.ops.logsumexp.
 *
 * @param axis axis or axes to sum over; null (default): all
 * @param keepdims whether those axes stay, with length 1; default false
 * @example
 * ops.logsumexp([0, 0]).item(); // 0.693...
 */
export const logsumexp = defineOp('keras.ops.logsumexp', ['x', 'axis', 'keepdims'], (
  x: TensorLike, axis: Axis = null, keepdims = false,
): Tensor => {
  const t = toFloat(x);
  const axes = canonicalAxes(axis, t.ndim);
  const most = reduce('reduce_max', t, axes, true);
  // An infinite largest element is not subtracted: the difference would be NaN.
  const finite = apply('stop_gradient', [either(apply('is_finite', [most]), most, scalarLike(0, most))]);
  const sum = reduce('reduce_sum', apply('exp', [minus(t, finite)]), axes, keepdims);
  const shift = keepdims ? finite : reshapeTo(finite, sum.shape);
  return plus(apply('log', [sum]), shift);
});

/**
 * Distances between all rows of x and all rows of y: sqrt(sum((x_i - y_j)^2)). Source: keras.ops.cdist.
 *
 * @param x [..., n, d]
 * @param y [..., m, d]; the result is [..., n, m]
 * @example
 * ops.cdist([[0, 0]], [[3, 4], [0, 1]]).arraySync(); // [[5, 1]]
 */
export const cdist = defineOp('keras.ops.cdist', ['x', 'y'], (x: TensorLike, y: TensorLike): Tensor => {
  const [a, b] = promoteFloat(x, y);
  if (a.ndim < 2 || b.ndim < 2 || a.shape[a.ndim - 1] !== b.shape[b.ndim - 1]) {
    throw new ShapeError(
      'cdist expects tensors [..., n, d] and [..., m, d] with one length of rows, received shapes ' +
      `${formatShape(a.shape)} and ${formatShape(b.shape)}.`);
  }
  const column = reshapeTo(a, [...a.shape.slice(0, -1), 1, a.shape[a.ndim - 1]]);
  const row = reshapeTo(b, [...b.shape.slice(0, -2), 1, ...b.shape.slice(-2)]);
  return apply('sqrt', [reduce('reduce_sum', apply('squared_difference', [column, row]), -1)]);
});

/**
 * The k largest elements along the last axis and their indices (int32). Source: keras.ops.top_k.
 *
 * @param k how many
 * @param sorted whether they come in descending order; default true
 * @returns [values, indices]
 * @example
 * const [values, indices] = ops.top_k([1, 5, 3], 2);
 * values.arraySync(); // [5, 3]
 */
export const top_k = defineOp('keras.ops.top_k', ['x', 'k', 'sorted'], (
  x: TensorLike, k: number, sorted = true,
): [Tensor, Tensor] => {
  const t = toTensor(x);
  requireInteger(k, 'The argument k of top_k', 0);
  const [values, indices] = applyAll('top_k', [toNumeric(t)], { k, sorted });
  return [cast(values, t.dtype), indices];
});

/**
 * Whether the prediction for the target class is among the k largest. Ties count as among them; where a
 * prediction is not finite the answer is false. Source: keras.ops.in_top_k.
 *
 * @param targets class numbers [n]
 * @param predictions scores [n, classes]
 * @example
 * ops.in_top_k([1, 0], [[0.1, 0.9], [0.2, 0.8]], 1).arraySync(); // [true, false]
 */
export const in_top_k = defineOp('keras.ops.in_top_k', ['targets', 'predictions', 'k'], (
  targets: TensorLike, predictions: TensorLike, k: number,
): Tensor => {
  const places = toIndices(targets, 'The targets of in_top_k');
  const scores = toFloat(predictions);
  if (scores.ndim !== 2 || places.ndim !== 1 || places.size !== scores.shape[0]) {
    throw new ShapeError('in_top_k expects targets [n] and predictions [n, classes], received shapes ' +
      `${formatShape(places.shape)} and ${formatShape(scores.shape)}.`);
  }
  const classes = scores.shape[1];
  const number = (value: number): Tensor => full(value, [], places.dtype);
  const known = and(apply('greater_equal', [places, number(0)]), apply('less', [places, number(classes)]));
  const safe = reshapeTo(either(known, places, number(0)), [places.size, 1]);
  const score = apply('gather', [scores, safe], { axis: 1, batchDims: 1 });
  const above = reduce('reduce_sum', cast(apply('greater', [scores, score]), 'int32'), 1);
  const finite = reduce('reduce_all', apply('is_finite', [scores]), 1);
  return and(and(known, finite), apply('less', [above, full(k, [], 'int32')]));
});
