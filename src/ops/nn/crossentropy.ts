/** Crossentropies, computed from the logits wherever these are known. */
import { epsilon } from '../../backend/config.js';
import { notice } from '../../utils/notice.js';
import { applyAll } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { canonicalAxis, formatShape, sameShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import {
  add, clip, divide, log, multiply, negative, reshape, softplus, squeeze, subtract, sum, toLastAxis,
} from '../tensor-math.js';
import { cast, classIndices, toFloat } from '../promotion.js';
import { defineNN } from './define.js';

/**
 * The output or, where softmax or sigmoid made it of logits that it remembers, those: no logarithm of a
 * rounded 0.
 */
function logitsOf(output: Tensor, from_logits: boolean, name: string): { values: Tensor; areLogits: boolean } {
  if (!output.logits) return { values: output, areLogits: from_logits };
  if (from_logits) {
    notice(`${name} received from_logits: true, but its output argument comes from a softmax or sigmoid and so does ` +
      'not hold logits. Was this intended?');
  }
  return { values: output.logits, areLogits: true };
}

const isHalf = (x: Tensor): boolean => x.dtype === 'float16' || x.dtype === 'bfloat16';

function requireSameShape(name: string, target: Tensor, output: Tensor): void {
  if (!sameShape(target.shape, output.shape)) {
    throw new ShapeError(`${name} needs target and output of one shape, received ${formatShape(target.shape)} and ` +
      `${formatShape(output.shape)}.${hint(target, output)}`);
  }
}

/** The commonest mistake: class numbers where one-hot vectors are wanted. */
function hint(target: Tensor, output: Tensor): string {
  const { shape } = target;
  const isSparse = sameShape(shape, output.shape.slice(0, -1)) || sameShape(shape, [...output.shape.slice(0, -1), 1]);
  return isSparse ? ' If the target holds class numbers, use the sparse_categorical_crossentropy, or ops.one_hot.' : '';
}

/** The fused loss of folded rows; half types are computed in float32, as TensorFlow does. */
function fused(op: 'softmax_cross_entropy' | 'sparse_softmax_cross_entropy', logits: Tensor, labels: Tensor): Tensor {
  const classes = logits.shape[logits.shape.length - 1];
  const precise = isHalf(logits) ? cast(logits, 'float32') : logits;
  const rows = reshape(precise, [-1, classes]);
  const [losses] = op === 'softmax_cross_entropy'
    ? applyAll(op, [rows, reshape(cast(labels, precise.dtype), [-1, classes])], {})
    : applyAll(op, [rows, reshape(labels, [-1])], {});
  return reshape(cast(losses, logits.dtype), logits.shape.slice(0, -1));
}

/**
 * - sum of target log(output) over the classes. Source: keras.ops.categorical_crossentropy.
 *
 * @param target probabilities of the classes (one-hot vectors), of the shape of `output`
 * @param output predicted probabilities, or logits
 * @param from_logits whether `output` holds logits; default false. Outputs of softmax are recognised.
 * @param axis axis of the classes; default -1
 * @returns one loss a sample: the shape without `axis`
 * @example
 * ops.categorical_crossentropy([[0, 1]], [[0.5, 0.5]]).arraySync(); // [0.6931]
 */
export const categorical_crossentropy = defineNN('categorical_crossentropy', ['target', 'output', 'from_logits', 'axis'], (
  target: TensorLike, output: TensorLike, from_logits: boolean = false, axis: number = -1,
): Tensor => {
  const given = toFloat(output);
  const labels = toTensor(target, given.dtype);
  requireSameShape('categorical_crossentropy', labels, given);
  const at = canonicalAxis(axis, given.shape.length);
  const { values, areLogits } = logitsOf(given, from_logits, 'categorical_crossentropy');
  if (areLogits) {
    return fused('softmax_cross_entropy', toLastAxis(values, at), toLastAxis(labels, at));
  }
  const probabilities = divide(values, sum(values, at, true));
  return negative(sum(multiply(labels, log(clip(probabilities, epsilon(), 1 - epsilon()))), at));
});

/**
 * - log(output[target]): the crossentropy of class numbers. Source: keras.ops.sparse_categorical_crossentropy.
 *
 * @param target class numbers, of the shape of `output` without its last axis (or with a last axis of length 1)
 * @param output predicted probabilities [..., classes], or logits
 * @param from_logits whether `output` holds logits; default false. Outputs of softmax are recognised.
 * @param axis axis of the classes: the last one
 * @returns one loss a sample; NaN for a number that is no class
 * @example
 * ops.sparse_categorical_crossentropy([1], [[0.5, 0.5]]).arraySync(); // [0.6931]
 */
export const sparse_categorical_crossentropy = defineNN('sparse_categorical_crossentropy',
  ['target', 'output', 'from_logits', 'axis'], (
    target: TensorLike, output: TensorLike, from_logits: boolean = false, axis: number = -1,
  ): Tensor => {
    const given = toFloat(output);
    const rank = given.shape.length;
    if (axis !== -1 && axis !== rank - 1) {
      throw new RangeError(`sparse_categorical_crossentropy takes the classes along the last axis, received axis ${axis}.`);
    }
    let labels = classIndices(target);
    if (labels.shape.length === rank && labels.shape[rank - 1] === 1) labels = squeeze(labels, -1);
    if (rank < 1 || !sameShape(labels.shape, given.shape.slice(0, -1))) {
      throw new ShapeError('sparse_categorical_crossentropy needs an output of the shape of the target with an axis of ' +
        `classes behind, received target ${formatShape(labels.shape)} and output ${formatShape(given.shape)}.` +
        (sameShape(labels.shape, given.shape) ? ' If the target holds one-hot vectors, use categorical_crossentropy.' : ''));
    }
    const { values, areLogits } = logitsOf(given, from_logits, 'sparse_categorical_crossentropy');
    return fused('sparse_softmax_cross_entropy',
      areLogits ? values : log(clip(values, epsilon(), 1 - epsilon())), labels);
  });

/**
 * - (target log(output) + (1 - target) log(1 - output)), element by element. Source: keras.ops.binary_crossentropy.
 *
 * @param target probabilities (usually 0 and 1), of the shape of `output`
 * @param output predicted probabilities, or logits
 * @param from_logits whether `output` holds logits; default false. Outputs of sigmoid are recognised.
 * @example
 * ops.binary_crossentropy([0, 1], [0.5, 0.5]).arraySync(); // [0.6931, 0.6931]
 */
export const binary_crossentropy = defineNN('binary_crossentropy', ['target', 'output', 'from_logits'], (
  target: TensorLike, output: TensorLike, from_logits: boolean = false,
): Tensor => {
  const given = toFloat(output);
  const labels = toTensor(target, given.dtype);
  requireSameShape('binary_crossentropy', labels, given);
  const { values, areLogits } = logitsOf(given, from_logits, 'binary_crossentropy');
  const others = subtract(1, labels);
  if (areLogits) {
    // -log(sigmoid(x)) is softplus(-x): no overflow, and small losses keep their digits.
    return add(multiply(labels, softplus(negative(values))), multiply(others, softplus(values)));
  }
  const p = clip(values, epsilon(), 1 - epsilon());
  return negative(add(multiply(labels, log(p)), multiply(others, log(subtract(1, p)))));
});
