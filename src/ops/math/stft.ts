/** Fourier transforms of short pieces of a signal, one after the other. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import {
  broadcastTo, iota, over, permute, plus, reduce, requireInteger, reshapeTo, sliceAxis, times,
} from '../compose.js';
import { defineOp } from '../define.js';
import { inverseRealTransform, realTransform, toParts, toSignal, type Pair } from './fourier.js';

/** Weights of the elements of a piece: named, given as a vector, or none. */
export type Window = 'hann' | 'hamming' | null | TensorLike;

interface Pieces {
  /** Elements of a piece that the window weighs. */
  sequence: number;
  /** Elements from the start of a piece to that of the next. */
  stride: number;
  /** Elements that are transformed. */
  length: number;
}

function toPieces(what: string, sequence_length: number, sequence_stride: number, fft_length: number): Pieces {
  const sequence = requireInteger(sequence_length, `The sequence_length of ${what}`, 1);
  const stride = requireInteger(sequence_stride, `The sequence_stride of ${what}`, 1);
  const length = requireInteger(fft_length, `The fft_length of ${what}`, 1);
  if (length < sequence) {
    throw new RangeError(`${what} expects an fft_length of at least sequence_length, received ${length} and ${sequence}.`);
  }
  return { sequence, stride, length };
}

/** Constant and cosine part of the named windows. */
const NAMED = { hann: [0.5, 0.5], hamming: [0.54, 0.46] } as const;

/** The window in the middle of `length` elements, or undefined for none. */
function windowOf(window: Window, { sequence, length }: Pieces, like: Tensor): Tensor | undefined {
  if (window === null) return undefined;
  let weights: Tensor;
  if (typeof window === 'string') {
    if (!(window in NAMED)) throw new TypeError(`A named window is 'hann' or 'hamming', received '${window}'.`);
    const [constant, cosine] = NAMED[window as keyof typeof NAMED];
    // TensorFlow's periodic windows: those of an odd number of elements are symmetric. A single one is 1.
    const period = sequence - (sequence % 2);
    const values = Array.from({ length: sequence }, (_, i) =>
      (sequence === 1 ? 1 : constant - cosine * Math.cos((2 * Math.PI * i) / period)));
    weights = toTensor(values, like.dtype);
  } else weights = toTensor(window, like.dtype);
  if (weights.ndim !== 1 || weights.size !== sequence) {
    throw new ShapeError(`The window must have the shape [sequence_length] = [${sequence}], received ` +
      `${formatShape(weights.shape)}.`);
  }
  const before = Math.floor((length - sequence) / 2);
  return apply('pad', [weights], { paddings: [[before, length - sequence - before]], mode: 'constant', value: 0 });
}

/** Indices [pieces, length] of the elements of each piece. */
const placesOf = (count: number, { stride, length }: Pieces): Tensor =>
  plus(reshapeTo(iota(count, 'int32', 0, stride), [count, 1]), iota(length));

/**
 * The short-time Fourier transform: pieces of the signal, each weighed by a window and transformed.
 * Source: keras.ops.stft.
 *
 * @param x [..., samples], float32 or float64
 * @param sequence_length elements of a piece
 * @param sequence_stride elements from the start of a piece to that of the next
 * @param fft_length elements transformed, at least sequence_length: a piece stands in the middle of zeros
 * @param window `hann` (default), `hamming`, a vector [sequence_length], or null for none
 * @param center whether the signal is mirrored at both ends by fft_length / 2, so that piece t is around
 *   element t sequence_stride; default true
 * @returns real and imaginary parts [..., pieces, floor(fft_length / 2) + 1]
 * @example
 * ops.stft(ops.ones([8]), 4, 2, 4)[0].shape; // [5, 3]
 */
export const stft = defineOp('keras.ops.stft',
  ['x', 'sequence_length', 'sequence_stride', 'fft_length', 'window', 'center'], (
    x: TensorLike, sequence_length: number, sequence_stride: number, fft_length: number,
    window: Window = 'hann', center = true,
  ): [Tensor, Tensor] => {
    const t = toSignal(x, 'stft');
    if (t.dtype !== 'float32' && t.dtype !== 'float64') {
      throw new TypeError(`stft expects float32 or float64, received dtype ${t.dtype}.`);
    }
    const pieces = toPieces('stft', sequence_length, sequence_stride, fft_length);
    const weights = windowOf(window, pieces, t);
    const border = center ? Math.floor(pieces.length / 2) : 0;
    const last = t.ndim - 1;
    if (border > 0 && border >= t.shape[last]) {
      throw new ShapeError(`stft with center mirrors ${border} elements at both ends, so it needs more than that: ` +
        `received shape ${formatShape(t.shape)}. Use a shorter fft_length, or {center: false}.`);
    }
    const paddings = t.shape.map((_, i) => (i === last ? [border, border] as const : [0, 0] as const));
    const signal = border === 0 ? t : apply('pad', [t], { paddings, mode: 'reflect', value: 0 });
    const count = Math.max(0, 1 + Math.floor((signal.shape[last] - pieces.length) / pieces.stride));
    const cut = apply('gather', [signal, placesOf(count, pieces)], { axis: last, batchDims: 0 });
    return realTransform(weights ? times(cut, weights) : cut, pieces.length);
  });

/** The window divided by what overlapping pieces add up to. Source: Griffin and Lim 1984. */
function inverseWindow(weights: Tensor, { stride, length }: Pieces): Tensor {
  const overlaps = Math.ceil(length / stride);
  const padded = apply('pad', [apply('square', [weights])], {
    paddings: [[0, overlaps * stride - length]], mode: 'constant', value: 0 });
  const sums = reduce('reduce_sum', reshapeTo(padded, [overlaps, stride]), 0, true);
  const repeated = reshapeTo(broadcastTo(sums, [overlaps, stride]), [overlaps * stride]);
  return over(weights, sliceAxis(repeated, 0, 0, length));
}

/** Pieces [..., count, length] added up where they overlap: [..., samples]. */
function overlapAdd(cut: Tensor, pieces: Pieces): Tensor {
  const batch = cut.shape.slice(0, -2);
  const [count, length] = cut.shape.slice(-2);
  const samples = count === 0 ? 0 : (count - 1) * pieces.stride + length;
  const last = batch.length;
  const rows = permute(reshapeTo(cut, [...batch, count * length]), [last, ...batch.map((_, i) => i)]);
  const ids = reshapeTo(placesOf(count, pieces), [count * length]);
  const summed = apply('segment_sum', [rows, ids], { count: samples });
  return permute(summed, [...batch.map((_, i) => i + 1), 0]);
}

/**
 * The signal whose transform by `stft` is given. Source: keras.ops.istft.
 *
 * @param x real and imaginary parts [..., pieces, floor(fft_length / 2) + 1]
 * @param sequence_length elements of a piece
 * @param sequence_stride elements from the start of a piece to that of the next
 * @param fft_length elements of a transform
 * @param length elements of the result; null (default): as many as there are
 * @param window as given to `stft`; default `hann`
 * @param center whether `stft` mirrored the ends; default true
 * @returns [..., samples]
 * @example
 * const parts = ops.stft([1, 2, 3, 4, 5, 6, 7, 8], 4, 2, 4);
 * ops.istft(parts, 4, 2, 4).arraySync(); // [1, 2, 3, 4, 5, 6, 7, 8]
 */
export const istft = defineOp('keras.ops.istft',
  ['x', 'sequence_length', 'sequence_stride', 'fft_length', 'length', 'window', 'center'], (
    x: Pair, sequence_length: number, sequence_stride: number, fft_length: number,
    length: number | null = null, window: Window = 'hann', center = true,
  ): Tensor => {
    const [re, im] = toParts(x, 'istft', 2);
    const pieces = toPieces('istft', sequence_length, sequence_stride, fft_length);
    const weights = windowOf(window, pieces, re);
    const cut = inverseRealTransform(re, im, pieces.length);
    const signal = overlapAdd(weights ? times(cut, inverseWindow(weights, pieces)) : cut, pieces);
    const last = signal.ndim - 1;
    const border = center ? Math.floor(pieces.length / 2) : 0;
    const samples = signal.shape[last];
    const end = length === null
      ? samples - border : Math.min(samples, border + requireInteger(length, 'The length of istft', 0));
    return sliceAxis(signal, last, Math.min(border, samples), Math.max(0, end - border));
  });
