/** Conv2DTranspose. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import {
  BaseConvTranspose, type CONV_TRANSPOSE_ARGUMENTS, type ConvTransposeOptions,
} from './base-conv-transpose.js';

/**
 * Transposed convolution of images, which enlarges them by the strides.
 *
 * Arguments: `filters`, `kernel_size`, `strides` (1), `padding` ('valid' or 'same'), `output_padding`,
 * `data_format`, `dilation_rate` (1), `activation`, `use_bias` (true), and initializers, regularizers and
 * constraints of `kernel` and `bias`.
 * Input shape: `[batch, height, width, channels]` (channels_first: channels after the batch).
 * Output shape: the same with `filters` channels and longer spatial axes. Source:
 * keras.layers.Conv2DTranspose.
 *
 * @throws ArgumentError when strides and dilation_rate are both above 1, or output_padding reaches the
 *   strides
 * @example
 * new keras.layers.Conv2DTranspose(8, 3, 2, 'same')(keras.ops.ones([2, 28, 28, 3])).shape; // [2, 56, 56, 8]
 */
export class Conv2DTranspose extends BaseConvTranspose {
  constructor(...args: ConstructorArgs<ConvTransposeOptions, typeof CONV_TRANSPOSE_ARGUMENTS>) {
    super(2, args);
  }
}
kerasExport(Conv2DTranspose, 'keras.layers.Conv2DTranspose', 'keras.layers.Convolution2DTranspose');
export { Conv2DTranspose as Convolution2DTranspose };
