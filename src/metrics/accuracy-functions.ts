/** How often predictions match labels: the functions behind the accuracy metrics. */
import { apply, applyAll } from '../engine/apply.js';
import { scalarTensor, toTensor } from '../engine/convert.js';
import { getDefaultFloat, type DType } from '../engine/dtype.js';
import type { Tensor } from '../engine/tensor.js';
import { squeezeOrExpandToSameRank } from '../losses/same-rank.js';
import { kerasExport } from '../saving/registration.js';

const cast = (x: Tensor, dtype: DType): Tensor => toTensor(x, dtype);
const matches = (a: Tensor, b: Tensor): Tensor => cast(apply('equal', [a, b]), getDefaultFloat());
const argmax = (x: Tensor): Tensor => apply('argmax', [x], { axis: x.ndim - 1, dtype: 'int32' });
const reshape = (x: Tensor, shape: readonly number[]): Tensor => apply('reshape', [x], { shape });

/** 1 where a prediction equals its label, else 0. */
export function accuracy(y_true: Tensor, y_pred: Tensor): Tensor {
  const [labels, predictions] = squeezeOrExpandToSameRank(cast(y_true, y_pred.dtype), y_pred);
  return matches(labels, predictions);
}

/**
 * 1 where a prediction lies on its label's side of the threshold, else 0. Source: keras.metrics.binary_accuracy.
 * @example
 * keras.metrics.binary_accuracy(keras.ops.array([1, 0]), keras.ops.array([0.7, 0.6])).arraySync(); // [1, 0]
 */
export function binary_accuracy(y_true: Tensor, y_pred: Tensor, options: { threshold?: number } = {}): Tensor {
  const [labels, predictions] = squeezeOrExpandToSameRank(y_true, y_pred);
  const above = apply('greater', [predictions, scalarTensor(options.threshold ?? 0.5, predictions.dtype)]);
  return matches(labels, cast(above, labels.dtype));
}
kerasExport(binary_accuracy, 'keras.metrics.binary_accuracy');

/**
 * 1 where the largest prediction is at the one-hot label's place. Source: keras.metrics.categorical_accuracy.
 * @example
 * keras.metrics.categorical_accuracy(keras.ops.array([[0, 1]]), keras.ops.array([[0.2, 0.8]])).arraySync(); // [1]
 */
export function categorical_accuracy(y_true: Tensor, y_pred: Tensor): Tensor {
  return matches(argmax(y_true), argmax(y_pred));
}
kerasExport(categorical_accuracy, 'keras.metrics.categorical_accuracy');

/**
 * 1 where the largest prediction is at the label's index. Source: keras.metrics.sparse_categorical_accuracy.
 * @example
 * keras.metrics.sparse_categorical_accuracy(keras.ops.array([1]), keras.ops.array([[0.2, 0.8]])).arraySync(); // [1]
 */
export function sparse_categorical_accuracy(y_true: Tensor, y_pred: Tensor): Tensor {
  const isColumn = y_true.ndim === y_pred.ndim && y_true.shape[y_true.ndim - 1] === 1;
  const labels = isColumn ? reshape(y_true, y_true.shape.slice(0, -1)) : y_true;
  return matches(cast(labels, 'int32'), argmax(y_pred));
}
kerasExport(sparse_categorical_accuracy, 'keras.metrics.sparse_categorical_accuracy');

/** Whether each label's score is among the k largest of its row; a row with a score that is not finite does not count. */
function inTopK(labels: Tensor, scores: Tensor, k: number): Tensor {
  const classes = scores.shape[1];
  const own = apply('gather', [scores, labels], { axis: 1, batchDims: 1 });
  const column = reshape(own, [own.size, 1]);
  const larger = cast(apply('greater', [scores, column]), 'int32');
  const rank = apply('reduce_sum', [larger], { axes: [1], keepdims: false });
  const within = apply('less', [rank, scalarTensor(Math.min(k, classes), 'int32')]);
  return cast(apply('logical_and', [within, apply('is_finite', [own])]), getDefaultFloat());
}

const rows = (x: Tensor): Tensor => (x.ndim > 2 ? reshape(x, [-1, x.shape[x.ndim - 1]]) : x);

/**
 * 1 where the one-hot label is among the k largest predictions. Source: keras.metrics.top_k_categorical_accuracy.
 * @example
 * keras.metrics.top_k_categorical_accuracy(keras.ops.array([[0, 1, 0]]), keras.ops.array([[0.5, 0.3, 0.2]]), { k: 2 }).arraySync(); // [1]
 */
export function top_k_categorical_accuracy(y_true: Tensor, y_pred: Tensor, options: { k?: number } = {}): Tensor {
  const labels = argmax(y_true);
  return reshape(inTopK(reshape(labels, [labels.size]), rows(y_pred), options.k ?? 5), labels.shape);
}
kerasExport(top_k_categorical_accuracy, 'keras.metrics.top_k_categorical_accuracy');

/**
 * 1 where the label, an index, is among the k largest predictions (or, with `from_sorted_ids`, among the first k ids).
 * Source: keras.metrics.sparse_top_k_categorical_accuracy.
 * @example
 * keras.metrics.sparse_top_k_categorical_accuracy(keras.ops.array([1]), keras.ops.array([[0.5, 0.3, 0.2]]), { k: 2 }).arraySync(); // [1]
 */
export function sparse_top_k_categorical_accuracy(
  y_true: Tensor, y_pred: Tensor, options: { k?: number; from_sorted_ids?: boolean } = {},
): Tensor {
  const k = options.k ?? 5;
  const labels = reshape(y_true, [y_true.size]);
  if (!options.from_sorted_ids) return reshape(inTopK(cast(labels, 'int32'), rows(y_pred), k), y_true.shape);
  const ids = rows(y_pred);
  const [first] = applyAll('split', [ids], { axis: 1, sizes: [Math.min(k, ids.shape[1]), Math.max(0, ids.shape[1] - k)] });
  const column = reshape(cast(labels, ids.dtype), [labels.size, 1]);
  const found = apply('reduce_any', [apply('equal', [first, column])], { axes: [1], keepdims: false });
  return reshape(cast(found, getDefaultFloat()), y_true.shape);
}
kerasExport(sparse_top_k_categorical_accuracy, 'keras.metrics.sparse_top_k_categorical_accuracy');
