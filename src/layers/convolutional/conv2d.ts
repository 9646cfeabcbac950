/** Conv2D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import { BaseConv, type CONV_ARGUMENTS, type ConvOptions } from './base-conv.js';

/**
 * Convolution of images: `activation(conv(inputs, kernel) + bias)`.
 *
 * Arguments: `filters`, `kernel_size`, `strides` (1), `padding` ('valid' or 'same'), `data_format`,
 * `dilation_rate` (1), `groups` (1), `activation`, `use_bias` (true), and initializers, regularizers and
 * constraints of `kernel` and `bias`.
 * Input shape: `[batch, height, width, channels]` (channels_first: channels after the batch).
 * Output shape: the same with `filters` channels. Source: keras.layers.Conv2D.
 *
 * @throws ArgumentError when strides and dilation_rate are both above 1, or filters are no multiple of groups
 * @example
 * new keras.layers.Conv2D(32, 3, 1, 'same')(keras.ops.ones([2, 28, 28, 3])).shape; // [2, 28, 28, 32]
 */
export class Conv2D extends BaseConv {
  constructor(...args: ConstructorArgs<ConvOptions, typeof CONV_ARGUMENTS>) {
    super(2, args);
  }
}
kerasExport(Conv2D, 'keras.layers.Conv2D', 'keras.layers.Convolution2D');
export { Conv2D as Convolution2D };
