/** keras.backend: constant tensors. */
import { toTensor, type TensorLike } from '../engine/convert.js';
import { getDefaultFloat, standardizeDType } from '../engine/dtype.js';
import type { Shape } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { defineOp } from '../ops/define.js';
import { arange as range, broadcast_to } from '../ops/index.js';

/**
 * A constant tensor. Source: keras.backend.constant.
 *
 * @param value numbers, or an array of them
 * @param dtype default floatx
 * @param shape of the result, to which the value is broadcast; default null: that of the value
 * @example
 * keras.backend.constant(3, { shape: [2, 2] }); // [[3, 3], [3, 3]]
 */
export const constant = defineOp('keras.backend.constant', ['value', 'dtype', 'shape'], (
  value: TensorLike, dtype: string | null = null, shape: Shape | null = null,
): Tensor => {
  const t = toTensor(value, standardizeDType(dtype ?? getDefaultFloat()));
  return shape === null ? t : broadcast_to(t, shape);
});

/**
 * start, start + step, ... below stop. Source: keras.backend.arange.
 *
 * @param start the first number; with no `stop`, the numbers go from 0 to below `start`
 * @param stop default null
 * @param step default 1
 * @param dtype default int32
 * @example
 * keras.backend.arange(2, 8, 2); // [2, 4, 6]
 */
export const arange = defineOp('keras.backend.arange', ['start', 'stop', 'step', 'dtype'], (
  start: number, stop: number | null = null, step: number = 1, dtype: string = 'int32',
): Tensor => range(start, stop, step, dtype));
