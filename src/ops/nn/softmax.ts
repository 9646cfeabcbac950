/** Activations over the elements of an axis: softmax and its likes. */
import { notice } from '../../utils/notice.js';
import { apply } from '../../engine/apply.js';
import type { TensorLike } from '../../engine/convert.js';
import { canonicalAxis } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';

import {
  add, divide, greater, inversePermutation, maximum, multiply, reshape, subtract, sum, transpose, withLastAxis,
  type Axes,
} from '../tensor-math.js';
import { cast, toFloat } from '../promotion.js';
import { defineNN } from './define.js';

const ARGS = ['x', 'axis'] as const;

/** Runs `fn`, which works along the last axis, along one axis, several taken together, or all (null). */
function along(x: Tensor, axis: Axes, fn: (x: Tensor) => Tensor): Tensor {
  if (axis === null) return reshape(fn(reshape(x, [-1])), x.shape);
  if (typeof axis === 'number') return withLastAxis(x, axis, fn);
  const axes = axis.map((a) => canonicalAxis(a, x.shape.length));
  const permutation = [...[...x.shape.keys()].filter((i) => !axes.includes(i)), ...axes];
  const moved = transpose(x, permutation);
  const kept = moved.shape.slice(0, x.shape.length - axes.length);
  return transpose(reshape(fn(reshape(moved, [...kept, -1])), moved.shape), inversePermutation(permutation));
}

/**
 * exp(x) divided by its sum along an axis: positive numbers that add up to 1. The result remembers x, so that losses
 * can use it as logits. Source: keras.ops.softmax.
 *
 * @param x tensor
 * @param axis axis or axes over which the results add up to 1, null for all; default -1
 * @example
 * ops.softmax([0, 0]).arraySync(); // [0.5, 0.5]
 */
export const softmax = defineNN('softmax', ARGS, (x: TensorLike, axis: Axes = -1): Tensor => {
  const logits = toFloat(x);
  if (typeof axis === 'number' && logits.shape[canonicalAxis(axis, logits.shape.length)] === 1) {
    notice(`softmax over axis ${axis} of length 1 always gives 1. Did you mean a sigmoid?`);
  }
  const y = along(logits, axis, (t) => apply('softmax', [t]));
  y.logits = logits;
  return y;
});

/**
 * Logarithm of softmax, computed without overflow. Source: keras.ops.log_softmax.
 *
 * @param x tensor
 * @param axis axis or axes of the softmax, null for all; default -1
 * @example
 * ops.log_softmax([0, 0]).arraySync(); // [-0.6931, -0.6931]
 */
export const log_softmax = defineNN('log_softmax', ARGS, (x: TensorLike, axis: Axes = -1): Tensor =>
  along(toFloat(x), axis, (t) => apply('log_softmax', [t])));

/**
 * Like softmax, with exact zeros: max(x - threshold, 0), the threshold such that few elements stay. Source:
 * keras.ops.sparsemax; Martins and Astudillo, 2016.
 *
 * @param x tensor
 * @param axis default -1
 * @example
 * ops.sparsemax([0, 3]).arraySync(); // [0, 1]
 */
export const sparsemax = defineNN('sparsemax', ARGS, (x: TensorLike, axis: number = -1): Tensor =>
  withLastAxis(toFloat(x), axis, (t) => {
    const length = t.shape[t.shape.length - 1];
    const sorted = apply('top_k', [t], { k: length, sorted: true });
    const cumulated = apply('cumsum', [sorted], { axis: t.shape.length - 1, reverse: false, exclusive: false });
    const ranks = apply('iota', [], { start: 1, step: 1, length, dtype: t.dtype });
    const support = greater(subtract(sorted, divide(add(cumulated, -1), ranks)), 0);
    const count = sum(cast(support, t.dtype), -1, true);
    // Keras adds up the cumulated sums here, where the paper has the sum of the support; so the results add up to 1
    // only when the support is one element. Models trained in Python rely on these numbers.
    const total = sum(multiply(cumulated, cast(support, t.dtype)), -1, true);
    return maximum(subtract(t, divide(add(total, -1), count)), 0);
  }));
