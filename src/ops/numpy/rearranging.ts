/** Elements in another order, repeated, or with more around them. */
import { apply } from '../../engine/apply.js';
import { fromHost, toTensor, type TensorLike } from '../../engine/convert.js';
import { canonicalAxes, canonicalAxis, formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { axesOf, broadcastTo, permute, requireInteger, reshapeTo, sliceAxis, type Axis } from '../compose.js';
import { defineOp } from '../define.js';

const reverse = (t: Tensor, axes: readonly number[]): Tensor =>
  (axes.length === 0 ? t : apply('reverse', [t], { axes }));

/**
 * The order of elements reversed along axes. Source: keras.ops.flip.
 *
 * @param axis axis or axes; null (default): all
 * @example
 * ops.flip([[1, 2], [3, 4]], 1).arraySync(); // [[2, 1], [4, 3]]
 */
export const flip = defineOp('keras.ops.flip', ['x', 'axis'], (x: TensorLike, axis: Axis = null): Tensor => {
  const t = toTensor(x);
  return reverse(t, canonicalAxes(axis, t.ndim));
});

/**
 * The second axis reversed: left and right exchanged. Source: keras.ops.fliplr.
 * @example
 * ops.fliplr([[1, 2], [3, 4]]); // [[2, 1], [4, 3]]
 */
export const fliplr = defineOp('keras.ops.fliplr', ['x'], (x: TensorLike): Tensor => {
  const t = toTensor(x);
  return reverse(t, [canonicalAxis(1, t.ndim)]);
});

/**
 * The first axis reversed: up and down exchanged. Source: keras.ops.flipud.
 * @example
 * ops.flipud([[1, 2], [3, 4]]); // [[3, 4], [1, 2]]
 */
export const flipud = defineOp('keras.ops.flipud', ['x'], (x: TensorLike): Tensor => {
  const t = toTensor(x);
  return reverse(t, [canonicalAxis(0, t.ndim)]);
});

/**
 * A plane turned by quarter turns, from the first axis towards the second. Source: keras.ops.rot90.
 *
 * @param k number of quarter turns; negative ones turn back; default 1
 * @param axes the two axes of the plane; default [0, 1]
 * @example
 * ops.rot90([[1, 2], [3, 4]]).arraySync(); // [[2, 4], [1, 3]]
 */
export const rot90 = defineOp('keras.ops.rot90', ['array', 'k', 'axes'], (
  array: TensorLike, k = 1, axes: readonly number[] = [0, 1],
): Tensor => {
  const t = toTensor(array);
  requireInteger(k, 'The argument k of rot90');
  const [from, to] = axes.map((axis) => canonicalAxis(axis, t.ndim));
  if (axes.length !== 2 || from === to) {
    throw new ShapeError(
      `rot90 takes two different axes, received [${axes.join(', ')}] for shape ${formatShape(t.shape)}.`);
  }
  const swapped = axesOf(t).map((i) => (i === from ? to : i === to ? from : i));
  switch (((k % 4) + 4) % 4) {
    case 1: return permute(reverse(t, [to]), swapped);
    case 2: return reverse(t, [from, to]);
    case 3: return reverse(permute(t, swapped), [to]);
    default: return t;
  }
});

function rolled(t: Tensor, shift: number, axis: number): Tensor {
  const length = t.shape[axis];
  const by = length === 0 ? 0 : ((requireInteger(shift, 'The shift of roll') % length) + length) % length;
  if (by === 0) return t;
  const parts = [sliceAxis(t, axis, length - by, by), sliceAxis(t, axis, 0, length - by)];
  return apply('concatenate', parts, { axis });
}

/**
 * Elements moved along axes; those that leave at one end come in at the other. Source: keras.ops.roll.
 *
 * @param shift by how many places; as many numbers as axes, or one for all
 * @param axis axis or axes; null (default) rolls the flattened tensor
 * @example
 * ops.roll([1, 2, 3], 1).arraySync(); // [3, 1, 2]
 */
export const roll = defineOp('keras.ops.roll', ['x', 'shift', 'axis'], (
  x: TensorLike, shift: number | readonly number[], axis: Axis = null,
): Tensor => {
  const t = toTensor(x);
  const shifts = [shift].flat();
  if (axis === null) {
    return reshapeTo(shifts.reduce((flat, by) => rolled(flat, by, 0), reshapeTo(t, [t.size])), t.shape);
  }
  const axes = [axis].flat();
  if (shifts.length !== 1 && shifts.length !== axes.length) {
    throw new ShapeError(
      `roll takes one shift, or one for each axis, received ${shifts.length} for ${axes.length} axes.`);
  }
  const shiftOf = (i: number): number => shifts[shifts.length === 1 ? 0 : i];
  return axes.reduce((now, a, i) => rolled(now, shiftOf(i), canonicalAxis(a, t.ndim)), t);
});

/**
 * The whole tensor repeated along each axis. Source: keras.ops.tile.
 *
 * @param repeats how often along each axis; missing ones in front count as 1, more of them add axes in front
 * @example
 * ops.tile([1, 2], 2).arraySync(); // [1, 2, 1, 2]
 */
export const tile = defineOp('keras.ops.tile', ['x', 'repeats'], (
  x: TensorLike, repeats: number | readonly number[],
): Tensor => {
  const t = toTensor(x);
  const given = [repeats].flat();
  for (const count of given) requireInteger(count, 'Each of the repeats of tile', 0);
  const rank = Math.max(given.length, t.ndim);
  const ones = (n: number): number[] => Array.from({ length: n }, () => 1);
  const grown = reshapeTo(t, [...ones(rank - t.ndim), ...t.shape]);
  return apply('tile', [grown], { repeats: [...ones(rank - given.length), ...given] });
});

/**
 * Each element repeated, one after the other. Source: keras.ops.repeat.
 *
 * @param repeats how often: one number, or one for each element along the axis
 * @param axis null (default) flattens the tensor
 * @example
 * ops.repeat([1, 2], 2).arraySync(); // [1, 1, 2, 2]
 * ops.repeat([1, 2], [1, 3]).arraySync(); // [1, 2, 2, 2]
 */
export const repeat = defineOp('keras.ops.repeat', ['x', 'repeats', 'axis'], (
  x: TensorLike, repeats: number | readonly number[], axis: number | null = null,
): Tensor => {
  const whole = toTensor(x);
  const t = axis === null ? reshapeTo(whole, [whole.size]) : whole;
  const along = canonicalAxis(axis ?? 0, t.ndim);
  const counts = [repeats].flat();
  for (const count of counts) requireInteger(count, 'Each of the repeats of repeat', 0);
  const [before, length, after] = [t.shape.slice(0, along), t.shape[along], t.shape.slice(along + 1)];
  if (counts.length === 1) {
    const column = reshapeTo(t, [...before, length, 1, ...after]);
    const wide = broadcastTo(column, [...before, length, counts[0], ...after]);
    return reshapeTo(wide, [...before, length * counts[0], ...after]);
  }
  if (counts.length !== length) {
    throw new ShapeError(
      `repeat takes one number, or one for each of the ${length} elements along axis ${along} of shape ` +
      `${formatShape(t.shape)}, received ${counts.length}.`);
  }
  const sources = Int32Array.from(counts.flatMap((count, i) => Array.from({ length: count }, () => i)));
  return apply('gather', [t, fromHost(sources, [sources.length], 'int32')], { axis: along, batchDims: 0 });
});

/** [before, after] for each axis, from any of the forms that `pad` takes. */
function paddingsOf(width: PadWidth, t: Tensor): [number, number][] {
  const list = typeof width === 'number' ? [width, width] : width;
  const isPair = list.every((entry) => typeof entry === 'number');
  const pairs = (isPair ? [list] : list) as readonly (readonly number[])[];
  const full = pairs.map((pair): [number, number] => [pair[0], pair[pair.length - 1]]);
  const isValid = pairs.every((pair) => Array.isArray(pair) && (pair.length === 1 || pair.length === 2)
    && pair.every((amount) => Number.isInteger(amount) && amount >= 0));
  if (!isValid || (full.length !== 1 && full.length !== t.ndim)) {
    throw new ShapeError('pad takes a width, a pair [before, after], or a pair for each of the ' +
      `${t.ndim} axes of shape ${formatShape(t.shape)}, received ${JSON.stringify(width)}.`);
  }
  return full.length === 1 ? t.shape.map(() => full[0]) : full;
}

type PadWidth = number | readonly number[] | readonly (readonly number[])[];
type PadMode = 'constant' | 'reflect' | 'symmetric';

/**
 * A tensor with more elements around it. Source: keras.ops.pad.
 *
 * @param pad_width how many: one number, a pair [before, after] for all axes, or a pair for each axis
 * @param mode `constant` (default), `reflect` (mirrored without the edge) or `symmetric` (mirrored with it)
 * @param constant_values the value put around in mode `constant`; default 0
 * @example
 * ops.pad([1, 2], [1, 2]).arraySync(); // [0, 1, 2, 0, 0]
 */
export const pad = defineOp('keras.ops.pad', ['x', 'pad_width', 'mode', 'constant_values'], (
  x: TensorLike, pad_width: PadWidth, mode: PadMode = 'constant', constant_values: number | null = null,
): Tensor => {
  if (!['constant', 'reflect', 'symmetric'].includes(mode)) {
    throw new TypeError(
      `The mode of pad is 'constant', 'reflect' or 'symmetric', received '${String(mode)}'.`);
  }
  if (constant_values !== null && mode !== 'constant') {
    throw new TypeError(`pad takes constant_values in mode 'constant' only, received mode '${mode}'.`);
  }
  const t = toTensor(x);
  const paddings = paddingsOf(pad_width, t);
  const edge = mode === 'reflect' ? 1 : 0;
  const short = mode === 'constant'
    ? -1 : paddings.findIndex((pair, i) => Math.max(...pair) > t.shape[i] - edge);
  if (short >= 0) {
    throw new ShapeError(
      `pad in mode '${mode}' can put at most ${t.shape[short] - edge} elements around axis ${short} of ` +
      `shape ${formatShape(t.shape)}, received ${JSON.stringify(paddings[short])}.`);
  }
  return apply('pad', [t], { paddings, mode, value: constant_values ?? 0 });
});
