/** Solutions of linear equations, inverses and pseudo-inverses. All but `lstsq` take batches. */
import { apply } from '../../engine/apply.js';
import type { TensorLike } from '../../engine/convert.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { either, over, reduce, reshapeTo, times } from '../compose.js';
import { defineOp } from '../define.js';
import { cast, promoteFloat, scalarLike } from '../promotion.js';
import { identityLike, singularValues, singularVectors } from './factorizations.js';
import { adjointOf, matmul, toMatrix, toSquare, withCommonBatch } from './matrix.js';

/** Distance from 1 to the next number. */
const EPSILON: Partial<Record<string, number>> = {
  float64: 2 ** -52, float32: 2 ** -23, complex64: 2 ** -23, float16: 2 ** -10, bfloat16: 2 ** -7,
};
const epsilonOf = (t: Tensor): number => EPSILON[t.dtype]!;

/** Right-hand sides are columns; a vector for each matrix becomes one and is given back as a vector. */
function solveColumns(
  what: string, a: TensorLike, b: TensorLike, fn: (a: Tensor, b: Tensor) => Tensor,
): Tensor {
  const [left, right] = promoteFloat(a, b);
  const matrix = toSquare(left, what);
  const n = matrix.shape[matrix.ndim - 1];
  const isVector = right.ndim === matrix.ndim - 1;
  const columns = isVector ? reshapeTo(right, [...right.shape, 1]) : right;
  if (columns.ndim < 2 || columns.shape[columns.ndim - 2] !== n) {
    throw new ShapeError(`${what} expects a [..., n, n] and b [..., n] or [..., n, k], received shapes ` +
      `${formatShape(matrix.shape)} and ${formatShape(right.shape)}.`);
  }
  const x = fn(...withCommonBatch(matrix, columns, what));
  return isVector ? reshapeTo(x, x.shape.slice(0, -1)) : x;
}

const SIDES = ['a', 'b'] as const;

/**
 * The x with a x = b. Source: keras.ops.solve.
 *
 * @param a [..., n, n]
 * @param b [..., n] with as many batch axes as a, or [..., n, k]; x has the same shape
 * @throws Error for a singular matrix
 * @example
 * ops.solve([[2, 0], [0, 4]], [2, 2]).arraySync(); // [1, 0.5]
 */
export const solve = defineOp('keras.ops.solve', SIDES, (a: TensorLike, b: TensorLike): Tensor =>
  solveColumns('solve', a, b, (matrix, columns) => apply('matrix_solve', [matrix, columns], { adjoint: false })));

/**
 * The x with a x = b for a triangular a, of which the other triangle is not read.
 * Source: keras.ops.solve_triangular.
 *
 * @param a [..., n, n]
 * @param b [..., n] with as many batch axes as a, or [..., n, k]; x has the same shape
 * @param lower whether a is lower triangular rather than upper; default false
 * @throws Error where the diagonal has a zero
 * @example
 * ops.solve_triangular([[2, 2], [0, 4]], [4, 4]).arraySync(); // [1, 1]
 */
export const solve_triangular = defineOp('keras.ops.solve_triangular', ['a', 'b', 'lower'], (
  a: TensorLike, b: TensorLike, lower = false,
): Tensor => solveColumns('solve_triangular', a, b, (matrix, columns) =>
  apply('triangular_solve', [matrix, columns], { lower, adjoint: false })));

/**
 * The inverse matrix. To solve equations, `solve` is faster and more exact. Source: keras.ops.inv.
 *
 * @param x [..., n, n]
 * @throws Error for a singular matrix
 * @example
 * ops.inv([[2, 0], [0, 4]]).arraySync(); // [[0.5, 0], [0, 0.25]]
 */
export const inv = defineOp('keras.ops.inv', ['x'], (x: TensorLike): Tensor => {
  const t = toSquare(x, 'inv');
  return apply('matrix_solve', [t, identityLike(t)], { adjoint: false });
});

/** The largest of the singular values, as [..., 1]. */
const largestOf = (s: Tensor): Tensor => reduce('reduce_max', s, -1, true);

/** 1 / s where the condition holds, else 0. */
const reciprocalWhere = (condition: Tensor, s: Tensor): Tensor => {
  const safe = either(condition, s, scalarLike(1, s));
  return either(condition, over(scalarLike(1, s), safe), scalarLike(0, s));
};

/**
 * The Moore-Penrose pseudo-inverse, by singular values. Source: keras.ops.pinv.
 *
 * @param x [..., m, n]; the result is [..., n, m]
 * @param rcond singular values up to rcond times the largest count as 0; null (default): 10 max(m, n) times the
 *   precision of the dtype
 * @example
 * ops.pinv([[1], [1]]).arraySync(); // [[0.5, 0.5]]
 */
export const pinv = defineOp('keras.ops.pinv', ['x', 'rcond'], (
  x: TensorLike, rcond: number | null = null,
): Tensor => {
  const t = toMatrix(x, 'pinv');
  const [u, s, vh] = singularVectors(t, false);
  if (s.shape[s.ndim - 1] === 0) return adjointOf(t);
  const share = rcond ?? 10 * Math.max(...t.shape.slice(-2)) * epsilonOf(t);
  const kept = apply('greater', [s, times(scalarLike(share, s), largestOf(s))]);
  const inverse = cast(reciprocalWhere(kept, s), t.dtype);
  return matmul(times(adjointOf(vh), reshapeTo(inverse, [...s.shape.slice(0, -1), 1, s.shape[s.ndim - 1]])), adjointOf(u));
});

/**
 * The x of least |a x - b|, and of these the shortest. Source: keras.ops.lstsq.
 *
 * @param a [m, n]
 * @param b [m] or [m, k]
 * @param rcond singular values below rcond times the largest count as 0; null (default): max(m, n) times the
 *   precision of the dtype, which a negative number stands for too (without max(m, n))
 * @returns [n] or [n, k]
 * @example
 * ops.lstsq([[1, 0], [0, 2], [0, 0]], [1, 2, 3]).arraySync(); // [1, 1]
 */
export const lstsq = defineOp('keras.ops.lstsq', ['a', 'b', 'rcond'], (
  a: TensorLike, b: TensorLike, rcond: number | null = null,
): Tensor => {
  const [matrix, right] = promoteFloat(a, b);
  if (matrix.ndim !== 2 || (right.ndim !== 1 && right.ndim !== 2) || matrix.shape[0] !== right.shape[0]) {
    throw new ShapeError('lstsq expects a [m, n] and b [m] or [m, k], received shapes ' +
      `${formatShape(matrix.shape)} and ${formatShape(right.shape)}.`);
  }
  const [m, n] = matrix.shape;
  const columns = right.ndim === 1 ? reshapeTo(right, [m, 1]) : right;
  const [u, s, vh] = singularVectors(matrix, false);
  const share = rcond === null ? epsilonOf(matrix) * Math.max(m, n) : rcond < 0 ? epsilonOf(matrix) : rcond;
  const kept = apply('greater_equal', [s, times(scalarLike(share, s), largestOf(s))]);
  const scaled = times(cast(reshapeTo(reciprocalWhere(kept, s), [s.size, 1]), matrix.dtype), matmul(adjointOf(u), columns));
  const x = matmul(adjointOf(vh), scaled);
  return right.ndim === 1 ? reshapeTo(x, [n]) : x;
});

/**
 * Number of singular values that are not 0. Source: keras.ops.matrix_rank.
 *
 * @param x [..., m, n]; the result is int32 [...]
 * @param tol singular values up to it count as 0; null (default): the largest one times max(m, n) times the
 *   precision of the dtype
 * @example
 * ops.matrix_rank([[1, 2], [2, 4]]).item(); // 1
 */
export const matrix_rank = defineOp('keras.ops.matrix_rank', ['x', 'tol'], (
  x: TensorLike, tol: number | null = null,
): Tensor => {
  const t = toMatrix(x, 'matrix_rank');
  const s = singularValues(t);
  const share = scalarLike(epsilonOf(t) * Math.max(...t.shape.slice(-2)), s);
  const bound = tol === null ? times(share, largestOf(s)) : scalarLike(tol, s);
  return reduce('reduce_sum', cast(apply('greater', [s, bound]), 'int32'), -1);
});
