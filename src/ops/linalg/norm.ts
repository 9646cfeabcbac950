/** Norms of vectors and matrices. */
import { apply } from '../../engine/apply.js';
import type { TensorLike } from '../../engine/convert.js';
import { canonicalAxis, formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { permute, reduce, reshapeTo, type Axis } from '../compose.js';
import { defineOp } from '../define.js';
import { cast, scalarLike, toFloat } from '../promotion.js';
import { singularValues } from './factorizations.js';

const absolute = (t: Tensor): Tensor => apply('absolute', [t]);
/** In the dtype of t, as Keras has it: of complex numbers a complex one without imaginary part. */
const euclidean = (t: Tensor, axes: readonly number[], keepdims: boolean): Tensor => {
  const sizes = t.dtype === 'complex64' ? absolute(t) : t;
  return cast(apply('sqrt', [reduce('reduce_sum', apply('square', [sizes]), axes, keepdims)]), t.dtype);
};

type Order = number | 'fro' | 'nuc' | null;

function vectorNorm(t: Tensor, ord: Order, axis: number, keepdims: boolean): Tensor {
  if (typeof ord === 'string') throw new TypeError(`The order '${ord}' is a norm of matrices: give two axes.`);
  if (ord === null || ord === 2) return euclidean(t, [axis], keepdims);
  if (ord === Infinity) return reduce('reduce_max', absolute(t), axis, keepdims);
  if (ord === -Infinity) return reduce('reduce_min', absolute(t), axis, keepdims);
  if (ord === 0) {
    return reduce('reduce_sum', cast(apply('not_equal', [t, scalarLike(0, t)]), t.dtype), axis, keepdims);
  }
  const sizes = absolute(t);
  const powers = ord === 1 ? sizes : apply('power', [sizes, scalarLike(ord, sizes)]);
  const sum = reduce('reduce_sum', powers, axis, keepdims);
  return ord === 1 ? sum : apply('power', [sum, scalarLike(1 / ord, sum)]);
}

/** Norms by the singular values. */
function spectralNorm(t: Tensor, ord: 'nuc' | 2 | -2, row: number, column: number, keepdims: boolean): Tensor {
  const others = t.shape.map((_, i) => i).filter((i) => i !== row && i !== column);
  const values = singularValues(permute(t, [...others, row, column]));
  const result = reduce(ord === 'nuc' ? 'reduce_sum' : ord === 2 ? 'reduce_max' : 'reduce_min', values, -1);
  return keepdims ? reshapeTo(result, t.shape.map((d, i) => (i === row || i === column ? 1 : d))) : result;
}

function matrixNorm(t: Tensor, ord: Order, row: number, column: number, keepdims: boolean): Tensor {
  if (ord === null || ord === 'fro') return euclidean(t, [row, column].toSorted((a, b) => a - b), keepdims);
  if (ord === 'nuc' || ord === 2 || ord === -2) return spectralNorm(t, ord, row, column, keepdims);
  if (Math.abs(ord) !== 1 && Math.abs(ord) !== Infinity) {
    throw new TypeError(
      `The order of a matrix norm is 'fro', 'nuc', 1, -1, 2, -2, Infinity or -Infinity, received ${String(ord)}.`);
  }
  // Order 1 compares the sums of columns, Infinity those of rows.
  const [summed, compared] = Math.abs(ord) === 1 ? [row, column] : [column, row];
  const sums = reduce('reduce_sum', absolute(t), summed, true);
  const result = reduce(ord > 0 ? 'reduce_max' : 'reduce_min', sums, compared, true);
  if (keepdims) return result;
  return apply('reshape', [result], { shape: t.shape.filter((_, i) => i !== row && i !== column) });
}

/**
 * Norm of vectors (one axis) or matrices (two axes). Integers are computed in floatx. Source: keras.ops.norm.
 *
 * @param ord order. Vectors: null or 2 (default) sqrt(sum(x^2)), Infinity and -Infinity the extreme |x|, 0
 *   the number of elements that are not zero, p otherwise sum(|x|^p)^(1/p). Matrices: null or `fro`
 *   (default), 1 and -1 the extreme sums of columns, Infinity and -Infinity of rows, 2 and -2 the extreme
 *   singular values, `nuc` their sum
 * @param axis one axis, or [rows, columns]; null (default): all, which with one or two axes is a vector or a
 *   matrix
 * @param keepdims whether those axes stay, with length 1; default false
 * @example
 * ops.norm([3, 4]).item(); // 5
 */
export const norm = defineOp('keras.ops.norm', ['x', 'ord', 'axis', 'keepdims'], (
  x: TensorLike, ord: Order = null, axis: Axis = null, keepdims = false,
): Tensor => {
  const t = toFloat(x);
  const axes = axis === null ? t.shape.map((_, i) => i) : [axis].flat().map((a) => canonicalAxis(a, t.ndim));
  if (axes.length === 1) return vectorNorm(t, ord, axes[0], keepdims);
  if (axes.length === 2 && axes[0] !== axes[1]) return matrixNorm(t, ord, axes[0], axes[1], keepdims);
  if (axis === null && ord === null) return euclidean(t, axes, keepdims);
  throw new ShapeError(
    `norm takes one axis or two different ones, received ${JSON.stringify(axis)} for shape ` +
    `${formatShape(t.shape)}.`);
});
