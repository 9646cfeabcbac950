/** Arguments and layouts that convolution and pooling share. Primitives work channels-last. */
import { standardize_data_format, type ImageDataFormat } from '../../backend/config.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Padding } from '../../engine/primitives/linear.js';
import type { Tensor } from '../../engine/tensor.js';
import { inversePermutation, transpose } from '../tensor-math.js';

/** Spatial axes of images [batch, ...space, channels]; an error outside of the ranks an op takes. */
export function spatialRank(what: string, x: Tensor, ranks: readonly number[] = [1, 2, 3]): number {
  const rank = x.shape.length - 2;
  if (!ranks.includes(rank)) {
    throw new ShapeError(`${what} takes inputs of rank ${ranks.map((r) => r + 2).join(', ')} (batch, ` +
      `${ranks.join(', ')} spatial axes, channels), received shape ${formatShape(x.shape)}.`);
  }
  return rank;
}

/** One number for all spatial axes, or one for each. */
export function perAxis(what: string, value: number | readonly number[], rank: number): number[] {
  const values = typeof value === 'number' ? Array.from({ length: rank }, () => value) : [...value];
  if (values.length !== rank || values.some((v) => !Number.isInteger(v) || v < 1)) {
    throw new TypeError(`${what} must be a positive integer or ${rank} of them, received ${JSON.stringify(value)}.`);
  }
  return values;
}

export function standardizePadding(what: string, padding: string): Padding {
  const lower = typeof padding === 'string' ? padding.toLowerCase() : padding;
  if (lower !== 'valid' && lower !== 'same') {
    throw new TypeError(`The padding of ${what} is 'valid' or 'same', received ${JSON.stringify(padding)}.`);
  }
  return lower;
}

/** Runs `fn` on channels-last inputs and gives the result in the caller's layout. */
export function channelsLast(x: Tensor, data_format: string | null, fn: (x: Tensor) => Tensor): Tensor {
  const format: ImageDataFormat = standardize_data_format(data_format);
  if (format === 'channels_last') return fn(x);
  const last = x.shape.length - 1;
  const permutation = [0, ...Array.from({ length: last - 1 }, (_, i) => i + 2), 1];
  return transpose(fn(transpose(x, permutation)), inversePermutation(permutation));
}

/** What 'same' padding adds before and after an axis: the odd element goes after, as in TensorFlow. */
export function samePadding(length: number, window: number, stride: number, dilation: number): [number, number] {
  const total = Math.max((Math.ceil(length / stride) - 1) * stride + (window - 1) * dilation + 1 - length, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}
