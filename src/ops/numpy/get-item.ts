/** Python's indexing `x[key]`, by NumPy's rules. */
import { apply } from '../../engine/apply.js';
import { fromHost, naturalDType, NDArray, toTensor, type TensorLike } from '../../engine/convert.js';
import { broadcastShapes, formatShape, ShapeError } from '../../engine/shape.js';
import { Tensor } from '../../engine/tensor.js';
import { Variable } from '../../engine/variable.js';
import { ellipsis, Slice } from '../../utils/slice.js';
import { broadcastTo, either, full, permute, plus, reshapeTo } from '../compose.js';
import { toIndices } from '../promotion.js';
import { nonzeroIndices } from './nonzero.js';

/** One index: an integer, a slice, a new axis, all other axes, or an array of integers or booleans. */
export type ItemIndex = number | Slice | null | typeof ellipsis | TensorLike;
/** An index, or an array of indices for the axes in order. */
export type ItemKey = ItemIndex | readonly ItemIndex[];

/** An index as it is applied: what it does to one axis of x (or, for a new axis, between axes). */
type Step =
  | { kind: 'integer'; axis: number; at: number }
  | { kind: 'slice'; axis: number; slice: Slice }
  | { kind: 'new' }
  | { kind: 'array'; axis: number; indices: Tensor };

const WHOLE = new Slice(null, null, null);
const isArrayIndex = (index: ItemIndex): index is TensorLike =>
  index instanceof Tensor || index instanceof Variable || index instanceof NDArray || Array.isArray(index) ||
  ArrayBuffer.isView(index) || typeof index === 'boolean';

/**
 * Booleans as a mask stand for the integer indices of their true elements, one array for each of their axes.
 */
function arraysOf(index: TensorLike, x: Tensor, axis: number): Tensor[] {
  if (naturalDType(index) !== 'bool') {
    const indices = toIndices(index, 'Indices of get_item');
    const zero = full(0, [], indices.dtype);
    const length = full(x.shape[axis], [], indices.dtype);
    return [either(apply('less', [indices, zero]), plus(indices, length), indices)];
  }
  const mask = toTensor(index);
  const covered = x.shape.slice(axis, axis + mask.ndim);
  if (mask.ndim === 0 || formatShape(covered) !== formatShape(mask.shape)) {
    throw new ShapeError(`A boolean mask of shape ${formatShape(mask.shape)} does not fit axes of shape ` +
      `${formatShape(covered)} (x has shape ${formatShape(x.shape)}).`);
  }
  const isComputed = index instanceof Tensor || index instanceof Variable;
  if (isComputed) return nonzeroIndices(mask, 'get_item with a mask');
  return hostMask(index, mask.ndim);
}

/** The indices of a mask that is known while tracing, because it is a JavaScript array. */
function hostMask(mask: TensorLike, rank: number): Tensor[] {
  const places: number[][] = Array.from({ length: rank }, () => []);
  const visit = (node: unknown, at: readonly number[]): void => {
    if (Array.isArray(node)) node.forEach((item, i) => visit(item, [...at, i]));
    else if (node) at.forEach((place, axis) => places[axis].push(place));
  };
  visit(mask instanceof NDArray ? mask.tolist() : mask, []);
  return places.map((indices) => fromHost(Int32Array.from(indices), [indices.length], 'int32'));
}

function stepsOf(x: Tensor, key: ItemKey): Step[] {
  const given = Array.isArray(key) ? [...(key as readonly ItemIndex[])] : [key as ItemIndex];
  const ellipses = given.filter((index) => index === ellipsis).length;
  if (ellipses > 1) throw new TypeError('A key of get_item can hold one ellipsis, received several.');
  if (ellipses === 0) given.push(ellipsis);
  const width = (index: ItemIndex): number => {
    if (index === null || index === ellipsis) return 0;
    return isArrayIndex(index) && naturalDType(index) === 'bool' ? Math.max(1, toTensor(index).ndim) : 1;
  };
  const left = x.ndim - given.reduce<number>((n, index) => n + width(index), 0);
  if (left < 0) {
    throw new ShapeError(
      `get_item received indices for ${x.ndim - left} axes, but x has shape ${formatShape(x.shape)}.`);
  }
  const steps: Step[] = [];
  let axis = 0;
  for (const index of given) {
    if (index === null) steps.push({ kind: 'new' });
    else if (index === ellipsis) {
      for (let i = 0; i < left; i++) steps.push({ kind: 'slice', axis: axis++, slice: WHOLE });
    }
    else if (index instanceof Slice) steps.push({ kind: 'slice', axis: axis++, slice: index });
    else if (typeof index === 'number') steps.push({ kind: 'integer', axis, at: inBounds(index, x, axis++) });
    else if (isArrayIndex(index)) {
      for (const indices of arraysOf(index, x, axis)) steps.push({ kind: 'array', axis: axis++, indices });
    } else {
      throw new TypeError(
        'get_item takes integers, slices, null, the ellipsis, tensors and arrays as indices, received ' +
        `${String(index)}.`);
    }
  }
  return steps;
}

function inBounds(index: number, x: Tensor, axis: number): number {
  const length = x.shape[axis];
  if (!Number.isInteger(index) || index < -length || index >= length) {
    throw new RangeError(
      `Index ${index} is out of bounds for axis ${axis} of shape ${formatShape(x.shape)}: expected an ` +
      `integer from ${-length} to ${length - 1}.`);
  }
  return index < 0 ? index + length : index;
}

/** Slices and integers at once: the axes that integers take have length 1 in the result. */
function slicedBy(x: Tensor, steps: readonly Step[]): Tensor {
  const ranges = x.shape.map((length) => ({ begin: 0, size: length, stride: 1 }));
  for (const step of steps) {
    if (step.kind === 'integer') ranges[step.axis] = { begin: step.at, size: 1, stride: 1 };
    else if (step.kind === 'slice') ranges[step.axis] = step.slice.resolve(x.shape[step.axis]);
  }
  const isWhole = ranges.every(({ begin, size, stride }, i) =>
    begin === 0 && size === x.shape[i] && stride === 1);
  if (isWhole) return x;
  return apply('strided_slice', [x], {
    begin: ranges.map(({ begin }) => begin),
    size: ranges.map(({ size }) => size),
    strides: ranges.map(({ stride }) => stride),
  });
}

/** Lengths of the axes that slices and new axes give. */
const lengthsOf = (steps: readonly Step[], sliced: Tensor): number[] => steps.flatMap((step) => {
  if (step.kind === 'new') return [1];
  return step.kind === 'slice' ? [sliced.shape[step.axis]] : [];
});

export function getItem(x: Tensor, key: ItemKey): Tensor {
  const steps = stepsOf(x, key);
  const sliced = slicedBy(x, steps);
  const arrays = steps.filter((step) => step.kind === 'array');
  if (arrays.length === 0) {
    return reshapeTo(sliced, lengthsOf(steps, sliced));
  }
  return gathered(sliced, steps, arrays);
}

/**
 * Advanced indexing: the arrays broadcast together; next to integers, these count as arrays in their place.
 */
function gathered(
  sliced: Tensor, steps: readonly Step[], arrays: readonly Extract<Step, { kind: 'array' }>[],
): Tensor {
  const shape = arrays.map(({ indices }) => indices.shape)
    .reduce((a, b) => broadcastShapes(a, b, 'get_item'));
  const taken = arrays.map(({ axis }) => axis);
  const integers = steps.flatMap((step) => (step.kind === 'integer' ? [step.axis] : []));

  // 1. the axes of arrays to the front, those of integers dropped, the others in order
  const others = sliced.shape.map((_, i) => i).filter((i) => !taken.includes(i) && !integers.includes(i));
  const front = reshapeTo(permute(sliced, [...taken, ...integers, ...others]),
    [...taken, ...others].map((i) => sliced.shape[i]));

  // 2. one gather for all arrays: the result has their shape in front
  const dtype = arrays.some(({ indices }) => indices.dtype === 'int64') ? 'int64' : 'int32';
  const aligned = arrays.map(({ indices }) =>
    broadcastTo(indices.dtype === dtype ? indices : apply('cast', [indices], { dtype }), shape));
  const found = aligned.length === 1
    ? apply('gather', [front, aligned[0]], { axis: 0, batchDims: 0 })
    : apply('gather_nd', [front, apply('stack', aligned, { axis: shape.length })]);

  // 3. their place: where they stand when side by side, else in front; new axes in between
  const isAdvanced = (step: Step): boolean => step.kind === 'array' || step.kind === 'integer';
  const places = steps.flatMap((step, i) => (isAdvanced(step) ? [i] : []));
  const isTogether = places.every((place, i) => i === 0 || place === places[i - 1] + 1);
  const before = isTogether
    ? steps.slice(0, places[0]).filter((step) => step.kind === 'slice').length : 0;
  const rank = shape.length;
  const ordered = permute(found, [
    ...Array.from({ length: before }, (_, i) => rank + i),
    ...Array.from({ length: rank }, (_, i) => i),
    ...Array.from({ length: found.ndim - rank - before }, (_, i) => rank + before + i),
  ]);
  const lengths = lengthsOf(steps, sliced);
  const start = isTogether ? lengthsOf(steps.slice(0, places[0]), sliced).length : 0;
  return reshapeTo(ordered, [...lengths.slice(0, start), ...shape, ...lengths.slice(start)]);
}
