/** keras.backend: connectionist temporal classification, on probabilities whose last class is the blank. */
import { epsilon } from '../backend/config.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import { formatShape, ShapeError } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { unstack } from '../ops/core/gradients.js';
import { defineOp } from '../ops/define.js';
import { ctc_decode as decode, ctc_loss } from '../ops/nn/ctc.js';
import { toFloat } from '../ops/promotion.js';
import { add, expandDims, log, reshape } from '../ops/tensor-math.js';

/** Logarithms that are finite for a probability of 0. */
const logarithms = (probabilities: TensorLike): Tensor => log(add(toFloat(probabilities), epsilon()));

/** A column of lengths [batch, 1] as a vector. */
function lengthsOf(what: string, lengths: TensorLike): Tensor {
  const t = toTensor(lengths);
  if (t.ndim === 2 && t.shape[1] === 1) return reshape(t, [t.shape[0]]);
  throw new ShapeError(`The ${what} of K.ctc_batch_cost has shape [batch, 1], received ${formatShape(t.shape)}.`);
}

/**
 * The loss of connectionist temporal classification of each sample. Source: keras.backend.ctc_batch_cost.
 *
 * @param y_true labels [batch, labels], integers; the last class is the blank
 * @param y_pred probabilities [batch, frames, classes]
 * @param input_length how many frames of each sample count, [batch, 1]
 * @param label_length how many labels count, [batch, 1]
 * @returns [batch, 1]
 * @example
 * keras.backend.ctc_batch_cost([[0]], [[[0.5, 0.5], [0.5, 0.5]]], [[2]], [[1]]); // [[0.28768]]
 */
export const ctc_batch_cost = defineOp('keras.backend.ctc_batch_cost',
  ['y_true', 'y_pred', 'input_length', 'label_length'], (
    y_true: TensorLike, y_pred: TensorLike, input_length: TensorLike, label_length: TensorLike,
  ): Tensor => expandDims(ctc_loss(y_true, logarithms(y_pred), lengthsOf('label_length', label_length),
    lengthsOf('input_length', input_length), -1), 1));

/**
 * The labels that probabilities spell. Source: keras.backend.ctc_decode.
 *
 * @param y_pred probabilities [batch, frames, classes]; the last class is the blank
 * @param input_length how many frames of each sample count, [batch]
 * @param greedy the likeliest class of each frame (default), or else a beam search
 * @param beam_width how many sequences a beam search keeps; default 100
 * @param top_paths how many it gives; default 1
 * @returns [sequences, scores]: an array of one tensor [batch, frames] for each path, filled up with -1; and
 *   [batch, paths], minus the sum of the largest logarithms (greedy), or the logarithms of the probabilities
 * @example
 * const [[labels], score] = keras.backend.ctc_decode([[[0.9, 0, 0.1], [0, 0.2, 0.8], [0, 1, 0]]], [3]);
 * labels; // [[0, 1, -1]]
 */
export const ctc_decode = defineOp('keras.backend.ctc_decode',
  ['y_pred', 'input_length', 'greedy', 'beam_width', 'top_paths'], (
    y_pred: TensorLike, input_length: TensorLike, greedy: boolean = true, beam_width: number = 100, top_paths: number = 1,
  ): [Tensor[], Tensor] => {
    const [sequences, scores] = decode(logarithms(y_pred), input_length, {
      strategy: greedy ? 'greedy' : 'beam_search', beam_width, top_paths, mask_index: null });
    return [unstack(sequences), scores];
  });
