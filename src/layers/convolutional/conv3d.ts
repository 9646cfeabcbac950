/** Conv3D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import { BaseConv, type CONV_ARGUMENTS, type ConvOptions } from './base-conv.js';

/**
 * Convolution of volumes: `activation(conv(inputs, kernel) + bias)`.
 *
 * Arguments: `filters`, `kernel_size`, `strides` (1), `padding` ('valid' or 'same'), `data_format`,
 * `dilation_rate` (1), `groups` (1), `activation`, `use_bias` (true), and initializers, regularizers and
 * constraints of `kernel` and `bias`.
 * Input shape: `[batch, depth, height, width, channels]` (channels_first: channels after the batch).
 * Output shape: the same with `filters` channels. Source: keras.layers.Conv3D.
 *
 * @throws ArgumentError when strides and dilation_rate are both above 1, or filters are no multiple of groups
 * @example
 * new keras.layers.Conv3D(32, 3)(keras.ops.ones([2, 6, 6, 6, 3])).shape; // [2, 4, 4, 4, 32]
 */
export class Conv3D extends BaseConv {
  constructor(...args: ConstructorArgs<ConvOptions, typeof CONV_ARGUMENTS>) {
    super(3, args);
  }
}
kerasExport(Conv3D, 'keras.layers.Conv3D', 'keras.layers.Convolution3D');
export { Conv3D as Convolution3D };
