/** Elements taken by index. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { broadcastShapes, canonicalAxis, formatShape, ShapeError, sizeOf } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { broadcastTo, either, full, movedAxis, permute, plus, reshapeTo } from '../compose.js';
import { defineOp } from '../define.js';
import { toIndices } from '../promotion.js';
import { getItem, type ItemKey } from './get-item.js';

/** Negative indices count from the end. */
function fromEnd(indices: Tensor, length: number): Tensor {
  const zero = full(0, [], indices.dtype);
  return either(apply('less', [indices, zero]), plus(indices, full(length, [], indices.dtype)), indices);
}

/**
 * Slices of x at indices along an axis. Source: keras.ops.take.
 *
 * Result: x.shape up to the axis, then the shape of the indices, then the rest of x.shape.
 * @param indices integers; negative ones count from the end
 * @param axis null (default) takes elements of the flattened tensor
 * @example
 * ops.take([[1, 2], [3, 4]], [1, 0], 0).arraySync(); // [[3, 4], [1, 2]]
 */
export const take = defineOp('keras.ops.take', ['x', 'indices', 'axis'], (
  x: TensorLike, indices: TensorLike, axis: number | null = null,
): Tensor => {
  const whole = toTensor(x);
  const t = axis === null ? reshapeTo(whole, [whole.size]) : whole;
  const along = canonicalAxis(axis ?? 0, t.ndim);
  const places = fromEnd(toIndices(indices, 'The indices of take'), t.shape[along]);
  return apply('gather', [t, places], { axis: along, batchDims: 0 });
});

/**
 * For each index, the element of x at that place of the axis, all other places being the index's own. Shapes
 * broadcast except along the axis. Source: keras.ops.take_along_axis.
 *
 * @param indices integers of the rank of x, as `argsort` and `argmax` with keepdims give them
 * @param axis null (default): both are vectors, x after flattening
 * @example
 * const x = ops.array([[3, 1, 2]]);
 * ops.take_along_axis(x, ops.argsort(x), 1).arraySync(); // [[1, 2, 3]]
 */
export const take_along_axis = defineOp('keras.ops.take_along_axis', ['x', 'indices', 'axis'], (
  x: TensorLike, indices: TensorLike, axis: number | null = null,
): Tensor => {
  const whole = toTensor(x);
  const t = axis === null ? reshapeTo(whole, [whole.size]) : whole;
  const places = toIndices(indices, 'The indices of take_along_axis');
  const along = canonicalAxis(axis ?? 0, t.ndim);
  if (places.ndim !== t.ndim) {
    throw new ShapeError(`take_along_axis expects indices of the rank of x, received indices of shape ` +
      `${formatShape(places.shape)} and x of shape ${formatShape(t.shape)}` +
      `${axis === null ? ' (flattened)' : ''}.`);
  }
  const without = (shape: readonly number[]): number[] => shape.map((d, i) => (i === along ? 1 : d));
  const common = broadcastShapes(without(t.shape), without(places.shape), 'take_along_axis');
  // The axis comes last, and all others become rows that x and the indices share.
  const order = movedAxis(t.ndim, along, t.ndim - 1);
  const rows = (tensor: Tensor): Tensor => {
    const length = tensor.shape[along];
    const wide = broadcastTo(tensor, common.map((d, i) => (i === along ? length : d)));
    return reshapeTo(permute(wide, order), [sizeOf(common), length]);
  };
  const length = places.shape[along];
  const found = apply('gather', [rows(t), fromEnd(rows(places), t.shape[along])], { axis: 1, batchDims: 1 });
  const shaped = reshapeTo(found, order.map((i) => (i === along ? length : common[i])));
  return permute(shaped, movedAxis(t.ndim, t.ndim - 1, along));
});

/**
 * Python's `x[key]`: integers, slices, `null` for a new axis, `ellipsis`, arrays of integers, boolean masks.
 * An array is a tuple of indices, one for each axis; an array of indices for one axis is an array within it,
 * or a tensor. Integer arrays and masks follow NumPy's rules for advanced indexing.
 * Source: keras.ops.get_item.
 *
 * @throws RangeError when an integer is out of bounds
 * @throws TracedValueError for a mask that is a traced tensor: the shape of the result would depend on it
 * @example
 * const x = ops.array([[1, 2, 3], [4, 5, 6]]);
 * ops.get_item(x, 1).arraySync(); // [4, 5, 6]
 * ops.get_item(x, [keras.ellipsis, keras.slice(null, null, 2)]).arraySync(); // [[1, 3], [4, 6]]
 * ops.get_item(x, [0, [0, 2]]).arraySync(); // [1, 3]
 */
export const get_item = defineOp('keras.ops.get_item', ['x', 'key'], (x: TensorLike, key: ItemKey): Tensor =>
  getItem(toTensor(x), key));

/**
 * Coordinates in a tensor of this shape of elements that are numbered in row-major order.
 * Source: keras.ops.unravel_index.
 *
 * @returns one tensor of coordinates for each axis
 * @example
 * ops.unravel_index([4], [2, 3]).map((axis) => axis.arraySync()); // [[1], [1]]
 */
export const unravel_index = defineOp('keras.ops.unravel_index', ['indices', 'shape'], (
  indices: TensorLike, shape: readonly number[],
): Tensor[] => {
  const places = toIndices(indices, 'The indices of unravel_index');
  const number = (value: number): Tensor => full(value, [], places.dtype);
  return shape.map((length, axis) => {
    const stride = sizeOf(shape.slice(axis + 1));
    return apply('mod', [apply('floor_divide', [places, number(stride)]), number(length)]);
  });
});
