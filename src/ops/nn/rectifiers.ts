/** Activations that are linear on a side: rectified, exponential and shrinking units. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import type { Tensor } from '../../engine/tensor.js';
import {
  add, clip, divide, greater, less, lessEqual, maximum, minimum, multiply, power, subtract, where,
} from '../tensor-math.js';
import { toFloat } from '../promotion.js';
import { defineNN } from './define.js';

const X = ['x'] as const;

/**
 * Rectified linear unit: max(x, 0). Source: keras.ops.relu.
 * @example
 * ops.relu([-1, 2]).arraySync(); // [0, 2]
 */
export const relu = defineNN('relu', X, (x: TensorLike): Tensor => apply('relu', [toTensor(x)]));

/**
 * Rectified linear unit with a ceiling: min(max(x, 0), 6). Source: keras.ops.relu6.
 * @example
 * ops.relu6([-1, 2, 8]).arraySync(); // [0, 2, 6]
 */
export const relu6 = defineNN('relu6', X, (x: TensorLike): Tensor => apply('relu6', [toTensor(x)]));

/**
 * x where positive, else negative_slope x. Source: keras.ops.leaky_relu.
 *
 * @param x tensor
 * @param negative_slope slope on the negative side; default 0.2
 * @example
 * ops.leaky_relu([-1, 2], 0.5).arraySync(); // [-0.5, 2]
 */
export const leaky_relu = defineNN('leaky_relu', ['x', 'negative_slope'],
  (x: TensorLike, negative_slope: number = 0.2): Tensor => {
    const t = toFloat(x);
    return where(greater(t, 0), t, multiply(t, negative_slope));
  });

/**
 * Exponential linear unit: x where positive, else alpha (exp(x) - 1). Source: keras.ops.elu.
 *
 * @param x tensor
 * @param alpha the limit for large negative numbers is -alpha; default 1
 * @example
 * ops.elu([0, 2]).arraySync(); // [0, 2]
 */
export const elu = defineNN('elu', ['x', 'alpha'], (x: TensorLike, alpha: number = 1): Tensor => {
  const t = toFloat(x);
  const y = apply('elu', [t]);
  return alpha === 1 ? y : where(greater(t, 0), y, multiply(y, alpha));
});

/**
 * Scaled exponential linear unit, which keeps mean and variance of its inputs. Source: keras.ops.selu;
 * Klambauer et al., 2017.
 * @example
 * ops.selu([0, 1]).arraySync(); // [0, 1.0507]
 */
export const selu = defineNN('selu', X, (x: TensorLike): Tensor => apply('selu', [toFloat(x)]));

/**
 * Continuously differentiable exponential linear unit: max(x, 0) + alpha (exp(min(x, 0) / alpha) - 1).
 * Source: keras.ops.celu; Barron, 2017.
 *
 * @param x tensor
 * @param alpha the limit for large negative numbers is -alpha; default 1
 * @example
 * ops.celu([0, 2]).arraySync(); // [0, 2]
 */
export const celu = defineNN('celu', ['x', 'alpha'], (x: TensorLike, alpha: number = 1): Tensor => {
  const t = toFloat(x);
  return add(maximum(t, 0), multiply(apply('expm1', [divide(minimum(t, 0), alpha)]), alpha));
});

/**
 * The numbers kept between -1 and 1. Source: keras.ops.hard_tanh.
 * @example
 * ops.hard_tanh([-3, 0.5, 3]).arraySync(); // [-1, 0.5, 1]
 */
export const hard_tanh = defineNN('hard_tanh', X, (x: TensorLike): Tensor => clip(toTensor(x), -1, 1));

/**
 * x where |x| is above the threshold, else 0. Source: keras.ops.hard_shrink.
 *
 * @param x tensor
 * @param threshold default 0.5
 * @example
 * ops.hard_shrink([-0.5, 0.2, 1]).arraySync(); // [0, 0, 1]
 */
export const hard_shrink = defineNN('hard_shrink', ['x', 'threshold'], (x: TensorLike, threshold: number = 0.5): Tensor => {
  const t = toTensor(x);
  return where(greater(apply('absolute', [t]), threshold), t, 0);
});

/**
 * x moved towards 0 by the threshold, and 0 within it. Source: keras.ops.soft_shrink.
 *
 * @param x tensor
 * @param threshold default 0.5
 * @example
 * ops.soft_shrink([-1, 0.2, 1]).arraySync(); // [-0.5, 0, 0.5]
 */
export const soft_shrink = defineNN('soft_shrink', ['x', 'threshold'], (x: TensorLike, threshold: number = 0.5): Tensor => {
  const t = toFloat(x);
  return where(greater(t, threshold), subtract(t, threshold), where(less(t, -threshold), add(t, threshold), 0));
});

/**
 * x - tanh(x). Source: keras.ops.tanh_shrink.
 * @example
 * ops.tanh_shrink([0, 1]).arraySync(); // [0, 0.2384]
 */
export const tanh_shrink = defineNN('tanh_shrink', X, (x: TensorLike): Tensor => {
  const t = toFloat(x);
  return subtract(t, apply('tanh', [t]));
});

// The op and its argument have one name in Keras.
const byThreshold = (x: TensorLike, bound: number, default_value: number): Tensor => {
  const t = toTensor(x);
  return where(greater(t, bound), t, default_value);
};

/**
 * x where it is above the threshold, else the default value. Source: keras.ops.threshold.
 * @example
 * ops.threshold([-1, 2], 0, 7).arraySync(); // [7, 2]
 */
export const threshold = defineNN('threshold', ['x', 'threshold', 'default_value'], byThreshold);

/**
 * 0 up to -1, x from 1 on, and (x + 1)² / 4 between. Source: keras.ops.sparse_plus.
 * @example
 * ops.sparse_plus([-1, 0, 1]).arraySync(); // [0, 0.25, 1]
 */
export const sparse_plus = defineNN('sparse_plus', X, (x: TensorLike): Tensor => {
  const t = toFloat(x);
  return where(lessEqual(t, -1), 0, where(less(t, 1), multiply(power(add(t, 1), 2), 0.25), t));
});
