/** How labels and predictions vary together, one figure a sample. */
import { epsilon } from '../backend/config.js';
import type { TensorLike } from '../engine/convert.js';
import type { Tensor } from '../engine/tensor.js';
import { asEqualPair } from '../losses/define.js';
import { defineOp } from '../ops/define.js';
import { add, divide, mean, multiply, sqrt, square, squaredDifference, subtract } from '../ops/tensor-math.js';

const ARGUMENTS = ['y_true', 'y_pred', 'axis'] as const;
const centred = (x: Tensor, axis: number): Tensor => subtract(x, mean(x, axis, true));
const variance = (x: Tensor, axis: number): Tensor => mean(square(centred(x, axis)), axis, true);

/**
 * Covariance over the product of deviations, from -1 to 1. Source: keras.metrics.pearson_correlation.
 *
 * @param y_true labels
 * @param y_pred predictions of the same shape
 * @param axis axis along which they vary; default -1
 * @example
 * keras.metrics.pearson_correlation([[0, 1, 2]], [[1, 3, 5]]).arraySync(); // [1]
 */
export const pearson_correlation = defineOp('keras.metrics.pearson_correlation', ARGUMENTS,
  (y_true: TensorLike, y_pred: TensorLike, axis: number = -1): Tensor => {
    const [t, p] = asEqualPair(y_true, y_pred).map((x) => {
      const shifted = centred(x, axis);
      return divide(shifted, sqrt(variance(shifted, axis)));
    });
    return mean(multiply(t, p), axis);
  });

/**
 * Correlation that counts differences of mean and scale too. Source: keras.metrics.concordance_correlation;
 * Lin, 1989.
 *
 * @param y_true labels
 * @param y_pred predictions of the same shape
 * @param axis axis along which they vary; default -1
 * @example
 * keras.metrics.concordance_correlation([[0, 1, 2]], [[0, 1, 2]]).arraySync(); // [1]
 */
export const concordance_correlation = defineOp('keras.metrics.concordance_correlation', ARGUMENTS,
  (y_true: TensorLike, y_pred: TensorLike, axis: number = -1): Tensor => {
    const [t, p] = asEqualPair(y_true, y_pred);
    const center = mean(p, axis, true);
    const together = multiply(subtract(t, center), subtract(p, center));
    const norm = add(add(variance(t, axis), variance(p, axis)), squaredDifference(mean(t, axis, true), center));
    return mean(divide(multiply(together, 2), add(norm, epsilon())), axis);
  });
