/** Comparisons and tests of numbers; results are of dtype bool. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { isFloat } from '../../engine/dtype.js';
import type { Tensor } from '../../engine/tensor.js';
import { and, full, minus, not, plus, reduce, reshapeTo, times } from '../compose.js';
import { defineOp } from '../define.js';
import { cast, promote, scalarLike } from '../promotion.js';

const X = ['x'] as const;
const PAIR = ['x1', 'x2'] as const;

type Comparison = 'equal' | 'not_equal' | 'greater' | 'greater_equal' | 'less' | 'less_equal';

const compare = (name: Comparison) => (x1: TensorLike, x2: TensorLike): Tensor => {
  const [a, b] = promote(x1, x2);
  const isOrder = name !== 'equal' && name !== 'not_equal';
  return apply(name, a.dtype === 'bool' && isOrder ? [cast(a, 'int32'), cast(b, 'int32')] : [a, b]);
};

/**
 * x1 == x2, element by element; NaN equals nothing. Source: keras.ops.equal.
 * @example
 * ops.equal([1, 2], [1, 3]).arraySync(); // [true, false]
 */
export const equal = defineOp('keras.ops.equal', PAIR, compare('equal'));

/**
 * x1 != x2, element by element. Source: keras.ops.not_equal.
 * @example
 * ops.not_equal([1, 2], [1, 3]).arraySync(); // [false, true]
 */
export const not_equal = defineOp('keras.ops.not_equal', PAIR, compare('not_equal'));

/**
 * x1 > x2, element by element. Source: keras.ops.greater.
 * @example
 * ops.greater([1, 2], 1).arraySync(); // [false, true]
 */
export const greater = defineOp('keras.ops.greater', PAIR, compare('greater'));

/**
 * x1 >= x2, element by element. Source: keras.ops.greater_equal.
 * @example
 * ops.greater_equal([1, 2], 2).arraySync(); // [false, true]
 */
export const greater_equal = defineOp('keras.ops.greater_equal', PAIR, compare('greater_equal'));

/**
 * x1 < x2, element by element. Source: keras.ops.less.
 * @example
 * ops.less([1, 2], 2).arraySync(); // [true, false]
 */
export const less = defineOp('keras.ops.less', PAIR, compare('less'));

/**
 * x1 <= x2, element by element. Source: keras.ops.less_equal.
 * @example
 * ops.less_equal([1, 2], 1).arraySync(); // [true, false]
 */
export const less_equal = defineOp('keras.ops.less_equal', PAIR, compare('less_equal'));

/** A test of floats that has one answer for all other numbers. */
const test = (name: 'is_nan' | 'is_inf' | 'is_finite', otherwise: boolean) => (x: TensorLike): Tensor => {
  const t = toTensor(x);
  return isFloat(t.dtype) ? apply(name, [t]) : full(Number(otherwise), t.shape, 'bool');
};

/**
 * Whether a number is NaN. Source: keras.ops.isnan.
 * @example
 * ops.isnan([1, NaN]).arraySync(); // [false, true]
 */
export const isnan = defineOp('keras.ops.isnan', X, test('is_nan', false));

/**
 * Whether a number is Infinity or -Infinity. Source: keras.ops.isinf.
 * @example
 * ops.isinf([1, -Infinity]).arraySync(); // [false, true]
 */
export const isinf = defineOp('keras.ops.isinf', X, test('is_inf', false));

/**
 * Whether a number is neither NaN nor infinite. Source: keras.ops.isfinite.
 * @example
 * ops.isfinite([1, NaN, Infinity]).arraySync(); // [true, false, false]
 */
export const isfinite = defineOp('keras.ops.isfinite', X, test('is_finite', true));

const equals = (value: number) => (x: TensorLike): Tensor => {
  const t = toTensor(x);
  return isFloat(t.dtype) ? apply('equal', [t, scalarLike(value, t)]) : full(0, t.shape, 'bool');
};

/**
 * Whether a number is Infinity. Source: keras.ops.isposinf.
 * @example
 * ops.isposinf([Infinity, -Infinity]).arraySync(); // [true, false]
 */
export const isposinf = defineOp('keras.ops.isposinf', X, equals(Infinity));

/**
 * Whether a number is -Infinity. Source: keras.ops.isneginf.
 * @example
 * ops.isneginf([Infinity, -Infinity]).arraySync(); // [false, true]
 */
export const isneginf = defineOp('keras.ops.isneginf', X, equals(-Infinity));

const CLOSE = ['x1', 'x2', 'rtol', 'atol', 'equal_nan'] as const;

/** |a - b| <= atol + rtol |b| for finite numbers; infinities are close when equal. */
function close(a: Tensor, b: Tensor, rtol: number, atol: number, equal_nan: boolean): Tensor {
  const same = apply('equal', [a, b]);
  if (!isFloat(a.dtype)) return same;
  const bound = plus(times(apply('absolute', [b]), scalarLike(rtol, a)), scalarLike(atol, a));
  const within = apply('less_equal', [apply('absolute', [minus(a, b)]), bound]);
  const result = apply('logical_or', [and(within, apply('is_finite', [bound])), same]);
  if (!equal_nan) return result;
  return apply('logical_or', [result, and(apply('is_nan', [a]), apply('is_nan', [b]))]);
}

/**
 * Whether |x1 - x2| <= atol + rtol |x2|, element by element; integers must be equal.
 * Source: keras.ops.isclose.
 *
 * @param rtol relative tolerance; default 1e-5
 * @param atol absolute tolerance; default 1e-8
 * @param equal_nan whether NaN is close to NaN; default false
 * @example
 * ops.isclose([1, 2], [1.000001, 2.1]).arraySync(); // [true, false]
 */
export const isclose = defineOp('keras.ops.isclose', CLOSE, (
  x1: TensorLike, x2: TensorLike, rtol = 1e-5, atol = 1e-8, equal_nan = false,
): Tensor => {
  const [a, b] = promote(x1, x2);
  return close(a, b, rtol, atol, equal_nan);
});

/**
 * Whether all elements are close as `isclose` tells; equal infinities are. Source: keras.ops.allclose.
 *
 * @returns a scalar of dtype bool
 * @example
 * ops.allclose([1, 2], [1.000001, 2.000001]).item(); // 1
 */
export const allclose = defineOp('keras.ops.allclose', CLOSE, (
  x1: TensorLike, x2: TensorLike, rtol = 1e-5, atol = 1e-8, equal_nan = false,
): Tensor => {
  const [a, b] = promote(x1, x2);
  return reduce('reduce_all', close(a, b, rtol, atol, equal_nan), null);
});

/**
 * Whether each element of x1 is among those of x2. Source: keras.ops.isin.
 *
 * @param assume_unique a promise that speeds nothing up here; taken for compatibility
 * @param invert whether to tell the elements that are not in x2; default false
 * @example
 * ops.isin([1, 2, 3], [3, 1]).arraySync(); // [true, false, true]
 */
export const isin = defineOp('keras.ops.isin', ['x1', 'x2', 'assume_unique', 'invert'], (
  x1: TensorLike, x2: TensorLike, assume_unique = false, invert = false,
): Tensor => {
  void assume_unique;
  const [a, b] = promote(x1, x2);
  const pairs = apply('equal', [reshapeTo(a, [a.size, 1]), reshapeTo(b, [1, b.size])]);
  const found = reshapeTo(reduce('reduce_any', pairs, 1), a.shape);
  return invert ? not(found) : found;
});
