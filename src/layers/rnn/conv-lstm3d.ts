/** ConvLSTM3D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import { BaseConvLSTM, type CONV_LSTM_ARGUMENTS, type ConvLSTMOptions } from './base-conv-lstm.js';

/**
 * An LSTM over sequences of volumes, with convolutions in the place of its matrix products.
 *
 * Arguments: `filters`, `kernel_size`, `strides` (1), `padding` ('valid' or 'same'), `data_format`,
 * `dilation_rate` (1), `activation` ('tanh'), `recurrent_activation` ('sigmoid'), `use_bias` (true), initializers,
 * regularizers and constraints of `kernel`, `recurrent_kernel` and `bias`, `unit_forget_bias` (true), `dropout` and
 * `recurrent_dropout` (0 to 1, default 0), `seed`, `return_sequences`, `return_state`, `go_backwards`, `stateful` (all
 * false). Call as `RNN`; `initial_state` is [h, c].
 * Input shape: `[batch, steps, depth, height, width, channels]` (channels_first: channels after the steps).
 * Output shape: that of a convolution of one step, with `return_sequences` of each step; with `return_state` an array of the output, h and c.
 * Source: keras.layers.ConvLSTM3D; Shi et al., 2015.
 *
 * @throws ArgumentError when strides and dilation_rate are both above 1
 * @example
 * new keras.layers.ConvLSTM3D(4, 3)(keras.ops.ones([2, 3, 4, 4, 4, 1])).shape; // [2, 2, 2, 2, 4]
 */
export class ConvLSTM3D extends BaseConvLSTM {
  constructor(...args: ConstructorArgs<ConvLSTMOptions, typeof CONV_LSTM_ARGUMENTS>) {
    super(3, args);
  }
}
kerasExport(ConvLSTM3D, 'keras.layers.ConvLSTM3D');
