/** Conv1DTranspose. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import {
  BaseConvTranspose, type CONV_TRANSPOSE_ARGUMENTS, type ConvTransposeOptions,
} from './base-conv-transpose.js';

/**
 * Transposed convolution of sequences, which enlarges them by the strides.
 *
 * Arguments: `filters`, `kernel_size`, `strides` (1), `padding` ('valid' or 'same'), `output_padding`,
 * `data_format`, `dilation_rate` (1), `activation`, `use_bias` (true), and initializers, regularizers and
 * constraints of `kernel` and `bias`.
 * Input shape: `[batch, steps, channels]` (channels_first: channels after the batch).
 * Output shape: the same with `filters` channels and longer spatial axes. Source:
 * keras.layers.Conv1DTranspose.
 *
 * @throws ArgumentError when strides and dilation_rate are both above 1, or output_padding reaches the
 *   strides
 * @example
 * new keras.layers.Conv1DTranspose(8, 3, 2, 'same')(keras.ops.ones([2, 10, 3])).shape; // [2, 20, 8]
 */
export class Conv1DTranspose extends BaseConvTranspose {
  constructor(...args: ConstructorArgs<ConvTransposeOptions, typeof CONV_TRANSPOSE_ARGUMENTS>) {
    super(1, args);
  }
}
kerasExport(Conv1DTranspose, 'keras.layers.Conv1DTranspose', 'keras.layers.Convolution1DTranspose');
export { Conv1DTranspose as Convolution1DTranspose };
