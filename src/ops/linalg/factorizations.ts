/** Factorizations of matrices. All take batches: the last two axes are the matrix. */
import { apply, applyAll } from '../../engine/apply.js';
import type { TensorLike } from '../../engine/convert.js';
import type { Tensor } from '../../engine/tensor.js';
import { broadcastTo, iota, reshapeTo } from '../compose.js';
import { defineOp } from '../define.js';
import type { KerasTensor } from '../keras-tensor.js';
import { argsort } from '../numpy/sorting.js';
import { cast } from '../promotion.js';
import { adjointOf, matmul, toMatrix, toSquare } from './matrix.js';

/** Identity matrices like the square ones of t. */
export function identityLike(t: Tensor): Tensor {
  const n = t.shape[t.ndim - 1];
  const places = iota(n);
  const one = cast(apply('equal', [reshapeTo(places, [n, 1]), reshapeTo(places, [1, n])]), t.dtype);
  return broadcastTo(one, t.shape);
}

/**
 * The lower triangular L with L L^H = x, for a symmetric (Hermitian) positive definite x. Source:
 * keras.ops.cholesky.
 *
 * @param x [..., n, n], of which the lower triangle is read
 * @param upper whether L^H is given instead; default false
 * @returns of the shape of x
 * @throws Error where x is not positive definite
 * @example
 * ops.cholesky([[4, 2], [2, 5]]).arraySync(); // [[2, 0], [1, 2]]
 */
export const cholesky = defineOp('keras.ops.cholesky', ['x', 'upper'], (x: TensorLike, upper = false): Tensor => {
  const t = toSquare(x, 'cholesky');
  let factor: Tensor;
  try {
    factor = apply('cholesky', [t]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Cholesky decomposition failed: ${reason}`, { cause: error });
  }
  return upper ? adjointOf(factor) : factor;
});

/**
 * The inverse of a matrix whose Cholesky factor is x. Source: keras.ops.cholesky_inverse.
 *
 * @param x a factor [..., n, n] as `cholesky` gives it
 * @param upper whether x is the upper one; default false
 * @returns the inverse of x x^H, or of x^H x, of the shape of x
 * @example
 * ops.cholesky_inverse([[2, 0], [1, 2]]).arraySync(); // [[0.3125, -0.125], [-0.125, 0.25]]
 */
export const cholesky_inverse = defineOp('keras.ops.cholesky_inverse', ['x', 'upper'], (
  x: TensorLike, upper = false,
): Tensor => {
  const t = toSquare(x, 'cholesky_inverse');
  const inverse = apply('triangular_solve', [t, identityLike(t)], { lower: !upper, adjoint: false });
  return upper ? matmul(inverse, adjointOf(inverse)) : matmul(adjointOf(inverse), inverse);
});

/**
 * L and U of a matrix with its rows in another order, by partial pivoting. Source: keras.ops.lu_factor.
 *
 * @param x [..., n, n]
 * @returns [factors, rows]: U on and above the diagonal, L (with ones on its diagonal) below; and int32
 *   [..., n], where row i of x is row rows[i] of L U. This is what Keras gives on TensorFlow; on JAX it gives
 *   LAPACK's exchanges
 * @example
 * const [factors, rows] = ops.lu_factor([[1, 2], [4, 4]]);
 * factors.arraySync(); // [[4, 4], [0.25, 1]]
 * rows.arraySync(); // [1, 0]
 */
export const lu_factor = defineOp('keras.ops.lu_factor', ['x'], (x: TensorLike): [Tensor, Tensor] => {
  const [factors, order] = applyAll('lu', [toSquare(x, 'lu_factor')], {});
  return [factors, argsort(order)];
});

/**
 * Q with orthonormal columns and the upper triangular R, with Q R = x. Source: keras.ops.qr.
 *
 * The gradient is defined for `reduced`, and for `complete` where there are at most as many rows as columns.
 * @param x [..., m, n]
 * @param mode `reduced` (default): k = min(m, n) columns of Q; `complete`: k = m
 * @returns [Q, R]: [..., m, k] and [..., k, n]
 * @example
 * const [q, r] = ops.qr([[0, 2], [3, 4]]);
 * ops.matmul(q, r).arraySync(); // [[0, 2], [3, 4]]
 */
export const qr = defineOp('keras.ops.qr', ['x', 'mode'], (
  x: TensorLike, mode: 'reduced' | 'complete' = 'reduced',
): [Tensor, Tensor] => {
  if (mode !== 'reduced' && mode !== 'complete') {
    throw new TypeError(`The mode of qr is 'reduced' or 'complete', received '${String(mode)}'.`);
  }
  const [q, r] = applyAll('qr', [toMatrix(x, 'qr')], { full: mode === 'complete' });
  return [q, r];
});

/** Singular values [..., min(m, n)] of a matrix, in descending order. */
export const singularValues = (t: Tensor): Tensor => applyAll('svd', [t], { full: false, vectors: false })[0];

/** U, s and V^H, with min(m, n) columns and rows or complete. */
export function singularVectors(t: Tensor, full: boolean): [Tensor, Tensor, Tensor] {
  const [s, u, v] = applyAll('svd', [t], { full, vectors: true });
  return [u, s, adjointOf(v)];
}

/** The calls of `svd` that give singular values alone. */
interface SingularValues {
  (x: TensorLike, full_matrices: boolean, compute_uv: false): Tensor;
  (x: TensorLike, options: { full_matrices?: boolean; compute_uv: false }): Tensor;
  (x: KerasTensor, full_matrices: boolean, compute_uv: false): KerasTensor;
  (x: KerasTensor, options: { full_matrices?: boolean; compute_uv: false }): KerasTensor;
}
const withValuesAlone = <F>(op: F): SingularValues & F => op as SingularValues & F;

/**
 * The singular value decomposition x = U diag(s) V^H. Source: keras.ops.svd.
 *
 * The signs of the vectors are free. Where singular values coincide their vectors are free too, and the gradient
 * takes TensorFlow's finite values.
 * @param x [..., m, n]; k = min(m, n)
 * @param full_matrices whether U is [..., m, m] and V^H is [..., n, n] (default), rather than [..., m, k] and
 *   [..., k, n]
 * @param compute_uv whether U and V^H are given; default true
 * @returns [U, s, V^H], or s alone: singular values [..., k] in descending order
 * @example
 * ops.svd([[3, 0], [0, -2]])[1].arraySync(); // [3, 2]
 */
export const svd = withValuesAlone(defineOp('keras.ops.svd', ['x', 'full_matrices', 'compute_uv'], (
  x: TensorLike, full_matrices = true, compute_uv = true,
): [Tensor, Tensor, Tensor] => {
  const t = toMatrix(x, 'svd');
  // The other type is that of `SingularValues`.
  return compute_uv ? singularVectors(t, full_matrices) : singularValues(t) as never;
}));

/**
 * Eigenvalues and eigenvectors of a symmetric (Hermitian) matrix: x V = V diag(e). Source: keras.ops.eigh.
 *
 * @param x [..., n, n], of which the lower triangle is read
 * @returns [e, V]: [..., n] in ascending order, and [..., n, n] with orthonormal columns, whose signs are free
 * @example
 * ops.eigh([[2, 1], [1, 2]])[0].arraySync(); // [1, 3]
 */
export const eigh = defineOp('keras.ops.eigh', ['x'], (x: TensorLike): [Tensor, Tensor] => {
  const [e, v] = applyAll('eigh', [toSquare(x, 'eigh')], {});
  return [e, v];
});

/**
 * Eigenvalues and eigenvectors of any square matrix: x V = V diag(e). Source: keras.ops.eig.
 *
 * Both are complex64, also where Keras's symbolic call says that they have the dtype of x. The wasm and cpu
 * backends hold no complex numbers and refuse; `eigh` works there.
 * @param x [..., n, n]
 * @returns [e, V]: [..., n] in no order, and [..., n, n] with columns of length 1
 * @example
 * ops.eig([[2, 0], [1, 3]])[0].dtype; // 'complex64'
 */
export const eig = defineOp('keras.ops.eig', ['x'], (x: TensorLike): [Tensor, Tensor] => {
  const [e, v] = applyAll('eig', [toSquare(x, 'eig')], {});
  return [e, v];
});
