/** Operands that are matrices: checks and small steps that the ops of linear algebra share. */
import { apply } from '../../engine/apply.js';
import type { TensorLike } from '../../engine/convert.js';
import { broadcastShapes, formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { broadcastTo, permute } from '../compose.js';
import { toFloat } from '../promotion.js';

/** A floating-point tensor [..., m, n]. */
export function toMatrix(x: TensorLike, what: string): Tensor {
  const t = toFloat(x);
  if (t.ndim < 2) {
    throw new ShapeError(`${what} expects a matrix or a batch of them, so a rank of at least 2; received shape ` +
      `${formatShape(t.shape)}.`);
  }
  return t;
}

/** A floating-point tensor [..., n, n]. */
export function toSquare(x: TensorLike, what: string): Tensor {
  const t = toMatrix(x, what);
  const [rows, columns] = t.shape.slice(-2);
  if (rows !== columns) {
    throw new ShapeError(
      `${what} expects a square matrix or a batch of them, received shape ${formatShape(t.shape)}.`);
  }
  return t;
}

const conjugated = (t: Tensor): Tensor => (t.dtype === 'complex64' ? apply('conj', [t]) : t);

/** The conjugate transpose of the last two axes. */
export const adjointOf = (t: Tensor): Tensor => {
  const order = t.shape.map((_, i) => i);
  return conjugated(permute(t, [...order.slice(0, -2), t.ndim - 1, t.ndim - 2]));
};

export const matmul = (a: Tensor, b: Tensor): Tensor =>
  apply('matmul', [a, b], { transposeA: false, transposeB: false });

/** Both with the batch axes that theirs broadcast to. */
export function withCommonBatch(a: Tensor, b: Tensor, what: string): [Tensor, Tensor] {
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2), what);
  return [broadcastTo(a, [...batch, ...a.shape.slice(-2)]), broadcastTo(b, [...batch, ...b.shape.slice(-2)])];
}
