/** DepthwiseConv2D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import {
  BaseDepthwiseConv, type DEPTHWISE_CONV_ARGUMENTS, type DepthwiseConvOptions,
} from './base-depthwise-conv.js';

/**
 * Convolution of each channel of images by itself, with `depth_multiplier` filters for each.
 *
 * Arguments: `kernel_size`, `strides` (1), `padding` ('valid' or 'same'), `depth_multiplier` (1),
 * `data_format`, `dilation_rate` (1), `activation`, `use_bias` (true), and initializers, regularizers and
 * constraints of the kernel (`depthwise_`) and the bias.
 * Input shape: `[batch, height, width, channels]` (channels_first: channels after the batch).
 * Output shape: the same with `depth_multiplier` times the channels. Source: keras.layers.DepthwiseConv2D.
 *
 * @example
 * const layer = new keras.layers.DepthwiseConv2D(3, { depth_multiplier: 2 });
 * layer(keras.ops.ones([2, 28, 28, 3])).shape; // [2, 26, 26, 6]
 */
export class DepthwiseConv2D extends BaseDepthwiseConv {
  constructor(...args: ConstructorArgs<DepthwiseConvOptions, typeof DEPTHWISE_CONV_ARGUMENTS>) {
    super(2, args);
  }
}
kerasExport(DepthwiseConv2D, 'keras.layers.DepthwiseConv2D');
