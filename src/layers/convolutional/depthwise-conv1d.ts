/** DepthwiseConv1D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import {
  BaseDepthwiseConv, type DEPTHWISE_CONV_ARGUMENTS, type DepthwiseConvOptions,
} from './base-depthwise-conv.js';

/**
 * Convolution of each channel of sequences by itself, with `depth_multiplier` filters for each.
 *
 * Arguments: `kernel_size`, `strides` (1), `padding` ('valid' or 'same'), `depth_multiplier` (1),
 * `data_format`, `dilation_rate` (1), `activation`, `use_bias` (true), and initializers, regularizers and
 * constraints of the kernel (`depthwise_`) and the bias.
 * Input shape: `[batch, steps, channels]` (channels_first: channels after the batch).
 * Output shape: the same with `depth_multiplier` times the channels. Source: keras.layers.DepthwiseConv1D.
 *
 * @example
 * const layer = new keras.layers.DepthwiseConv1D(3, { depth_multiplier: 2 });
 * layer(keras.ops.ones([2, 10, 3])).shape; // [2, 8, 6]
 */
export class DepthwiseConv1D extends BaseDepthwiseConv {
  constructor(...args: ConstructorArgs<DepthwiseConvOptions, typeof DEPTHWISE_CONV_ARGUMENTS>) {
    super(1, args);
  }
}
kerasExport(DepthwiseConv1D, 'keras.layers.DepthwiseConv1D');
