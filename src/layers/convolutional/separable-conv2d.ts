/** SeparableConv2D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import {
  BaseSeparableConv, type SEPARABLE_CONV_ARGUMENTS, type SeparableConvOptions,
} from './base-separable-conv.js';

/**
 * Convolution of each channel of images by itself, then a mixing of the channels at each place.
 *
 * Arguments: `filters`, `kernel_size`, `strides` (1), `padding` ('valid' or 'same'), `data_format`,
 * `dilation_rate` (1), `depth_multiplier` (1), `activation`, `use_bias` (true), and initializers,
 * regularizers and constraints of the two kernels (`depthwise_`, `pointwise_`) and the bias.
 * Input shape: `[batch, height, width, channels]` (channels_first: channels after the batch).
 * Output shape: the same with `filters` channels. Source: keras.layers.SeparableConv2D.
 *
 * @example
 * new keras.layers.SeparableConv2D(32, 3)(keras.ops.ones([2, 28, 28, 3])).shape; // [2, 26, 26, 32]
 */
export class SeparableConv2D extends BaseSeparableConv {
  constructor(...args: ConstructorArgs<SeparableConvOptions, typeof SEPARABLE_CONV_ARGUMENTS>) {
    super(2, args);
  }
}
kerasExport(SeparableConv2D, 'keras.layers.SeparableConv2D', 'keras.layers.SeparableConvolution2D');
export { SeparableConv2D as SeparableConvolution2D };
