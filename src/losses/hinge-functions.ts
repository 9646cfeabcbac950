/** Loss functions that ask for a margin, one loss a sample. */
import type { TensorLike } from '../engine/convert.js';
import type { Tensor } from '../engine/tensor.js';
import {
  add, all, equal, logicalOr, max, maximum, mean, multiply, square, subtract, sum, where,
} from '../ops/tensor-math.js';
import { asPair, defineLoss } from './define.js';

const PAIR = ['y_true', 'y_pred'] as const;

/** Labels 0 and 1 as -1 and 1; others as they are. */
const toSigns = (labels: Tensor): Tensor =>
  where(all(logicalOr(equal(labels, 0), equal(labels, 1))), subtract(multiply(labels, 2), 1), labels);

/**
 * Mean of max(1 - y_true y_pred, 0). Source: keras.losses.hinge.
 *
 * @param y_true labels -1 and 1; 0 and 1 are converted
 * @param y_pred predictions of the same shape
 * @example
 * keras.losses.hinge([[-1, 1]], [[-2, 0]]).arraySync(); // [0.5]
 */
export const hinge = defineLoss('hinge', PAIR, (y_true: TensorLike, y_pred: TensorLike): Tensor => {
  const [t, p] = asPair(y_true, y_pred);
  return mean(maximum(subtract(1, multiply(toSigns(t), p)), 0), -1);
});

/**
 * Mean of max(1 - y_true y_pred, 0)². Source: keras.losses.squared_hinge.
 *
 * @param y_true labels -1 and 1; 0 and 1 are converted
 * @param y_pred predictions of the same shape
 * @example
 * keras.losses.squared_hinge([[-1, 1]], [[-2, -1]]).arraySync(); // [2]
 */
export const squared_hinge = defineLoss('squared_hinge', PAIR, (y_true: TensorLike, y_pred: TensorLike): Tensor => {
  const [t, p] = asPair(y_true, y_pred);
  return mean(square(maximum(subtract(1, multiply(toSigns(t), p)), 0)), -1);
});

/**
 * max(largest prediction of a wrong class - that of the right one + 1, 0). Source: keras.losses.categorical_hinge.
 *
 * @param y_true one-hot labels
 * @param y_pred predictions of the same shape
 * @example
 * keras.losses.categorical_hinge([[0, 1]], [[0.5, 0.5]]).arraySync(); // [1]
 */
export const categorical_hinge = defineLoss('categorical_hinge', PAIR, (y_true: TensorLike, y_pred: TensorLike): Tensor => {
  const [t, p] = asPair(y_true, y_pred);
  const right = sum(multiply(t, p), -1);
  const wrong = max(multiply(subtract(1, t), p), -1);
  return maximum(add(subtract(wrong, right), 1), 0);
});
