/** Several tensors as one, and one as several. */
import { apply, applyAll } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { canonicalAxis, formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { reshapeTo } from '../compose.js';
import { defineOp } from '../define.js';
import { promote, promoteAll } from '../promotion.js';

const JOIN = ['xs', 'axis'] as const;

function requireSome(xs: readonly unknown[], name: string): void {
  if (!Array.isArray(xs) || xs.length === 0) {
    throw new TypeError(`${name} takes an array of one tensor or more.`);
  }
}

const joined = (ts: readonly Tensor[], axis: number): Tensor =>
  apply('concatenate', ts, { axis: canonicalAxis(axis, ts[0].ndim) });

/**
 * Tensors one after the other along an axis; dtypes are promoted. Source: keras.ops.concatenate.
 *
 * @param xs tensors of shapes equal but for that axis
 * @param axis default 0
 * @example
 * ops.concatenate([[1, 2], [3]]).arraySync(); // [1, 2, 3]
 */
export const concatenate = defineOp('keras.ops.concatenate', JOIN, (
  xs: readonly TensorLike[], axis = 0,
): Tensor => {
  requireSome(xs, 'concatenate');
  return joined(promoteAll(xs), axis);
});

/**
 * Tensors of one shape along a new axis; dtypes are promoted. Source: keras.ops.stack.
 *
 * @param x tensors
 * @param axis place of the new axis; default 0
 * @example
 * ops.stack([[1, 2], [3, 4]], 1).arraySync(); // [[1, 3], [2, 4]]
 */
export const stack = defineOp('keras.ops.stack', ['x', 'axis'], (
  x: readonly TensorLike[], axis = 0,
): Tensor => {
  requireSome(x, 'stack');
  const ts = promoteAll(x);
  return apply('stack', ts, { axis: canonicalAxis(axis, ts[0].ndim + 1) });
});

/**
 * Tensors side by side: along the second axis, vectors along their only one. Source: keras.ops.hstack.
 * @example
 * ops.hstack([[[1], [2]], [[3], [4]]]).arraySync(); // [[1, 3], [2, 4]]
 */
export const hstack = defineOp('keras.ops.hstack', ['xs'], (xs: readonly TensorLike[]): Tensor => {
  requireSome(xs, 'hstack');
  const ts = promoteAll(xs).map((t) => (t.ndim === 0 ? reshapeTo(t, [1]) : t));
  return joined(ts, ts[0].ndim === 1 ? 0 : 1);
});

/**
 * Tensors below each other: along the first axis; vectors become rows. Source: keras.ops.vstack.
 * @example
 * ops.vstack([[1, 2], [3, 4]]).arraySync(); // [[1, 2], [3, 4]]
 */
export const vstack = defineOp('keras.ops.vstack', ['xs'], (xs: readonly TensorLike[]): Tensor => {
  requireSome(xs, 'vstack');
  return joined(promoteAll(xs).map((t) => (t.ndim < 2 ? reshapeTo(t, [1, t.size]) : t)), 0);
});

/**
 * Tensors along the third axis; vectors [n] count as [1, n, 1], matrices [m, n] as [m, n, 1].
 * Source: keras.ops.dstack.
 * @example
 * ops.dstack([[1, 2], [3, 4]]).arraySync(); // [[[1, 3], [2, 4]]]
 */
export const dstack = defineOp('keras.ops.dstack', ['xs'], (xs: readonly TensorLike[]): Tensor => {
  requireSome(xs, 'dstack');
  const deepened = promoteAll(xs).map((t) => {
    if (t.ndim >= 3) return t;
    return reshapeTo(t, t.ndim === 2 ? [...t.shape, 1] : [1, t.size, 1]);
  });
  return joined(deepened, 2);
});

/**
 * x2 behind x1 along an axis. Source: keras.ops.append.
 *
 * @param axis null (default) flattens both
 * @example
 * ops.append([1, 2], [[3], [4]]).arraySync(); // [1, 2, 3, 4]
 */
export const append = defineOp('keras.ops.append', ['x1', 'x2', 'axis'], (
  x1: TensorLike, x2: TensorLike, axis: number | null = null,
): Tensor => {
  const ts = promote(x1, x2);
  return axis === null ? joined(ts.map((t) => reshapeTo(t, [t.size])), 0) : joined(ts, axis);
});

type Sections = number | readonly number[];
const SPLIT = ['x', 'indices_or_sections', 'axis'] as const;

function partsOf(t: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  return sizes.length === 0 ? [] : applyAll('split', [t], { axis, sizes });
}

function splitOf(x: TensorLike, sections: Sections, axis: number, name: string): Tensor[] {
  const t = toTensor(x);
  const along = canonicalAxis(axis, t.ndim);
  const length = t.shape[along];
  if (typeof sections === 'number') {
    if (!Number.isInteger(sections) || sections < 1 || length % sections !== 0) {
      throw new ShapeError(
        `${name} cannot cut axis ${along} of shape ${formatShape(t.shape)} into ${sections} equal parts: ` +
        `${length} must be a multiple of the number of parts. Use array_split for unequal ones.`);
    }
    return partsOf(t, Array.from({ length: sections }, () => length / sections), along);
  }
  const bounds = sections.map((at) => Math.min(Math.max(at < 0 ? at + length : at, 0), length));
  const sizes = [...bounds, length].map((end, i) => end - (i === 0 ? 0 : bounds[i - 1]));
  if (!bounds.every(Number.isInteger) || sizes.some((size) => size < 0)) {
    throw new ShapeError(
      `${name} expects ascending integers as the places to cut at, received [${sections.join(', ')}].`);
  }
  return partsOf(t, sizes, along);
}

/**
 * A tensor cut along an axis. Source: keras.ops.split.
 *
 * @param indices_or_sections number of equal parts, or the indices at which a new part begins
 * @param axis default 0
 * @throws ShapeError when equal parts are impossible
 * @example
 * ops.split([1, 2, 3, 4], 2).map((part) => part.arraySync()); // [[1, 2], [3, 4]]
 * ops.split([1, 2, 3, 4], [1]).map((part) => part.arraySync()); // [[1], [2, 3, 4]]
 */
export const split = defineOp('keras.ops.split', SPLIT, (
  x: TensorLike, indices_or_sections: Sections, axis = 0,
): Tensor[] => splitOf(x, indices_or_sections, axis, 'split'));

/**
 * A tensor cut into parts of nearly equal length: the first ones are longer by one.
 * Source: keras.ops.array_split.
 * @example
 * ops.array_split([1, 2, 3], 2).map((part) => part.arraySync()); // [[1, 2], [3]]
 */
export const array_split = defineOp('keras.ops.array_split', SPLIT, (
  x: TensorLike, indices_or_sections: Sections, axis = 0,
): Tensor[] => {
  if (typeof indices_or_sections !== 'number') return splitOf(x, indices_or_sections, axis, 'array_split');
  const t = toTensor(x);
  const along = canonicalAxis(axis, t.ndim);
  const count = indices_or_sections;
  if (!Number.isInteger(count) || count < 1) {
    throw new TypeError(`array_split takes a positive number of parts, received ${String(count)}.`);
  }
  const [each, longer] = [Math.floor(t.shape[along] / count), t.shape[along] % count];
  return partsOf(t, Array.from({ length: count }, (_, i) => each + (i < longer ? 1 : 0)), along);
});

const CUT = ['x', 'indices_or_sections'] as const;

/**
 * `split` along the first axis. Source: keras.ops.vsplit.
 * @example
 * ops.vsplit([[1, 2], [3, 4]], 2)[1]; // [[3, 4]]
 */
export const vsplit = defineOp('keras.ops.vsplit', CUT, (
  x: TensorLike, indices_or_sections: Sections,
): Tensor[] =>
  splitOf(x, indices_or_sections, 0, 'vsplit'));

/**
 * `split` along the second axis, of vectors along the only one. Source: keras.ops.hsplit.
 * @example
 * ops.hsplit([[1, 2], [3, 4]], 2)[1]; // [[2], [4]]
 */
export const hsplit = defineOp('keras.ops.hsplit', CUT, (
  x: TensorLike, indices_or_sections: Sections,
): Tensor[] => {
  const t = toTensor(x);
  return splitOf(t, indices_or_sections, t.ndim === 1 ? 0 : 1, 'hsplit');
});

/**
 * `split` along the third axis. Source: keras.ops.dsplit.
 * @example
 * ops.dsplit([[[1, 2]], [[3, 4]]], 2)[1]; // [[[2]], [[4]]]
 */
export const dsplit = defineOp('keras.ops.dsplit', CUT, (
  x: TensorLike, indices_or_sections: Sections,
): Tensor[] =>
  splitOf(x, indices_or_sections, 2, 'dsplit'));
