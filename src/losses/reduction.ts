/** From one loss a sample to the loss of a batch: weights, masks, reduction. Used by losses and metrics. */
import { context } from '../engine/context.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import type { DType } from '../engine/dtype.js';
import { formatShape, ShapeError, type Shape } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { cast } from '../ops/promotion.js';
import { divide, divideNoNan, expandDims, multiply, squeeze, sum, where } from '../ops/tensor-math.js';

const REDUCTIONS = ['sum_over_batch_size', 'sum', 'mean', 'mean_with_sample_weight', 'none', null] as const;

/**
 * How the losses of samples become one: their mean ('sum_over_batch_size', 'mean'), their sum, the sum divided by the
 * sum of sample weights ('mean_with_sample_weight'), or not at all ('none', null).
 */
export type Reduction = (typeof REDUCTIONS)[number];

export function standardizeReduction(reduction: unknown): Reduction {
  if (!REDUCTIONS.includes(reduction as Reduction)) {
    throw new TypeError(`The reduction of a loss is one of ${REDUCTIONS.map((r) => JSON.stringify(r)).join(', ')}, ` +
      `received ${JSON.stringify(reduction)}.`);
  }
  return reduction as Reduction;
}

/** Where one of two tensors has one axis more, of length 1: takes that away, or gives it to the other of rank 1. */
export function sameRank(x1: Tensor, x2: Tensor, expandRank1 = true): [Tensor, Tensor] {
  const surplus = x1.shape.length - x2.shape.length;
  if (surplus === 1 && x1.shape.at(-1) === 1) {
    return x2.shape.length === 1 && expandRank1 ? [x1, expandDims(x2, -1)] : [squeeze(x1, -1), x2];
  }
  if (surplus === -1 && x2.shape.at(-1) === 1) {
    return x1.shape.length === 1 && expandRank1 ? [expandDims(x1, -1), x2] : [x1, squeeze(x2, -1)];
  }
  return [x1, x2];
}

/** Joins a mask with the weights. In a mean the elements that stay count more, so that it is theirs alone. */
export function applyMask(
  sample_weight: Tensor | undefined, mask: Tensor | undefined, dtype: DType, reduction: Reduction,
): Tensor | undefined {
  if (!mask) return sample_weight;
  let weights = cast(mask, dtype);
  if (reduction === 'mean' || reduction === 'sum_over_batch_size') {
    weights = where(cast(mask, 'bool'), ofWholeBatch((total) => divideNoNan(toTensor(mask.size, dtype), total), sum(weights)), 0);
  }
  if (!sample_weight) return weights;
  const [left, right] = sameRank(weights, cast(sample_weight, dtype));
  return multiply(right, left);
}

/**
 * Computes with a sum over the batch. Where several processes have parts of one batch, with the sum over all; and so that
 * the mean of the processes' losses is the loss of the whole.
 */
function ofWholeBatch(compute: (sum: Tensor) => Tensor, part: Tensor): Tensor {
  const { replica } = context;
  return replica ? replica.asMean(compute(replica.total(part))) : compute(part);
}

function reduceValues(values: Tensor, sample_weight: Tensor | undefined, reduction: Reduction): Tensor {
  const { shape } = values;
  if (reduction === null || reduction === 'none' || shape.length === 0 || (shape.length === 1 && shape[0] === 0)) {
    return values;
  }
  const total = sum(values);
  if (reduction === 'sum') return context.replica?.asMean(total) ?? total;
  if (reduction === 'mean_with_sample_weight' && sample_weight) {
    return ofWholeBatch((weight) => divideNoNan(total, weight), cast(sum(sample_weight), total.dtype));
  }
  return values.size === 0 ? total : divide(total, values.size);
}

/** Whether two shapes go together: equal sizes, or one of them 1, from the last axis on. */
const broadcasts = (a: Shape, b: Shape): boolean => Array.from({ length: Math.min(a.length, b.length) }, (_, i) =>
  [a.at(-1 - i), b.at(-1 - i)]).every(([x, y]) => x === y || x === 1 || y === 1);

/** One loss a sample, weighted and reduced. */
export function reduceWeighted(
  values: Tensor, sample_weight: TensorLike | null | undefined, mask: Tensor | undefined, reduction: Reduction, dtype: DType,
): Tensor {
  const given = sample_weight === null || sample_weight === undefined ? undefined : toTensor(sample_weight, dtype);
  let losses = cast(values, dtype);
  let weights = applyMask(given, mask, dtype, reduction);
  if (weights) {
    [losses, weights] = sameRank(losses, weights);
    if (!broadcasts(losses.shape, weights.shape)) {
      throw new ShapeError(`sample_weight of shape ${formatShape(given?.shape ?? weights.shape)} does not fit losses of shape ` +
        `${formatShape(values.shape)}: give one weight for each of them, or one that holds for all.`);
    }
    losses = multiply(losses, weights);
  }
  return reduceValues(losses, weights, reduction);
}
