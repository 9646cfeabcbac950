/** Whether predictions are right: 1 or 0 a sample. */
import { apply } from '../engine/apply.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import { getDefaultFloat, isFloat } from '../engine/dtype.js';
import type { Tensor } from '../engine/tensor.js';
import { sameRank } from '../losses/reduction.js';
import { defineOp } from '../ops/define.js';
import { cast } from '../ops/promotion.js';
import { in_top_k } from '../ops/math/special.js';
import { any, equal, expandDims, greater, reshape, sliceAxis, squeeze } from '../ops/tensor-math.js';

const PAIR = ['y_true', 'y_pred'] as const;
const asFloat = (x: Tensor): Tensor => cast(x, getDefaultFloat());
const largest = (x: Tensor): Tensor => apply('argmax', [x], { axis: x.ndim - 1, dtype: 'int32' });

/** Whether labels equal predictions. */
export function accuracy(y_true: TensorLike, y_pred: TensorLike): Tensor {
  const p = toTensor(y_pred);
  return asFloat(equal(...sameRank(toTensor(y_true, p.dtype), p)));
}

/**
 * Whether predictions are on the label's side of a threshold. Source: keras.metrics.binary_accuracy.
 *
 * @param y_true labels 0 and 1
 * @param y_pred predictions of the same shape
 * @param threshold default 0.5
 * @example
 * keras.metrics.binary_accuracy([[1, 1]], [[0.9, 0.1]]).arraySync(); // [[1, 0]]
 */
export const binary_accuracy = defineOp('keras.metrics.binary_accuracy', ['y_true', 'y_pred', 'threshold'],
  (y_true: TensorLike, y_pred: TensorLike, threshold: number = 0.5): Tensor => {
    const [t, p] = sameRank(toTensor(y_true), toTensor(y_pred));
    return asFloat(equal(t, cast(greater(p, threshold), t.dtype)));
  });

/**
 * Whether the class of the largest prediction is that of the one-hot label. Source:
 * keras.metrics.categorical_accuracy.
 * @example
 * keras.metrics.categorical_accuracy([[0, 1]], [[0.3, 0.7]]).arraySync(); // [1]
 */
export const categorical_accuracy = defineOp('keras.metrics.categorical_accuracy', PAIR,
  (y_true: TensorLike, y_pred: TensorLike): Tensor => {
    const p = toTensor(y_pred);
    const t = largest(toTensor(y_true));
    if (t.ndim !== p.ndim) return asFloat(equal(t, largest(p)));
    return reshape(asFloat(equal(squeeze(t, -1), largest(p))), t.shape);
  });

/**
 * Whether the class of the largest prediction is the class number. Source: keras.metrics.sparse_categorical_accuracy.
 * @example
 * keras.metrics.sparse_categorical_accuracy([1], [[0.3, 0.7]]).arraySync(); // [1]
 */
export const sparse_categorical_accuracy = defineOp('keras.metrics.sparse_categorical_accuracy', PAIR,
  (y_true: TensorLike, y_pred: TensorLike): Tensor => {
    const p = toTensor(y_pred);
    const labels = toTensor(y_true);
    const isColumn = labels.ndim === p.ndim && labels.shape.at(-1) === 1;
    const t = isColumn ? squeeze(labels, -1) : labels;
    const found = largest(p);
    // Labels in floating point keep their fraction: 0.5 is no class.
    const matches = asFloat(isFloat(t.dtype) ? equal(t, cast(found, t.dtype)) : equal(cast(t, 'int32'), found));
    // Keras gives [batch, 1] back as [batch].
    return matches.ndim > 1 && matches.shape.at(-1) === 1 ? squeeze(matches, -1) : matches;
  });

const rowsOf = (p: Tensor): Tensor => (p.ndim > 2 ? reshape(p, [-1, p.shape.at(-1)!]) : p);
const flat = (x: Tensor): Tensor => (x.ndim > 1 ? reshape(x, [-1]) : x);

/**
 * Whether the class of the one-hot label is among the k largest predictions.
 * Source: keras.metrics.top_k_categorical_accuracy.
 *
 * @param y_true one-hot labels
 * @param y_pred predictions of the same shape
 * @param k default 5
 * @example
 * keras.metrics.top_k_categorical_accuracy([[0, 0, 1]], [[0.1, 0.9, 0.8]], 2).arraySync(); // [1]
 */
export const top_k_categorical_accuracy = defineOp('keras.metrics.top_k_categorical_accuracy', ['y_true', 'y_pred', 'k'],
  (y_true: TensorLike, y_pred: TensorLike, k: number = 5): Tensor => {
    const classes = largest(toTensor(y_true));
    return reshape(asFloat(in_top_k(cast(flat(classes), 'int32'), rowsOf(toTensor(y_pred)), k)), classes.shape);
  });

/**
 * Whether the class number is among the k largest predictions.
 * Source: keras.metrics.sparse_top_k_categorical_accuracy.
 *
 * @param y_true class numbers
 * @param y_pred predictions [..., classes]; with `from_sorted_ids` class numbers, the likeliest first
 * @param k default 5
 * @param from_sorted_ids default false
 * @example
 * keras.metrics.sparse_top_k_categorical_accuracy([2], [[0.1, 0.9, 0.8]], 2).arraySync(); // [1]
 */
export const sparse_top_k_categorical_accuracy = defineOp('keras.metrics.sparse_top_k_categorical_accuracy',
  ['y_true', 'y_pred', 'k', 'from_sorted_ids'],
  (y_true: TensorLike, y_pred: TensorLike, k: number = 5, from_sorted_ids: boolean = false): Tensor => {
    const p = toTensor(y_pred);
    const labels = toTensor(y_true, from_sorted_ids ? p.dtype : 'int32');
    const rows = rowsOf(p);
    const matches = from_sorted_ids
      ? any(equal(expandDims(flat(labels), 1), sliceAxis(rows, 1, 0, Math.min(k, rows.shape[1]))), 1)
      : in_top_k(flat(labels), rows, k);
    return reshape(asFloat(matches), labels.shape);
  });
