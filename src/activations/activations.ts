/** The functions of keras.activations: as ops, with the defaults and arguments that layers use. */
import { apply } from '../engine/apply.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import type { Tensor } from '../engine/tensor.js';
import { defineOp } from '../ops/define.js';
import * as nn from '../ops/nn/index.js';
import { toFloat } from '../ops/promotion.js';
import {
  clip, exp, greater, multiply, negative, softplus as softplusOf, subtract, where,
} from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';

const X = ['x'] as const;
const tanhOf = (x: TensorLike): Tensor => apply('tanh', [toFloat(x)]);

/**
 * Rectified linear unit; with the default arguments max(x, 0). Source: keras.activations.relu.
 *
 * @param x tensor
 * @param negative_slope slope below the threshold; default 0
 * @param max_value ceiling of the result; default null: none
 * @param threshold values up to here count as negative; default 0
 * @example
 * keras.activations.relu([-10, 5], {negative_slope: 0.5}).arraySync(); // [-5, 5]
 */
export const relu = defineOp('keras.activations.relu', ['x', 'negative_slope', 'max_value', 'threshold'], (
  x: TensorLike, negative_slope: number = 0, max_value: number | null = null, threshold: number = 0,
): Tensor => {
  const t = toTensor(x);
  if (negative_slope !== 0 && max_value === null && threshold === 0) return nn.leaky_relu(t, negative_slope);
  let y = threshold === 0 ? apply(max_value === 6 ? 'relu6' : 'relu', [t]) : where(greater(t, threshold), t, 0);
  if (max_value !== null && !(max_value === 6 && threshold === 0)) y = clip(y, 0, max_value);
  if (negative_slope === 0) return y;
  const below = apply('relu', [threshold === 0 ? negative(t) : subtract(threshold, t)]);
  return subtract(y, multiply(below, negative_slope));
});

/**
 * x where positive, else negative_slope x (default 0.2). Source: keras.activations.leaky_relu.
 * @example
 * keras.activations.leaky_relu([-1, 2]).arraySync(); // [-0.2, 2]
 */
export const leaky_relu = defineOp('keras.activations.leaky_relu', ['x', 'negative_slope'],
  (x: TensorLike, negative_slope: number = 0.2): Tensor => nn.leaky_relu(x, negative_slope));

/** min(max(x, 0), 6). Source: keras.activations.relu6. */
export const relu6 = defineOp('keras.activations.relu6', X, (x: TensorLike): Tensor => nn.relu6(x));

/** Softmax along an axis (default -1), which remembers its logits. Source: keras.activations.softmax. */
export const softmax = defineOp('keras.activations.softmax', ['x', 'axis'],
  (x: TensorLike, axis: number | readonly number[] | null = -1): Tensor => nn.softmax(x, axis));

/** Logarithm of softmax along an axis (default -1). Source: keras.activations.log_softmax. */
export const log_softmax = defineOp('keras.activations.log_softmax', ['x', 'axis'],
  (x: TensorLike, axis: number | readonly number[] | null = -1): Tensor => nn.log_softmax(x, axis));

/** Like softmax with exact zeros, along an axis (default -1). Source: keras.activations.sparsemax. */
export const sparsemax = defineOp('keras.activations.sparsemax', ['x', 'axis'],
  (x: TensorLike, axis: number = -1): Tensor => nn.sparsemax(x, axis));

/** x where positive, else alpha (exp(x) - 1); alpha 1 by default. Source: keras.activations.elu. */
export const elu = defineOp('keras.activations.elu', ['x', 'alpha'],
  (x: TensorLike, alpha: number = 1): Tensor => nn.elu(x, alpha));

/** Scaled exponential linear unit. Source: keras.activations.selu. */
export const selu = defineOp('keras.activations.selu', X, (x: TensorLike): Tensor => nn.selu(x));

/** Continuously differentiable exponential linear unit, alpha 1 by default. Source: keras.activations.celu. */
export const celu = defineOp('keras.activations.celu', ['x', 'alpha'],
  (x: TensorLike, alpha: number = 1): Tensor => nn.celu(x, alpha));

/** log(exp(x) + 1). Source: keras.activations.softplus. */
export const softplus = defineOp('keras.activations.softplus', X, (x: TensorLike): Tensor => nn.softplus(x));

/** x / (|x| + 1). Source: keras.activations.softsign. */
export const softsign = defineOp('keras.activations.softsign', X, (x: TensorLike): Tensor => nn.softsign(x));

/** x moved towards 0 by the threshold (default 0.5), and 0 within it. Source: keras.activations.soft_shrink. */
export const soft_shrink = defineOp('keras.activations.soft_shrink', ['x', 'threshold'],
  (x: TensorLike, threshold: number = 0.5): Tensor => nn.soft_shrink(x, threshold));

/** x where |x| is above the threshold (default 0.5), else 0. Source: keras.activations.hard_shrink. */
export const hard_shrink = defineOp('keras.activations.hard_shrink', ['x', 'threshold'],
  (x: TensorLike, threshold: number = 0.5): Tensor => nn.hard_shrink(x, threshold));

/** 0 up to -1, x from 1 on, (x + 1)² / 4 between. Source: keras.activations.sparse_plus. */
export const sparse_plus = defineOp('keras.activations.sparse_plus', X, (x: TensorLike): Tensor => nn.sparse_plus(x));

/** x sigmoid(x), also called swish. Source: keras.activations.silu. */
export const silu = defineOp('keras.activations.silu', X, (x: TensorLike): Tensor => nn.silu(x));
kerasExport(silu, 'keras.activations.swish');
export { silu as swish };

/** (x + sqrt(x² + b)) / 2, b 4 by default. Source: keras.activations.squareplus. */
export const squareplus = defineOp('keras.activations.squareplus', ['x', 'b'],
  (x: TensorLike, b: number = 4): Tensor => nn.squareplus(x, b));

/**
 * Gaussian error linear unit; exact unless `approximate` is true (unlike ops.gelu). Source: keras.activations.gelu.
 * @example
 * keras.activations.gelu([0, 1]).arraySync(); // [0, 0.8413]
 */
export const gelu = defineOp('keras.activations.gelu', ['x', 'approximate'],
  (x: TensorLike, approximate: boolean = false): Tensor => nn.gelu(x, approximate));

/** Gated linear unit along an axis (default -1). Source: keras.activations.glu. */
export const glu = defineOp('keras.activations.glu', ['x', 'axis'],
  (x: TensorLike, axis: number = -1): Tensor => nn.glu(x, axis));

/** Hyperbolic tangent. Source: keras.activations.tanh. */
export const tanh = defineOp('keras.activations.tanh', X, tanhOf);

/** x - tanh(x). Source: keras.activations.tanh_shrink. */
export const tanh_shrink = defineOp('keras.activations.tanh_shrink', X, (x: TensorLike): Tensor => nn.tanh_shrink(x));

/** The numbers kept between -1 and 1. Source: keras.activations.hard_tanh. */
export const hard_tanh = defineOp('keras.activations.hard_tanh', X, (x: TensorLike): Tensor => nn.hard_tanh(x));

/** x where it is above the threshold, else the default value. Source: keras.activations.threshold. */
export const threshold = defineOp('keras.activations.threshold', ['x', 'threshold', 'default_value'],
  (x: TensorLike, bound: number, default_value: number): Tensor => nn.threshold(x, bound, default_value));

/** 1 / (1 + exp(-x)), which remembers its logits. Source: keras.activations.sigmoid. */
export const sigmoid = defineOp('keras.activations.sigmoid', X, (x: TensorLike): Tensor => nn.sigmoid(x));

/** 0 up to -1, 1 from 1 on, linear between. Source: keras.activations.sparse_sigmoid. */
export const sparse_sigmoid = defineOp('keras.activations.sparse_sigmoid', X,
  (x: TensorLike): Tensor => nn.sparse_sigmoid(x));

/**
 * exp(x). Source: keras.activations.exponential.
 * @example
 * keras.activations.exponential([0, 1]); // [1, 2.718282]
 */
export const exponential = defineOp('keras.activations.exponential', X, (x: TensorLike): Tensor => exp(toFloat(x)));

/** relu6(x + 3) / 6. Source: keras.activations.hard_sigmoid. */
export const hard_sigmoid = defineOp('keras.activations.hard_sigmoid', X, (x: TensorLike): Tensor => nn.hard_sigmoid(x));

/** log(sigmoid(x)). Source: keras.activations.log_sigmoid. */
export const log_sigmoid = defineOp('keras.activations.log_sigmoid', X, (x: TensorLike): Tensor => nn.log_sigmoid(x));

/** x hard_sigmoid(x), also called hard swish. Source: keras.activations.hard_silu. */
export const hard_silu = defineOp('keras.activations.hard_silu', X, (x: TensorLike): Tensor => nn.hard_silu(x));
kerasExport(hard_silu, 'keras.activations.hard_swish');
export { hard_silu as hard_swish };

/**
 * x tanh(softplus(x)). Source: keras.activations.mish; Misra, 2019.
 * @example
 * keras.activations.mish([0, 1]); // [0, 0.865098]
 */
export const mish = defineOp('keras.activations.mish', X, (x: TensorLike): Tensor => {
  const t = toFloat(x);
  return multiply(t, apply('tanh', [softplusOf(t)]));
});

/**
 * x itself. Source: keras.activations.linear.
 * @example
 * keras.activations.linear(3); // 3
 */
export const linear = <T>(x: T): T => x;
kerasExport(linear, 'keras.activations.linear');
