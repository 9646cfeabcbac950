/** Loss functions: ops that are exported as `keras.losses.x`, and most as `keras.metrics.x` too. */
import { toTensor, type TensorLike } from '../engine/convert.js';
import type { Tensor } from '../engine/tensor.js';
import { defineOp, type Op } from '../ops/define.js';
import { toFloat } from '../ops/promotion.js';
import { kerasExport } from '../saving/registration.js';
import { sameRank } from './reduction.js';

/** @param where whether metrics have the function too */
export function defineLoss<const N extends readonly string[], P extends readonly unknown[], R>(
  name: string, names: N, implementation: (...args: P) => R, where: 'losses' | 'losses and metrics' = 'losses and metrics',
): Op<N, P, R> {
  const op = defineOp(`keras.losses.${name}`, names, implementation);
  if (where === 'losses and metrics') kerasExport(op, `keras.metrics.${name}`);
  return op;
}

/** Labels in the dtype of the predictions. */
export function asPair(y_true: TensorLike, y_pred: TensorLike): [y_true: Tensor, y_pred: Tensor] {
  const predictions = toFloat(y_pred);
  return [toTensor(y_true, predictions.dtype), predictions];
}

/** Labels in the dtype and rank of the predictions. */
export const asEqualPair = (y_true: TensorLike, y_pred: TensorLike): [y_true: Tensor, y_pred: Tensor] =>
  sameRank(...asPair(y_true, y_pred));
