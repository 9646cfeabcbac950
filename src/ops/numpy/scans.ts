/** Running sums and products, differences, integrals along an axis. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { standardizeDType } from '../../engine/dtype.js';
import { canonicalAxis, formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { minus, plus, reduce, requireInteger, reshapeTo, sliceAxis, times } from '../compose.js';
import { defineOp } from '../define.js';
import { cast, promoteFloat, scalarLike, toFloat, toNumeric } from '../promotion.js';

const SCAN = ['x', 'axis', 'dtype'] as const;

const scan = (name: 'cumsum' | 'cumprod') =>
  (x: TensorLike, axis: number | null = null, dtype: string | null = null): Tensor => {
    const t = toNumeric(dtype === null ? x : cast(toTensor(x), standardizeDType(dtype)));
    const flat = axis === null ? reshapeTo(t, [t.size]) : t;
    const along = canonicalAxis(axis ?? 0, flat.ndim);
    return apply(name, [flat], { axis: along, reverse: false, exclusive: false });
  };

/**
 * Running sum along an axis; booleans are summed in int32. Source: keras.ops.cumsum.
 *
 * @param axis null (default) flattens the tensor
 * @param dtype dtype of computation and result; null (default): that of x
 * @example
 * ops.cumsum([1, 2, 3]).arraySync(); // [1, 3, 6]
 */
export const cumsum = defineOp('keras.ops.cumsum', SCAN, scan('cumsum'));

/**
 * Running product along an axis; see `cumsum`. Source: keras.ops.cumprod.
 * @example
 * ops.cumprod([1, 2, 3]).arraySync(); // [1, 2, 6]
 */
export const cumprod = defineOp('keras.ops.cumprod', SCAN, scan('cumprod'));

/** Each element less the one before; for booleans, whether they differ. */
function difference(t: Tensor, axis: number): Tensor {
  const length = Math.max(0, t.shape[axis] - 1);
  const later = sliceAxis(t, axis, t.shape[axis] - length, length);
  const earlier = sliceAxis(t, axis, 0, length);
  return t.dtype === 'bool' ? apply('not_equal', [later, earlier]) : minus(later, earlier);
}

/**
 * Differences of neighbours along an axis, taken `n` times. Source: keras.ops.diff.
 *
 * @param n an integer >= 0; default 1
 * @param axis default -1
 * @example
 * ops.diff([1, 4, 9, 16]).arraySync(); // [3, 5, 7]
 */
export const diff = defineOp('keras.ops.diff', ['a', 'n', 'axis'], (
  a: TensorLike, n = 1, axis = -1,
): Tensor => {
  requireInteger(n, 'The argument n of diff', 0);
  let t = toTensor(a);
  const along = canonicalAxis(axis, t.ndim);
  for (let i = 0; i < n; i++) t = difference(t, along);
  return t;
});

/**
 * Integral along an axis by the trapezoidal rule. Source: keras.ops.trapezoid.
 *
 * @param y values
 * @param x places of the values: a vector or of the shape of y; null (default): `dx` apart
 * @param dx distance of neighbours when x is not given; default 1
 * @param axis default -1
 * @example
 * ops.trapezoid([1, 2, 3]).item(); // 4
 */
export const trapezoid = defineOp('keras.ops.trapezoid', ['y', 'x', 'dx', 'axis'], (
  y: TensorLike, x: TensorLike | null = null, dx = 1, axis = -1,
): Tensor => {
  const [values, places] = x === null ? [toFloat(y), undefined] : promoteFloat(y, x);
  const along = canonicalAxis(axis, values.ndim);
  const length = Math.max(0, values.shape[along] - 1);
  const sums = plus(sliceAxis(values, along, 1, length), sliceAxis(values, along, 0, length));
  const heights = times(sums, scalarLike(0.5, sums));
  const steps = places ? widths(places, values, along) : scalarLike(dx, sums);
  return reduce('reduce_sum', times(heights, steps), along);
});

function widths(places: Tensor, values: Tensor, axis: number): Tensor {
  if (places.ndim === values.ndim) return difference(places, axis);
  if (places.ndim !== 1) {
    throw new ShapeError(
      `trapezoid expects x to be a vector or of the shape of y, received ${formatShape(places.shape)} ` +
      `and ${formatShape(values.shape)}.`);
  }
  const steps = difference(places, 0);
  return reshapeTo(steps, values.shape.map((_, i) => (i === axis ? steps.size : 1)));
}
