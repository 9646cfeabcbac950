/** Loss functions of regression: differences between labels and predictions, one loss a sample. */
import { epsilon } from '../backend/config.js';
import type { TensorLike } from '../engine/convert.js';
import type { Tensor } from '../engine/tensor.js';
import { normalize } from '../ops/nn/normalization.js';
import {
  absolute, add, divide, lessEqual, log, maximum, mean, multiply, negative, softplus, square, subtract, sum, where,
} from '../ops/tensor-math.js';
import { asEqualPair, defineLoss } from './define.js';

const PAIR = ['y_true', 'y_pred'] as const;

/**
 * Mean of squared differences along the last axis. Source: keras.losses.mean_squared_error.
 * @example
 * keras.losses.mean_squared_error([[0, 1]], [[1, 3]]).arraySync(); // [2.5]
 */
export const mean_squared_error = defineLoss('mean_squared_error', PAIR, (y_true: TensorLike, y_pred: TensorLike): Tensor => {
  const [t, p] = asEqualPair(y_true, y_pred);
  return mean(square(subtract(t, p)), -1);
});

/**
 * Mean of absolute differences along the last axis. Source: keras.losses.mean_absolute_error.
 * @example
 * keras.losses.mean_absolute_error([[0, 1]], [[1, 3]]).arraySync(); // [1.5]
 */
export const mean_absolute_error = defineLoss('mean_absolute_error', PAIR, (y_true: TensorLike, y_pred: TensorLike): Tensor => {
  const [t, p] = asEqualPair(y_true, y_pred);
  return mean(absolute(subtract(t, p)), -1);
});

/**
 * Mean of differences relative to the label, in percent. Source: keras.losses.mean_absolute_percentage_error.
 * @example
 * keras.losses.mean_absolute_percentage_error([[2, 4]], [[1, 5]]).arraySync(); // [37.5]
 */
export const mean_absolute_percentage_error = defineLoss('mean_absolute_percentage_error', PAIR,
  (y_true: TensorLike, y_pred: TensorLike): Tensor => {
    const [t, p] = asEqualPair(y_true, y_pred);
    const relative = absolute(divide(subtract(t, p), maximum(absolute(t), epsilon())));
    return multiply(mean(relative, -1), 100);
  });

/**
 * Mean of squared differences of log(x + 1). Source: keras.losses.mean_squared_logarithmic_error.
 * @example
 * keras.losses.mean_squared_logarithmic_error([[0]], [[0]]).arraySync(); // [0]
 */
export const mean_squared_logarithmic_error = defineLoss('mean_squared_logarithmic_error', PAIR,
  (y_true: TensorLike, y_pred: TensorLike): Tensor => {
    const [t, p] = asEqualPair(y_true, y_pred);
    const logOf = (x: Tensor): Tensor => log(add(maximum(x, epsilon()), 1));
    return mean(square(subtract(logOf(p), logOf(t))), -1);
  });

/**
 * Minus the cosine between vectors: -1 for one direction, 1 for opposite ones. Source:
 * keras.losses.cosine_similarity.
 *
 * @param y_true vectors
 * @param y_pred vectors of the same shape
 * @param axis axis of the vectors; default -1
 * @example
 * keras.losses.cosine_similarity([[1, 0]], [[2, 0]]).arraySync(); // [-1]
 */
export const cosine_similarity = defineLoss('cosine_similarity', ['y_true', 'y_pred', 'axis'],
  (y_true: TensorLike, y_pred: TensorLike, axis: number = -1): Tensor => {
    const [t, p] = asEqualPair(y_true, y_pred);
    return negative(sum(multiply(normalize(t, axis), normalize(p, axis)), axis));
  }, 'losses');

/**
 * Mean of error² / 2 for errors up to delta, and of delta |error| - delta² / 2 beyond. Source: keras.losses.huber.
 *
 * @param y_true labels
 * @param y_pred predictions of the same shape
 * @param delta where the square ends; default 1
 * @example
 * keras.losses.huber([[0, 0]], [[0.5, 3]]).arraySync(); // [1.3125]
 */
export const huber = defineLoss('huber', ['y_true', 'y_pred', 'delta'],
  (y_true: TensorLike, y_pred: TensorLike, delta: number = 1): Tensor => {
    const [t, p] = asEqualPair(y_true, y_pred);
    const error = subtract(p, t);
    const size = absolute(error);
    const linear = subtract(multiply(size, delta), 0.5 * delta * delta);
    return mean(where(lessEqual(size, delta), multiply(square(error), 0.5), linear), -1);
  });

/**
 * Mean of log(cosh(difference)). Source: keras.losses.log_cosh.
 * @example
 * keras.losses.log_cosh([[0, 1]], [[0, 1]]).arraySync(); // [0]
 */
export const log_cosh = defineLoss('log_cosh', PAIR, (y_true: TensorLike, y_pred: TensorLike): Tensor => {
  const [t, p] = asEqualPair(y_true, y_pred);
  const error = subtract(p, t);
  // Equal to log(cosh(error)), and never overflows.
  return mean(subtract(add(error, softplus(multiply(error, -2))), Math.LN2), -1);
});
