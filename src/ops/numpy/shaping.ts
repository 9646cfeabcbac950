/** Other shapes and orders of axes for the same elements. */
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { canonicalAxes, canonicalAxis, formatShape, resolveReshape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { axesOf, permute, reshapeTo } from '../compose.js';
import { defineOp } from '../define.js';

/**
 * The elements in another shape, row-major order kept. Source: keras.ops.reshape.
 *
 * @param newshape dimensions (or one number); one of them may be -1 and is computed
 * @throws ShapeError when the number of elements would change
 * @example
 * ops.reshape([1, 2, 3, 4], [2, -1]).arraySync(); // [[1, 2], [3, 4]]
 */
export const reshape = defineOp('keras.ops.reshape', ['x', 'newshape'], (
  x: TensorLike, newshape: number | readonly number[],
): Tensor => {
  const t = toTensor(x);
  return reshapeTo(t, resolveReshape(t.shape, typeof newshape === 'number' ? [newshape] : newshape));
});

/**
 * All elements in one axis. Source: keras.ops.ravel.
 * @example
 * ops.ravel([[1, 2], [3, 4]]).arraySync(); // [1, 2, 3, 4]
 */
export const ravel = defineOp('keras.ops.ravel', ['x'], (x: TensorLike): Tensor => {
  const t = toTensor(x);
  return reshapeTo(t, [t.size]);
});

/**
 * Axes in another order. Source: keras.ops.transpose.
 *
 * @param axes for each axis of the result, the axis of x it was; null (default) reverses them
 * @example
 * ops.transpose([[1, 2], [3, 4]]).arraySync(); // [[1, 3], [2, 4]]
 */
export const transpose = defineOp('keras.ops.transpose', ['x', 'axes'], (
  x: TensorLike, axes: readonly number[] | null = null,
): Tensor => {
  const t = toTensor(x);
  if (axes === null) return permute(t, axesOf(t).toReversed());
  const order = axes.map((axis) => canonicalAxis(axis, t.ndim));
  if (new Set(order).size !== t.ndim || order.length !== t.ndim) {
    throw new ShapeError(
      `The axes of transpose must name each of the ${t.ndim} axes of shape ${formatShape(t.shape)} once, ` +
      `received [${axes.join(', ')}].`);
  }
  return permute(t, order);
});

/**
 * A new axis of length 1, or several. Source: keras.ops.expand_dims.
 *
 * @param axis place (or places) of the new axis in the result
 * @example
 * ops.expand_dims([1, 2], 0).shape; // [1, 2]
 */
export const expand_dims = defineOp('keras.ops.expand_dims', ['x', 'axis'], (
  x: TensorLike, axis: number | readonly number[],
): Tensor => {
  const t = toTensor(x);
  const count = typeof axis === 'number' ? 1 : axis.length;
  const places = canonicalAxes(axis, t.ndim + count);
  const rest = [...t.shape];
  const shape = Array.from({ length: t.ndim + count }, (_, i) => (places.includes(i) ? 1 : rest.shift()!));
  return reshapeTo(t, shape);
});

/**
 * Axes of length 1 removed. Source: keras.ops.squeeze.
 *
 * @param axis axis or axes to remove; null (default): all of length 1
 * @throws ShapeError when an axis named has another length
 * @example
 * ops.squeeze([[1, 2]]).shape; // [2]
 */
export const squeeze = defineOp('keras.ops.squeeze', ['x', 'axis'], (
  x: TensorLike, axis: number | readonly number[] | null = null,
): Tensor => {
  const t = toTensor(x);
  if (axis === null) return reshapeTo(t, t.shape.filter((d) => d !== 1));
  const gone = canonicalAxes(axis, t.ndim);
  const long = gone.find((i) => t.shape[i] !== 1);
  if (long !== undefined) {
    throw new ShapeError(`squeeze cannot remove axis ${long} of a tensor of shape ${formatShape(t.shape)}: ` +
      `its length is ${t.shape[long]}, not 1.`);
  }
  return reshapeTo(t, t.shape.filter((_, i) => !gone.includes(i)));
});

/**
 * Two axes exchanged. Source: keras.ops.swapaxes.
 * @example
 * ops.swapaxes(ops.zeros([2, 3, 4]), 0, 2).shape; // [4, 3, 2]
 */
export const swapaxes = defineOp('keras.ops.swapaxes', ['x', 'axis1', 'axis2'], (
  x: TensorLike, axis1: number, axis2: number,
): Tensor => {
  const t = toTensor(x);
  const [a, b] = [canonicalAxis(axis1, t.ndim, 'axis1'), canonicalAxis(axis2, t.ndim, 'axis2')];
  return permute(t, axesOf(t).map((i) => (i === a ? b : i === b ? a : i)));
});

/**
 * Axes moved to other places; the others keep their order. Source: keras.ops.moveaxis.
 *
 * @param source axis or axes to move
 * @param destination as many places in the result
 * @example
 * ops.moveaxis(ops.zeros([2, 3, 4]), 0, -1).shape; // [3, 4, 2]
 */
export const moveaxis = defineOp('keras.ops.moveaxis', ['x', 'source', 'destination'], (
  x: TensorLike, source: number | readonly number[], destination: number | readonly number[],
): Tensor => {
  const t = toTensor(x);
  const from = [source].flat().map((axis) => canonicalAxis(axis, t.ndim, 'source'));
  const to = [destination].flat().map((axis) => canonicalAxis(axis, t.ndim, 'destination'));
  if (from.length !== to.length || new Set(from).size !== from.length || new Set(to).size !== to.length) {
    throw new ShapeError('moveaxis takes as many different axes as places, received ' +
      `source [${from.join(', ')}] and destination [${to.join(', ')}].`);
  }
  const order = axesOf(t).filter((axis) => !from.includes(axis));
  const moves = to.map((place, i) => [place, from[i]] as const).toSorted(([a], [b]) => a - b);
  for (const [place, axis] of moves) order.splice(place, 0, axis);
  return permute(t, order);
});
