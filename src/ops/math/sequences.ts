/** Sequences cut out of longer ones. */
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { requireInteger } from '../compose.js';
import { defineOp } from '../define.js';
import { windowsAlong } from '../windows.js';

/**
 * Windows that slide over the last axis. Source: keras.ops.extract_sequences.
 *
 * @param x tensor of rank 1 or more
 * @param sequence_length length of a window, at least 1
 * @param sequence_stride from window to window, at least 1
 * @returns [..., windows, sequence_length], with 1 + floor((n - sequence_length) / sequence_stride) windows
 * @throws ShapeError when x is a scalar
 * @example
 * ops.extract_sequences([1, 2, 3, 4, 5, 6], 3, 2).arraySync(); // [[1, 2, 3], [3, 4, 5]]
 */
export const extract_sequences = defineOp('keras.ops.extract_sequences', ['x', 'sequence_length', 'sequence_stride'], (
  x: TensorLike, sequence_length: number, sequence_stride: number,
): Tensor => {
  const t = toTensor(x);
  if (t.shape.length === 0) throw new ShapeError('extract_sequences takes a tensor with at least one axis, received a scalar.');
  requireInteger(sequence_length, 'sequence_length of extract_sequences', 1);
  requireInteger(sequence_stride, 'sequence_stride of extract_sequences', 1);
  return windowsAlong(t, t.shape.length - 1, sequence_length, sequence_stride);
});
