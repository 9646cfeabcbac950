/** The primitives that ops are most often composed of, with parameters checked and no-ops left out. */
import { apply } from '../engine/apply.js';
import type { DType } from '../engine/dtype.js';
import { canonicalAxes, formatShape, sameShape, ShapeError, type Shape } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';

/** One axis, several, or all of them (null). */
export type Axis = number | readonly number[] | null;

export const plus = (a: Tensor, b: Tensor): Tensor => apply('add', [a, b]);
export const minus = (a: Tensor, b: Tensor): Tensor => apply('subtract', [a, b]);
export const times = (a: Tensor, b: Tensor): Tensor => apply('multiply', [a, b]);
export const over = (a: Tensor, b: Tensor): Tensor => apply('divide', [a, b]);
export const and = (a: Tensor, b: Tensor): Tensor => apply('logical_and', [a, b]);
export const not = (a: Tensor): Tensor => apply('logical_not', [a]);
export const either = (condition: Tensor, a: Tensor, b: Tensor): Tensor => apply('select', [condition, a, b]);

/** One value everywhere. */
export const full = (value: number | bigint, shape: Shape, dtype: DType): Tensor =>
  apply('full', [], { value, shape, dtype });

/** start, start + step, ... */
export const iota = (length: number, dtype: DType = 'int32', start = 0, step = 1): Tensor =>
  apply('iota', [], { start, step, length, dtype });

export const reshapeTo = (x: Tensor, shape: readonly number[]): Tensor =>
  (sameShape(x.shape, shape) ? x : apply('reshape', [x], { shape }));

export const permute = (x: Tensor, permutation: readonly number[]): Tensor =>
  (permutation.every((axis, i) => axis === i) ? x : apply('transpose', [x], { permutation }));

export const broadcastTo = (x: Tensor, shape: Shape): Tensor =>
  (sameShape(x.shape, shape) ? x : apply('broadcast_to', [x], { shape }));

/** Elements `begin`, `begin + stride`, ... along one axis; `size` of them. */
export function sliceAxis(x: Tensor, axis: number, begin: number, size: number, stride = 1): Tensor {
  return apply('strided_slice', [x], {
    begin: x.shape.map((_, i) => (i === axis ? begin : 0)),
    size: x.shape.map((d, i) => (i === axis ? size : d)),
    strides: x.shape.map((_, i) => (i === axis ? stride : 1)),
  });
}

/** All axes in order. */
export const axesOf = (x: Tensor): number[] => x.shape.map((_, i) => i);

/** The permutation that brings axis `from` to place `to` and keeps the others in order. */
export function movedAxis(rank: number, from: number, to: number): number[] {
  const order = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== from);
  order.splice(to, 0, from);
  return order;
}

export type Reduction =
  'reduce_sum' | 'reduce_mean' | 'reduce_prod' | 'reduce_max' | 'reduce_min' | 'reduce_any' | 'reduce_all';

/** A reduction over the given axes (null: all). */
export function reduce(name: Reduction, x: Tensor, axis: Axis | undefined, keepdims = false): Tensor {
  return apply(name, [x], { axes: canonicalAxes(axis, x.shape.length), keepdims });
}

/** Number of elements that a reduction over these axes takes together. */
export const reducedCount = (x: Tensor, axis: Axis | undefined): number =>
  canonicalAxes(axis, x.shape.length).reduce((n, i) => n * x.shape[i], 1);

/** A shape given by a user: an array of integers >= 0, or one integer. */
export function toShape(shape: number | readonly number[], what: string): number[] {
  const dims = typeof shape === 'number' ? [shape] : [...shape];
  if (!dims.every((d) => Number.isInteger(d) && d >= 0)) {
    throw new ShapeError(`${what} expects a shape of integers >= 0, received ${formatShape(dims)}.`);
  }
  return dims;
}

/** An integer argument >= `least`. */
export function requireInteger(value: number, what: string, least = -Infinity): number {
  if (!Number.isInteger(value) || value < least) {
    const bound = least === -Infinity ? '' : ` >= ${least}`;
    throw new TypeError(`${what} must be an integer${bound}, received ${String(value)}.`);
  }
  return value;
}

/** The real part: of a real tensor, itself. */
export const realPart = (t: Tensor): Tensor => (t.dtype === 'complex64' ? apply('real', [t]) : t);
/** The imaginary part: of a real tensor, zeros. */
export const imaginaryPart = (t: Tensor): Tensor =>
  (t.dtype === 'complex64' ? apply('imag', [t]) : full(0, t.shape, t.dtype));
