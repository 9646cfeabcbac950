/** How good a reconstruction is. */
import type { TensorLike } from '../../engine/convert.js';
import { formatShape, sameShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { promoteFloat } from '../promotion.js';
import { divide, log, mean, multiply, square, subtract } from '../tensor-math.js';
import { defineNN } from './define.js';

/**
 * Peak signal-to-noise ratio in decibels: 20 log10(max_val) - 10 log10(mean square of the difference).
 * Source: keras.ops.psnr.
 *
 * @param x1 signal
 * @param x2 its reconstruction, of the same shape
 * @param max_val the largest value that signals can have
 * @returns a scalar; infinite for equal signals
 * @throws ShapeError when the shapes differ
 * @example
 * ops.psnr([1, 1], [0, 0], 10).arraySync(); // 20
 */
export const psnr = defineNN('psnr', ['x1', 'x2', 'max_val'], (x1: TensorLike, x2: TensorLike, max_val: number): Tensor => {
  const [a, b] = promoteFloat(x1, x2);
  if (!sameShape(a.shape, b.shape)) {
    throw new ShapeError(`psnr compares signals of one shape, received ${formatShape(a.shape)} and ${formatShape(b.shape)}.`);
  }
  const noise = multiply(divide(log(mean(square(subtract(a, b)))), Math.LN10), 10);
  return subtract(20 * Math.log10(max_val), noise);
});
