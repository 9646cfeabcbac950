/** Elements read at positions between them, along any number of axes. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { isFloat, isInteger, type DType } from '../../engine/dtype.js';
import { formatShape, ShapeError, sizeOf } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { full } from '../compose.js';
import { defineOp } from '../define.js';
import { cast } from '../promotion.js';
import {
  absolute, add, clip, greaterEqual, less, logicalAnd, mod, multiply, reshape, subtract, where,
} from '../tensor-math.js';
import { requireChoice } from './shared.js';

const FILL_MODES = ['constant', 'nearest', 'wrap', 'mirror', 'reflect'] as const;
export type CoordinateMode = (typeof FILL_MODES)[number];

/** An element that a position is made of: its place, its share, and whether it lies inside. */
interface Part {
  index: Tensor;
  weight: Tensor | null;
  isInside: Tensor | null;
}

/** Places outside of an axis moved inside. The numbers are those of Keras on TensorFlow. */
function inside(index: Tensor, size: number, mode: CoordinateMode): Omit<Part, 'weight'> {
  const within = (t: Tensor): Tensor => clip(t, 0, Math.max(size - 1, 0));
  switch (mode) {
    case 'constant':
      return { index: within(index), isInside: logicalAnd(greaterEqual(index, 0), less(index, size)) };
    case 'wrap':
      return { index: mod(index, Math.max(size, 1)), isInside: null };
    case 'nearest':
      return { index: within(index), isInside: null };
    default: {
      const folded = mod(absolute(index), Math.max(2 * size, 1));
      const back = subtract(mode === 'reflect' ? 2 * size - 1 : 2 * size, folded);
      return { index: within(where(less(folded, size), folded, back)), isInside: null };
    }
  }
}

/** The elements that a position along one axis is made of: the nearest (order 0), or both neighbours (order 1). */
function partsOf(position: Tensor, size: number, order: number, mode: CoordinateMode): Part[] {
  if (order === 0) {
    const index = cast(apply('round', [position]), 'int32');
    return [{ ...inside(index, size, mode), weight: null }];
  }
  const lower = apply('floor', [position]);
  const index = cast(lower, 'int32');
  const upperWeight = subtract(position, lower);
  return [
    { ...inside(index, size, mode), weight: subtract(1, upperWeight) },
    { ...inside(add(index, 1), size, mode), weight: upperWeight },
  ];
}

export interface CoordinateOptions {
  order: number;
  mode: CoordinateMode;
  fill_value: TensorLike;
}

/**
 * Values at positions, one tensor of positions for each axis of an input with these sizes.
 * @param dtype of the input
 * @param read the elements at flat places
 */
export function sampledAt(
  sizes: readonly number[], positions: readonly Tensor[], dtype: DType, read: (flat: Tensor) => Tensor,
  { order, mode, fill_value }: CoordinateOptions,
): Tensor {
  // The nearest element keeps its dtype; a mean of neighbours is computed in that of the positions.
  const computed = order === 0 ? dtype : positions[0].dtype;
  const filling = cast(toTensor(fill_value, dtype), computed);
  let combinations: Part[] = [];
  sizes.forEach((size, axis) => {
    const parts = partsOf(positions[axis], size, order, mode);
    const join = ({ index, weight, isInside }: Part, next: Part): Part => ({
      index: add(multiply(index, size), next.index),
      weight: weight && next.weight && multiply(weight, next.weight),
      isInside: isInside && next.isInside && logicalAnd(isInside, next.isInside),
    });
    combinations = axis === 0 ? parts : combinations.flatMap((part) => parts.map((next) => join(part, next)));
  });
  const terms = combinations.map(({ index, weight, isInside }) => {
    const found = cast(read(index), computed);
    const value = isInside ? where(isInside, found, filling) : found;
    return weight ? multiply(value, weight) : value;
  });
  const total = terms.reduce((sum, term) => add(sum, term));
  return cast(isInteger(dtype) && order > 0 ? apply('round', [total]) : total, dtype);
}

/**
 * The elements of a tensor at positions that may lie between them. Source: keras.ops.image.map_coordinates.
 *
 * @param inputs tensor of any rank
 * @param coordinates [rank, ...]: the positions along each axis
 * @param order 0 for the nearest element, 1 for linear interpolation
 * @param fill_mode what lies outside: 'constant' (fill_value; default), 'nearest' (the edge), 'wrap' (the other end),
 *   'mirror' or 'reflect' (backwards, the edge once or twice)
 * @param fill_value default 0
 * @returns a tensor of the shape of the positions along one axis and the dtype of the inputs; integers are rounded
 * @throws ShapeError when there is not one row of coordinates for each axis of the inputs
 * @throws RangeError when the order is neither 0 nor 1
 * @example
 * ops.image.map_coordinates([[0, 1], [2, 3]], [[0.5], [1]], 1).arraySync(); // [2]
 */
export const map_coordinates = defineOp('keras.ops.image.map_coordinates',
  ['inputs', 'coordinates', 'order', 'fill_mode', 'fill_value'], (
    inputs: TensorLike, coordinates: TensorLike, order: number, fill_mode: string = 'constant', fill_value: TensorLike = 0,
  ): Tensor => {
    const x = toTensor(inputs);
    const given = toTensor(coordinates);
    const all = isFloat(given.dtype) ? given : cast(given, 'float32');
    const mode = requireChoice('map_coordinates', 'fill_mode', fill_mode, FILL_MODES);
    if (all.shape.length < 2 || all.shape[0] !== x.shape.length) {
      throw new ShapeError('map_coordinates takes coordinates [rank, ...] with one row for each axis of the inputs, received ' +
        `coordinates of shape ${formatShape(all.shape)} for inputs of shape ${formatShape(x.shape)}.`);
    }
    if (order !== 0 && order !== 1) throw new RangeError(`The order of map_coordinates is 0 or 1, received ${String(order)}.`);
    const shape = all.shape.slice(1);
    const rows = x.shape.map((_, axis) => reshape(apply('strided_slice', [all], {
      begin: all.shape.map((__, i) => (i === 0 ? axis : 0)), size: [1, ...shape], strides: all.shape.map(() => 1),
    }), shape));
    // An empty tensor has no elements to read: the filling stands for them.
    const source = x.size === 0 ? full(0, [1], x.dtype) : reshape(x, [sizeOf(x.shape)]);
    return sampledAt(x.shape, rows, x.dtype, (flat) => apply('gather', [source, flat], { axis: 0, batchDims: 0 }),
      { order, mode, fill_value });
  });
