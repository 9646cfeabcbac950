/** Windows that slide along an axis: what patches, unfold, extract_sequences and transposed convolutions share. */
import { apply } from '../engine/apply.js';
import type { Tensor } from '../engine/tensor.js';
import { iota, plus, reshapeTo, sliceAxis } from './compose.js';

/** How many windows fit into a length; 0 when not even one does. */
export const windowCount = (length: number, size: number, stride: number, dilation: number): number =>
  Math.max(0, Math.floor((length - (size - 1) * dilation - 1) / stride) + 1);

/** Positions [count, size] of the elements of each window. */
export const windowPositions = (count: number, size: number, stride: number, dilation: number): Tensor =>
  plus(reshapeTo(iota(count, 'int32', 0, stride), [count, 1]), iota(size, 'int32', 0, dilation));

/** The axis replaced by two: windows, and the elements of each. */
export function windowsAlong(x: Tensor, axis: number, size: number, stride: number, dilation = 1): Tensor {
  const count = windowCount(x.shape[axis], size, stride, dilation);
  if (stride === size && (dilation === 1 || size === 1)) {
    const whole = count * size === x.shape[axis] ? x : sliceAxis(x, axis, 0, count * size);
    return reshapeTo(whole, [...x.shape.slice(0, axis), count, size, ...x.shape.slice(axis + 1)]);
  }
  return apply('gather', [x, windowPositions(count, size, stride, dilation)], { axis, batchDims: 0 });
}

/** Length of a transposed convolution along one axis; `outputPadding` null: the longest that gives the input back. */
export function transposedLength(
  length: number, window: number, stride: number, padding: 'valid' | 'same', outputPadding: number | null, dilation: number,
): number {
  const reach = (window - 1) * dilation + 1;
  if (padding === 'valid') return (length - 1) * stride + reach + (outputPadding ?? Math.max(reach, stride) - reach);
  return outputPadding === null ? length * stride : (length - 1) * stride + (reach % 2) + outputPadding;
}
