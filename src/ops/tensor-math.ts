/**
 * Arithmetic on tensors for code that is written in terms of it: activations, losses, metrics, optimizers.
 * Operands are tensors of one dtype, or numbers, which take the dtype of the tensor they meet; public ops
 * promote dtypes before.
 */
import { apply } from '../engine/apply.js';
import { canonicalAxes, canonicalAxis, reducedShape, type Shape } from '../engine/shape.js';
import type { PlainName } from '../engine/primitives/index.js';
import type { Tensor } from '../engine/tensor.js';
import { permute, reshapeTo, sliceAxis as takeAxis } from './compose.js';
import { scalarLike } from './promotion.js';

export type Operand = Tensor | number;
/** One axis, several, or all of them (null). */
export type Axes = number | readonly number[] | null;

const binary = (name: PlainName) => (a: Operand, b: Operand): Tensor => {
  if (typeof a !== 'number') return apply(name, [a, typeof b === 'number' ? scalarLike(b, a) : b]);
  if (typeof b === 'number') throw new TypeError(`${name} needs a tensor among its operands, received two numbers.`);
  return apply(name, [scalarLike(a, b), b]);
};

export const add = binary('add');
export const subtract = binary('subtract');
export const multiply = binary('multiply');
export const divide = binary('divide');
export const mod = binary('mod');
export const power = binary('power');
export const maximum = binary('maximum');
export const minimum = binary('minimum');
export const equal = binary('equal');
export const notEqual = binary('not_equal');
export const greater = binary('greater');
export const greaterEqual = binary('greater_equal');
export const less = binary('less');
export const lessEqual = binary('less_equal');
export const logicalAnd = binary('logical_and');
export const logicalOr = binary('logical_or');
export const squaredDifference = binary('squared_difference');

const unary = (name: PlainName) => (x: Tensor): Tensor => apply(name, [x]);

export const negative = unary('negative');
export const absolute = unary('absolute');
export const square = unary('square');
export const sqrt = unary('sqrt');
export const rsqrt = unary('rsqrt');
export const exp = unary('exp');
export const floor = unary('floor');
export const ceil = unary('ceil');
export const cos = unary('cos');
export const sign = unary('sign');
export const log = unary('log');
export const softplus = unary('softplus');
export const stopGradient = unary('stop_gradient');

/** `x` where the condition holds, else `y`; one of them is a tensor. */
export function where(condition: Tensor, x: Operand, y: Operand): Tensor {
  const like = typeof x === 'number' ? y : x;
  if (typeof like === 'number') throw new TypeError('where needs a tensor among its branches, received two numbers.');
  const full = (v: Operand): Tensor => (typeof v === 'number' ? scalarLike(v, like) : v);
  return apply('select', [condition, full(x), full(y)]);
}

/** The values kept between two bounds. */
export const clip = (x: Tensor, low: Operand, high: Operand): Tensor => minimum(maximum(x, low), high);

/** x / y, and 0 where y is 0. */
export function divideNoNan(x: Tensor, y: Tensor): Tensor {
  const isZero = equal(y, 0);
  return where(isZero, 0, divide(x, where(isZero, 1, y)));
}

type ReductionName =
  'reduce_sum' | 'reduce_mean' | 'reduce_max' | 'reduce_min' | 'reduce_prod' | 'reduce_any' | 'reduce_all';
const reduction = (name: ReductionName) => (x: Tensor, axis: Axes = null, keepdims = false): Tensor => {
  const axes = canonicalAxes(axis, x.shape.length);
  // Nothing to reduce over: the tensor itself.
  return axes.length === 0 ? x : apply(name, [x], { axes, keepdims });
};

export const sum = reduction('reduce_sum');
export const mean = reduction('reduce_mean');
export const max = reduction('reduce_max');
export const min = reduction('reduce_min');
export const prod = reduction('reduce_prod');
export const any = reduction('reduce_any');
export const all = reduction('reduce_all');

/** Another shape; one dimension may be -1. */
export const reshape = (x: Tensor, shape: Shape): Tensor => reshapeTo(x, shape);

/** A new axis of length 1; `axis` counts in the result. */
export function expandDims(x: Tensor, axis: number): Tensor {
  const at = canonicalAxis(axis, x.shape.length + 1);
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

/** The tensor without one axis of length 1. */
export const squeeze = (x: Tensor, axis: number): Tensor =>
  reshape(x, reducedShape(x.shape, [canonicalAxis(axis, x.shape.length)], false));

/** The axes in another order; nothing is done for the order they have. */
export const transpose = permute;

export const inversePermutation = (permutation: readonly number[]): number[] => {
  const inverse: number[] = [];
  permutation.forEach((axis, i) => (inverse[axis] = i));
  return inverse;
};

/** The axis moved to the end. */
export function toLastAxis(x: Tensor, axis: number): Tensor {
  const at = canonicalAxis(axis, x.shape.length);
  return transpose(x, [...[...x.shape.keys()].filter((i) => i !== at), at]);
}

/** Runs `fn` with one axis moved to the end, and moves it back. */
export function withLastAxis(x: Tensor, axis: number, fn: (moved: Tensor) => Tensor): Tensor {
  const at = canonicalAxis(axis, x.shape.length);
  const permutation = [...[...x.shape.keys()].filter((i) => i !== at), at];
  return transpose(fn(transpose(x, permutation)), inversePermutation(permutation));
}

/** A block of a tensor: `size` elements from `begin` along each axis. */
export const slice = (x: Tensor, begin: readonly number[], size: readonly number[], strides?: readonly number[]): Tensor =>
  apply('strided_slice', [x], { begin, size, strides: strides ?? begin.map(() => 1) });

/** Elements `from` to `to` (excluded) along one axis. */
export const sliceAxis = (x: Tensor, axis: number, from: number, to: number): Tensor =>
  takeAxis(x, canonicalAxis(axis, x.shape.length), from, to - from);

export const zeros = (shape: Shape, like: Tensor): Tensor => apply('full', [], { value: 0, shape, dtype: like.dtype });
export const ones = (shape: Shape, like: Tensor): Tensor => apply('full', [], { value: 1, shape, dtype: like.dtype });
