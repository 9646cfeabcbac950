/** Smooth activations: sigmoids, gates and their piecewise linear likes. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { canonicalAxis, formatShape, ShapeError } from '../../engine/shape.js';
import { custom_gradient } from '../../engine/custom-gradient.js';
import type { Tensor } from '../../engine/tensor.js';
import {
  absolute, add, divide, greaterEqual, lessEqual, multiply, power, sliceAxis, square, where,
} from '../tensor-math.js';
import { toFloat } from '../promotion.js';
import { defineNN } from './define.js';

const X = ['x'] as const;

/**
 * 1 / (1 + exp(-x)). The result remembers x, so that losses can use it as logits. Source: keras.ops.sigmoid.
 * @example
 * ops.sigmoid([0, 100]).arraySync(); // [0.5, 1]
 */
export const sigmoid = defineNN('sigmoid', X, (x: TensorLike): Tensor => {
  const logits = toFloat(x);
  const y = apply('sigmoid', [logits]);
  y.logits = logits;
  return y;
});

/**
 * log(1 / (1 + exp(-x))). Source: keras.ops.log_sigmoid.
 * @example
 * ops.log_sigmoid(0).item(); // -0.6931
 */
export const log_sigmoid = defineNN('log_sigmoid', X, (x: TensorLike): Tensor =>
  apply('negative', [apply('softplus', [apply('negative', [toFloat(x)])])]));

const hardSigmoid = (x: Tensor): Tensor => divide(apply('relu6', [add(x, 3)]), 6);

/**
 * relu6(x + 3) / 6: a piecewise linear sigmoid. Source: keras.ops.hard_sigmoid.
 * @example
 * ops.hard_sigmoid([-3, 0, 3]).arraySync(); // [0, 0.5, 1]
 */
export const hard_sigmoid = defineNN('hard_sigmoid', X, (x: TensorLike): Tensor => hardSigmoid(toFloat(x)));

/**
 * 0 up to -1, 1 from 1 on, and linear between. Source: keras.ops.sparse_sigmoid.
 * @example
 * ops.sparse_sigmoid([-2, 0, 2]).arraySync(); // [0, 0.5, 1]
 */
export const sparse_sigmoid = defineNN('sparse_sigmoid', X, (x: TensorLike): Tensor => {
  const t = toFloat(x);
  return where(lessEqual(t, -1), 0, where(greaterEqual(t, 1), 1, multiply(add(t, 1), 0.5)));
});

/**
 * x sigmoid(x), also called swish. Source: keras.ops.silu; Ramachandran et al., 2017.
 * @example
 * ops.silu([0, 1]).arraySync(); // [0, 0.7311]
 */
export const silu = defineNN(['silu', 'swish'], X, (x: TensorLike): Tensor => {
  const t = toFloat(x);
  return multiply(t, apply('sigmoid', [t]));
});
export { silu as swish };

/**
 * x hard_sigmoid(x), also called hard swish. Source: keras.ops.hard_silu; Howard et al., 2019.
 * @example
 * ops.hard_silu([-3, 0, 3]).arraySync(); // [0, 0, 3]
 */
export const hard_silu = defineNN(['hard_silu', 'hard_swish'], X, (x: TensorLike): Tensor => {
  const t = toFloat(x);
  return multiply(t, hardSigmoid(t));
});
export { hard_silu as hard_swish };

/**
 * Gaussian error linear unit: x times the probability that a standard normal number is below x.
 * Source: keras.ops.gelu; Hendrycks et al., 2016.
 *
 * @param x tensor
 * @param approximate whether to use the tanh approximation; default true
 * @example
 * ops.gelu([0, 1]).arraySync(); // [0, 0.8412]
 */
export const gelu = defineNN('gelu', ['x', 'approximate'], (x: TensorLike, approximate: boolean = true): Tensor => {
  const t = toFloat(x);
  const cdf = approximate
    ? apply('tanh', [multiply(add(t, multiply(power(t, 3), 0.044715)), Math.sqrt(2 / Math.PI))])
    : apply('erf', [multiply(t, Math.SQRT1_2)]);
  return multiply(multiply(t, 0.5), add(cdf, 1));
});

/**
 * Gated linear unit: the first half times the sigmoid of the second. Source: keras.ops.glu; Dauphin et al., 2017.
 *
 * @param x tensor whose length along `axis` is even
 * @param axis axis to split; default -1
 * @throws ShapeError when the axis has an odd length
 * @example
 * ops.glu([3, 0]).arraySync(); // [1.5]
 */
export const glu = defineNN('glu', ['x', 'axis'], (x: TensorLike, axis: number = -1): Tensor => {
  const t = toFloat(x);
  const length = t.shape[canonicalAxis(axis, t.shape.length)];
  if (length % 2 !== 0) {
    throw new ShapeError(`glu needs an even length along axis ${axis}, received shape ${formatShape(t.shape)}.`);
  }
  return multiply(sliceAxis(t, axis, 0, length / 2), apply('sigmoid', [sliceAxis(t, axis, length / 2, length)]));
});

/**
 * log(exp(x) + 1). Source: keras.ops.softplus.
 * @example
 * ops.softplus(0).item(); // 0.6931
 */
export const softplus = defineNN('softplus', X, (x: TensorLike): Tensor => apply('softplus', [toFloat(x)]));

/** Its gradient, 1 / (|x| + 1)², is 0 at infinity; that of a quotient would be NaN there. */
const softsignOf = custom_gradient((x: Tensor): [Tensor, (upstream: Tensor) => Tensor] => {
  const denominator = add(absolute(x), 1);
  return [divide(x, denominator), (upstream) => divide(upstream, square(denominator))];
});

/**
 * x / (|x| + 1). Source: keras.ops.softsign.
 * @example
 * ops.softsign([-1, 0, 1]).arraySync(); // [-0.5, 0, 0.5]
 */
export const softsign = defineNN('softsign', X, (x: TensorLike): Tensor => softsignOf(toFloat(x)));

/**
 * (x + sqrt(x² + b)) / 2: a relu with a smooth corner. Source: keras.ops.squareplus.
 *
 * @param x tensor
 * @param b smoothness; default 4
 * @example
 * ops.squareplus(0).item(); // 1
 */
export const squareplus = defineNN('squareplus', ['x', 'b'], (x: TensorLike, b: number = 4): Tensor => {
  const t = toFloat(toTensor(x));
  return divide(add(t, apply('sqrt', [add(apply('square', [t]), b)])), 2);
});
