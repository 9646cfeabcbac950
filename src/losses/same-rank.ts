/** Targets, predictions and weights that differ by a last axis of size 1. */
import { apply } from '../engine/apply.js';
import type { Tensor } from '../engine/tensor.js';

const squeezeLast = (x: Tensor): Tensor => apply('reshape', [x], { shape: x.shape.slice(0, -1) });
const expandLast = (x: Tensor): Tensor => apply('reshape', [x], { shape: [...x.shape, 1] });

/**
 * Brings two tensors to one rank where one has a last axis of size 1 more: a vector gets that axis, anything
 * else loses it. Source: keras.src.losses.loss.squeeze_or_expand_to_same_rank.
 */
export function squeezeOrExpandToSameRank(x1: Tensor, x2: Tensor, expandRank1 = true): [Tensor, Tensor] {
  if (x1.ndim === x2.ndim + 1 && x1.shape[x1.ndim - 1] === 1) {
    return x2.ndim === 1 && expandRank1 ? [x1, expandLast(x2)] : [squeezeLast(x1), x2];
  }
  if (x2.ndim === x1.ndim + 1 && x2.shape[x2.ndim - 1] === 1) {
    return x1.ndim === 1 && expandRank1 ? [expandLast(x1), x2] : [x1, squeezeLast(x2)];
  }
  return [x1, x2];
}
