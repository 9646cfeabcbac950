/** Connectionist temporal classification: sequences of labels that are not aligned with the frames. */
import { apply, applyAll } from '../../engine/apply.js';
import { scan } from '../../engine/control-flow.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { resultType, type DType } from '../../engine/dtype.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { full, iota, requireInteger } from '../compose.js';
import { cast, toFloat } from '../promotion.js';
import {
  add, clip, equal, exp, greaterEqual, less, log, logicalAnd, max, maximum, multiply, negative, notEqual, reshape,
  sliceAxis, stopGradient, subtract, sum, transpose, where,
} from '../tensor-math.js';
import { defineNN } from './define.js';

/** The logarithm that stands for a probability of 0 where a sequence may not end. TensorFlow's number: log(1e-307). */
const IMPOSSIBLE = Math.fround(Math.log(1e-307));
/** Less than any logarithm of a probability: paths that do not exist. Finite, so that differences are. */
const NEVER = -1e30;

/** log(exp(a) + exp(b) + ...) */
function logAddExp(...terms: readonly Tensor[]): Tensor {
  const most = stopGradient(terms.reduce((a, b) => maximum(a, b)));
  return add(most, log(terms.map((t) => exp(subtract(t, most))).reduce((a, b) => add(a, b))));
}

/** The column of a blank among classes, which may count from the end. */
function blankOf(op: string, mask_index: number, classes: number): number {
  const at = mask_index < 0 ? mask_index + classes : mask_index;
  if (!Number.isInteger(at) || at < 0 || at >= classes) {
    throw new RangeError(`The mask_index of ${op} is the number of one of ${classes} classes, received ${String(mask_index)}.`);
  }
  return at;
}

/** A vector of integers with one for each sample. */
function lengthsOf(op: string, what: string, lengths: TensorLike, batch: number): Tensor {
  const t = cast(toTensor(lengths), 'int32');
  if (t.shape.length !== 1 || t.shape[0] !== batch) {
    throw new ShapeError(`${op} takes ${what} [batch], one number for each of ${batch} samples, received shape ${formatShape(t.shape)}.`);
  }
  return t;
}

interface Frames {
  /** Logarithms of the probability of each label, [frames, batch, labels + 1], the first of none. */
  labels: Tensor;
  /** Of the blank, [frames, batch, 1]. */
  blank: Tensor;
  /** Whether the frame counts, [frames, batch, 1]. */
  counts: Tensor;
}

/** States of the alignment: at a label or at the blank behind it; number 0 is the start. */
interface States {
  labels: Tensor;
  blanks: Tensor;
  /** What was taken out of both, so that they stay near 0: [batch, 1]. */
  taken: Tensor;
}

/**
 * The logarithm of the probability of the labels, [batch], by the backward recursion: from the last frame to the first,
 * the probability of what comes after each state.
 */
function logLikelihood(target: Tensor, lengths: Tensor, { labels, blank, counts }: Frames): Tensor {
  const [batch, width] = target.shape;
  const states = width + 1;
  const column = (value: number): Tensor => full(value, [batch, 1], labels.dtype);

  // From a label straight to the next one: only to another, or there would be one label instead of two.
  const inner = width < 2 ? [] : [notEqual(sliceAxis(target, 1, 0, width - 1), sliceAxis(target, 1, 1, width))];
  const first = width === 0 ? [] : [full(1, [batch, 1], 'bool')];
  const skips = apply('concatenate', [...first, ...inner, full(0, [batch, 1], 'bool')], { axis: 1 });
  const isEnd = equal(reshape(lengths, [batch, 1]), iota(states));
  const end = where(isEnd, full(0, [], labels.dtype), IMPOSSIBLE);

  const step = (carry: unknown, x: unknown): [States, null] => {
    const before = carry as States;
    const frame = x as Frames;
    const label = add(before.labels, frame.labels);
    const silent = add(before.blanks, frame.blank);
    const next = apply('concatenate', [sliceAxis(label, 1, 1, states), column(NEVER)], { axis: 1 });
    const labelled = logAddExp(label, silent, where(skips, next, NEVER));
    const blanks = logAddExp(silent, next);
    const most = stopGradient(max(maximum(labelled, blanks), 1, true));
    const pick = (now: Tensor, kept: Tensor): Tensor => where(frame.counts, now, kept);
    return [{
      labels: pick(subtract(labelled, most), end), blanks: pick(subtract(blanks, most), end),
      taken: pick(add(before.taken, most), before.taken),
    }, null];
  };
  const init: States = { labels: end, blanks: end, taken: column(0) };
  const [last] = scan('ctc_loss', step, init, { xs: { labels, blank, counts }, length: labels.shape[0], reverse: true });
  const { labels: whole, taken } = last as States;
  return reshape(add(sliceAxis(whole, 1, 0, 1), taken), [batch]);
}

/**
 * The loss of connectionist temporal classification: minus the logarithm of the probability that the frames spell the
 * labels, over all ways to stretch labels and put blanks between them. Source: keras.ops.ctc_loss; Graves et al., 2006.
 *
 * @param target labels [batch, labels], integers
 * @param output logits [batch, frames, classes], not normalized
 * @param target_length how many labels of each sample count, [batch]
 * @param output_length how many frames count, [batch]
 * @param mask_index the class that is the blank; negative ones count from the end; default 0
 * @returns one loss a sample, float32 or float64; some 700 for labels that do not fit into the frames
 * @throws ShapeError when the shapes do not fit together
 * @throws RangeError when mask_index is no class
 * @example
 * const logits = ops.zeros([1, 2, 2]);
 * ops.ctc_loss([[1]], logits, [1], [2]).arraySync(); // [0.287682], three of four paths
 */
export const ctc_loss = defineNN('ctc_loss', ['target', 'output', 'target_length', 'output_length', 'mask_index'], (
  target: TensorLike, output: TensorLike, target_length: TensorLike, output_length: TensorLike, mask_index: number = 0,
): Tensor => {
  const logits = toFloat(output);
  const labels = cast(toTensor(target), 'int32');
  if (logits.shape.length !== 3 || labels.shape.length !== 2 || labels.shape[0] !== logits.shape[0]) {
    throw new ShapeError('ctc_loss takes targets [batch, labels] and outputs [batch, frames, classes], received shapes ' +
      `${formatShape(labels.shape)} and ${formatShape(logits.shape)}.`);
  }
  const [batch, frames, classes] = logits.shape;
  const blank = blankOf('ctc_loss', mask_index, classes);
  const lengths = lengthsOf('ctc_loss', 'target_length', target_length, batch);
  const counts = less(reshape(iota(frames), [frames, 1, 1]),
    reshape(lengthsOf('ctc_loss', 'output_length', output_length, batch), [batch, 1]));
  const logarithms = apply('log_softmax', [cast(logits, 'float32')]);
  // Labels beyond the length of a sample may be anything.
  const places = clip(labels, 0, classes - 1);
  const ofLabels = apply('gather', [logarithms, places], { axis: 2, batchDims: 1 });
  const none = full(NEVER, [batch, frames, 1], 'float32');
  const likelihood = logLikelihood(labels, lengths, {
    labels: transpose(apply('concatenate', [none, ofLabels], { axis: 2 }), [1, 0, 2]),
    blank: transpose(sliceAxis(logarithms, 2, blank, blank + 1), [1, 0, 2]), counts,
  });
  return cast(negative(likelihood), resultType(logits.dtype, 'float32'));
});

interface Decoding {
  logits: Tensor;
  lengths: Tensor;
  blank: number;
}

/** The likeliest class of each frame, without blanks and, if wanted, without repetitions; -1 fills up. */
function greedy({ logits, lengths, blank }: Decoding, merge_repeated: boolean): [Tensor, Tensor] {
  const [batch, frames] = logits.shape;
  const counts = less(iota(frames), reshape(lengths, [batch, 1]));
  const best = apply('argmax', [logits], { axis: 2, dtype: 'int32' });
  let isKept = logicalAnd(counts, notEqual(best, blank));
  if (merge_repeated && frames > 0) {
    const before = apply('concatenate', [full(-1, [batch, 1], 'int32'), sliceAxis(best, 1, 0, frames - 1)], { axis: 1 });
    isKept = logicalAnd(isKept, notEqual(best, before));
  }
  // Each class that is kept moves to the place after those before it; the others to one behind the last.
  const rank = apply('cumsum', [cast(isKept, 'int32')], { axis: 1, reverse: false, exclusive: true });
  const row = multiply(reshape(iota(batch), [batch, 1]), full(1, [1, frames], 'int32'));
  const places = apply('stack', [row, where(isKept, rank, frames)], { axis: 2 });
  const filled = apply('tensor_scatter', [full(-1, [batch, frames + 1], 'int32'), places, best], { mode: 'update' });
  const scores = negative(sum(where(counts, max(logits, 2), 0), 1));
  return [reshape(sliceAxis(filled, 1, 0, frames), [1, batch, frames]), reshape(scores, [batch, 1])];
}

/** The likeliest sequences of labels, found by keeping the `beam_width` best ones from frame to frame. */
function beamSearch({ logits, lengths, blank }: Decoding, beam_width: number, top_paths: number): [Tensor, Tensor] {
  const [batch, frames, classes] = logits.shape;
  // TensorFlow's search does not take an empty batch.
  if (batch === 0) return [full(-1, [top_paths, 0, frames], 'int32'), full(0, [0, top_paths], logits.dtype)];
  if (frames === 0) throw new ShapeError(`A beam search needs at least one frame, received inputs of shape ${formatShape(logits.shape)}.`);
  const part = (from: number, to: number): Tensor => sliceAxis(logits, 2, from, to);
  // The primitive has the blank last.
  const ordered = apply('concatenate', [part(0, blank), part(blank + 1, classes), part(blank, blank + 1)], { axis: 2 });
  const [found, scores] = applyAll('ctc_beam_search', [transpose(ordered, [1, 0, 2]), lengths], { beamWidth: beam_width, paths: top_paths });
  return [where(greaterEqual(found, blank), add(found, 1), found), scores];
}

/**
 * The labels that a model trained with `ctc_loss` spells. Source: keras.ops.ctc_decode; Graves et al., 2006.
 *
 * @param inputs logits [batch, frames, classes], not normalized
 * @param sequence_lengths how many frames of each sample count, [batch]
 * @param strategy 'greedy' (default: the likeliest class of each frame) or 'beam_search' (the likeliest sequences)
 * @param beam_width how many sequences a beam search keeps; default 100
 * @param top_paths how many sequences a beam search gives, at most beam_width; default 1
 * @param merge_repeated whether the greedy strategy takes equal classes of neighbouring frames for one label; default
 *   true. A beam search always does
 * @param mask_index the class that is the blank; negative ones count from the end, null is the last; default 0
 * @returns [sequences, scores]: labels [paths, batch, frames] of dtype int32, filled up with -1; and [batch, paths], minus
 *   the sum of the largest logits (greedy), or the logarithms of the sequences' probabilities
 * @throws ShapeError when the shapes do not fit together
 * @throws TypeError when the strategy is unknown
 * @example
 * const logits = [[[0, 5, 0], [0, 5, 0], [5, 0, 0], [0, 0, 5]]];
 * const [sequences, scores] = ops.ctc_decode(logits, [4]);
 * sequences.arraySync(); // [[[1, 2, -1, -1]]]
 */
export const ctc_decode = defineNN('ctc_decode',
  ['inputs', 'sequence_lengths', 'strategy', 'beam_width', 'top_paths', 'merge_repeated', 'mask_index'], (
    inputs: TensorLike, sequence_lengths: TensorLike, strategy: string = 'greedy', beam_width: number = 100,
    top_paths: number = 1, merge_repeated: boolean = true, mask_index: number | null = 0,
  ): [Tensor, Tensor] => {
    const given = toFloat(inputs);
    const dtype: DType = resultType(given.dtype, 'float32');
    if (given.shape.length !== 3) {
      throw new ShapeError(`ctc_decode takes inputs [batch, frames, classes], received shape ${formatShape(given.shape)}.`);
    }
    const decoding: Decoding = {
      logits: cast(given, dtype), lengths: lengthsOf('ctc_decode', 'sequence_lengths', sequence_lengths, given.shape[0]),
      blank: blankOf('ctc_decode', mask_index ?? -1, given.shape[2]),
    };
    if (strategy === 'greedy') return greedy(decoding, merge_repeated);
    if (strategy !== 'beam_search') {
      throw new TypeError(`The strategy of ctc_decode is 'greedy' or 'beam_search', received '${String(strategy)}'.`);
    }
    requireInteger(beam_width, 'beam_width of ctc_decode', 1);
    requireInteger(top_paths, 'top_paths of ctc_decode', 1);
    if (top_paths > beam_width) {
      throw new RangeError(`ctc_decode cannot give ${top_paths} paths of a beam of ${beam_width}: top_paths is at most beam_width.`);
    }
    return beamSearch(decoding, beam_width, top_paths);
  });
