/** Conversions between colour spaces. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { floatResult } from '../../engine/dtype.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { defineOp } from '../define.js';
import { cast } from '../promotion.js';
import {
  absolute, add, clip, divide, greater, greaterEqual, less, logicalAnd, multiply, sliceAxis, subtract, sum, where,
} from '../tensor-math.js';
import { overBatch, requireFloatImages } from './shared.js';

const ARGS = ['images', 'data_format'] as const;

/** How bright the eye sees red, green and blue. Source: ITU-R BT.601. */
const LUMA = [0.2989, 0.5870, 0.1140];

function requireChannels(op: string, x: Tensor, counts: readonly number[]): void {
  if (!counts.includes(x.shape[3])) {
    throw new ShapeError(`${op} takes images of ${counts.join(' or ')} channels, received ${x.shape[3]} channels: shape ` +
      `${formatShape(x.shape)} with channels last.`);
  }
}

/** The channels of [..., 3] one by one, each [..., 1]. */
const channelsOf = (x: Tensor): [Tensor, Tensor, Tensor] =>
  [sliceAxis(x, -1, 0, 1), sliceAxis(x, -1, 1, 2), sliceAxis(x, -1, 2, 3)];

/**
 * Colour images as shades of grey: 0.2989 red + 0.587 green + 0.114 blue. Source: keras.ops.image.rgb_to_grayscale.
 *
 * @param images [batch, height, width, 3] or one image without the batch axis; images of one channel stay as they are
 * @param data_format default: the configured one
 * @returns images with one channel, of the same dtype; integers lose the fraction
 * @throws ShapeError when the rank or the number of channels does not fit
 * @example
 * ops.image.rgb_to_grayscale([[[1, 1, 1]]]).shape; // [1, 1, 1]
 */
export const rgb_to_grayscale = defineOp('keras.ops.image.rgb_to_grayscale', ARGS, (
  images: TensorLike, data_format: string | null = null,
): Tensor => overBatch('rgb_to_grayscale', toTensor(images), data_format, (x) => {
  requireChannels('rgb_to_grayscale', x, [1, 3]);
  if (x.shape[3] === 1) return x;
  const dtype = floatResult(x.dtype);
  return cast(sum(multiply(cast(x, dtype), toTensor(LUMA, dtype)), -1, true), x.dtype);
}));

/**
 * Hue, saturation and value of colours. Source: keras.ops.image.rgb_to_hsv.
 *
 * @param images [batch, height, width, 3] or one image, floating-point, from 0 to 1
 * @param data_format default: the configured one
 * @returns images of the same shape and dtype, from 0 to 1
 * @throws TypeError when the images are not of a floating-point dtype
 * @throws ShapeError when the rank does not fit, or there are not three channels
 * @example
 * ops.image.rgb_to_hsv([[[0, 1, 0]]]).arraySync(); // [[[0.333333, 1, 1]]]
 */
export const rgb_to_hsv = defineOp('keras.ops.image.rgb_to_hsv', ARGS, (
  images: TensorLike, data_format: string | null = null,
): Tensor => overBatch('rgb_to_hsv', toTensor(images), data_format, (x) => {
  requireFloatImages('rgb_to_hsv', x);
  requireChannels('rgb_to_hsv', x, [3]);
  const [red, green, blue] = channelsOf(x);
  // Among equal channels the first is the largest and the last the smallest, as in TensorFlow's gradient.
  const isRed = logicalAnd(greaterEqual(red, green), greaterEqual(red, blue));
  const isGreen = greaterEqual(green, blue);
  const value = where(isRed, red, where(isGreen, green, blue));
  const least = where(logicalAnd(less(red, green), less(red, blue)), red, where(less(green, blue), green, blue));
  const range = subtract(value, least);
  const isBlack = apply('logical_not', [greater(value, 0)]);
  const saturation = where(isBlack, 0, divide(range, where(isBlack, 1, value)));
  // Where the range is 0 the colour is a grey, and the hue 0; there must be no division by 0 for the gradient.
  const isColour = greater(range, 0);
  const sixth = divide(1 / 6, where(isColour, range, 1));
  const between = (a: Tensor, b: Tensor, from: number): Tensor => add(multiply(sixth, subtract(a, b)), from);
  const hue = where(isRed, multiply(sixth, subtract(green, blue)),
    where(isGreen, between(blue, red, 2 / 6), between(red, green, 4 / 6)));
  const positive = where(isColour, where(less(hue, 0), add(hue, 1), hue), 0);
  return apply('concatenate', [positive, saturation, value], { axis: 3 });
}));

/**
 * Colours of hue, saturation and value. Undoes `rgb_to_hsv`. Source: keras.ops.image.hsv_to_rgb.
 *
 * @param images [batch, height, width, 3] or one image, floating-point, from 0 to 1
 * @param data_format default: the configured one
 * @returns images of the same shape and dtype
 * @throws TypeError when the images are not of a floating-point dtype
 * @throws ShapeError when the rank does not fit, or there are not three channels
 * @example
 * ops.image.hsv_to_rgb([[[0, 1, 1]]]).arraySync(); // [[[1, 0, 0]]]
 */
export const hsv_to_rgb = defineOp('keras.ops.image.hsv_to_rgb', ARGS, (
  images: TensorLike, data_format: string | null = null,
): Tensor => overBatch('hsv_to_rgb', toTensor(images), data_format, (x) => {
  requireFloatImages('hsv_to_rgb', x);
  requireChannels('hsv_to_rgb', x, [3]);
  const [hue, saturation, value] = channelsOf(x);
  const sixths = multiply(hue, 6);
  const away = (centre: number): Tensor => absolute(subtract(sixths, centre));
  const parts = [subtract(away(3), 1), subtract(2, away(2)), subtract(2, away(4))];
  const grey = subtract(1, saturation);
  const channels = parts.map((part) => multiply(add(grey, multiply(saturation, clip(part, 0, 1))), value));
  return apply('concatenate', channels, { axis: 3 });
}));
