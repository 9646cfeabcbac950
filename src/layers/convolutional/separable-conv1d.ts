/** SeparableConv1D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import {
  BaseSeparableConv, type SEPARABLE_CONV_ARGUMENTS, type SeparableConvOptions,
} from './base-separable-conv.js';

/**
 * Convolution of each channel of sequences by itself, then a mixing of the channels at each place.
 *
 * Arguments: `filters`, `kernel_size`, `strides` (1), `padding` ('valid' or 'same'), `data_format`,
 * `dilation_rate` (1), `depth_multiplier` (1), `activation`, `use_bias` (true), and initializers,
 * regularizers and constraints of the two kernels (`depthwise_`, `pointwise_`) and the bias.
 * Input shape: `[batch, steps, channels]` (channels_first: channels after the batch).
 * Output shape: the same with `filters` channels. Source: keras.layers.SeparableConv1D.
 *
 * @example
 * new keras.layers.SeparableConv1D(32, 3)(keras.ops.ones([2, 10, 3])).shape; // [2, 8, 32]
 */
export class SeparableConv1D extends BaseSeparableConv {
  constructor(...args: ConstructorArgs<SeparableConvOptions, typeof SEPARABLE_CONV_ARGUMENTS>) {
    super(1, args);
  }
}
kerasExport(SeparableConv1D, 'keras.layers.SeparableConv1D', 'keras.layers.SeparableConvolution1D');
export { SeparableConv1D as SeparableConvolution1D };
