/** Determinants, and their logarithms for sizes that would overflow. */
import { apply, applyAll } from '../../engine/apply.js';
import type { TensorLike } from '../../engine/convert.js';
import type { Tensor } from '../../engine/tensor.js';
import { axesOf, reduce, reshapeTo, times } from '../compose.js';
import { defineOp } from '../define.js';
import { scalarLike } from '../promotion.js';
import { toSquare } from './matrix.js';

/**
 * The determinant. Source: keras.ops.det.
 *
 * The gradient needs the inverse, so that of a singular matrix is an error.
 * @param x [..., n, n]; the result is [...]
 * @example
 * ops.det([[1, 2], [3, 4]]).item(); // -2
 */
export const det = defineOp('keras.ops.det', ['x'], (x: TensorLike): Tensor =>
  apply('determinant', [toSquare(x, 'det')]));

/**
 * Sign of the determinant and logarithm of its absolute value. Source: keras.ops.slogdet.
 *
 * @param x [..., n, n]
 * @returns [sign, logarithm], each [...]: 0 and -Infinity for a singular matrix
 * @example
 * const [sign, logarithm] = ops.slogdet([[0, 1], [1, 0]]);
 * sign.item(); // -1
 * logarithm.item(); // 0
 */
export const slogdet = defineOp('keras.ops.slogdet', ['x'], (x: TensorLike): [Tensor, Tensor] => {
  const [sign, logarithm] = applyAll('log_determinant', [toSquare(x, 'slogdet')], {});
  return [sign, logarithm];
});

/** The elements on the diagonal of square matrices, as the last axis. */
function diagonalOf(t: Tensor): Tensor {
  const n = t.shape[t.ndim - 1];
  const flat = reshapeTo(t, [...t.shape.slice(0, -2), n * n]);
  return apply('strided_slice', [flat], {
    begin: axesOf(flat).map(() => 0),
    size: [...flat.shape.slice(0, -1), n],
    strides: flat.shape.map((_, i) => (i === flat.ndim - 1 ? n + 1 : 1)),
  });
}

/**
 * Logarithm of the determinant of a symmetric (Hermitian) positive definite matrix, by its Cholesky factor.
 * Source: keras.ops.logdet.
 *
 * @param x [..., n, n], of which the lower triangle is read; the result is [...]
 * @throws Error where x is not positive definite: use `slogdet`
 * @example
 * ops.logdet([[4, 2], [2, 5]]).item(); // 2.772588...
 */
export const logdet = defineOp('keras.ops.logdet', ['x'], (x: TensorLike): Tensor => {
  const t = toSquare(x, 'logdet');
  const logarithms = apply('log', [diagonalOf(apply('cholesky', [t]))]);
  const real = t.dtype === 'complex64' ? apply('real', [logarithms]) : logarithms;
  return times(reduce('reduce_sum', real, -1), scalarLike(2, real));
});
