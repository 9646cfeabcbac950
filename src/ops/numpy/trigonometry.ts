/**
 * Trigonometric and hyperbolic functions. Angles are in radians; integers and booleans are computed in
 * floatx.
 */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import type { Tensor } from '../../engine/tensor.js';
import { either, over, times } from '../compose.js';
import { defineOp } from '../define.js';
import { cast, promoteFloat, scalarLike, toFloat, wideFloat } from '../promotion.js';

const X = ['x'] as const;

/**
 * Sine. Source: keras.ops.sin.
 * @example
 * ops.sin([0, Math.PI / 2]).arraySync(); // [0, 1]
 */
export const sin = defineOp('keras.ops.sin', X, (x: TensorLike): Tensor => apply('sin', [toFloat(x)]));

/**
 * Cosine. Source: keras.ops.cos.
 * @example
 * ops.cos([0, Math.PI]).arraySync(); // [1, -1]
 */
export const cos = defineOp('keras.ops.cos', X, (x: TensorLike): Tensor => apply('cos', [toFloat(x)]));

/**
 * Tangent. Source: keras.ops.tan.
 * @example
 * ops.tan([0, Math.PI / 4]).arraySync(); // [0, 1]
 */
export const tan = defineOp('keras.ops.tan', X, (x: TensorLike): Tensor => apply('tan', [toFloat(x)]));

/**
 * Inverse sine, from -pi/2 to pi/2; NaN outside of [-1, 1]. Source: keras.ops.arcsin.
 * @example
 * ops.arcsin([0, 1]).arraySync(); // [0, 1.570...]
 */
export const arcsin = defineOp('keras.ops.arcsin', X, (x: TensorLike): Tensor => apply('asin', [toFloat(x)]));

/**
 * Inverse cosine, from 0 to pi; NaN outside of [-1, 1]. Source: keras.ops.arccos.
 * @example
 * ops.arccos([1, -1]).arraySync(); // [0, 3.141...]
 */
export const arccos = defineOp('keras.ops.arccos', X, (x: TensorLike): Tensor => apply('acos', [toFloat(x)]));

/**
 * Inverse tangent, from -pi/2 to pi/2. Source: keras.ops.arctan.
 * @example
 * ops.arctan([0, 1]).arraySync(); // [0, 0.785...]
 */
export const arctan = defineOp('keras.ops.arctan', X, (x: TensorLike): Tensor => apply('atan', [toFloat(x)]));

/**
 * Angle of the point (x2, x1), from -pi to pi. Source: keras.ops.arctan2.
 *
 * @param x1 y coordinates
 * @param x2 x coordinates
 * @example
 * ops.arctan2([1, -1], [0, -1]).arraySync(); // [1.570..., -2.356...]
 */
export const arctan2 = defineOp('keras.ops.arctan2', ['x1', 'x2'], (x1: TensorLike, x2: TensorLike): Tensor =>
  apply('arctan2', promoteFloat(x1, x2)));

/**
 * Hyperbolic sine. Source: keras.ops.sinh.
 * @example
 * ops.sinh([0, 1]).arraySync(); // [0, 1.175...]
 */
export const sinh = defineOp('keras.ops.sinh', X, (x: TensorLike): Tensor => apply('sinh', [toFloat(x)]));

/**
 * Hyperbolic cosine. Source: keras.ops.cosh.
 * @example
 * ops.cosh([0, 1]).arraySync(); // [1, 1.543...]
 */
export const cosh = defineOp('keras.ops.cosh', X, (x: TensorLike): Tensor => apply('cosh', [toFloat(x)]));

/**
 * Hyperbolic tangent. Source: keras.ops.tanh.
 * @example
 * ops.tanh([0, 1]).arraySync(); // [0, 0.761...]
 */
export const tanh = defineOp('keras.ops.tanh', X, (x: TensorLike): Tensor => apply('tanh', [toFloat(x)]));

/**
 * Inverse hyperbolic sine. Source: keras.ops.arcsinh.
 * @example
 * ops.arcsinh([0, 1]).arraySync(); // [0, 0.881...]
 */
export const arcsinh = defineOp('keras.ops.arcsinh', X, (x: TensorLike): Tensor =>
  apply('asinh', [toFloat(x)]));

/**
 * Inverse hyperbolic cosine; NaN below 1. Source: keras.ops.arccosh.
 * @example
 * ops.arccosh([1, 2]).arraySync(); // [0, 1.316...]
 */
export const arccosh = defineOp('keras.ops.arccosh', X, (x: TensorLike): Tensor =>
  apply('acosh', [toFloat(x)]));

/**
 * Inverse hyperbolic tangent; infinite at -1 and 1, NaN beyond. Source: keras.ops.arctanh.
 * @example
 * ops.arctanh([0, 0.5]).arraySync(); // [0, 0.549...]
 */
export const arctanh = defineOp('keras.ops.arctanh', X, (x: TensorLike): Tensor =>
  apply('atanh', [toFloat(x)]));

const scaled = (factor: number) => (x: TensorLike): Tensor => {
  const value = toTensor(x);
  const t = cast(value, wideFloat(value.dtype));
  return times(t, scalarLike(factor, t));
};

/**
 * Degrees as radians. int64 gives float64. Source: keras.ops.deg2rad.
 * @example
 * ops.deg2rad([0, 180]).arraySync(); // [0, 3.141...]
 */
export const deg2rad = defineOp('keras.ops.deg2rad', X, scaled(Math.PI / 180));

/**
 * Radians as degrees. int64 gives float64. Source: keras.ops.rad2deg.
 * @example
 * ops.rad2deg([0, Math.PI]).arraySync(); // [0, 180]
 */
export const rad2deg = defineOp('keras.ops.rad2deg', X, scaled(180 / Math.PI));

/**
 * sin(pi x) / (pi x), and 1 at zero. Source: keras.ops.sinc.
 * @example
 * ops.sinc([0, 0.5, 1]).arraySync(); // [1, 0.636..., 0]
 */
export const sinc = defineOp('keras.ops.sinc', X, (x: TensorLike): Tensor => {
  const t = toFloat(x);
  const isZero = apply('equal', [t, scalarLike(0, t)]);
  const one = scalarLike(1, t);
  // The quotient is computed at a place where its gradient is finite when x is zero.
  const angle = times(either(isZero, one, t), scalarLike(Math.PI, t));
  return either(isZero, one, over(apply('sin', [angle]), angle));
});
