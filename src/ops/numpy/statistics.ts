/** Means, variances and quantiles. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { isDifferentiable, isFloat, resultType } from '../../engine/dtype.js';
import { canonicalAxes, canonicalAxis, formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { minus, over, permute, reduce, reshapeTo, times, type Axis } from '../compose.js';
import { defineOp } from '../define.js';
import { cast, promoteFloat, toFloat } from '../promotion.js';
import { nanQuantileOf, quantileOf, type QuantileMethod } from './quantile.js';

const OVER = ['x', 'axis', 'keepdims'] as const;

/**
 * Arithmetic mean. Integers give float32; half types are averaged in float32. Source: keras.ops.mean.
 *
 * @param axis axis or axes to average over; null (default): all
 * @param keepdims whether those axes stay, with length 1; default false
 * @example
 * ops.mean([[1, 2], [3, 4]], 1).arraySync(); // [1.5, 3.5]
 */
export const mean = defineOp('keras.ops.mean', OVER, (
  x: TensorLike, axis: Axis = null, keepdims = false,
): Tensor => {
  const t = toTensor(x);
  const compute = resultType(t.dtype, 'float32');
  const result = reduce('reduce_mean', cast(t, compute), axis, keepdims);
  return isDifferentiable(t.dtype) ? cast(result, t.dtype) : result;
});

/** Mean squared distance from the mean, in float32 or wider; real for complex numbers too. */
function variance(t: Tensor, axis: Axis, keepdims: boolean): Tensor {
  const wide = cast(t, resultType(t.dtype, 'float32'));
  const centered = minus(wide, reduce('reduce_mean', wide, axis, true));
  const distance = t.dtype === 'complex64' ? apply('absolute', [centered]) : centered;
  return reduce('reduce_mean', apply('square', [distance]), axis, keepdims);
}

/**
 * Variance: the mean of (x - mean)^2. Integers give floatx; half types are computed in float32.
 * Source: keras.ops.var.
 * @example
 * ops.var([1, 2, 3, 4]).item(); // 1.25
 */
const varianceOp = defineOp('keras.ops.var', OVER, (
  x: TensorLike, axis: Axis = null, keepdims = false,
): Tensor => {
  const t = toTensor(x);
  return cast(variance(t, axis, keepdims), resultType(t.dtype, 'float'));
});
export { varianceOp as var };

/**
 * Standard deviation: the square root of the variance. Source: keras.ops.std.
 * @example
 * ops.std([1, 3]).item(); // 1
 */
export const std = defineOp('keras.ops.std', OVER, (
  x: TensorLike, axis: Axis = null, keepdims = false,
): Tensor => {
  const t = toFloat(x);
  const deviation = apply('sqrt', [variance(t, axis, keepdims)]);
  return t.dtype === 'complex64' ? deviation : cast(deviation, t.dtype);
});

/**
 * Mean weighted by `weights`: sum(x w) / sum(w). Source: keras.ops.average.
 *
 * @param axis axis or axes to average over; null (default): all
 * @param weights of the shape of x, or a vector along the one axis; null (default): all equal
 * @example
 * ops.average([1, 2, 3], null, [0, 1, 1]).item(); // 2.5
 */
export const average = defineOp('keras.ops.average', ['x', 'axis', 'weights'], (
  x: TensorLike, axis: Axis = null, weights: TensorLike | null = null,
): Tensor => {
  if (weights === null) return reduce('reduce_mean', toFloat(x), axis);
  const [t, w] = promoteFloat(x, weights);
  return over(reduce('reduce_sum', times(t, alignWeights(t, w, axis)), axis),
    reduce('reduce_sum', w, w.ndim === t.ndim ? axis : null));
});

function alignWeights(t: Tensor, w: Tensor, axis: Axis): Tensor {
  if (w.ndim === t.ndim) return w;
  const [along, ...others] = canonicalAxes(axis, t.ndim);
  if (axis === null || others.length > 0 || w.ndim !== 1 || w.shape[0] !== t.shape[along]) {
    throw new ShapeError(
      'average expects weights of the shape of x, or a vector along the one axis given; received weights ' +
      `of shape ${formatShape(w.shape)}, x of shape ${formatShape(t.shape)} and axis ` +
      `${JSON.stringify(axis)}.`);
  }
  return reshapeTo(w, t.shape.map((d, i) => (i === along ? d : 1)));
}

const QUANTILE = ['x', 'q', 'axis', 'method', 'keepdims'] as const;

/**
 * Quantiles: the value below which a share `q` of the elements lies. NaN where an element is NaN.
 * Source: keras.ops.quantile.
 *
 * @param q share or shares from 0 to 1; the result has their shape in front
 * @param axis axis or axes; null (default): all
 * @param method between two elements: `linear` (default), `lower`, `higher`, `nearest` or `midpoint`
 * @param keepdims whether the reduced axes stay; default false
 * @example
 * ops.quantile([1, 2, 3, 4], [0.5, 1]).arraySync(); // [2.5, 4]
 */
export const quantile = defineOp('keras.ops.quantile', QUANTILE, (
  x: TensorLike, q: TensorLike, axis: Axis = null, method: QuantileMethod = 'linear', keepdims = false,
): Tensor => quantileOf(toFloat(x), q, 1, axis, method, keepdims));

/**
 * Percentiles: quantiles with shares from 0 to 100. Source: keras.ops.percentile.
 * @example
 * ops.percentile([1, 2, 3, 4], 50).item(); // 2.5
 */
export const percentile = defineOp('keras.ops.percentile', QUANTILE, (
  x: TensorLike, q: TensorLike, axis: Axis = null, method: QuantileMethod = 'linear', keepdims = false,
): Tensor => quantileOf(toFloat(x), q, 100, axis, method, keepdims));

/**
 * Median: the middle element, or the mean of the two middle ones. Source: keras.ops.median.
 * @example
 * ops.median([3, 1, 2]).item(); // 2
 */
export const median = defineOp('keras.ops.median', OVER, (
  x: TensorLike, axis: Axis = null, keepdims = false,
): Tensor => quantileOf(toFloat(x), 0.5, 1, axis, 'linear', keepdims));

/**
 * Coefficients of correlation between the rows of a matrix. Source: keras.ops.corrcoef.
 *
 * @param x [variables, observations], or a vector: one variable
 * @example
 * ops.corrcoef([[1, 2, 3], [3, 2, 1]]).arraySync(); // [[1, -1], [-1, 1]]
 */
export const corrcoef = defineOp('keras.ops.corrcoef', ['x'], (x: TensorLike): Tensor => {
  const t = toFloat(x);
  if (!isFloat(t.dtype)) throw new TypeError(`corrcoef takes real numbers, received dtype ${t.dtype}.`);
  const rows = t.ndim < 2 ? reshapeTo(t, [1, t.size]) : t;
  const centered = minus(rows, reduce('reduce_mean', rows, -1, true));
  const products = apply('matmul', [centered, centered], { transposeA: false, transposeB: true });
  const deviation = apply('sqrt', [reduce('reduce_sum', apply('square', [centered]), -1, true)]);
  const last = canonicalAxis(-1, rows.ndim);
  const order = rows.shape.map((_, i) => i);
  [order[last - 1], order[last]] = [last, last - 1];
  const swapped = permute(deviation, order);
  const one = apply('full', [], { value: 1, shape: [], dtype: t.dtype });
  const ratio = over(over(products, deviation), swapped);
  const bounded = apply('maximum', [apply('minimum', [ratio, one]), apply('negative', [one])]);
  return t.ndim < 2 ? reshapeTo(bounded, []) : bounded;
});

/**
 * Quantiles of the elements that are not NaN; NaN where there are none. Arguments as in `quantile`.
 * Source: keras.ops.nanquantile.
 * @example
 * ops.nanquantile([1, NaN, 3], 0.5).item(); // 2
 */
export const nanquantile = defineOp('keras.ops.nanquantile', QUANTILE, (
  x: TensorLike, q: TensorLike, axis: Axis = null, method: QuantileMethod = 'linear', keepdims = false,
): Tensor => nanQuantileOf(toFloat(x), q, 1, axis, method, keepdims));

/**
 * Percentiles of the elements that are not NaN. Arguments as in `percentile`. Source: keras.ops.nanpercentile.
 * @example
 * ops.nanpercentile([1, NaN, 3], 50).item(); // 2
 */
export const nanpercentile = defineOp('keras.ops.nanpercentile', QUANTILE, (
  x: TensorLike, q: TensorLike, axis: Axis = null, method: QuantileMethod = 'linear', keepdims = false,
): Tensor => nanQuantileOf(toFloat(x), q, 100, axis, method, keepdims));

/**
 * Median of the elements that are not NaN; NaN where there are none. Source: keras.ops.nanmedian.
 * @example
 * ops.nanmedian([3, NaN, 1, 2]).item(); // 2
 */
export const nanmedian = defineOp('keras.ops.nanmedian', OVER, (
  x: TensorLike, axis: Axis = null, keepdims = false,
): Tensor => nanQuantileOf(toFloat(x), 0.5, 1, axis, 'linear', keepdims));
