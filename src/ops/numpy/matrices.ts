/** Triangles, diagonals and matrices made of them. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { getDefaultFloat, resultType, standardizeDType, type DType } from '../../engine/dtype.js';
import { canonicalAxis, formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { either, full, iota, minus, permute, reduce, requireInteger, reshapeTo } from '../compose.js';
import { defineOp } from '../define.js';
import { accumulatorType, cast, scalarLike } from '../promotion.js';

type DTypeName = string | null;
const dtypeOr = (dtype: DTypeName): DType => (dtype ? standardizeDType(dtype) : getDefaultFloat());

/** column - row at each place of a matrix, compared with k. */
function diagonalTest(
  name: 'equal' | 'less_equal' | 'greater_equal', rows: number, columns: number, k: number,
): Tensor {
  const offset = minus(reshapeTo(iota(columns), [1, columns]), reshapeTo(iota(rows), [rows, 1]));
  return apply(name, [offset, full(k, [], 'int32')]);
}

const eyeOf = (rows: number, columns: number | null, k: number, dtype: DTypeName): Tensor => {
  const n = requireInteger(rows, 'The number of rows', 0);
  const m = requireInteger(columns ?? rows, 'The number of columns', 0);
  return cast(diagonalTest('equal', n, m, requireInteger(k, 'The diagonal k')), dtypeOr(dtype));
};

/**
 * Ones on a diagonal, zeros elsewhere. Source: keras.ops.eye.
 *
 * @param N number of rows
 * @param M number of columns; default N
 * @param k which diagonal: above the main one for k > 0, below for k < 0
 * @param dtype default floatx
 * @example
 * ops.eye(2).arraySync(); // [[1, 0], [0, 1]]
 */
export const eye = defineOp('keras.ops.eye', ['N', 'M', 'k', 'dtype'], (
  N: number, M: number | null = null, k = 0, dtype: DTypeName = null,
): Tensor => eyeOf(N, M, k, dtype));

/**
 * The identity matrix of n rows. Source: keras.ops.identity.
 * @example
 * ops.identity(2).arraySync(); // [[1, 0], [0, 1]]
 */
export const identity = defineOp('keras.ops.identity', ['n', 'dtype'], (
  n: number, dtype: DTypeName = null,
): Tensor => eyeOf(n, null, 0, dtype));

/**
 * Ones on and below a diagonal, zeros above. Source: keras.ops.tri.
 *
 * @param N number of rows
 * @param M number of columns; default N
 * @param k which diagonal, as in `eye`
 * @example
 * ops.tri(2).arraySync(); // [[1, 0], [1, 1]]
 */
export const tri = defineOp('keras.ops.tri', ['N', 'M', 'k', 'dtype'], (
  N: number, M: number | null = null, k = 0, dtype: DTypeName = null,
): Tensor => {
  const n = requireInteger(N, 'The number of rows', 0);
  const m = requireInteger(M ?? N, 'The number of columns', 0);
  return cast(diagonalTest('less_equal', n, m, requireInteger(k, 'The diagonal k')), dtypeOr(dtype));
});

const triangle = (name: 'tril' | 'triu') => (x: TensorLike, k = 0): Tensor => {
  const t = toTensor(x);
  if (t.ndim < 2) {
    throw new ShapeError(
      `${name} expects a matrix or a batch of them, received shape ${formatShape(t.shape)}.`);
  }
  const [rows, columns] = t.shape.slice(-2);
  const test = name === 'tril' ? 'less_equal' : 'greater_equal';
  const inside = diagonalTest(test, rows, columns, requireInteger(k, `The diagonal k of ${name}`));
  return either(inside, t, scalarLike(0, t));
};

/**
 * The lower triangle: zeros above the diagonal k. Source: keras.ops.tril.
 *
 * @param x a matrix or a batch of them
 * @example
 * ops.tril([[1, 2], [3, 4]]).arraySync(); // [[1, 0], [3, 4]]
 */
export const tril = defineOp('keras.ops.tril', ['x', 'k'], triangle('tril'));

/**
 * The upper triangle: zeros below the diagonal k. Source: keras.ops.triu.
 * @example
 * ops.triu([[1, 2], [3, 4]]).arraySync(); // [[1, 2], [0, 4]]
 */
export const triu = defineOp('keras.ops.triu', ['x', 'k'], triangle('triu'));

/** A vector on the diagonal k of a matrix of zeros. */
function matrixOf(vector: Tensor, k: number): Tensor {
  const side = vector.size + Math.abs(k);
  const padded = apply('pad', [vector], { paddings: [[0, side - vector.size]], mode: 'constant', value: 0 });
  // Element i is in row i for k >= 0, in column i for k < 0.
  const placed = reshapeTo(padded, k >= 0 ? [side, 1] : [1, side]);
  return either(diagonalTest('equal', side, side, k), placed, scalarLike(0, vector));
}

function diagonalOf(t: Tensor, offset: number, axis1: number, axis2: number): Tensor {
  if (t.ndim < 2) {
    throw new ShapeError(`diagonal expects two axes or more, received shape ${formatShape(t.shape)}.`);
  }
  requireInteger(offset, 'The offset of a diagonal');
  const [a, b] = [canonicalAxis(axis1, t.ndim, 'axis1'), canonicalAxis(axis2, t.ndim, 'axis2')];
  if (a === b) {
    throw new ShapeError(
      `diagonal needs two different axes, received ${axis1} and ${axis2} of rank ${t.ndim}.`);
  }
  const others = t.shape.map((_, i) => i).filter((i) => i !== a && i !== b);
  const [rows, columns] = [t.shape[a], t.shape[b]];
  const size = Math.max(0, Math.min(rows + Math.min(offset, 0), columns - Math.max(offset, 0)));
  // In a flattened matrix a diagonal is every (columns + 1)th element.
  const lead = others.map((i) => t.shape[i]);
  const flat = reshapeTo(permute(t, [...others, a, b]), [...lead, rows * columns]);
  const first = size === 0 ? 0 : offset >= 0 ? offset : -offset * columns;
  return apply('strided_slice', [flat], {
    begin: [...lead.map(() => 0), first], size: [...lead, size], strides: [...lead.map(() => 1), columns + 1],
  });
}

/**
 * A matrix with the vector on its diagonal k; of a matrix, its diagonal. Source: keras.ops.diag.
 * @example
 * ops.diag([1, 2]).arraySync(); // [[1, 0], [0, 2]]
 * ops.diag([[1, 2], [3, 4]]).arraySync(); // [1, 4]
 */
export const diag = defineOp('keras.ops.diag', ['x', 'k'], (x: TensorLike, k = 0): Tensor => {
  const t = toTensor(x);
  requireInteger(k, 'The diagonal k of diag');
  if (t.ndim === 1) return matrixOf(t, k);
  if (t.ndim === 2) return diagonalOf(t, k, 0, 1);
  throw new ShapeError(`diag expects a vector or a matrix, received shape ${formatShape(t.shape)}.`);
});

/**
 * A matrix with all elements of x on its diagonal k. Source: keras.ops.diagflat.
 * @example
 * ops.diagflat([[1], [2]]).arraySync(); // [[1, 0], [0, 2]]
 */
export const diagflat = defineOp('keras.ops.diagflat', ['x', 'k'], (x: TensorLike, k = 0): Tensor => {
  const t = toTensor(x);
  return matrixOf(reshapeTo(t, [t.size]), requireInteger(k, 'The diagonal k of diagflat'));
});

const DIAGONAL = ['x', 'offset', 'axis1', 'axis2'] as const;

/**
 * A diagonal of the matrices that two axes span, as the last axis of the result. Source: keras.ops.diagonal.
 *
 * @param offset which diagonal: above the main one when positive; default 0
 * @param axis1 axis of the rows; default 0
 * @param axis2 axis of the columns; default 1
 * @example
 * ops.diagonal([[1, 2], [3, 4]]).arraySync(); // [1, 4]
 */
export const diagonal = defineOp('keras.ops.diagonal', DIAGONAL, (
  x: TensorLike, offset = 0, axis1 = 0, axis2 = 1,
): Tensor => diagonalOf(toTensor(x), offset, axis1, axis2));

/**
 * Sum of a diagonal; arguments as in `diagonal`, dtypes as in `sum`. Source: keras.ops.trace.
 * @example
 * ops.trace([[1, 2], [3, 4]]).item(); // 5
 */
export const trace = defineOp('keras.ops.trace', DIAGONAL, (
  x: TensorLike, offset = 0, axis1 = 0, axis2 = 1,
): Tensor => {
  const t = toTensor(x);
  return reduce('reduce_sum', cast(diagonalOf(t, offset, axis1, axis2), accumulatorType(t.dtype)), -1);
});

/**
 * Powers of the elements of a vector as the rows of a matrix (Vandermonde). Source: keras.ops.vander.
 *
 * @param N number of columns; default the length of x
 * @param increasing whether the powers grow from left to right; default false
 * @example
 * ops.vander([2, 3]).arraySync(); // [[2, 1], [3, 1]]
 */
export const vander = defineOp('keras.ops.vander', ['x', 'N', 'increasing'], (
  x: TensorLike, N: number | null = null, increasing = false,
): Tensor => {
  const t = toTensor(x);
  if (t.ndim !== 1) throw new ShapeError(`vander expects a vector, received shape ${formatShape(t.shape)}.`);
  const columns = requireInteger(N ?? t.size, 'The number of columns of vander', 0);
  const compute = resultType(t.dtype, 'float32');
  const exponents = increasing ? iota(columns, compute) : iota(columns, compute, columns - 1, -1);
  return cast(apply('power', [reshapeTo(cast(t, compute), [t.size, 1]), exponents]), t.dtype);
});
