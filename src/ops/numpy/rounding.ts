/** Rounding, signs, limits. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { getDefaultFloat, isFloat, isUnsigned, type DType } from '../../engine/dtype.js';
import { largest } from '../../engine/limits.js';
import type { Tensor } from '../../engine/tensor.js';
import { and, either, not, over, requireInteger, times } from '../compose.js';
import { defineOp } from '../define.js';
import { cast, promote, scalarLike, toFloat, toNumeric, wideFloat } from '../promotion.js';

const X = ['x'] as const;
const PAIR = ['x1', 'x2'] as const;

/**
 * Largest integer not above x. Integers become floatx, as in Keras. Source: keras.ops.floor.
 * @example
 * ops.floor([1.5, -1.5]).arraySync(); // [1, -2]
 */
export const floor = defineOp('keras.ops.floor', X, (x: TensorLike): Tensor => apply('floor', [toFloat(x)]));

/**
 * Smallest integer not below x. Integers become floatx, as in Keras. Source: keras.ops.ceil.
 * @example
 * ops.ceil([1.5, -1.5]).arraySync(); // [2, -1]
 */
export const ceil = defineOp('keras.ops.ceil', X, (x: TensorLike): Tensor => apply('ceil', [toFloat(x)]));

/**
 * x without its fraction. Integers stay as they are. Source: keras.ops.trunc.
 * @example
 * ops.trunc([1.5, -1.5]).arraySync(); // [1, -1]
 */
export const trunc = defineOp('keras.ops.trunc', X, (x: TensorLike): Tensor => {
  const t = toTensor(x);
  if (!isFloat(t.dtype)) return t;
  return either(apply('less', [t, scalarLike(0, t)]), apply('ceil', [t]), apply('floor', [t]));
});

/**
 * Nearest number with so many decimals; halves go to the even neighbour. Negative `decimals` round to tens,
 * hundreds and so on. The dtype stays. Source: keras.ops.round.
 *
 * @param decimals an integer; default 0
 * @example
 * ops.round([2.5, 3.14159], 0).arraySync(); // [2, 3]
 * ops.round([3.14159], 2).arraySync(); // [3.14]
 */
export const round = defineOp('keras.ops.round', ['x', 'decimals'], (x: TensorLike, decimals = 0): Tensor => {
  requireInteger(decimals, 'The argument decimals of round');
  const t = toTensor(x);
  if (!isFloat(t.dtype)) {
    if (decimals >= 0 || t.dtype === 'bool') return t;
    return cast(roundTo(cast(t, getDefaultFloat()), decimals), t.dtype);
  }
  return decimals === 0 ? apply('round', [t]) : roundTo(t, decimals);
});

function roundTo(t: Tensor, decimals: number): Tensor {
  const factor = scalarLike(10 ** decimals, t);
  return over(apply('round', [times(t, factor)]), factor);
}

/**
 * -1, 0 or 1. Source: keras.ops.sign.
 * @example
 * ops.sign([-2, 0, 3]).arraySync(); // [-1, 0, 1]
 */
export const sign = defineOp('keras.ops.sign', X, (x: TensorLike): Tensor => {
  const t = toNumeric(x);
  return isUnsigned(t.dtype) ? cast(apply('not_equal', [t, scalarLike(0, t)]), t.dtype) : apply('sign', [t]);
});

/**
 * Whether the sign bit is set: true below zero and for -0. Source: keras.ops.signbit.
 * @example
 * ops.signbit([-2, -0, 0]).arraySync(); // [true, true, false]
 */
export const signbit = defineOp('keras.ops.signbit', X, (x: TensorLike): Tensor => {
  const t = toTensor(x);
  if (t.dtype === 'bool') return apply('full', [], { value: 0, shape: t.shape, dtype: 'bool' });
  const zero = scalarLike(0, t);
  if (!isFloat(t.dtype)) return apply('less', [t, zero]);
  // One over -0 is -Infinity.
  const tell = either(apply('equal', [t, zero]), apply('reciprocal', [t]), t);
  return apply('less', [tell, zero]);
});

/**
 * The step function: 0 below zero, 1 above, `x2` at zero. Source: keras.ops.heaviside.
 * @example
 * ops.heaviside([-2, 0, 3], 0.5).arraySync(); // [0, 0.5, 1]
 */
export const heaviside = defineOp('keras.ops.heaviside', PAIR, (x1: TensorLike, x2: TensorLike): Tensor => {
  const [p, q] = promote(x1, x2);
  const dtype = wideFloat(p.dtype);
  const a = cast(p, dtype);
  const zero = scalarLike(0, a);
  const upper = either(apply('greater', [a, zero]), scalarLike(1, a), cast(q, dtype));
  return either(apply('less', [a, zero]), zero, upper);
});

const limitOf = (value: number | null | undefined, sign: 1 | -1, dtype: DType): number =>
  value ?? sign * Number(largest(dtype));

/**
 * Replaces NaN and infinities by numbers. Source: keras.ops.nan_to_num.
 *
 * @param nan in place of NaN; default 0
 * @param posinf in place of Infinity; default the largest number of the dtype
 * @param neginf in place of -Infinity; default the smallest number of the dtype
 * @example
 * ops.nan_to_num([NaN, Infinity, 1], {posinf: 9}).arraySync(); // [0, 9, 1]
 */
export const nan_to_num = defineOp('keras.ops.nan_to_num', ['x', 'nan', 'posinf', 'neginf'], (
  x: TensorLike, nan = 0, posinf: number | null = null, neginf: number | null = null,
): Tensor => {
  const t = toTensor(x);
  if (!isFloat(t.dtype)) return t;
  const named = either(apply('is_nan', [t]), scalarLike(nan, t), t);
  const infinite = apply('is_inf', [t]);
  const positive = apply('greater', [t, scalarLike(0, t)]);
  const upper = either(and(infinite, positive), scalarLike(limitOf(posinf, 1, t.dtype), t), named);
  return either(and(infinite, not(positive)), scalarLike(limitOf(neginf, -1, t.dtype), t), upper);
});

/**
 * x limited to [x_min, x_max]; the limits are converted to the dtype of x. Source: keras.ops.clip.
 *
 * @param x_min lower limit: a number or a tensor that broadcasts
 * @param x_max upper limit, likewise
 * @example
 * ops.clip([-3, 1, 5], 0, 2).arraySync(); // [0, 1, 2]
 */
export const clip = defineOp('keras.ops.clip', ['x', 'x_min', 'x_max'], (
  x: TensorLike, x_min: TensorLike, x_max: TensorLike,
): Tensor => {
  const t = toNumeric(x);
  return apply('maximum', [apply('minimum', [t, toTensor(x_max, t.dtype)]), toTensor(x_min, t.dtype)]);
});

const extremum = (name: 'maximum' | 'minimum') => (x1: TensorLike, x2: TensorLike): Tensor => {
  const [a, b] = promote(x1, x2);
  if (a.dtype === 'bool') return apply(name === 'maximum' ? 'logical_or' : 'logical_and', [a, b]);
  return apply(name, [a, b]);
};

/**
 * The larger of two, element by element; NaN where either is. Source: keras.ops.maximum.
 * @example
 * ops.maximum([1, 5], 3).arraySync(); // [3, 5]
 */
export const maximum = defineOp('keras.ops.maximum', PAIR, extremum('maximum'));

/**
 * The smaller of two, element by element; NaN where either is. Source: keras.ops.minimum.
 * @example
 * ops.minimum([1, 5], 3).arraySync(); // [1, 3]
 */
export const minimum = defineOp('keras.ops.minimum', PAIR, extremum('minimum'));

/** Where one of two is NaN, the other. */
const ignoringNaN = (name: 'maximum' | 'minimum') => (x1: TensorLike, x2: TensorLike): Tensor => {
  const [a, b] = promote(x1, x2);
  if (!isFloat(a.dtype)) return extremum(name)(a, b);
  const orA = either(apply('is_nan', [b]), a, apply(name, [a, b]));
  return either(apply('is_nan', [a]), b, orA);
};

/**
 * The larger of two; where one is NaN, the other. Source: keras.ops.fmax.
 * @example
 * ops.fmax([1, NaN], 3).arraySync(); // [3, 3]
 */
export const fmax = defineOp('keras.ops.fmax', PAIR, ignoringNaN('maximum'));

/**
 * The smaller of two; where one is NaN, the other. Source: keras.ops.fmin.
 * @example
 * ops.fmin([1, NaN], 3).arraySync(); // [1, 3]
 */
export const fmin = defineOp('keras.ops.fmin', PAIR, ignoringNaN('minimum'));
