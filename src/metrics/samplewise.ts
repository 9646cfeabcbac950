/** Values and weights as one number for each sample. */
import { apply } from '../engine/apply.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import type { DType } from '../engine/dtype.js';
import type { Tensor } from '../engine/tensor.js';
import { squeezeOrExpandToSameRank } from '../losses/same-rank.js';

const reduceFrom = (x: Tensor, axis: number, how: 'reduce_mean' | 'reduce_sum'): Tensor => (x.ndim <= axis ? x
  : apply(how, [x], { axes: x.shape.map((_, i) => i).slice(axis), keepdims: false }));

/**
 * Source: keras.src.metrics.reduction_metrics.reduce_to_samplewise_values.
 * @returns values times weights, and the weights, each reduced to the batch axis
 */
export function samplewise(
  given: TensorLike, sample_weight: TensorLike | undefined, how: 'reduce_mean' | 'reduce_sum', dtype: DType,
): [values: Tensor, weights: Tensor | undefined] {
  const original = toTensor(given);
  let values = toTensor(original, dtype);
  let weights: Tensor | undefined;
  if (sample_weight !== undefined) {
    weights = toTensor(sample_weight, dtype);
    if (original.mask) {
      const mask = toTensor(original.mask, dtype);
      const [a, b] = squeezeOrExpandToSameRank(mask, weights);
      weights = apply('multiply', [b, a]);
    }
    [values, weights] = squeezeOrExpandToSameRank(values, weights);
    const rank = weights.ndim;
    values = reduceFrom(values, rank, how);
    weights = apply('broadcast_to', [weights], { shape: values.shape });
    values = apply('multiply', [values, weights]);
    if (rank > 1) weights = reduceFrom(weights, 1, how);
  }
  return [reduceFrom(values, 1, how), weights];
}
