/** Exponentials, logarithms and roots. Integers and booleans are computed in floatx. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { isInteger } from '../../engine/dtype.js';
import type { Tensor } from '../../engine/tensor.js';
import { either, minus, over, plus, times } from '../compose.js';
import { defineOp } from '../define.js';
import { cast, promote, promoteFloat, scalarLike, toFloat, wideFloat } from '../promotion.js';

const X = ['x'] as const;
const PAIR = ['x1', 'x2'] as const;

/**
 * Square root; NaN below zero. Source: keras.ops.sqrt.
 * @example
 * ops.sqrt([4, 9]).arraySync(); // [2, 3]
 */
export const sqrt = defineOp('keras.ops.sqrt', X, (x: TensorLike): Tensor => apply('sqrt', [toFloat(x)]));

/**
 * Cube root, also of negative numbers: sign(x) |x|^(1/3). int64 gives float64. Source: keras.ops.cbrt.
 * @example
 * ops.cbrt([8, -27]).arraySync(); // [2, -3]
 */
export const cbrt = defineOp('keras.ops.cbrt', X, (x: TensorLike): Tensor => {
  const value = toTensor(x);
  const t = cast(value, wideFloat(value.dtype));
  const root = apply('power', [apply('absolute', [t]), scalarLike(1 / 3, t)]);
  return times(apply('sign', [t]), root);
});

/**
 * e to the power of x. Source: keras.ops.exp.
 * @example
 * ops.exp([0, 1]).arraySync(); // [1, 2.718...]
 */
export const exp = defineOp('keras.ops.exp', X, (x: TensorLike): Tensor => apply('exp', [toFloat(x)]));

/**
 * 2 to the power of x. Source: keras.ops.exp2.
 * @example
 * ops.exp2([3, -1]).arraySync(); // [8, 0.5]
 */
export const exp2 = defineOp('keras.ops.exp2', X, (x: TensorLike): Tensor => {
  const t = toFloat(x);
  return apply('power', [scalarLike(2, t), t]);
});

/**
 * exp(x) - 1, exact also for x near zero. Source: keras.ops.expm1.
 * @example
 * ops.expm1([0, 1e-5]).arraySync(); // [0, 0.00001...]
 */
export const expm1 = defineOp('keras.ops.expm1', X, (x: TensorLike): Tensor => apply('expm1', [toFloat(x)]));

/**
 * Natural logarithm; -Infinity at zero, NaN below. Source: keras.ops.log.
 * @example
 * ops.log([1, Math.E]).arraySync(); // [0, 1]
 */
export const log = defineOp('keras.ops.log', X, (x: TensorLike): Tensor => apply('log', [toFloat(x)]));

/**
 * log(1 + x), exact also for x near zero. Source: keras.ops.log1p.
 * @example
 * ops.log1p([0, 1e-5]).arraySync(); // [0, 0.00001...]
 */
export const log1p = defineOp('keras.ops.log1p', X, (x: TensorLike): Tensor => apply('log1p', [toFloat(x)]));

const logarithm = (base: number) => (x: TensorLike): Tensor => {
  const t = toFloat(x);
  return over(apply('log', [t]), scalarLike(Math.log(base), t));
};

/**
 * Logarithm to base 2. Source: keras.ops.log2.
 * @example
 * ops.log2([1, 8]).arraySync(); // [0, 3]
 */
export const log2 = defineOp('keras.ops.log2', X, logarithm(2));

/**
 * Logarithm to base 10. Source: keras.ops.log10.
 * @example
 * ops.log10([1, 100]).arraySync(); // [0, 2]
 */
export const log10 = defineOp('keras.ops.log10', X, logarithm(10));

/** max + log(1 + base^-|x1 - x2|), in that base; where the difference is no number, x1 + x2 is the limit. */
const addLogarithms = (base: number) => (x1: TensorLike, x2: TensorLike): Tensor => {
  const [a, b] = promoteFloat(x1, x2);
  const factor = scalarLike(Math.log(base), a);
  const delta = minus(a, b);
  const distance = apply('negative', [apply('absolute', [delta])]);
  const tail = apply('log1p', [apply('exp', [base === Math.E ? distance : times(distance, factor)])]);
  const sum = plus(apply('maximum', [a, b]), base === Math.E ? tail : over(tail, factor));
  return either(apply('is_nan', [delta]), plus(a, b), sum);
};

/**
 * log(exp(x1) + exp(x2)) without overflow. Source: keras.ops.logaddexp.
 * @example
 * ops.logaddexp([0, 1000], [0, 1000]).arraySync(); // [0.693..., 1000.693...]
 */
export const logaddexp = defineOp('keras.ops.logaddexp', PAIR, addLogarithms(Math.E));

/**
 * log2(2^x1 + 2^x2) without overflow. Source: keras.ops.logaddexp2.
 * @example
 * ops.logaddexp2([0, 3], [0, 3]).arraySync(); // [1, 4]
 */
export const logaddexp2 = defineOp('keras.ops.logaddexp2', PAIR, addLogarithms(2));

/**
 * Length of the hypotenuse: sqrt(x1^2 + x2^2) without overflow. int64 gives float64. Source: keras.ops.hypot.
 * @example
 * ops.hypot([3, 5], [4, 12]).arraySync(); // [5, 13]
 */
export const hypot = defineOp('keras.ops.hypot', PAIR, (x1: TensorLike, x2: TensorLike): Tensor => {
  const [p, q] = promote(x1, x2);
  const dtype = wideFloat(p.dtype);
  const a = apply('absolute', [cast(p, dtype)]);
  const b = apply('absolute', [cast(q, dtype)]);
  const larger = apply('maximum', [a, b]);
  const one = scalarLike(1, larger);
  // Where both are zero the ratio is 0 / 1.
  const divisor = either(apply('equal', [larger, scalarLike(0, larger)]), one, larger);
  const ratio = over(apply('minimum', [a, b]), divisor);
  return times(larger, apply('sqrt', [plus(one, apply('square', [ratio]))]));
});

/**
 * x1 times 2 to the power of the integers x2. Source: keras.ops.ldexp.
 * @throws TypeError when x2 is not of an integer dtype
 * @example
 * ops.ldexp([0.75, 1], ops.array([2, 3], 'int32')).arraySync(); // [3, 8]
 */
export const ldexp = defineOp('keras.ops.ldexp', PAIR, (x1: TensorLike, x2: TensorLike): Tensor => {
  const exponent = toTensor(x2, typeof x2 === 'number' && Number.isInteger(x2) ? 'int32' : undefined);
  if (!isInteger(exponent.dtype)) {
    throw new TypeError(`ldexp takes an exponent x2 of an integer dtype, received ${exponent.dtype}.`);
  }
  const [a] = promoteFloat(x1, exponent);
  const scaled = times(a, apply('power', [scalarLike(2, a), cast(exponent, a.dtype)]));
  const unchanged = apply('logical_or', [apply('is_inf', [a]), apply('equal', [a, scalarLike(0, a)])]);
  return either(unchanged, a, scaled);
});

/**
 * The modified Bessel function of the first kind, of order 0. Source: keras.ops.i0.
 * @example
 * ops.i0([0, 1]).arraySync(); // [1, 1.26606...]
 */
export const i0 = defineOp('keras.ops.i0', ['x'], (x: TensorLike): Tensor => {
  const t = toTensor(x);
  return apply('bessel_i0', [cast(t, wideFloat(t.dtype))]);
});
