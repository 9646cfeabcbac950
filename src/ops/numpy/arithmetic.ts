/** Sums, products, quotients and powers. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { isFloat, isUnsigned } from '../../engine/dtype.js';
import type { Tensor } from '../../engine/tensor.js';
import { defineOp } from '../define.js';
import { cast, promote, promoteFloat, scalarLike, toFloat } from '../promotion.js';

const PAIR = ['x1', 'x2'] as const;

/**
 * Sum of two tensors, element by element, with broadcasting. Source: keras.ops.add.
 *
 * @param x1 tensor or number
 * @param x2 tensor or number; dtypes are promoted
 * @example
 * ops.add([1, 2], 10).arraySync(); // [11, 12]
 */
export const add = defineOp('keras.ops.add', PAIR, (x1: TensorLike, x2: TensorLike): Tensor => {
  const [a, b] = promote(x1, x2);
  return apply(a.dtype === 'bool' ? 'logical_or' : 'add', [a, b]);
});

/**
 * Difference of two tensors, element by element, with broadcasting. Source: keras.ops.subtract.
 * @example
 * ops.subtract([11, 12], 10).arraySync(); // [1, 2]
 */
export const subtract = defineOp('keras.ops.subtract', PAIR, (x1: TensorLike, x2: TensorLike): Tensor =>
  apply('subtract', promote(x1, x2)));

/**
 * Product of two tensors, element by element, with broadcasting. Source: keras.ops.multiply.
 * @example
 * ops.multiply([1, 2], [3, 4]).arraySync(); // [3, 8]
 */
export const multiply = defineOp('keras.ops.multiply', PAIR, (x1: TensorLike, x2: TensorLike): Tensor => {
  const [a, b] = promote(x1, x2);
  return apply(a.dtype === 'bool' ? 'logical_and' : 'multiply', [a, b]);
});

const trueDivide = (x1: TensorLike, x2: TensorLike): Tensor => {
  const [a, b] = promote(x1, x2);
  return apply('divide', [toFloat(a), toFloat(b)]);
};

/**
 * Quotient of two tensors, in floating point also for integers. Source: keras.ops.divide.
 * @example
 * ops.divide([1, 2], 4).arraySync(); // [0.25, 0.5]
 */
export const divide = defineOp('keras.ops.divide', PAIR, trueDivide);

/**
 * Alias of `divide`. Source: keras.ops.true_divide.
 * @example
 * ops.true_divide([1, 2], 4); // [0.25, 0.5]
 */
export const true_divide = defineOp('keras.ops.true_divide', PAIR, trueDivide);

/**
 * Quotient as in `divide`, and 0 where the divisor is 0. Source: keras.ops.divide_no_nan.
 * @example
 * ops.divide_no_nan([1, 2], [0, 4]).arraySync(); // [0, 0.5]
 */
export const divide_no_nan = defineOp('keras.ops.divide_no_nan', PAIR, (
  x1: TensorLike, x2: TensorLike,
): Tensor => {
  const [a, b] = promoteFloat(x1, x2);
  const isZero = apply('equal', [b, scalarLike(0, b)]);
  const quotient = apply('divide', [a, apply('select', [isZero, scalarLike(1, b), b])]);
  return apply('select', [isZero, scalarLike(0, b), quotient]);
});

/**
 * Quotient rounded towards minus infinity. Source: keras.ops.floor_divide.
 * @example
 * ops.floor_divide([7, -7], 2).arraySync(); // [3, -4]
 */
export const floor_divide = defineOp('keras.ops.floor_divide', PAIR, (
  x1: TensorLike, x2: TensorLike,
): Tensor => {
  const [a, b] = promote(x1, x2);
  return a.dtype === 'bool'
    ? apply('floor_divide', [cast(a, 'int32'), cast(b, 'int32')]) : apply('floor_divide', [a, b]);
});

/**
 * Remainder with the sign of the divisor. Source: keras.ops.mod.
 * @example
 * ops.mod([7, -7], 3).arraySync(); // [1, 2]
 */
export const mod = defineOp('keras.ops.mod', PAIR, (x1: TensorLike, x2: TensorLike): Tensor => {
  const [a, b] = promote(x1, x2);
  return a.dtype === 'bool' ? apply('mod', [cast(a, 'int32'), cast(b, 'int32')]) : apply('mod', [a, b]);
});

/**
 * Remainder with the sign of the dividend. Source: keras.ops.fmod.
 * @example
 * ops.fmod([7, -7], 3).arraySync(); // [1, -1]
 */
export const fmod = defineOp('keras.ops.fmod', PAIR, (x1: TensorLike, x2: TensorLike): Tensor => {
  const [a, b] = promote(x1, x2).map((t) => (t.dtype === 'bool' ? cast(t, 'int32') : t));
  if (isUnsigned(a.dtype)) return apply('mod', [a, b]);
  const remainder = apply('mod', [apply('absolute', [a]), apply('absolute', [b])]);
  return apply('multiply', [apply('sign', [a]), remainder]);
});

/**
 * First operand raised to the power of the second. Source: keras.ops.power.
 * @example
 * ops.power([2, 3], 2).arraySync(); // [4, 9]
 */
export const power = defineOp('keras.ops.power', PAIR, (x1: TensorLike, x2: TensorLike): Tensor => {
  const [a, b] = promote(x1, x2);
  if (!isUnsigned(a.dtype)) return apply('power', [a, b]);
  // Backends have no power of unsigned integers; wider signed ones have the same low bits.
  return cast(apply('power', [cast(a, 'int64'), cast(b, 'int64')]), a.dtype);
});

/**
 * The number with its sign changed. Source: keras.ops.negative.
 * @example
 * ops.negative([1, -2]).arraySync(); // [-1, 2]
 */
export const negative = defineOp('keras.ops.negative', ['x'], (x: TensorLike): Tensor =>
  apply('negative', [toTensor(x)]));

const magnitude = (x: TensorLike): Tensor => {
  const t = toTensor(x);
  return t.dtype === 'bool' || isUnsigned(t.dtype) ? t : apply('absolute', [t]);
};

/**
 * Distance from zero. Source: keras.ops.absolute.
 * @example
 * ops.absolute([-1.5, 2]).arraySync(); // [1.5, 2]
 */
export const absolute = defineOp('keras.ops.absolute', ['x'], magnitude);

/**
 * Alias of `absolute`. Source: keras.ops.abs.
 * @example
 * ops.abs([-1.5, 2]); // [1.5, 2]
 */
export const abs = defineOp('keras.ops.abs', ['x'], magnitude);

/**
 * Distance from zero in floating point, also for integers. Source: keras.ops.fabs.
 * @example
 * ops.fabs([-1.5, 2]).arraySync(); // [1.5, 2]
 */
export const fabs = defineOp('keras.ops.fabs', ['x'], (x: TensorLike): Tensor =>
  apply('absolute', [toFloat(x)]));

/**
 * The square. Source: keras.ops.square.
 * @example
 * ops.square([2, -3]).arraySync(); // [4, 9]
 */
export const square = defineOp('keras.ops.square', ['x'], (x: TensorLike): Tensor => {
  const t = toTensor(x);
  return apply('square', [t.dtype === 'bool' ? cast(t, 'int32') : t]);
});

/**
 * One over the number. Source: keras.ops.reciprocal.
 * @example
 * ops.reciprocal([2, 4]).arraySync(); // [0.5, 0.25]
 */
export const reciprocal = defineOp('keras.ops.reciprocal', ['x'], (x: TensorLike): Tensor => {
  const t = toTensor(x);
  return apply('reciprocal', [isFloat(t.dtype) ? t : toFloat(t)]);
});
