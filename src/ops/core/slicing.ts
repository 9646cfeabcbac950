/** Slices at positions that may be computed, and scattered writes. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { formatShape, sameShape, ShapeError, sizeOf } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { either, full, iota, reduce, reshapeTo, toShape } from '../compose.js';
import { defineOp } from '../define.js';
import { cast, toIndices } from '../promotion.js';

/** Start indices that are computed, as one int32 vector. */
function startsOf(start_indices: TensorLike, rank: number, name: string): Tensor {
  const starts = cast(toIndices(start_indices, `The start_indices of ${name}`), 'int32');
  if (starts.ndim !== 1 || starts.size !== rank) {
    throw new ShapeError(
      `${name} takes one start index for each of ${rank} axes, received shape ` +
      `${formatShape(starts.shape)}.`);
  }
  return starts;
}

const areNumbers = (x: TensorLike): x is readonly number[] =>
  Array.isArray(x) && x.every((item) => typeof item === 'number');

/**
 * A block of the inputs. Start indices may be computed; then they are moved so that the block fits.
 * Source: keras.ops.slice. (Python's slices are `keras.slice`, for `ops.get_item`.)
 *
 * @param start_indices one for each axis
 * @param shape of the block; -1 takes all that is left (with start indices that are numbers)
 * @throws ShapeError when the block does not fit
 * @example
 * ops.slice([[1, 2, 3], [4, 5, 6]], [0, 1], [2, 2]).arraySync(); // [[2, 3], [5, 6]]
 */
export const slice = defineOp('keras.ops.slice', ['inputs', 'start_indices', 'shape'], (
  inputs: TensorLike, start_indices: TensorLike, shape: readonly number[],
): Tensor => {
  const t = toTensor(inputs);
  if (shape.length !== t.ndim) {
    throw new ShapeError(
      `slice takes a shape with one length for each axis of ${formatShape(t.shape)}, received ` +
      `${formatShape(shape)}.`);
  }
  if (!areNumbers(start_indices)) {
    const starts = startsOf(start_indices, t.ndim, 'slice');
    return apply('dynamic_slice', [t, starts], { size: toShape(shape, 'slice') });
  }
  const size = shape.map((d, i) => (d === -1 ? t.shape[i] - start_indices[i] : d));
  const fits = start_indices.length === t.ndim && start_indices.every((start, i) =>
    Number.isInteger(start) && start >= 0 && size[i] >= 0 && start + size[i] <= t.shape[i]);
  if (!fits) {
    throw new ShapeError(
      `A slice of shape ${formatShape(shape)} at [${start_indices.join(', ')}] does not fit into inputs ` +
      `of shape ${formatShape(t.shape)}.`);
  }
  return apply('strided_slice', [t], {
    begin: [...start_indices], size: toShape(size, 'slice'), strides: size.map(() => 1),
  });
});

/**
 * The inputs with a block replaced; start indices are moved so that the block fits.
 * Source: keras.ops.slice_update.
 *
 * @param start_indices one for each axis
 * @param updates the block, of the rank of the inputs
 * @example
 * ops.slice_update([1, 2, 3], [1], [9]).arraySync(); // [1, 9, 3]
 */
export const slice_update = defineOp('keras.ops.slice_update', ['inputs', 'start_indices', 'updates'], (
  inputs: TensorLike, start_indices: TensorLike, updates: TensorLike,
): Tensor => {
  const t = toTensor(inputs);
  const starts = startsOf(start_indices, t.ndim, 'slice_update');
  return apply('dynamic_update_slice', [t, starts, toTensor(updates, t.dtype)]);
});

function checkScatter(name: string, indices: Tensor, values: Tensor, shape: readonly number[]): void {
  const depth = indices.ndim === 0 ? 0 : indices.shape[indices.ndim - 1];
  const expected = [...indices.shape.slice(0, -1), ...shape.slice(depth)];
  if (indices.ndim === 0 || depth > shape.length || !sameShape(values.shape, expected)) {
    throw new ShapeError(
      `${name}: indices of shape ${formatShape(indices.shape)} into a tensor of shape ` +
      `${formatShape(shape)} take values of shape ${formatShape(expected)}, received ` +
      `${formatShape(values.shape)}.`);
  }
}

/**
 * A tensor of zeros with values at indices; values at equal indices add up. Source: keras.ops.scatter.
 *
 * @param indices [..., k]: places along the first k axes
 * @param values of shape indices.shape[:-1] + shape[k:]
 * @param shape of the result
 * @example
 * ops.scatter([[0], [2]], [5, 7], [3]).arraySync(); // [5, 0, 7]
 */
export const scatter = defineOp('keras.ops.scatter', ['indices', 'values', 'shape'], (
  indices: TensorLike, values: TensorLike, shape: readonly number[],
): Tensor => {
  const places = toIndices(indices, 'The indices of scatter');
  const t = toTensor(values);
  const target = toShape(shape, 'scatter');
  checkScatter('scatter', places, t, target);
  return apply('scatter_nd', [places, t], { shape: target });
});

const SCATTER_UPDATE = ['inputs', 'indices', 'updates', 'reduction'] as const;
type ScatterReduction = 'add' | 'max' | 'min' | 'mul' | null;

/** Each row times the product of all values at its place; rows with one place hold the same result. */
function multiplied(t: Tensor, places: Tensor, values: Tensor): Tensor {
  const depth = places.shape[places.ndim - 1];
  const rest = t.shape.slice(depth);
  const count = sizeOf(places.shape.slice(0, -1));
  const flat = reshapeTo(places, [count, depth]);
  const same = reduce('reduce_all', apply('equal', [
    reshapeTo(flat, [count, 1, depth]), reshapeTo(flat, [1, count, depth])]), -1);
  const mask = reshapeTo(same, [count, count, ...rest.map(() => 1)]);
  const matching = either(mask, reshapeTo(values, [1, count, ...rest]), full(1, [], t.dtype));
  const factors = reduce('reduce_prod', matching, 1);
  const products = apply('multiply', [apply('gather_nd', [t, flat]), factors]);
  // Only the first row of a place passes the gradient on, or it would count once for each.
  const number = iota(count);
  const isEarlier = apply('greater', [reshapeTo(number, [count, 1]), reshapeTo(number, [1, count])]);
  const isRepeated = reduce('reduce_any', apply('logical_and', [same, isEarlier]), 1);
  const column = reshapeTo(isRepeated, [count, ...rest.map(() => 1)]);
  const rows = either(column, apply('stop_gradient', [products]), products);
  return apply('tensor_scatter', [t, flat, rows], { mode: 'update' });
}

/**
 * The inputs with values written at indices. Source: keras.ops.scatter_update.
 *
 * @param indices [..., k]: places along the first k axes
 * @param updates of shape indices.shape[:-1] + inputs.shape[k:]
 * @param reduction null (default) replaces; `add`, `max`, `min` and `mul` combine with what is there
 * @example
 * ops.scatter_update([1, 2, 3], [[0], [2]], [9, 8]).arraySync(); // [9, 2, 8]
 */
export const scatter_update = defineOp('keras.ops.scatter_update', SCATTER_UPDATE, (
  inputs: TensorLike, indices: TensorLike, updates: TensorLike, reduction: ScatterReduction = null,
): Tensor => {
  const t = toTensor(inputs);
  const places = toIndices(indices, 'The indices of scatter_update');
  const values = toTensor(updates, t.dtype);
  checkScatter('scatter_update', places, values, t.shape);
  switch (reduction) {
    case null: return apply('tensor_scatter', [t, places, values], { mode: 'update' });
    case 'add': case 'max': case 'min':
      return apply('tensor_scatter', [t, places, values], { mode: reduction });
    case 'mul': return multiplied(t, places, values);
    default: throw new TypeError(
      `The reduction of scatter_update is null, add, max, min or mul, received '${String(reduction)}'.`);
  }
});
