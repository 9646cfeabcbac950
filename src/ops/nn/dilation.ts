/** Depthwise convolutions that backends have no kernel for: dilated ones, and strides that differ by axis. */
import { apply } from '../../engine/apply.js';
import type { ConvParams } from '../../engine/primitives/linear.js';
import type { Tensor } from '../../engine/tensor.js';
import { reshape, slice, transpose } from '../tensor-math.js';
import { samePadding } from './layout.js';

const pad = (x: Tensor, space: readonly (readonly [number, number])[]): Tensor =>
  space.every(([before, after]) => before === 0 && after === 0) ? x
    : apply('pad', [x], { paddings: [[0, 0], ...space, [0, 0]], mode: 'constant', value: 0 });

/**
 * A depthwise convolution of [batch, h, w, channels] at stride 1 on each of the interleaved grids that the dilation
 * makes (they become batches), put together again; then every stride-th element is taken.
 */
export function depthwiseDilated(x: Tensor, kernel: Tensor, { strides, padding, dilations: [dh, dw] }: ConvParams): Tensor {
  const space = [0, 1].map((i) => padding === 'same'
    ? samePadding(x.shape[i + 1], kernel.shape[i], strides[i], [dh, dw][i]) : [0, 0] as const);
  const padded = pad(x, space);
  const [batch, height, width, channels] = padded.shape;
  // Grids of equal size: the rows and columns added here reach only results that are cut off below.
  const full = pad(padded, [[0, -height + dh * Math.ceil(height / dh)], [0, -width + dw * Math.ceil(width / dw)]]);
  const [gh, gw] = [full.shape[1] / dh, full.shape[2] / dw];
  const grids = reshape(transpose(reshape(full, [batch, gh, dh, gw, dw, channels]), [2, 4, 0, 1, 3, 5]),
    [dh * dw * batch, gh, gw, channels]);
  const y = apply('depthwise_conv', [grids, kernel], { strides: [1, 1], padding: 'valid', dilations: [1, 1] });
  const [, yh, yw, filters] = y.shape;
  const joined = reshape(transpose(reshape(y, [dh, dw, batch, yh, yw, filters]), [2, 3, 0, 4, 1, 5]),
    [batch, yh * dh, yw * dw, filters]);
  const [oh, ow] = [height - (kernel.shape[0] - 1) * dh, width - (kernel.shape[1] - 1) * dw];
  return slice(joined, [0, 0, 0, 0],
    [batch, Math.ceil(oh / strides[0]), Math.ceil(ow / strides[1]), filters], [1, strides[0], strides[1], 1]);
}
