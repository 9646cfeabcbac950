/** Conv3DTranspose. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import { BaseConvTranspose, type ConvTransposeOptions } from './base-conv-transpose.js';

/** Keras's order of this class alone has data_format before output_padding. */
const ARGUMENTS = ['filters', 'kernel_size', 'strides', 'padding', 'data_format', 'output_padding', 'dilation_rate',
  'activation', 'use_bias', 'kernel_initializer', 'bias_initializer', 'kernel_regularizer', 'bias_regularizer',
  'activity_regularizer', 'kernel_constraint', 'bias_constraint'] as const;

/**
 * Transposed convolution of volumes, which enlarges them by the strides.
 *
 * Arguments: `filters`, `kernel_size`, `strides` (1), `padding` ('valid' or 'same'), `data_format`,
 * `output_padding`, `dilation_rate` (1), `activation`, `use_bias` (true), and initializers, regularizers and
 * constraints of `kernel` and `bias`.
 * Input shape: `[batch, depth, height, width, channels]` (channels_first: channels after the batch).
 * Output shape: the same with `filters` channels and longer spatial axes. Source:
 * keras.layers.Conv3DTranspose.
 *
 * @throws ArgumentError when strides and dilation_rate are both above 1, or output_padding reaches the
 *   strides
 * @example
 * new keras.layers.Conv3DTranspose(8, 2, 2)(keras.ops.ones([2, 3, 3, 3, 1])).shape; // [2, 6, 6, 6, 8]
 */
export class Conv3DTranspose extends BaseConvTranspose {
  constructor(...args: ConstructorArgs<ConvTransposeOptions, typeof ARGUMENTS>) {
    super(3, args, ARGUMENTS);
  }
}
kerasExport(Conv3DTranspose, 'keras.layers.Conv3DTranspose', 'keras.layers.Convolution3DTranspose');
export { Conv3DTranspose as Convolution3DTranspose };
