/** Patches of images and volumes. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { defineOp } from '../define.js';
import { channelsLast, perAxis, samePadding, standardizePadding } from '../nn/layout.js';
import { reshape, transpose } from '../tensor-math.js';
import { windowCount, windowsAlong } from '../windows.js';

type Sizes = number | readonly number[];

/** Patches of a batch with channels last: [batch, ...patches, elements of a patch]. */
function patchesOf(
  what: string, x: Tensor, size: readonly number[], strides: readonly number[], dilations: readonly number[],
  padding: string,
): Tensor {
  const method = standardizePadding(what, padding);
  const space = x.shape.slice(1, -1);
  const amounts = space.map((d, i) =>
    (method === 'same' ? samePadding(d, size[i], strides[i], dilations[i]) : [0, 0] as const));
  const isPadded = amounts.some(([before, after]) => before + after > 0);
  const padded = isPadded
    ? apply('pad', [x], { paddings: [[0, 0], ...amounts, [0, 0]], mode: 'constant', value: 0 }) : x;
  const counts = size.map((k, i) => windowCount(padded.shape[i + 1], k, strides[i], dilations[i]));
  if (counts.includes(0)) {
    throw new ShapeError(`${what}: a patch of ${formatShape(size)} (dilation ${formatShape(dilations)}) does not fit into ` +
      `images of ${formatShape(space)} with padding '${method}'.`);
  }
  // Windows along each spatial axis, from the last so that earlier axes keep their places.
  let windows = padded;
  for (let i = size.length - 1; i >= 0; i--) windows = windowsAlong(windows, i + 1, size[i], strides[i], dilations[i]);
  const [places, elements] = [0, 1].map((k) => size.map((_, i) => 2 * i + 1 + k));
  const channels = x.shape[x.shape.length - 1];
  const ordered = transpose(windows, [0, ...places, ...elements, 2 * size.length + 1]);
  return reshape(ordered, [x.shape[0], ...counts, size.reduce((n, k) => n * k, channels)]);
}

function extract(
  what: string, images: TensorLike, size: readonly number[], strides: Sizes | null, dilation_rate: Sizes, padding: string,
  data_format: string | null,
): Tensor {
  const rank = size.length;
  const x = toTensor(images);
  if (x.shape.length !== rank + 1 && x.shape.length !== rank + 2) {
    throw new ShapeError(`${what} with patches of ${rank} axes takes inputs of rank ${rank + 1} or, in a batch, ` +
      `${rank + 2}, received shape ${formatShape(x.shape)}.`);
  }
  const kernel = perAxis(`The size of ${what}`, size, rank);
  const steps = strides === null ? kernel : perAxis(`strides of ${what}`, strides, rank);
  const dilations = perAxis(`dilation_rate of ${what}`, dilation_rate, rank);
  const isBatch = x.shape.length === rank + 2;
  const batch = isBatch ? x : reshape(x, [1, ...x.shape]);
  const patches = channelsLast(batch, data_format, (t) => patchesOf(what, t, kernel, steps, dilations, padding));
  return isBatch ? patches : reshape(patches, patches.shape.slice(1));
}

/**
 * Patches of images or volumes, each flattened into the last axis (rows, columns, then channels).
 * Source: keras.ops.image.extract_patches.
 *
 * @param images [batch, height, width, channels] or one image; volumes with a third spatial axis when `size` has three
 * @param size height and width of a patch (with depth before them for volumes), or one number for both
 * @param strides from patch to patch, one number or one an axis; default null: `size`, so that patches do not overlap
 * @param dilation_rate step between the elements of a patch; default 1
 * @param padding 'valid' (default: patches inside of the image alone) or 'same' (zeros around it)
 * @param data_format default: the configured one
 * @returns [batch, rows of patches, columns of patches, elements], or without the batch axis; channels first when
 *   the images are
 * @throws ShapeError when the rank does not fit, or no patch fits into the image
 * @example
 * ops.image.extract_patches(ops.ones([2, 20, 20, 3]), [5, 5]).shape; // [2, 4, 4, 75]
 */
export const extract_patches = defineOp('keras.ops.image.extract_patches',
  ['images', 'size', 'strides', 'dilation_rate', 'padding', 'data_format'], (
    images: TensorLike, size: Sizes, strides: Sizes | null = null, dilation_rate: Sizes = 1, padding: string = 'valid',
    data_format: string | null = null,
  ): Tensor => {
    const kernel = typeof size === 'number' ? [size, size] : size;
    if (!Array.isArray(kernel) || (kernel.length !== 2 && kernel.length !== 3)) {
      throw new TypeError(`The size of extract_patches is a number, or two or three of them, received ${JSON.stringify(size)}.`);
    }
    return extract('extract_patches', images, kernel, strides, dilation_rate, padding, data_format);
  });

/**
 * Patches of volumes, each flattened into the last axis. Source: keras.ops.image.extract_patches_3d.
 *
 * @param volumes [batch, depth, height, width, channels] or one volume
 * @param size depth, height and width of a patch, or one number for all
 * @param strides from patch to patch; default null: `size`
 * @param dilation_rate step between the elements of a patch; default 1
 * @param padding 'valid' (default) or 'same'
 * @param data_format default: the configured one
 * @returns [batch, ...places of patches, elements], or without the batch axis
 * @throws ShapeError when the rank does not fit, or no patch fits into the volume
 * @example
 * ops.image.extract_patches_3d(ops.ones([2, 10, 10, 10, 3]), 3).shape; // [2, 3, 3, 3, 81]
 */
export const extract_patches_3d = defineOp('keras.ops.image.extract_patches_3d',
  ['volumes', 'size', 'strides', 'dilation_rate', 'padding', 'data_format'], (
    volumes: TensorLike, size: Sizes, strides: Sizes | null = null, dilation_rate: Sizes = 1, padding: string = 'valid',
    data_format: string | null = null,
  ): Tensor => {
    const kernel = typeof size === 'number' ? [size, size, size] : size;
    if (!Array.isArray(kernel) || kernel.length !== 3) {
      throw new TypeError(`The size of extract_patches_3d is a number or three of them, received ${JSON.stringify(size)}.`);
    }
    return extract('extract_patches_3d', volumes, kernel, strides, dilation_rate, padding, data_format);
  });
