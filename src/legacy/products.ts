/** keras.backend: products of tensors. */
import { toTensor, type TensorLike } from '../engine/convert.js';
import { formatShape, ShapeError } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { defineOp } from '../ops/define.js';
import { matmul, tensordot } from '../ops/numpy/products.js';
import { reshape, transpose } from '../ops/numpy/shaping.js';

type Axes = number | readonly [number, number] | null;

function axesOf(axes: Axes, x: Tensor, y: Tensor): [number, number] {
  const given = axes ?? [x.ndim - 1, y.ndim === 2 ? 1 : y.ndim - 2];
  const pair = typeof given === 'number' ? [given, given] : [...given];
  if (pair.length !== 2 || !pair.every(Number.isInteger)) {
    throw new TypeError(`The axes of K.batch_dot are null, an integer, or two of them, received ${JSON.stringify(axes)}.`);
  }
  const [a, b] = [x, y].map(({ ndim }, i) => (pair[i] < 0 ? pair[i] + ndim : pair[i]));
  if (a === 0 || b === 0) {
    throw new ShapeError('K.batch_dot cannot sum over axis 0, the batch. Inputs without a batch take one with ' +
      'K.expand_dims(x, 0).');
  }
  if (a < 0 || b < 0 || a >= x.ndim || b >= y.ndim || x.shape[a] !== y.shape[b]) {
    throw new ShapeError(`K.batch_dot over axes [${pair.join(', ')}] takes tensors with equal lengths there, received ` +
      `shapes ${formatShape(x.shape)} and ${formatShape(y.shape)}.`);
  }
  return [a, b];
}

/**
 * The dot product of each sample of `x` with the same sample of `y`. Source: keras.backend.batch_dot.
 *
 * The result has the axes of `x` without the one that is summed over, then those of `y` without its batch and the one
 * summed over; where only the batch would remain, an axis of length 1 is added.
 *
 * @param x, y tensors of rank 2 or more with the same batch
 * @param axes the axes to sum over: one integer for both, or a pair. Default null: the last of `x`, and the last but
 *   one of `y` (the last when `y` is a matrix)
 * @throws ShapeError when batches or axes do not fit
 * @example
 * keras.backend.batch_dot([[1, 2], [3, 4]], [[5, 6], [7, 8]], 1); // [[17], [53]]
 * keras.backend.batch_dot(keras.ops.ones([32, 20, 1]), keras.ops.ones([32, 30, 20]), [1, 2]).shape; // [32, 1, 30]
 */
export const batch_dot = defineOp('keras.backend.batch_dot', ['x', 'y', 'axes'], (
  x: TensorLike, y: TensorLike, axes: Axes = null,
): Tensor => {
  const [a, b] = [toTensor(x), toTensor(y)];
  if (a.ndim < 2 || b.ndim < 2 || a.shape[0] !== b.shape[0]) {
    throw new ShapeError('K.batch_dot takes tensors of rank 2 or more with the same first axis, received shapes ' +
      `${formatShape(a.shape)} and ${formatShape(b.shape)}.`);
  }
  const [i, j] = axesOf(axes, a, b);
  const [batch, length] = [a.shape[0], a.shape[i]];
  const others = (t: Tensor, axis: number): number[] => t.shape.map((_, k) => k).filter((k) => k !== 0 && k !== axis);
  const [left, right] = [others(a, i), others(b, j)];
  // [batch, rows, length] times [batch, length, columns]
  const rows = left.map((k) => a.shape[k]);
  const columns = right.map((k) => b.shape[k]);
  const count = (dims: readonly number[]): number => dims.reduce((n, d) => n * d, 1);
  const p = reshape(transpose(a, [0, ...left, i]), [batch, count(rows), length]);
  const q = reshape(transpose(b, [0, j, ...right]), [batch, length, count(columns)]);
  const shape = [batch, ...rows, ...columns];
  return reshape(matmul(p, q), shape.length === 1 ? [batch, 1] : shape);
});

/**
 * Product of matrices; of tensors, over the last axis of `x` and the last but one of `y`, as in Theano: shapes
 * [2, 3] and [4, 3, 5] give [2, 4, 5]. Source: keras.backend.dot.
 * @example
 * keras.backend.dot([[1, 2]], [[3], [4]]); // [[11]]
 */
export const dot = defineOp('keras.backend.dot', ['x', 'y'], (x: TensorLike, y: TensorLike): Tensor => {
  const [a, b] = [toTensor(x), toTensor(y)];
  if (a.ndim < 2 || b.ndim < 2) {
    throw new ShapeError('K.dot takes tensors of rank 2 or more, received shapes ' +
      `${formatShape(a.shape)} and ${formatShape(b.shape)}.`);
  }
  return tensordot(a, b, [[a.ndim - 1], [b.ndim - 2]]);
});
