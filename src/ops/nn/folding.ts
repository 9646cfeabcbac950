/** Elements moved between space and depth: blocks, and windows as columns. */
import { standardize_data_format } from '../../backend/config.js';
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { requireInteger } from '../compose.js';
import { reshape, slice, transpose } from '../tensor-math.js';
import { windowCount, windowPositions, windowsAlong } from '../windows.js';
import { defineNN } from './define.js';
import { channelsLast } from './layout.js';

/** One number for height and width, or one for each. */
type Pair = number | readonly number[];

function pairOf(op: string, what: string, value: Pair, least: number): [height: number, width: number] {
  const values = typeof value === 'number' ? [value, value] : value;
  if (values.length !== 2) throw new TypeError(`${what} of ${op} is one number or two, received ${JSON.stringify(value)}.`);
  const [height, width] = values.map((v) => requireInteger(v, `${what} of ${op}`, least));
  return [height, width];
}

/** kernel_size, dilation, padding and stride of unfold and fold. */
function windowOf(op: string, kernel_size: Pair, dilation: Pair, padding: Pair, stride: Pair) {
  return {
    kernel: pairOf(op, 'kernel_size', kernel_size, 1), dilation: pairOf(op, 'dilation', dilation, 1),
    padding: pairOf(op, 'padding', padding, 0), stride: pairOf(op, 'stride', stride, 1),
  };
}

/**
 * Sliding windows of images as columns (im2col), each with the elements of one window, channel by channel.
 * Source: keras.ops.unfold.
 *
 * @param x [batch, channels, height, width]: channels first
 * @param kernel_size height and width of a window, or one number for both; the other arguments likewise
 * @param dilation step between the elements of a window; default 1
 * @param padding zeros around the image; default 0
 * @param stride from window to window; default 1
 * @returns [batch, channels * kernel height * kernel width, windows]
 * @throws ShapeError when x is not of rank 4
 * @example
 * ops.unfold(ops.ones([1, 2, 4, 4]), 2, {stride: 2}).shape; // [1, 8, 4]
 */
export const unfold = defineNN('unfold', ['x', 'kernel_size', 'dilation', 'padding', 'stride'], (
  x: TensorLike, kernel_size: Pair, dilation: Pair = 1, padding: Pair = 0, stride: Pair = 1,
): Tensor => {
  const t = toTensor(x);
  if (t.shape.length !== 4) {
    throw new ShapeError(`unfold takes images [batch, channels, height, width], received shape ${formatShape(t.shape)}.`);
  }
  const { kernel, dilation: d, padding: p, stride: s } = windowOf('unfold', kernel_size, dilation, padding, stride);
  const padded = p.every((amount) => amount === 0) ? t : apply('pad', [t], {
    paddings: [[0, 0], [0, 0], [p[0], p[0]], [p[1], p[1]]], mode: 'constant', value: 0,
  });
  // [batch, channels, rows, kernel height, columns, kernel width]
  const windows = windowsAlong(windowsAlong(padded, 3, kernel[1], s[1], d[1]), 2, kernel[0], s[0], d[0]);
  const [batch, channels, rows, , columns] = windows.shape;
  return reshape(transpose(windows, [0, 1, 3, 5, 2, 4]), [batch, channels * kernel[0] * kernel[1], rows * columns]);
});

/** Adds up [..., count, size] windows at their places along an axis of this length, which comes first in the result. */
function overlaid(x: Tensor, length: number, stride: number, dilation: number): Tensor {
  const rank = x.shape.length;
  const [count, size] = x.shape.slice(-2);
  const rows = transpose(x, [rank - 2, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i)]);
  return apply('segment_sum', [rows, windowPositions(count, size, stride, dilation)], { count: length });
}

/**
 * Columns put back as windows of images (col2im): the sum of all windows at each place. Undoes `unfold` where windows
 * do not overlap. Source: keras.ops.fold.
 *
 * @param x [batch, channels * kernel height * kernel width, windows], as of `unfold`
 * @param output_size height and width of the images, or one number for both; the other arguments likewise
 * @param kernel_size height and width of a window
 * @param dilation step between the elements of a window; default 1
 * @param padding zeros around the image, which are cut off; default 0
 * @param stride from window to window; default 1
 * @returns [batch, channels, height, width]
 * @throws ShapeError when x does not have the elements that these windows have
 * @example
 * ops.fold(ops.ones([1, 8, 4]), 4, 2, {stride: 2}).shape; // [1, 2, 4, 4]
 */
export const fold = defineNN('fold', ['x', 'output_size', 'kernel_size', 'dilation', 'padding', 'stride'], (
  x: TensorLike, output_size: Pair, kernel_size: Pair, dilation: Pair = 1, padding: Pair = 0, stride: Pair = 1,
): Tensor => {
  const t = toTensor(x);
  const size = pairOf('fold', 'output_size', output_size, 1);
  const { kernel, dilation: d, padding: p, stride: s } = windowOf('fold', kernel_size, dilation, padding, stride);
  const padded = size.map((length, i) => length + 2 * p[i]);
  const counts = padded.map((length, i) => windowCount(length, kernel[i], s[i], d[i]));
  const elements = kernel[0] * kernel[1];
  if (t.shape.length !== 3 || t.shape[1] % elements !== 0 || t.shape[2] !== counts[0] * counts[1]) {
    throw new ShapeError(`fold takes x [batch, channels * ${elements}, ${counts[0] * counts[1]}] for windows of ` +
      `${formatShape(kernel)} in images of ${formatShape(size)}, received shape ${formatShape(t.shape)}.`);
  }
  const [batch, channels] = [t.shape[0], t.shape[1] / elements];
  const windows = reshape(t, [batch, channels, ...kernel, ...counts]);
  const byRow = overlaid(transpose(windows, [0, 1, 3, 5, 4, 2]), padded[0], s[0], d[0]);
  // [height, batch, channels, kernel width, columns]
  const image = overlaid(transpose(byRow, [0, 1, 2, 4, 3]), padded[1], s[1], d[1]);
  return slice(transpose(image, [2, 3, 1, 0]), [0, 0, p[0], p[1]], [batch, channels, ...size]);
});

function checkBlocks(op: string, x: Tensor, block_size: number): void {
  requireInteger(block_size, `block_size of ${op}`, 2);
  if (x.shape.length !== 4) {
    throw new ShapeError(`${op} takes images of rank 4 (batch, height, width, channels), received shape ${formatShape(x.shape)}.`);
  }
}

/**
 * Channels laid out as blocks of pixels (pixel shuffle). Undoes `space_to_depth`. Source: keras.ops.depth_to_space.
 *
 * @param x [batch, height, width, channels]; channels a multiple of block_size^2
 * @param block_size height and width of a block, at least 2
 * @param data_format 'channels_last' (default) or 'channels_first'
 * @returns [batch, height * block_size, width * block_size, channels / block_size^2]
 * @throws ShapeError when the channels are no multiple of block_size^2
 * @example
 * ops.depth_to_space(ops.ones([1, 2, 2, 12]), 2).shape; // [1, 4, 4, 3]
 */
export const depth_to_space = defineNN('depth_to_space', ['x', 'block_size', 'data_format'], (
  x: TensorLike, block_size: number, data_format: string | null = 'channels_last',
): Tensor => {
  const t = toTensor(x);
  checkBlocks('depth_to_space', t, block_size);
  return channelsLast(t, standardize_data_format(data_format), (images) => {
    const [batch, height, width, channels] = images.shape;
    const depth = channels / block_size ** 2;
    if (!Number.isInteger(depth)) {
      throw new ShapeError(`depth_to_space with block_size ${block_size} needs a multiple of ${block_size ** 2} channels, ` +
        `received ${channels} of shape ${formatShape(t.shape)}.`);
    }
    const blocks = reshape(images, [batch, height, width, block_size, block_size, depth]);
    return reshape(transpose(blocks, [0, 1, 3, 2, 4, 5]), [batch, height * block_size, width * block_size, depth]);
  });
});

/**
 * Blocks of pixels laid out as channels. Undoes `depth_to_space`. Source: keras.ops.space_to_depth.
 *
 * @param x [batch, height, width, channels]; height and width multiples of block_size
 * @param block_size height and width of a block, at least 2
 * @param data_format 'channels_last' (default) or 'channels_first'
 * @returns [batch, height / block_size, width / block_size, channels * block_size^2]
 * @throws ShapeError when height or width are no multiple of block_size
 * @example
 * ops.space_to_depth(ops.ones([1, 4, 4, 3]), 2).shape; // [1, 2, 2, 12]
 */
export const space_to_depth = defineNN('space_to_depth', ['x', 'block_size', 'data_format'], (
  x: TensorLike, block_size: number, data_format: string | null = 'channels_last',
): Tensor => {
  const t = toTensor(x);
  checkBlocks('space_to_depth', t, block_size);
  return channelsLast(t, standardize_data_format(data_format), (images) => {
    const [batch, height, width, channels] = images.shape;
    const [rows, columns] = [height / block_size, width / block_size];
    if (!Number.isInteger(rows) || !Number.isInteger(columns)) {
      throw new ShapeError(`space_to_depth with block_size ${block_size} needs a height and width that it divides, ` +
        `received ${height} and ${width} of shape ${formatShape(t.shape)}.`);
    }
    const blocks = reshape(images, [batch, rows, block_size, columns, block_size, channels]);
    return reshape(transpose(blocks, [0, 1, 3, 2, 4, 5]), [batch, rows, columns, channels * block_size ** 2]);
  });
});
