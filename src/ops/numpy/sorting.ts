/** Sorting and searching in sorted sequences. */
import { applyAll, apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { isFloat, isUnsigned } from '../../engine/dtype.js';
import { largest } from '../../engine/limits.js';
import { canonicalAxis, formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { either, full, minus, movedAxis, permute, plus, reduce, requireInteger, reshapeTo } from '../compose.js';
import { defineOp } from '../define.js';
import { cast, promote } from '../promotion.js';

/** Numbers in the opposite order: their negative, or for integers, what fits the dtype. */
function reversed(t: Tensor): Tensor {
  if (isFloat(t.dtype)) return apply('negative', [t]);
  const pivot = isUnsigned(t.dtype) ? largest(t.dtype) : -1;
  return minus(full(pivot, [], t.dtype), t);
}

/** The elements in descending order of `reversed`, and their indices: equal elements in their first order. */
function ascending(t: Tensor): [Tensor, Tensor] {
  const [values, indices] = applyAll('top_k', [reversed(t)], { k: t.shape[t.ndim - 1], sorted: true });
  return [reversed(values), indices];
}

/** Sorted along the last axis, in ascending order. */
export const sortLast = (t: Tensor): Tensor => (t.shape[t.ndim - 1] <= 1 ? t : ascending(t)[0]);

/** Runs `fn` with the axis as the last one; null flattens. */
function alongLast(x: Tensor, axis: number | null, fn: (t: Tensor) => Tensor): Tensor {
  if (axis === null) return fn(reshapeTo(x, [x.size]));
  const from = canonicalAxis(axis, x.ndim);
  const last = x.ndim - 1;
  return permute(fn(permute(x, movedAxis(x.ndim, from, last))), movedAxis(x.ndim, last, from));
}

/**
 * Elements in ascending order. Source: keras.ops.sort.
 *
 * @param axis axis to sort along, default -1; null sorts the flattened tensor
 * @example
 * ops.sort([3, 1, 2]).arraySync(); // [1, 2, 3]
 */
export const sort = defineOp('keras.ops.sort', ['x', 'axis'], (
  x: TensorLike, axis: number | null = -1,
): Tensor => {
  const t = toTensor(x);
  const sorted = alongLast(t.dtype === 'bool' ? cast(t, 'int32') : t, axis, sortLast);
  return cast(sorted, t.dtype);
});

/**
 * Indices (int32) that sort the elements in ascending order; equal elements keep their order.
 * Source: keras.ops.argsort.
 *
 * @param axis axis to sort along, default -1; null sorts the flattened tensor
 * @example
 * ops.argsort([3, 1, 2]).arraySync(); // [1, 2, 0]
 */
export const argsort = defineOp('keras.ops.argsort', ['x', 'axis'], (
  x: TensorLike, axis: number | null = -1,
): Tensor => {
  const t = toTensor(x);
  if (t.ndim === 0) return full(0, [1], 'int32');
  return alongLast(t.dtype === 'bool' ? cast(t, 'int32') : t, axis, (rows) => ascending(rows)[1]);
});

/**
 * Indices (int32) that put the kth smallest element at place kth, with none larger before and none smaller behind.
 * Source: keras.ops.argpartition.
 *
 * The elements are sorted whole, which is a partition at every place. (Keras on TensorFlow truncates floats to
 * integers first.)
 * @param kth a place along the axis; beyond an end it is taken for that end
 * @param axis axis to sort along, default -1; null sorts the flattened tensor
 * @example
 * ops.argpartition([3, 1, 2], 0).arraySync()[0]; // 1
 */
export const argpartition = defineOp('keras.ops.argpartition', ['x', 'kth', 'axis'], (
  x: TensorLike, kth: number, axis: number | null = -1,
): Tensor => {
  requireInteger(kth, 'The argument kth of argpartition');
  return argsort(x, axis);
});

/** Above this length of the sequence, halving beats comparing with every element. */
const HALVING = 64;

/** Number of elements of an ascending vector before each value: less (left), or less or equal (right). */
function positionsIn(sequence: Tensor, values: Tensor, side: 'left' | 'right'): Tensor {
  const name = side === 'left' ? 'less' : 'less_equal';
  const [length] = sequence.shape;
  if (length <= HALVING) {
    const before = apply(name, [sequence, reshapeTo(values, [...values.shape, 1])]);
    return reduce('reduce_sum', cast(before, 'int32'), -1);
  }
  // The answer lies in [low, high]; each round halves what is between.
  let low = full(0, values.shape, 'int32');
  let high = full(length, values.shape, 'int32');
  const one = full(1, [], 'int32');
  for (let span = length; span > 0; span = Math.floor(span / 2)) {
    const middle = apply('floor_divide', [plus(low, high), full(2, [], 'int32')]);
    const inside = apply('minimum', [middle, full(length - 1, [], 'int32')]);
    const isBefore = apply(name, [apply('gather', [sequence, inside], { axis: 0, batchDims: 0 }), values]);
    const open = apply('less', [low, high]);
    const right = apply('logical_and', [open, isBefore]);
    high = either(right, high, apply('minimum', [middle, high]));
    low = either(right, plus(middle, one), low);
  }
  return low;
}

/**
 * Where values would be put into an ascending sequence to keep its order (int32).
 * Source: keras.ops.searchsorted.
 *
 * @param sorted_sequence a vector in ascending order
 * @param values of any shape; the result has it too
 * @param side before (`left`, default) or behind (`right`) equal elements
 * @example
 * ops.searchsorted([1, 3, 5], [3, 4]).arraySync(); // [1, 2]
 */
export const searchsorted = defineOp('keras.ops.searchsorted', ['sorted_sequence', 'values', 'side'], (
  sorted_sequence: TensorLike, values: TensorLike, side: 'left' | 'right' = 'left',
): Tensor => {
  if (side !== 'left' && side !== 'right') {
    throw new TypeError(`The side of searchsorted is 'left' or 'right', received '${String(side)}'.`);
  }
  const [sequence, wanted] = promote(sorted_sequence, values);
  if (sequence.ndim !== 1) {
    throw new ShapeError(
      `searchsorted expects a sequence with one axis, received shape ${formatShape(sequence.shape)}.`);
  }
  return positionsIn(sequence, wanted, side);
});

/**
 * Number of the bin (int32) each value falls in: i where bins[i-1] <= x < bins[i].
 * Source: keras.ops.digitize.
 *
 * @param bins ascending edges; values below the first get 0, from the last on the number of edges
 * @example
 * ops.digitize([0, 1.5, 9], [1, 2, 3]).arraySync(); // [0, 1, 3]
 */
export const digitize = defineOp('keras.ops.digitize', ['x', 'bins'], (
  x: TensorLike, bins: TensorLike,
): Tensor => {
  const edges = toTensor(bins);
  if (edges.ndim !== 1) {
    throw new ShapeError(`digitize expects bins with one axis, received shape ${formatShape(edges.shape)}.`);
  }
  const [sequence, values] = promote(edges, x);
  return positionsIn(sequence, values, 'right');
});
