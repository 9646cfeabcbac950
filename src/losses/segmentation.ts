/** Loss functions of overlap, for segmentation. */
import { epsilon } from '../backend/config.js';
import type { TensorLike } from '../engine/convert.js';
import type { Tensor } from '../engine/tensor.js';
import { add, divide, multiply, subtract, sum, type Axes } from '../ops/tensor-math.js';
import { asPair, defineLoss } from './define.js';

/**
 * 1 minus twice the overlap of labels and predictions over their sum. Source: keras.losses.dice.
 *
 * @param y_true labels from 0 to 1
 * @param y_pred predictions of the same shape
 * @param axis axes over which is counted; default null: all, for one number
 * @example
 * keras.losses.dice([[1, 1]], [[1, 1]]).item(); // 0
 */
export const dice = defineLoss('dice', ['y_true', 'y_pred', 'axis'],
  (y_true: TensorLike, y_pred: TensorLike, axis: Axes = null): Tensor => {
    const [t, p] = asPair(y_true, y_pred);
    const both = sum(multiply(t, p), axis);
    return subtract(1, divide(multiply(both, 2), add(add(sum(t, axis), sum(p, axis)), epsilon())));
  }, 'losses');

/**
 * 1 minus the overlap over overlap plus weighted errors. Source: keras.losses.tversky; Salehi et al., 2017.
 *
 * @param y_true labels from 0 to 1
 * @param y_pred predictions of the same shape
 * @param alpha weight of what is missed; default 0.5
 * @param beta weight of what is found wrongly; default 0.5
 * @param axis axes over which is counted; default null: all, for one number
 * @example
 * keras.losses.tversky([[1, 1]], [[1, 1]]).item(); // 0
 */
export const tversky = defineLoss('tversky', ['y_true', 'y_pred', 'alpha', 'beta', 'axis'],
  (y_true: TensorLike, y_pred: TensorLike, alpha: number = 0.5, beta: number = 0.5, axis: Axes = null): Tensor => {
    const [t, p] = asPair(y_true, y_pred);
    const both = sum(multiply(t, p), axis);
    const missed = sum(multiply(subtract(1, p), t), axis);
    const wrong = sum(multiply(p, subtract(1, t)), axis);
    const weighted = add(add(both, multiply(missed, alpha)), multiply(wrong, beta));
    return subtract(1, divide(both, add(weighted, epsilon())));
  }, 'losses');
