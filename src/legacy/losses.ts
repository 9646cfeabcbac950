/** keras.backend: cross-entropies, with the targets first. */
import { epsilon } from '../backend/config.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import { formatShape, ShapeError, sameShape } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { defineOp } from '../ops/define.js';
import { in_top_k as topK } from '../ops/math/special.js';
import { binary_crossentropy as binaryOf } from '../ops/nn/crossentropy.js';
import { one_hot as oneHot } from '../ops/nn/encoding.js';
import { log_softmax, softmax } from '../ops/nn/softmax.js';
import { cast, toFloat } from '../ops/promotion.js';
import { sigmoid } from '../ops/nn/smooth.js';
import {
  add, clip, divide, log, multiply, negative, notEqual, power, reshape, subtract, sum, toLastAxis, where,
} from '../ops/tensor-math.js';

/** Probabilities away from 0 and 1, where logarithms are finite. */
const inside = (x: Tensor): Tensor => clip(x, epsilon(), 1 - epsilon());
const rest = (x: Tensor): Tensor => subtract(1, x);

function pair(target: TensorLike, output: TensorLike): [Tensor, Tensor] {
  const y = toFloat(output);
  return [toTensor(target, y.dtype), y];
}

function requireSame(what: string, target: Tensor, output: Tensor): void {
  if (sameShape(target.shape, output.shape)) return;
  throw new ShapeError(`K.${what} takes a target of the shape of the output, ${formatShape(output.shape)}, received ` +
    `${formatShape(target.shape)}.`);
}

function binary(target: Tensor, output: Tensor, from_logits: boolean): Tensor {
  if (from_logits) return binaryOf(target, output, true);
  const p = inside(output);
  const [hit, miss] = [log(add(p, epsilon())), log(add(rest(p), epsilon()))];
  return negative(add(multiply(target, hit), multiply(rest(target), miss)));
}

/**
 * Cross-entropy of each element. Source: keras.backend.binary_crossentropy.
 *
 * @param target 0 or 1, or between
 * @param output probabilities, or logits
 * @param from_logits default false
 * @example
 * keras.backend.binary_crossentropy([1, 0], [0.5, 0.5]); // [0.6931, 0.6931]
 */
export const binary_crossentropy = defineOp('keras.backend.binary_crossentropy', ['target', 'output', 'from_logits'], (
  target: TensorLike, output: TensorLike, from_logits: boolean = false,
): Tensor => binary(...pair(target, output), from_logits));

/**
 * Cross-entropy of each element times (1 - p)^gamma, which lets the easy ones count less.
 * Source: keras.backend.binary_focal_crossentropy.
 *
 * @param apply_class_balancing weight the classes by alpha and 1 - alpha; default false
 * @param alpha weight of class 1; default 0.25
 * @param gamma default 2
 * @param from_logits default false
 * @example
 * keras.backend.binary_focal_crossentropy([1, 0], [0.5, 0.5]); // [0.1733, 0.1733]
 */
export const binary_focal_crossentropy = defineOp('keras.backend.binary_focal_crossentropy', [
  'target', 'output', 'apply_class_balancing', 'alpha', 'gamma', 'from_logits'], (
  target: TensorLike, output: TensorLike, apply_class_balancing: boolean = false, alpha: number = 0.25,
  gamma: number = 2, from_logits: boolean = false,
): Tensor => {
  const [t, y] = pair(target, output);
  const p = from_logits ? sigmoid(y) : y;
  const right = add(multiply(t, p), multiply(rest(t), rest(p)));
  const focal = multiply(power(rest(right), gamma), binary(t, y, from_logits));
  return apply_class_balancing ? multiply(add(multiply(t, alpha), multiply(rest(t), 1 - alpha)), focal) : focal;
});

/** Outputs that sum to 1 along the axis. */
const scaled = (x: Tensor, axis: number): Tensor => divide(x, sum(x, axis, true));

/**
 * Cross-entropy of distributions over classes. Source: keras.backend.categorical_crossentropy.
 *
 * @param target probabilities, of the shape of `output`
 * @param output probabilities (scaled to sum 1), or logits
 * @param from_logits default false
 * @param axis of the classes; default -1
 * @example
 * keras.backend.categorical_crossentropy([[0, 1]], [[0.5, 0.5]]); // [0.6931]
 */
export const categorical_crossentropy = defineOp('keras.backend.categorical_crossentropy', [
  'target', 'output', 'from_logits', 'axis'], (
  target: TensorLike, output: TensorLike, from_logits: boolean = false, axis: number = -1,
): Tensor => {
  const [t, y] = pair(target, output);
  requireSame('categorical_crossentropy', t, y);
  const logarithm = from_logits ? log_softmax(y, axis) : log(inside(scaled(y, axis)));
  return negative(sum(multiply(t, logarithm), axis));
});

/**
 * Categorical cross-entropy with terms weighted by alpha (1 - p)^gamma.
 * Source: keras.backend.categorical_focal_crossentropy.
 *
 * @param alpha default 0.25
 * @param gamma default 2
 * @param from_logits default false
 * @param axis of the classes; default -1
 * @example
 * keras.backend.categorical_focal_crossentropy([[0, 1]], [[0.5, 0.5]]); // [0.0433]
 */
export const categorical_focal_crossentropy = defineOp('keras.backend.categorical_focal_crossentropy', [
  'target', 'output', 'alpha', 'gamma', 'from_logits', 'axis'], (
  target: TensorLike, output: TensorLike, alpha: number = 0.25, gamma: number = 2, from_logits: boolean = false,
  axis: number = -1,
): Tensor => {
  const [t, y] = pair(target, output);
  requireSame('categorical_focal_crossentropy', t, y);
  const p = inside(scaled(from_logits ? softmax(y, axis) : y, axis));
  const weight = multiply(power(rest(p), gamma), alpha);
  return sum(multiply(weight, negative(multiply(t, log(p)))), axis);
});

/**
 * Categorical cross-entropy of class numbers. Source: keras.backend.sparse_categorical_crossentropy.
 *
 * @param target class numbers: the shape of `output` without the axis of the classes, or with a length of 1 there
 * @param output probabilities or logits
 * @param from_logits default false
 * @param axis of the classes; default -1
 * @param ignore_class targets of this number cost nothing; default null
 * @example
 * keras.backend.sparse_categorical_crossentropy([1], [[0.5, 0.5]]); // [0.6931]
 */
export const sparse_categorical_crossentropy = defineOp('keras.backend.sparse_categorical_crossentropy', [
  'target', 'output', 'from_logits', 'axis', 'ignore_class'], (
  target: TensorLike, output: TensorLike, from_logits: boolean = false, axis: number = -1,
  ignore_class: number | null = null,
): Tensor => {
  const y = toFloat(output);
  const last = toLastAxis(from_logits ? y : log(inside(y)), axis);
  const shape = last.shape.slice(0, -1);
  const given = cast(toTensor(target), 'int32');
  if (given.size !== shape.reduce((n, d) => n * d, 1)) {
    throw new ShapeError(`K.sparse_categorical_crossentropy: a target of shape ${formatShape(given.shape)} does not fit ` +
      `an output of shape ${formatShape(y.shape)} with classes along axis ${axis}.`);
  }
  const labels = reshape(given, shape);
  const isCounted = ignore_class === null ? null : notEqual(labels, ignore_class);
  const safe = isCounted === null ? labels : where(isCounted, labels, 0);
  const hot = oneHot(safe, last.shape[last.ndim - 1], -1, y.dtype);
  const cost = negative(sum(multiply(hot, log_softmax(last, -1)), -1));
  return isCounted === null ? cost : where(isCounted, cost, 0);
});

/**
 * Vectors with a 1 at the place that each number says. Source: keras.backend.one_hot.
 * @example
 * keras.backend.one_hot([1, 0], 3); // [[0, 1, 0], [1, 0, 0]]
 */
export const one_hot = defineOp('keras.backend.one_hot', ['indices', 'num_classes'], (
  indices: TensorLike, num_classes: number,
): Tensor => oneHot(cast(toTensor(indices), 'int32'), num_classes));

/**
 * Whether each target is among the `k` largest predictions of its row. Source: keras.backend.in_top_k.
 * @example
 * keras.backend.in_top_k([[0.1, 0.7, 0.2]], [2], 2); // [true]
 */
export const in_top_k = defineOp('keras.backend.in_top_k', ['predictions', 'targets', 'k'], (
  predictions: TensorLike, targets: TensorLike, k: number,
): Tensor => topK(cast(toTensor(targets), 'int32'), predictions, k));
