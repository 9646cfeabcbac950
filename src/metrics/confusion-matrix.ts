/** Counts of right and wrong predictions at thresholds, which precision, recall, AUC and their like are made of. */
import { epsilon } from '../backend/config.js';
import { apply, applyAll } from '../engine/apply.js';
import { fromHost, toTensor, type TensorLike } from '../engine/convert.js';
import { numbersToBits } from '../engine/host.js';
import { canonicalAxis, formatShape, ShapeError } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { sameRank } from '../losses/reduction.js';
import { cast } from '../ops/promotion.js';
import {
  add, ceil, clip, expandDims, greater, less, logicalAnd, maximum, multiply, reshape, sliceAxis, subtract, sum, where,
} from '../ops/tensor-math.js';

/** Variables that count, by what they count. Each has one number a threshold (and label). */
export interface Counts {
  true_positives?: Variable;
  false_positives?: Variable;
  true_negatives?: Variable;
  false_negatives?: Variable;
}

export interface CountOptions {
  thresholds: readonly number[];
  sample_weight?: TensorLike;
  /** Only the k largest predictions of a sample count as positive. */
  top_k?: number | null;
  /** Only this class counts. */
  class_id?: number | null;
  /** Whether each label of a sample is counted by itself. */
  multi_label?: boolean;
  label_weights?: Tensor;
}

/** What stands for minus infinity among predictions, as in Keras. */
export const NEVER = -1e10;

/** Thresholds as an array, within 0 and 1. */
export function parseThresholds(owner: string, thresholds: number | readonly number[] | null, fallback = 0.5): number[] {
  if (thresholds === null) return [fallback];
  const list = typeof thresholds === 'number' ? [thresholds] : [...thresholds];
  const wrong = list.filter((t) => !(t >= 0 && t <= 1));
  if (wrong.length > 0) throw new RangeError(`The thresholds of ${owner} are from 0 to 1, received ${wrong.join(', ')}.`);
  return list;
}

/** Thresholds at equal distances from 0 to 1: predictions are then counted by the interval they fall into. */
function areEven(thresholds: readonly number[]): boolean {
  const count = thresholds.length;
  return count >= 3 && thresholds.every((t, i) => Math.abs(t - i / (count - 1)) <= epsilon() + 1e-5 * Math.abs(i / (count - 1)));
}

/** Predictions other than the k largest of each sample become so small that no threshold lets them pass. */
function onlyTopK(x: Tensor, k: number): Tensor {
  const depth = x.shape.at(-1)!;
  const [, indices] = applyAll('top_k', [x], { k, sorted: true });
  const chosen = sum(apply('one_hot', [indices], { depth, axis: x.ndim, dtype: x.dtype }), -2);
  return add(multiply(x, chosen), multiply(subtract(1, chosen), NEVER));
}

const classOf = (x: Tensor, class_id: number): Tensor => {
  const at = canonicalAxis(class_id, x.shape.at(-1)!, 'class_id');
  return sliceAxis(x, -1, at, at + 1);
};

function accumulate(variables: Counts, values: Record<keyof Counts, () => Tensor>): void {
  for (const key of Object.keys(values) as (keyof Counts)[]) {
    const variable = variables[key];
    if (variable) variable.assign_add(values[key]());
  }
}

/** Adds a batch to the counts. */
export function updateConfusionMatrix(variables: Counts, labels: TensorLike, predictions: TensorLike, options: CountOptions): void {
  const { thresholds, top_k, class_id } = options;
  const { dtype } = Object.values(variables)[0] as Variable;
  // 1. labels and predictions of one rank, and weights that broadcast to them
  let [y_pred, y_true] = sameRank(toTensor(predictions, dtype), toTensor(labels, dtype));
  let weights = options.sample_weight === undefined ? undefined : expandDims(toTensor(options.sample_weight, dtype), -1);
  if (weights) [, weights] = sameRank(y_true, weights, false);
  // 2. the part that counts
  if (top_k !== null && top_k !== undefined) y_pred = onlyTopK(y_pred, top_k);
  if (class_id !== null && class_id !== undefined) {
    if (y_pred.ndim === 1) {
      throw new ShapeError(`class_id needs predictions [samples, classes], received shape ${formatShape(y_pred.shape)}.`);
    }
    y_true = classOf(y_true, class_id);
    y_pred = classOf(y_pred, class_id);
  }
  // 3. weights of all elements
  const spread = (x: Tensor): Tensor => apply('broadcast_to', [x], { shape: y_pred.shape });
  if (weights) weights = spread(weights);
  if (options.label_weights) {
    const byLabel = spread(expandDims(cast(options.label_weights, dtype), 0));
    weights = weights ? multiply(weights, byLabel) : byLabel;
  }
  // 4. count
  const inner = [0, ...thresholds.slice(1, -1), 1];
  const padded = thresholds[0] < 0 || thresholds.at(-1)! > 1;
  const count = areEven(padded ? inner : thresholds) ? countByInterval : countByComparison;
  count(variables, y_true, y_pred, weights, options, padded);
}

/**
 * One number an interval between thresholds, then sums of them from the end: the work does not grow with the
 * number of thresholds.
 */
function countByInterval(
  variables: Counts, y_true: Tensor, y_pred: Tensor, weights: Tensor | undefined, options: CountOptions, padded: boolean,
): void {
  const { thresholds, multi_label = false } = options;
  const { dtype } = y_pred;
  const steps = thresholds.length;
  const columns = multi_label ? y_pred.shape[1] : 1;
  const isTrue = cast(cast(y_true, 'bool'), dtype);
  const weigh = (x: Tensor): Tensor => reshape(weights ? multiply(x, weights) : x, [-1]);
  const bucket = subtract(ceil(multiply(clip(y_pred, 0, 1), steps - 1)), 1);
  // With padded thresholds a prediction of 0 passes the first one.
  const interval = cast(padded ? maximum(bucket, 0) : bucket, 'int32');
  let ids = reshape(interval, [-1]);
  if (multi_label) {
    const column = apply('iota', [], { start: 0, step: 1, length: columns, dtype: 'int32' });
    ids = reshape(where(less(interval, 0), -1, add(multiply(interval, columns), column)), [-1]);
  }
  const shape = multi_label ? [steps, columns] : [steps];
  const passing = (values: Tensor): Tensor => {
    const perInterval = reshape(apply('segment_sum', [values, ids], { count: steps * columns }), shape);
    return apply('cumsum', [perInterval], { axis: 0, reverse: true, exclusive: false });
  };
  const total = (values: Tensor): Tensor => (multi_label ? sum(reshape(values, [-1, columns]), 0) : sum(values));
  const positives = weigh(isTrue);
  const negatives = weigh(subtract(1, isTrue));
  accumulate(variables, {
    true_positives: () => passing(positives),
    false_positives: () => passing(negatives),
    true_negatives: () => subtract(total(negatives), passing(negatives)),
    false_negatives: () => subtract(total(positives), passing(positives)),
  });
}

/** Every prediction compared with every threshold. */
function countByComparison(
  variables: Counts, y_true: Tensor, y_pred: Tensor, weights: Tensor | undefined, options: CountOptions,
): void {
  const { thresholds, multi_label = false } = options;
  const { dtype } = y_pred;
  const flat = (x: Tensor): Tensor => (multi_label ? expandDims(x, 0) : reshape(x, [1, -1]));
  const levels = fromHost(numbersToBits(thresholds, dtype), [thresholds.length], dtype);
  const passes = greater(flat(y_pred), reshape(levels, multi_label ? [-1, 1, 1] : [-1, 1]));
  const isTrue = flat(cast(y_true, 'bool'));
  const not = (x: Tensor): Tensor => apply('logical_not', [x]);
  const weighted = weights && flat(weights);
  const count = (label: Tensor, prediction: Tensor): Tensor => {
    const both = logicalAnd(label, prediction);
    return sum(weighted ? where(both, weighted, 0) : cast(both, dtype), 1);
  };
  accumulate(variables, {
    true_positives: () => count(isTrue, passes),
    false_positives: () => count(not(isTrue), passes),
    true_negatives: () => count(not(isTrue), not(passes)),
    false_negatives: () => count(isTrue, not(passes)),
  });
}
