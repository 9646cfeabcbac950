/** CTC: sequences of labels that are not aligned with the frames of the predictions. */
import { toTensor, type TensorLike } from '../engine/convert.js';
import { formatShape, ShapeError } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { full } from '../ops/compose.js';
import { ctc_loss } from '../ops/nn/ctc.js';
import { cast } from '../ops/promotion.js';
import { notEqual, sum } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { defineLoss } from './define.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

/**
 * Minus the logarithm of the probability that the frames spell the labels. All frames count, and all labels that are
 * not 0, which is the blank. Source: keras.losses.ctc.
 *
 * @param y_true labels [batch, labels], integers from 1, filled up with 0
 * @param y_pred logits [batch, frames, classes], not normalized
 * @returns one loss a sample
 * @throws ShapeError when the labels are not of rank 2 or the logits not of rank 3
 * @example
 * keras.losses.ctc([[1]], ops.zeros([1, 2, 2])).arraySync(); // [0.287682]
 */
export const ctc = defineLoss('ctc', ['y_true', 'y_pred'], (y_true: TensorLike, y_pred: TensorLike): Tensor => {
  const [labels, logits] = [toTensor(y_true), toTensor(y_pred)];
  if (labels.shape.length !== 2 || logits.shape.length !== 3) {
    throw new ShapeError('The loss ctc takes labels [batch, labels] and logits [batch, frames, classes], received shapes ' +
      `${formatShape(labels.shape)} and ${formatShape(logits.shape)}.`);
  }
  const [batch, frames] = logits.shape;
  const lengths = sum(cast(notEqual(labels, 0), 'int32'), 1);
  return ctc_loss(labels, logits, lengths, full(frames, [batch], 'int32'));
}, 'losses');

const NAMES = ['reduction', 'name', 'dtype'] as const;

/**
 * Minus the logarithm of the probability that the frames spell the labels. For sequences without an alignment, such as
 * speech and handwriting; the class 0 is the blank. Source also: Graves et al., 2006.
 * Source: keras.losses.CTC.
 *
 * @example
 * new keras.losses.CTC()([[1]], ops.zeros([1, 2, 2])).item(); // 0.287682
 */
export class CTC extends LossFunctionWrapper {
  constructor(...args: ConstructorArgs<LossOptions, typeof NAMES>) {
    const options = namedArguments<LossOptions>('CTC', NAMES, args, []);
    super(ctc, { ...options, name: options.name ?? 'ctc' });
  }

  override get_config(): Record<string, unknown> {
    return Loss.prototype.get_config.call(this);
  }
}
kerasExport(CTC, 'keras.losses.CTC');
