/** Values of a batch as one number a sample, weighted. */
import { apply } from '../engine/apply.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import type { DType } from '../engine/dtype.js';
import type { Tensor } from '../engine/tensor.js';
import { applyMask, sameRank } from '../losses/reduction.js';
import { cast } from '../ops/promotion.js';
import { multiply } from '../ops/tensor-math.js';
import { positionalArguments } from '../utils/arguments.js';

/** Weights of samples, by position or by name. */
export type SampleWeight = TensorLike | null | { sample_weight?: TensorLike | null };

/** The weights, however they were passed. */
export function weightsOf(argument: SampleWeight | undefined): TensorLike | undefined {
  const [weights] = positionalArguments('update_state', ['sample_weight'], [argument]) as [TensorLike | null | undefined];
  return weights ?? undefined;
}

/** Values and weights with one axis; all further axes are reduced by `reduce`. */
export function samplewise(
  given: TensorLike, sample_weight: TensorLike | undefined, dtype: DType,
  reduce: (x: Tensor, axes: readonly number[]) => Tensor,
): { values: Tensor; weights: Tensor | undefined } {
  const from = (first: number, x: Tensor): Tensor =>
    x.ndim <= first ? x : reduce(x, Array.from({ length: x.ndim - first }, (_, i) => first + i));
  const tensor = toTensor(given);
  let values = cast(tensor, dtype);
  if (sample_weight === undefined) return { values: from(1, values), weights: undefined };
  let weights = applyMask(toTensor(sample_weight, dtype), tensor.mask, dtype, 'sum')!;
  [values, weights] = sameRank(values, weights);
  const rank = weights.ndim;
  values = from(rank, values);
  if (weights.shape.join() !== values.shape.join()) weights = apply('broadcast_to', [weights], { shape: values.shape });
  values = multiply(values, weights);
  return { values: from(1, values), weights: from(1, weights) };
}
