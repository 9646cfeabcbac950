/** Reductions that leave NaN out. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { isFloat } from '../../engine/dtype.js';
import type { Tensor } from '../../engine/tensor.js';
import { either, full, minus, not, over, reduce, type Axis } from '../compose.js';
import { defineOp } from '../define.js';
import { accumulatorType, cast, scalarLike, toFloat } from '../promotion.js';
import { argmax, argmin, max, min, prod } from './reductions.js';
import { cumprod, cumsum } from './scans.js';

const OVER = ['x', 'axis', 'keepdims'] as const;

/** x with another number in place of NaN. */
const replaced = (t: Tensor, value: number): Tensor => either(apply('is_nan', [t]), scalarLike(value, t), t);

const allNaN = (t: Tensor, axis: Axis, keepdims: boolean): Tensor =>
  reduce('reduce_all', apply('is_nan', [t]), axis, keepdims);

/** Number of elements that are not NaN, in the dtype of t. */
const counted = (t: Tensor, axis: Axis, keepdims: boolean): Tensor =>
  reduce('reduce_sum', cast(not(apply('is_nan', [t])), t.dtype), axis, keepdims);

function sumOf(t: Tensor, axis: Axis, keepdims: boolean): Tensor {
  const summands = isFloat(t.dtype) ? replaced(t, 0) : cast(t, accumulatorType(t.dtype));
  return reduce('reduce_sum', summands, axis, keepdims);
}

/**
 * Sum that takes NaN for 0; see `sum`. Source: keras.ops.nansum.
 * @example
 * ops.nansum([1, NaN, 2]).item(); // 3
 */
export const nansum = defineOp('keras.ops.nansum', OVER, (
  x: TensorLike, axis: Axis = null, keepdims = false,
): Tensor => sumOf(toTensor(x), axis, keepdims));

/**
 * Product that takes NaN for 1; see `prod`. Source: keras.ops.nanprod.
 * @example
 * ops.nanprod([3, NaN, 2]).item(); // 6
 */
export const nanprod = defineOp('keras.ops.nanprod', OVER, (
  x: TensorLike, axis: Axis = null, keepdims = false,
): Tensor => {
  const t = toTensor(x);
  return prod(isFloat(t.dtype) ? replaced(t, 1) : t, axis, keepdims);
});

function meanOf(t: Tensor, axis: Axis, keepdims: boolean): Tensor {
  return over(sumOf(t, axis, keepdims), counted(t, axis, keepdims));
}

/**
 * Mean of the elements that are not NaN; NaN where there are none. Integers give float32.
 * Source: keras.ops.nanmean.
 * @example
 * ops.nanmean([1, NaN, 2]).item(); // 1.5
 */
export const nanmean = defineOp('keras.ops.nanmean', OVER, (
  x: TensorLike, axis: Axis = null, keepdims = false,
): Tensor => {
  const t = toTensor(x);
  if (isFloat(t.dtype)) return meanOf(t, axis, keepdims);
  return reduce('reduce_mean', cast(t, 'float32'), axis, keepdims);
});

function varianceOf(t: Tensor, axis: Axis, keepdims: boolean): Tensor {
  const isMissing = apply('is_nan', [t]);
  // Distances are taken of numbers alone, so that an infinite one makes the result NaN and not the element
  // missing.
  const distance = minus(replaced(t, 0), meanOf(t, axis, true));
  const squares = apply('square', [either(isMissing, scalarLike(0, t), distance)]);
  return over(reduce('reduce_sum', squares, axis, keepdims), counted(t, axis, keepdims));
}

/**
 * Variance of the elements that are not NaN; see `var`. Source: keras.ops.nanvar.
 * @example
 * ops.nanvar([1, NaN, 3]).item(); // 1
 */
export const nanvar = defineOp('keras.ops.nanvar', OVER, (
  x: TensorLike, axis: Axis = null, keepdims = false,
): Tensor => varianceOf(toFloat(x), axis, keepdims));

/**
 * Standard deviation of the elements that are not NaN; see `std`. Source: keras.ops.nanstd.
 * @example
 * ops.nanstd([1, NaN, 3]).item(); // 1
 */
export const nanstd = defineOp('keras.ops.nanstd', OVER, (
  x: TensorLike, axis: Axis = null, keepdims = false,
): Tensor => apply('sqrt', [varianceOf(toFloat(x), axis, keepdims)]));

const extremum = (name: 'max' | 'min') => (x: TensorLike, axis: Axis = null, keepdims = false): Tensor => {
  const t = toTensor(x);
  const of = name === 'max' ? max : min;
  if (!isFloat(t.dtype)) return of(t, axis, keepdims);
  const found = of(replaced(t, name === 'max' ? -Infinity : Infinity), axis, keepdims);
  return either(allNaN(t, axis, keepdims), scalarLike(NaN, found), found);
};

/**
 * Largest element that is not NaN; NaN where there is none. Source: keras.ops.nanmax.
 * @example
 * ops.nanmax([1, NaN, 2]).item(); // 2
 */
export const nanmax = defineOp('keras.ops.nanmax', OVER, extremum('max'));

/**
 * Smallest element that is not NaN; NaN where there is none. Source: keras.ops.nanmin.
 * @example
 * ops.nanmin([1, NaN, 2]).item(); // 1
 */
export const nanmin = defineOp('keras.ops.nanmin', OVER, extremum('min'));

const argExtremum = (name: 'argmax' | 'argmin') => (
  x: TensorLike, axis: number | null = null, keepdims = false,
): Tensor => {
  const t = toTensor(x);
  const of = name === 'argmax' ? argmax : argmin;
  if (!isFloat(t.dtype)) return of(t, axis, keepdims);
  const found = of(replaced(t, name === 'argmax' ? -Infinity : Infinity), axis, keepdims);
  return either(allNaN(t, axis, keepdims), full(-1, [], found.dtype), found);
};

/**
 * Index of the largest element that is not NaN; -1 where there is none. Source: keras.ops.nanargmax.
 * @example
 * ops.nanargmax([1, NaN, 2]).item(); // 2
 */
export const nanargmax = defineOp('keras.ops.nanargmax', OVER, argExtremum('argmax'));

/**
 * Index of the smallest element that is not NaN; -1 where there is none. Source: keras.ops.nanargmin.
 * @example
 * ops.nanargmin([NaN, 3, 2]).item(); // 2
 */
export const nanargmin = defineOp('keras.ops.nanargmin', OVER, argExtremum('argmin'));

const SCAN = ['x', 'axis', 'dtype'] as const;
const withoutNaN = (x: TensorLike, value: number): Tensor => {
  const t = toTensor(x);
  return isFloat(t.dtype) ? replaced(t, value) : t;
};

/**
 * Running sum that takes NaN for 0; see `cumsum`. Source: keras.ops.nancumsum.
 * @example
 * ops.nancumsum([1, NaN, 2]).arraySync(); // [1, 1, 3]
 */
export const nancumsum = defineOp('keras.ops.nancumsum', SCAN, (
  x: TensorLike, axis: number | null = null, dtype: string | null = null,
): Tensor => cumsum(withoutNaN(x, 0), axis, dtype));

/**
 * Running product that takes NaN for 1; see `cumprod`. Source: keras.ops.nancumprod.
 * @example
 * ops.nancumprod([3, NaN, 2]).arraySync(); // [3, 3, 6]
 */
export const nancumprod = defineOp('keras.ops.nancumprod', SCAN, (
  x: TensorLike, axis: number | null = null, dtype: string | null = null,
): Tensor => cumprod(withoutNaN(x, 1), axis, dtype));
