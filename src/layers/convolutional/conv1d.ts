/** Conv1D. */
import type { Tensor } from '../../engine/tensor.js';
import type { Variable } from '../../engine/variable.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import { BaseConv, type CONV_ARGUMENTS, type ConvOptions } from './base-conv.js';

/**
 * Convolution of sequences: `activation(conv(inputs, kernel) + bias)`.
 *
 * Arguments: `filters`, `kernel_size`, `strides` (1), `padding` ('valid', 'same' or 'causal'), `data_format`,
 * `dilation_rate` (1), `groups` (1), `activation`, `use_bias` (true), and initializers, regularizers and
 * constraints of `kernel` and `bias`.
 * Input shape: `[batch, steps, channels]` (channels_first: channels after the batch).
 * Output shape: the same with `filters` channels. Source: keras.layers.Conv1D.
 *
 * @throws ArgumentError when strides and dilation_rate are both above 1, or filters are no multiple of groups
 * @example
 * new keras.layers.Conv1D(32, 3, { activation: 'relu' })(keras.ops.ones([2, 10, 3])).shape; // [2, 8, 32]
 */
export class Conv1D extends BaseConv {
  constructor(...args: ConstructorArgs<ConvOptions, typeof CONV_ARGUMENTS>) {
    super(1, args);
  }

  override convolution_op(inputs: Tensor, kernel: Variable): Tensor {
    if (this.padding !== 'causal') return super.convolution_op(inputs, kernel);
    const left = [this.dilation_rate[0] * (this.kernel_size[0] - 1), 0];
    const isLast = this.data_format === 'channels_last';
    const padded = ops.pad(inputs, isLast ? [[0, 0], left, [0, 0]] : [[0, 0], [0, 0], left]);
    return ops.conv(padded, kernel, this.strides, 'valid', this.data_format, this.dilation_rate);
  }
}
kerasExport(Conv1D, 'keras.layers.Conv1D', 'keras.layers.Convolution1D');
export { Conv1D as Convolution1D };
