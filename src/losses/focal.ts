/** Focal crossentropies: samples that are predicted well count less. Source: Lin et al., 2018. */
import { epsilon } from '../backend/config.js';
import type { TensorLike } from '../engine/convert.js';
import type { Tensor } from '../engine/tensor.js';
import * as nn from '../ops/nn/index.js';
import { add, clip, divide, log, mean, multiply, negative, power, subtract, sum } from '../ops/tensor-math.js';
import { asPair, defineLoss } from './define.js';
import { smoothLabels, warnOfOneClass } from './probabilistic.js';

/**
 * Binary crossentropy times (1 - p)^gamma, where p is the probability of the right class; mean along an axis.
 * Source: keras.losses.binary_focal_crossentropy.
 *
 * @param y_true labels 0 and 1
 * @param y_pred probabilities, or logits
 * @param apply_class_balancing whether the classes 1 and 0 are weighted by alpha and 1 - alpha; default false
 * @param alpha weight of the class 1; default 0.25
 * @param gamma how much easy samples lose weight; default 2
 * @param from_logits whether `y_pred` holds logits; default false
 * @param label_smoothing how far labels are drawn to 0.5, from 0 to 1; default 0
 * @param axis axis of the mean; default -1
 * @example
 * keras.losses.binary_focal_crossentropy([[1]], [[0.5]]).arraySync(); // [0.1733]
 */
export const binary_focal_crossentropy = defineLoss('binary_focal_crossentropy',
  ['y_true', 'y_pred', 'apply_class_balancing', 'alpha', 'gamma', 'from_logits', 'label_smoothing', 'axis'], (
    y_true: TensorLike, y_pred: TensorLike, apply_class_balancing: boolean = false, alpha: number = 0.25,
    gamma: number = 2, from_logits: boolean = false, label_smoothing: number = 0, axis: number = -1,
  ): Tensor => {
    const [labels, given] = asPair(y_true, y_pred);
    const t = smoothLabels(labels, label_smoothing, 0.5);
    const p: Tensor = from_logits ? nn.sigmoid(given) : given;
    const right = add(multiply(t, p), multiply(subtract(1, t), subtract(1, p)));
    let losses = multiply(power(subtract(1, right), gamma), nn.binary_crossentropy(t, p));
    if (apply_class_balancing) {
      losses = multiply(add(multiply(t, alpha), multiply(subtract(1, t), 1 - alpha)), losses);
    }
    return mean(losses, axis);
  });

/**
 * Categorical crossentropy times alpha (1 - p)^gamma of each class. Source:
 * keras.losses.categorical_focal_crossentropy.
 *
 * @param y_true one-hot labels
 * @param y_pred probabilities, or logits
 * @param alpha weight of all classes; default 0.25
 * @param gamma how much easy samples lose weight; default 2
 * @param from_logits whether `y_pred` holds logits; default false
 * @param label_smoothing how far labels are drawn to equal probabilities, from 0 to 1; default 0
 * @param axis axis of the classes; default -1
 * @example
 * keras.losses.categorical_focal_crossentropy([[0, 1]], [[0.5, 0.5]]).arraySync(); // [0.0433]
 */
export const categorical_focal_crossentropy = defineLoss('categorical_focal_crossentropy',
  ['y_true', 'y_pred', 'alpha', 'gamma', 'from_logits', 'label_smoothing', 'axis'], (
    y_true: TensorLike, y_pred: TensorLike, alpha: number = 0.25, gamma: number = 2, from_logits: boolean = false,
    label_smoothing: number = 0, axis: number = -1,
  ): Tensor => {
    const [labels, given] = asPair(y_true, y_pred);
    warnOfOneClass('categorical_focal_crossentropy', given);
    const t = smoothLabels(labels, label_smoothing, 1 / labels.shape.at(-1)!);
    const p: Tensor = from_logits ? nn.softmax(given, axis) : given;
    const probabilities = clip(divide(p, sum(p, axis, true)), epsilon(), 1 - epsilon());
    const losses = negative(multiply(t, log(probabilities)));
    return sum(multiply(multiply(power(subtract(1, probabilities), gamma), alpha), losses), axis);
  });
