/** keras.backend: elementwise functions that are not quite those of keras.ops. */
import { toTensor, type TensorLike } from '../engine/convert.js';
import { formatShape, ShapeError } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { defineOp } from '../ops/define.js';
import { elu as exponential, relu as positive } from '../ops/nn/rectifiers.js';
import { softmax as softmaxOf } from '../ops/nn/softmax.js';
import { cast, toFloat } from '../ops/promotion.js';
import {
  add, clip as clipTo, divide, exp, greater, max, maximum, minimum, multiply, negative, sqrt as root, subtract, sum,
} from '../ops/tensor-math.js';

/**
 * Square root; negative numbers count as 0. Source: keras.backend.sqrt.
 * @example
 * keras.backend.sqrt([4, -1]); // [2, 0]
 */
export const sqrt = defineOp('keras.backend.sqrt', ['x'], (x: TensorLike): Tensor => root(maximum(toFloat(x), 0)));

/**
 * The values kept between two bounds. Source: keras.backend.clip.
 *
 * @param min_value null: no bound
 * @param max_value null: no bound; less than `min_value`, it counts as that
 * @example
 * keras.backend.clip([-2, 0, 2], -1, null); // [-1, 0, 2]
 */
export const clip = defineOp('keras.backend.clip', ['x', 'min_value', 'max_value'], (
  x: TensorLike, min_value: number | null, max_value: number | null,
): Tensor => {
  const t = toTensor(x);
  const below = max_value === null ? t : minimum(t, Math.max(max_value, min_value ?? -Infinity));
  return min_value === null ? below : maximum(below, min_value);
});

/**
 * Rectifier: max(x, 0), with a slope `alpha` for what is below the threshold. Source: keras.backend.relu.
 *
 * @param alpha slope below the threshold; default 0
 * @param max_value greatest result; default null: none
 * @param threshold values up to it count as negative: alpha (x - threshold); default 0
 * @example
 * keras.backend.relu([-2, 1, 5], { alpha: 0.5, max_value: 3 }); // [-1, 1, 3]
 */
export const relu = defineOp('keras.backend.relu', ['x', 'alpha', 'max_value', 'threshold'], (
  x: TensorLike, alpha: number = 0, max_value: number | null = null, threshold: number = 0,
): Tensor => {
  const t = toTensor(x);
  const above = threshold === 0 ? positive(t) : multiply(t, cast(greater(t, threshold), t.dtype));
  const capped = max_value === null ? above : clipTo(above, 0, max_value);
  if (alpha === 0) return capped;
  return subtract(capped, multiply(positive(add(negative(t), threshold)), alpha));
});

/**
 * x where positive, else alpha (exp(x) - 1). Source: keras.backend.elu.
 *
 * @param alpha default 1
 * @example
 * keras.backend.elu([-1, 2]); // [-0.6321, 2]
 */
export const elu = defineOp('keras.backend.elu', ['x', 'alpha'], (x: TensorLike, alpha: number = 1): Tensor =>
  exponential(toFloat(x), alpha));

/**
 * 0.2 x + 0.5 cut to [0, 1]: a sigmoid of three straight lines, steeper than Keras 3's.
 * Source: keras.backend.hard_sigmoid.
 * @example
 * keras.backend.hard_sigmoid([-3, 0, 1]); // [0, 0.5, 0.7]
 */
export const hard_sigmoid = defineOp('keras.backend.hard_sigmoid', ['x'], (x: TensorLike): Tensor =>
  clipTo(add(multiply(toFloat(x), 0.2), 0.5), 0, 1));

/**
 * exp(x) / sum(exp(x)) along axes. Source: keras.backend.softmax.
 *
 * @param axis one or several; default -1
 * @throws ShapeError for a tensor without a batch axis
 * @example
 * keras.backend.softmax([[0, 0, 0, 0]]); // [[0.25, 0.25, 0.25, 0.25]]
 */
export const softmax = defineOp('keras.backend.softmax', ['x', 'axis'], (
  x: TensorLike, axis: number | readonly number[] = -1,
): Tensor => {
  const t = toFloat(x);
  if (t.ndim < 2) throw new ShapeError(`K.softmax takes a tensor of rank 2 or more, received shape ${formatShape(t.shape)}.`);
  if (typeof axis === 'number') return softmaxOf(t, axis);
  const powers = exp(subtract(t, max(t, axis, true)));
  return divide(powers, sum(powers, axis, true));
});
