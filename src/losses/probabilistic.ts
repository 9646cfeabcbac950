/** Loss functions of probabilities: crossentropies and divergences, one loss a sample. */
import { epsilon } from '../backend/config.js';
import { notice } from '../utils/notice.js';
import { apply } from '../engine/apply.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import { canonicalAxis } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import * as nn from '../ops/nn/index.js';
import { toFloat } from '../ops/promotion.js';
import {
  add, clip, divide, expandDims, log, mean, multiply, notEqual, power, reshape, squeeze, subtract, sum, where,
} from '../ops/tensor-math.js';
import { asPair, defineLoss } from './define.js';

const PAIR = ['y_true', 'y_pred'] as const;
const CROSSENTROPY = ['y_true', 'y_pred', 'from_logits', 'label_smoothing', 'axis'] as const;

/**
 * Sum of y_true log(y_true / y_pred): how far one distribution is from another. Source: keras.losses.kl_divergence.
 * @example
 * keras.losses.kl_divergence([[0.5, 0.5]], [[0.5, 0.5]]).arraySync(); // [0]
 */
export const kl_divergence = defineLoss('kl_divergence', PAIR, (y_true: TensorLike, y_pred: TensorLike): Tensor => {
  const [t, p] = asPair(y_true, y_pred).map((x) => clip(x, epsilon(), 1));
  return sum(multiply(t, log(divide(t, p))), -1);
});

/**
 * Mean of y_pred - y_true log(y_pred). Source: keras.losses.poisson.
 * @example
 * keras.losses.poisson([[1]], [[1]]).arraySync(); // [1]
 */
export const poisson = defineLoss('poisson', PAIR, (y_true: TensorLike, y_pred: TensorLike): Tensor => {
  const [t, p] = asPair(y_true, y_pred);
  return mean(subtract(p, multiply(t, log(add(p, epsilon())))), -1);
});

/** Labels drawn towards `towards` by `smoothing`. */
export const smoothLabels = (labels: Tensor, smoothing: number, towards: number): Tensor =>
  smoothing === 0 ? labels : add(multiply(labels, 1 - smoothing), smoothing * towards);

/** Predictions of one class only: probably a two-class problem. */
export function warnOfOneClass(name: string, y_pred: Tensor): void {
  if (y_pred.shape.at(-1) === 1) {
    notice(`${name} received predictions of one class, of shape [${y_pred.shape.join(', ')}]. For two classes use ` +
      'binary_crossentropy.');
  }
}

/**
 * Mean of the crossentropies of labels 0 and 1. Source: keras.losses.binary_crossentropy.
 *
 * @param y_true labels
 * @param y_pred probabilities, or logits; outputs of a sigmoid are computed from its logits
 * @param from_logits whether `y_pred` holds logits; default false
 * @param label_smoothing how far labels are drawn to 0.5, from 0 to 1; default 0
 * @param axis axis of the mean; default -1
 * @example
 * keras.losses.binary_crossentropy([[0, 1]], [[0.5, 0.5]]).arraySync(); // [0.6931]
 */
export const binary_crossentropy = defineLoss('binary_crossentropy', CROSSENTROPY, (
  y_true: TensorLike, y_pred: TensorLike, from_logits: boolean = false, label_smoothing: number = 0, axis: number = -1,
): Tensor => {
  const [t, p] = asPair(y_true, y_pred);
  return mean(nn.binary_crossentropy(smoothLabels(t, label_smoothing, 0.5), p, from_logits), axis);
});

/**
 * Crossentropy of one-hot labels. Source: keras.losses.categorical_crossentropy.
 *
 * @param y_true probabilities of the classes
 * @param y_pred probabilities, or logits; outputs of softmax are computed from its logits
 * @param from_logits whether `y_pred` holds logits; default false
 * @param label_smoothing how far labels are drawn to equal probabilities, from 0 to 1; default 0
 * @param axis axis of the classes; default -1
 * @example
 * keras.losses.categorical_crossentropy([[0, 1]], [[0.5, 0.5]]).arraySync(); // [0.6931]
 */
export const categorical_crossentropy = defineLoss('categorical_crossentropy', CROSSENTROPY, (
  y_true: TensorLike, y_pred: TensorLike, from_logits: boolean = false, label_smoothing: number = 0, axis: number = -1,
): Tensor => {
  const [t, p] = asPair(y_true, y_pred);
  warnOfOneClass('categorical_crossentropy', p);
  return nn.categorical_crossentropy(smoothLabels(t, label_smoothing, 1 / t.shape.at(-1)!), p, from_logits, axis);
});

/**
 * Crossentropy of class numbers. Source: keras.losses.sparse_categorical_crossentropy.
 *
 * @param y_true class numbers
 * @param y_pred probabilities [..., classes], or logits; outputs of softmax are computed from its logits
 * @param from_logits whether `y_pred` holds logits; default false
 * @param ignore_class a class number whose samples have the loss 0 and are masked; default null
 * @param axis axis of the classes: the last one
 * @example
 * keras.losses.sparse_categorical_crossentropy([1], [[0.5, 0.5]]).arraySync(); // [0.6931]
 */
export const sparse_categorical_crossentropy = defineLoss('sparse_categorical_crossentropy',
  ['y_true', 'y_pred', 'from_logits', 'ignore_class', 'axis'], (
    y_true: TensorLike, y_pred: TensorLike, from_logits: boolean = false, ignore_class: number | null = null,
    axis: number = -1,
  ): Tensor => {
    const p = toFloat(y_pred);
    const labels = toTensor(y_true);
    const t = labels.ndim === p.ndim && labels.shape.at(axis) === 1 ? squeeze(labels, axis) : labels;
    if (ignore_class === null) return nn.sparse_categorical_crossentropy(t, p, from_logits, axis);
    const counts = notEqual(t, ignore_class);
    const others = where(expandDims(counts, axis), p, 0);
    const losses = nn.sparse_categorical_crossentropy(where(counts, t, 0), others, from_logits, axis);
    const classes = canonicalAxis(axis, p.ndim);
    const mask = reshape(counts, p.shape.filter((_, i) => i !== classes));
    const kept = where(mask, losses, 0);
    kept.mask = mask;
    return kept;
  });

/**
 * (1 - p^q) / q, where p is the predicted probability of the right class: less sensitive to wrong labels than the
 * crossentropy. Source: keras.losses.categorical_generalized_cross_entropy; Zhang and Sabuncu, 2018.
 *
 * @param y_true class numbers
 * @param y_pred probabilities [..., classes]
 * @param q between 0 and 1
 * @example
 * keras.losses.categorical_generalized_cross_entropy([0], [[1, 0]], 0.5).arraySync(); // [0]
 */
export const categorical_generalized_cross_entropy = defineLoss('categorical_generalized_cross_entropy',
  ['y_true', 'y_pred', 'q'], (y_true: TensorLike, y_pred: TensorLike, q: number): Tensor => {
    const p = toFloat(y_pred);
    const right = apply('cast', [nn.one_hot(y_true, p.shape.at(-1)!)], { dtype: p.dtype });
    return divide(subtract(1, power(sum(multiply(p, right), -1), q)), q);
  }, 'losses');
