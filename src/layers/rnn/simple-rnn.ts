/** SimpleRNN: a fully connected recurrence over sequences. */
import * as activations from '../../activations/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { InputSpec } from '../input-spec.js';
import { BaseRecurrent, cellOptions, RECURRENT_OPTIONS } from './base-recurrent.js';
import { constraintConfig, dropoutConfig, initializerConfig, regularizerConfig } from './configs.js';
import type { SequenceOptions } from './rnn.js';
import { SIMPLE_RNN_CELL_ARGUMENTS, SimpleRNNCell, type SimpleRNNCellOptions } from './simple-rnn-cell.js';

export interface SimpleRNNOptions extends SimpleRNNCellOptions, SequenceOptions {}

const ARGUMENTS = ['units', 'activation', 'use_bias', 'kernel_initializer', 'recurrent_initializer',
  'bias_initializer', 'kernel_regularizer', 'recurrent_regularizer', 'bias_regularizer', 'activity_regularizer',
  'kernel_constraint', 'recurrent_constraint', 'bias_constraint', 'dropout', 'recurrent_dropout',
  'return_sequences', 'return_state', 'go_backwards', 'stateful', 'unroll', 'seed'] as const;

/**
 * Recurrence in which the output goes back to the input:
 * `h[t] = activation(x[t] . kernel + h[t-1] . recurrent_kernel + bias)`. LSTM and GRU remember longer.
 *
 * Arguments: `units`, `activation` ('tanh'), `use_bias` (true), initializers, regularizers and constraints of
 * `kernel`, `recurrent_kernel` and `bias`, `dropout` and `recurrent_dropout` (0 to 1, default 0),
 * `return_sequences`, `return_state`, `go_backwards`, `stateful`, `unroll` (all false), `seed`. Call as `RNN`.
 * Input shape: `[batch, steps, features]`. Output shape: `[batch, units]`, with `return_sequences`
 * `[batch, steps, units]`; with `return_state` an array of the output and the last state.
 * Source: keras.layers.SimpleRNN.
 *
 * @example
 * const layer = new keras.layers.SimpleRNN(4, { return_sequences: true, return_state: true });
 * const [sequence, state] = layer(keras.ops.ones([2, 5, 3]));
 * sequence.shape; // [2, 5, 4]
 */
export class SimpleRNN extends BaseRecurrent<SimpleRNNCell> {
  constructor(...args: ConstructorArgs<SimpleRNNOptions, typeof ARGUMENTS>) {
    const options = namedArguments<SimpleRNNOptions>('SimpleRNN', ARGUMENTS, args, RECURRENT_OPTIONS);
    super(new SimpleRNNCell(cellOptions<SimpleRNNOptions, SimpleRNNCellOptions>(
      options, 'simple_rnn_cell', SIMPLE_RNN_CELL_ARGUMENTS)), options);
    this.input_spec = new InputSpec({ ndim: 3 });
  }

  get units(): number {
    return this.cell.units;
  }

  override get_config(): Record<string, unknown> {
    const { cell } = this;
    return {
      ...this.sequenceConfig(),
      units: cell.units,
      activation: activations.serialize(cell.activation),
      use_bias: cell.use_bias,
      ...initializerConfig(cell),
      ...regularizerConfig(cell),
      ...this.activityConfig(),
      ...constraintConfig(cell),
      ...dropoutConfig(cell),
    };
  }
}
kerasExport(SimpleRNN, 'keras.layers.SimpleRNN');
