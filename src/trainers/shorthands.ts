/** 'accuracy' and 'crossentropy': which one is meant follows from the shapes of labels and predictions. */
import type { Tensor } from '../engine/tensor.js';

function kindOf(y_true: Tensor, y_pred: Tensor): 'binary' | 'sparse_categorical' | 'categorical' {
  const classes = y_pred.shape[y_pred.ndim - 1];
  if (classes === 1) return 'binary';
  const sparse = y_true.ndim < y_pred.ndim || (y_true.shape[y_true.ndim - 1] === 1 && classes > 1);
  return sparse ? 'sparse_categorical' : 'categorical';
}

/** The loss that 'crossentropy' or 'ce' means here; undefined for any other. */
export function crossentropyFor(identifier: unknown, y_true: Tensor, y_pred: Tensor): string | undefined {
  const isShorthand = typeof identifier === 'string' &&
    ['crossentropy', 'ce'].includes(identifier.toLowerCase());
  return isShorthand ? `${kindOf(y_true, y_pred)}_crossentropy` : undefined;
}

/** The metric that 'accuracy' or 'acc' (or 'crossentropy' or 'ce') means here; undefined for any other. */
export function metricFor(identifier: unknown, y_true: Tensor, y_pred: Tensor): string | undefined {
  if (typeof identifier !== 'string') return undefined;
  const lower = identifier.toLowerCase();
  if (lower === 'accuracy' || lower === 'acc') return `${kindOf(y_true, y_pred)}_accuracy`;
  return crossentropyFor(identifier, y_true, y_pred);
}
