/**
 * Fourier transforms. Complex numbers are pairs of real and imaginary parts here, as in Keras, so that all of
 * them run on every backend.
 */
import { apply, applyAll } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { isFloat } from '../../engine/dtype.js';
import { formatShape, sameShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { over, requireInteger, sliceAxis } from '../compose.js';
import { defineOp } from '../define.js';
import { scalarLike } from '../promotion.js';

export type Pair = readonly [TensorLike, TensorLike];

/** Real and imaginary parts, checked. */
export function toParts(x: Pair, what: string, rank: number): [Tensor, Tensor] {
  if (!Array.isArray(x) || x.length !== 2) {
    throw new TypeError(`${what} expects a pair [real, imaginary] of tensors, received ${
      Array.isArray(x) ? `an array of ${x.length}` : String(x)}.`);
  }
  const [re, im] = [toTensor(x[0]), toTensor(x[1])];
  if (!sameShape(re.shape, im.shape) || re.ndim < rank) {
    throw new ShapeError(`${what} expects real and imaginary parts of one shape with at least ${rank} axes, received ` +
      `shapes ${formatShape(re.shape)} and ${formatShape(im.shape)}.`);
  }
  if (!isFloat(re.dtype) || re.dtype !== im.dtype) {
    throw new TypeError(`${what} expects real and imaginary parts of one floating-point dtype, received ` +
      `${re.dtype} and ${im.dtype}.`);
  }
  return [re, im];
}

/** A floating-point tensor with an axis to transform. */
export function toSignal(x: TensorLike, what: string): Tensor {
  const t = toTensor(x);
  if (!isFloat(t.dtype)) {
    throw new TypeError(`${what} expects a floating-point tensor, received dtype ${t.dtype}. Convert it with ops.cast.`);
  }
  if (t.ndim === 0) throw new ShapeError(`${what} expects at least one axis, received a scalar.`);
  return t;
}

/** The last axis cut or filled with zeros to this length. */
function fitted(t: Tensor, length: number): Tensor {
  const last = t.ndim - 1;
  const missing = length - t.shape[last];
  if (missing === 0) return t;
  if (missing < 0) return sliceAxis(t, last, 0, length);
  const paddings = t.shape.map((_, i) => [0, i === last ? missing : 0] as const);
  return apply('pad', [t], { paddings, mode: 'constant', value: 0 });
}

/** The coefficients of a real signal, cut or filled with zeros to `length`. */
export const realTransform = (t: Tensor, length: number): [Tensor, Tensor] => {
  const [re, im] = applyAll('rfft', [fitted(t, length)], {});
  return [re, im];
};

/** The real signal of these coefficients, cut or filled with zeros to what `length` elements have. */
export const inverseRealTransform = (re: Tensor, im: Tensor, length: number): Tensor =>
  apply('irfft', [re, im].map((part) => fitted(part, Math.floor(length / 2) + 1)), { length });

const X = ['x'] as const;

/**
 * The Fourier transform of the last axis: sum over j of x_j exp(-2 pi i j k / n). Source: keras.ops.fft.
 *
 * @param x real and imaginary parts, of one shape and floating-point dtype
 * @returns real and imaginary parts, of the same shape
 * @example
 * ops.fft([[1, 0, 0, 0], [0, 0, 0, 0]])[0].arraySync(); // [1, 1, 1, 1]
 */
export const fft = defineOp('keras.ops.fft', X, (x: Pair): [Tensor, Tensor] => {
  const [re, im] = applyAll('fft', toParts(x, 'fft', 1), { rank: 1 });
  return [re, im];
});

/**
 * The Fourier transform of the last two axes. Source: keras.ops.fft2.
 *
 * @param x real and imaginary parts, of one shape and floating-point dtype
 * @returns real and imaginary parts, of the same shape
 * @example
 * ops.fft2([[[1, 1], [1, 1]], [[0, 0], [0, 0]]])[0].arraySync(); // [[4, 0], [0, 0]]
 */
export const fft2 = defineOp('keras.ops.fft2', X, (x: Pair): [Tensor, Tensor] => {
  const [re, im] = applyAll('fft', toParts(x, 'fft2', 2), { rank: 2 });
  return [re, im];
});

/**
 * The inverse Fourier transform of the last two axes. Source: keras.ops.ifft2.
 *
 * @param x real and imaginary parts, of one shape and floating-point dtype
 * @returns real and imaginary parts, of the same shape
 * @example
 * ops.ifft2([[[4, 0], [0, 0]], [[0, 0], [0, 0]]])[0].arraySync(); // [[1, 1], [1, 1]]
 */
export const ifft2 = defineOp('keras.ops.ifft2', X, (x: Pair): [Tensor, Tensor] => {
  const [re, im] = toParts(x, 'ifft2', 2);
  // With the parts swapped, the transform is the inverse but for its scale.
  const [swappedIm, swappedRe] = applyAll('fft', [im, re], { rank: 2 });
  const count = scalarLike(re.shape[re.ndim - 2] * re.shape[re.ndim - 1], re);
  return [over(swappedRe, count), over(swappedIm, count)];
});

/**
 * The first floor(n / 2) + 1 coefficients of the Fourier transform of a real signal, along the last axis; the
 * others are their conjugates. Source: keras.ops.rfft.
 *
 * @param x [..., n]
 * @param fft_length n to which x is cut or filled with zeros; null (default): its own
 * @returns real and imaginary parts
 * @example
 * ops.rfft([1, 2, 1, 2])[0].arraySync(); // [6, 0, -2]
 */
export const rfft = defineOp('keras.ops.rfft', ['x', 'fft_length'], (
  x: TensorLike, fft_length: number | null = null,
): [Tensor, Tensor] => {
  const t = toSignal(x, 'rfft');
  return realTransform(t, requireInteger(fft_length ?? t.shape[t.ndim - 1], 'The fft_length of rfft', 1));
});

/**
 * The real signal whose transform by `rfft` is given. Source: keras.ops.irfft.
 *
 * @param x real and imaginary parts, of one shape and floating-point dtype
 * @param fft_length length of the result; null (default): 2 (coefficients - 1)
 * @example
 * ops.irfft([[6, 0, -2], [0, 0, 0]]).arraySync(); // [1, 2, 1, 2]
 */
export const irfft = defineOp('keras.ops.irfft', ['x', 'fft_length'], (
  x: Pair, fft_length: number | null = null,
): Tensor => {
  const [re, im] = toParts(x, 'irfft', 1);
  const length = requireInteger(fft_length ?? 2 * (re.shape[re.ndim - 1] - 1), 'The fft_length of irfft', 1);
  return inverseRealTransform(re, im, length);
});
