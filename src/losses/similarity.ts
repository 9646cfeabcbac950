/** Loss functions that compare samples with each other. */
import { apply } from '../engine/apply.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import type { Tensor } from '../engine/tensor.js';
import { cast, toFloat } from '../ops/promotion.js';
import {
  add, equal, exp, greater, log, logicalAnd, max, maximum, multiply, notEqual, reshape, softplus, stopGradient, subtract,
  sum, where,
} from '../ops/tensor-math.js';
import { defineLoss } from './define.js';

/** Logarithm of the sum of exp(x) along axis 1; minus infinity where there is nothing to add up. */
function logSumExp(x: Tensor): Tensor {
  const largest = stopGradient(max(x, 1, true));
  const shift = where(apply('is_finite', [largest]), largest, 0);
  return add(log(sum(exp(subtract(x, shift)), 1)), reshape(shift, [x.shape[0]]));
}

/**
 * Draws embeddings of one class together and others apart, by how far each pair still has to go.
 * Source: keras.losses.circle; Sun et al., 2020.
 *
 * @param y_true class numbers [batch]
 * @param y_pred embeddings [batch, size] of unit length
 * @param ref_labels class numbers of other embeddings to compare with; default null: those of the batch
 * @param ref_embeddings these embeddings; default null: the batch
 * @param remove_diagonal whether a sample is not compared with itself; default true
 * @param gamma scale of the similarities; default 80
 * @param margin distance that classes shall have, from 0 to 1; default 0.4
 * @returns one loss a sample; those that are 0 are masked
 * @example
 * keras.losses.circle([0, 1], [[1, 0], [0, 1]]).shape; // [2]
 */
export const circle = defineLoss('circle',
  ['y_true', 'y_pred', 'ref_labels', 'ref_embeddings', 'remove_diagonal', 'gamma', 'margin'], (
    y_true: TensorLike, y_pred: TensorLike, ref_labels: TensorLike | null = null,
    ref_embeddings: TensorLike | null = null, remove_diagonal: boolean = true, gamma: number = 80, margin: number = 0.4,
  ): Tensor => {
    const p = toFloat(y_pred);
    const labels = cast(toTensor(y_true), 'int32');
    const others = ref_labels === null ? labels : cast(toTensor(ref_labels), 'int32');
    const references = ref_embeddings === null ? p : toTensor(ref_embeddings, p.dtype);
    const [rows, columns] = [labels.size, others.size];

    // 1. distances, and which pairs are of one class
    const cosines = apply('matmul', [p, references], { transposeA: false, transposeB: true });
    const distances = maximum(subtract(1, cosines), 0);
    const same = equal(reshape(labels, [rows, 1]), reshape(others, [1, columns]));
    let positive = same;
    if (remove_diagonal) {
      const index = (length: number): Tensor => apply('iota', [], { start: 0, step: 1, length, dtype: 'int32' });
      positive = logicalAnd(same, notEqual(reshape(index(rows), [rows, 1]), reshape(index(columns), [1, columns])));
    }
    const negative = apply('logical_not', [same]);

    // 2. each pair weighted by how far it is from its optimum
    const kept = (weights: Tensor, mask: Tensor): Tensor => maximum(multiply(weights, cast(mask, p.dtype)), 0);
    const pull = multiply(kept(add(distances, margin), positive), subtract(margin, distances));
    const push = multiply(kept(subtract(1 + margin, distances), negative), subtract(1 - margin, distances));
    const positives = logSumExp(where(positive, multiply(pull, -gamma), -Infinity));
    const negatives = logSumExp(where(negative, multiply(push, gamma), -Infinity));

    // 3. samples without a pair of either kind have no loss
    const losses = softplus(add(positives, negatives));
    losses.mask = greater(losses, 0);
    return losses;
  }, 'losses');
