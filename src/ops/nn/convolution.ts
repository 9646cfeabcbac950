/** Convolutions in one to three dimensions. */
import { standardize_data_format } from '../../backend/config.js';
import { apply } from '../../engine/apply.js';
import type { TensorLike } from '../../engine/convert.js';
import type { ConvParams } from '../../engine/primitives/linear.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { reshape } from '../tensor-math.js';
import { promoteAll, toFloat } from '../promotion.js';
import { transposedLength } from '../windows.js';
import { depthwiseDilated } from './dilation.js';
import { defineNN } from './define.js';
import { channelsLast, perAxis, spatialRank, standardizePadding } from './layout.js';

/** Operands of one floating-point dtype. */
const promoteFloats = (...xs: readonly TensorLike[]): Tensor[] => promoteAll(xs).map(toFloat);
type Window = number | readonly number[];
const CONV_ARGS = ['inputs', 'kernel', 'strides', 'padding', 'data_format', 'dilation_rate'] as const;

function checkChannels(what: string, x: Tensor, kernel: Tensor, data_format: string | null, expected: number): void {
  const format = standardize_data_format(data_format);
  const channels = x.shape[format === 'channels_last' ? x.shape.length - 1 : 1];
  if (channels !== expected) {
    throw new ShapeError(`${what}: inputs of shape ${formatShape(x.shape)} (${format}) have ${channels} channels, but ` +
      `the kernel of shape ${formatShape(kernel.shape)} is for ${expected}.`);
  }
}

function convParams(
  what: string, rank: number, strides: Window, padding: string, dilation_rate: Window,
): ConvParams {
  return {
    strides: perAxis(`The strides of ${what}`, strides, rank),
    padding: standardizePadding(what, padding),
    dilations: perAxis(`The dilation_rate of ${what}`, dilation_rate, rank),
  };
}

/**
 * Convolution. With a kernel of fewer input channels than the inputs have, channels are convolved in groups.
 * Source: keras.ops.conv.
 *
 * @param inputs [batch, ...space, channels] with one to three spatial axes (channels_first: [batch,
 *   channels, ...space])
 * @param kernel [...window, channels / groups, filters]
 * @param strides step of the window, one for all axes or one for each; default 1
 * @param padding 'valid' (default) or 'same'
 * @param data_format default: the configured one
 * @param dilation_rate distance of the kernel's elements; default 1
 * @throws ShapeError when the channels do not fit, or the result would be empty
 * @example
 * ops.conv(ops.ones([1, 5, 5, 3]), ops.ones([3, 3, 3, 8])).shape; // [1, 3, 3, 8]
 */
export const conv = defineNN('conv', CONV_ARGS, (
  inputs: TensorLike, kernel: TensorLike, strides: Window = 1, padding: string = 'valid',
  data_format: string | null = null, dilation_rate: Window = 1,
): Tensor => {
  const [x, k] = promoteFloats(inputs, kernel);
  const params = convParams('conv', spatialRank('conv', x), strides, padding, dilation_rate);
  return channelsLast(x, data_format, (t) => apply('conv', [t, k], params));
});

/** Depthwise convolution of [batch, h, w, channels], whatever the strides and dilations. */
function depthwise2d(x: Tensor, kernel: Tensor, params: ConvParams): Tensor {
  const { strides: [sh, sw], dilations } = params;
  if (dilations.every((d) => d === 1) && sh === sw) return apply('depthwise_conv', [x, kernel], params);
  return depthwiseDilated(x, kernel, params);
}

function depthwise(x: Tensor, kernel: Tensor, params: ConvParams): Tensor {
  if (params.strides.length === 2) return depthwise2d(x, kernel, params);
  // One spatial axis is computed as two. A window and length of 1 fit any stride.
  const [batch, length, channels] = x.shape;
  const [stride] = params.strides;
  const y = depthwise2d(reshape(x, [batch, 1, length, channels]), reshape(kernel, [1, ...kernel.shape]),
    { strides: [stride, stride], padding: params.padding, dilations: [1, params.dilations[0]] });
  return reshape(y, [y.shape[0], y.shape[2], y.shape[3]]);
}

/**
 * Convolution of each channel by itself, with `multiplier` filters each. Source: keras.ops.depthwise_conv.
 *
 * @param inputs [batch, ...space, channels] with one or two spatial axes
 * @param kernel [...window, channels, multiplier]
 * @param strides step of the window; default 1
 * @param padding 'valid' (default) or 'same'
 * @param data_format default: the configured one
 * @param dilation_rate distance of the kernel's elements; default 1
 * @example
 * ops.depthwise_conv(ops.ones([1, 5, 5, 3]), ops.ones([3, 3, 3, 2])).shape; // [1, 3, 3, 6]
 */
export const depthwise_conv = defineNN('depthwise_conv', CONV_ARGS, (
  inputs: TensorLike, kernel: TensorLike, strides: Window = 1, padding: string = 'valid',
  data_format: string | null = null, dilation_rate: Window = 1,
): Tensor => {
  const [x, k] = promoteFloats(inputs, kernel);
  const params = convParams('depthwise_conv', spatialRank('depthwise_conv', x, [1, 2]), strides, padding, dilation_rate);
  checkChannels('depthwise_conv', x, k, data_format, k.shape[k.shape.length - 2]);
  return channelsLast(x, data_format, (t) => depthwise(t, k, params));
});

/**
 * Depthwise convolution followed by a mixing of channels at each place. Source: keras.ops.separable_conv.
 *
 * @param inputs [batch, ...space, channels] with one or two spatial axes
 * @param depthwise_kernel [...window, channels, multiplier]
 * @param pointwise_kernel [1, ..., channels multiplier, filters]
 * @param strides step of the window; default 1
 * @param padding 'valid' (default) or 'same'
 * @param data_format default: the configured one
 * @param dilation_rate distance of the depthwise kernel's elements; default 1
 * @example
 * ops.separable_conv(ops.ones([1, 5, 5, 3]), ops.ones([3, 3, 3, 2]), ops.ones([1, 1, 6, 4])).shape; // [1, 3, 3, 4]
 */
export const separable_conv = defineNN('separable_conv',
  ['inputs', 'depthwise_kernel', 'pointwise_kernel', 'strides', 'padding', 'data_format', 'dilation_rate'], (
    inputs: TensorLike, depthwise_kernel: TensorLike, pointwise_kernel: TensorLike, strides: Window = 1,
    padding: string = 'valid', data_format: string | null = null, dilation_rate: Window = 1,
  ): Tensor => {
    const [x, dk, pk] = promoteFloats(inputs, depthwise_kernel, pointwise_kernel);
    const rank = spatialRank('separable_conv', x, [1, 2]);
    const params = convParams('separable_conv', rank, strides, padding, dilation_rate);
    checkChannels('separable_conv', x, dk, data_format, dk.shape[dk.shape.length - 2]);
    const ones = params.strides.map(() => 1);
    return channelsLast(x, data_format, (t) => apply('conv', [depthwise(t, dk, params), pk],
      { strides: ones, padding: 'valid', dilations: ones }));
  });

/**
 * Transposed convolution: the gradient of a convolution by its inputs, used to enlarge images.
 * Source: keras.ops.conv_transpose.
 *
 * @param inputs [batch, ...space, channels] with one to three spatial axes
 * @param kernel [...window, filters, channels]
 * @param strides enlargement, one for all axes or one for each; default 1
 * @param padding 'valid' (default) or 'same'
 * @param output_padding elements added after each axis of the result; default null: chosen by padding and strides
 * @param data_format default: the configured one
 * @param dilation_rate distance of the kernel's elements; default 1
 * @example
 * ops.conv_transpose(ops.ones([1, 4, 4, 3]), ops.ones([3, 3, 8, 3]), 2, 'same').shape; // [1, 8, 8, 8]
 */
export const conv_transpose = defineNN('conv_transpose',
  ['inputs', 'kernel', 'strides', 'padding', 'output_padding', 'data_format', 'dilation_rate'], (
    inputs: TensorLike, kernel: TensorLike, strides: Window = 1, padding: string = 'valid',
    output_padding: Window | null = null, data_format: string | null = null, dilation_rate: Window = 1,
  ): Tensor => {
    const [x, k] = promoteFloats(inputs, kernel);
    const rank = spatialRank('conv_transpose', x);
    const params = convParams('conv_transpose', rank, strides, padding, dilation_rate);
    checkChannels('conv_transpose', x, k, data_format, k.shape[k.shape.length - 1]);
    return channelsLast(x, data_format, (t) => {
      const space = params.strides.map((stride, i) => transposedLength(t.shape[i + 1], k.shape[i], stride, params.padding,
        typeof output_padding === 'number' || output_padding === null ? output_padding : output_padding[i],
        params.dilations[i]));
      const inputShape = [t.shape[0], ...space, k.shape[rank]];
      return apply('conv_grad_input', [k, t], { ...params, inputShape });
    });
  });
