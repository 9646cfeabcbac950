/** LSTM: long short-term memory over sequences. */
import * as activations from '../../activations/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { BaseGated, type GatedOptions } from './base-gated.js';
import { cellOptions, GATED_OPTIONS } from './base-recurrent.js';
import { constraintConfig, dropoutConfig, initializerConfig, regularizerConfig } from './configs.js';
import { LSTM_CELL_ARGUMENTS, LSTMCell, type LSTMCellOptions } from './lstm-cell.js';

export interface LSTMOptions extends LSTMCellOptions, GatedOptions {}

const ARGUMENTS = ['units', 'activation', 'recurrent_activation', 'use_bias', 'kernel_initializer',
  'recurrent_initializer', 'bias_initializer', 'unit_forget_bias', 'kernel_regularizer', 'recurrent_regularizer',
  'bias_regularizer', 'activity_regularizer', 'kernel_constraint', 'recurrent_constraint', 'bias_constraint',
  'dropout', 'recurrent_dropout', 'seed', 'return_sequences', 'return_state', 'go_backwards', 'stateful', 'unroll',
  'use_cudnn'] as const;

/**
 * Long short-term memory: a recurrence with gates, and a second state that steps change only as far as the gates
 * let them, so that it remembers over many steps. `LSTMCell` has the formula.
 *
 * Arguments: `units`, `activation` ('tanh'), `recurrent_activation` ('sigmoid'), `use_bias` (true), initializers,
 * regularizers and constraints of `kernel`, `recurrent_kernel` and `bias`, `unit_forget_bias` (true), `dropout` and
 * `recurrent_dropout` (0 to 1, default 0), `seed`, `return_sequences`, `return_state`, `go_backwards`, `stateful`,
 * `unroll` (all false). Call as `RNN`; `initial_state` is [h, c].
 * Input shape: `[batch, steps, features]`. Output shape: `[batch, units]`, with `return_sequences`
 * `[batch, steps, units]`; with `return_state` an array of the output, h and c.
 * Source: keras.layers.LSTM; Hochreiter and Schmidhuber, 1997.
 *
 * @example
 * const layer = new keras.layers.LSTM(4, { return_sequences: true, return_state: true });
 * const [sequence, h, c] = layer(keras.ops.ones([2, 5, 3]));
 * sequence.shape; // [2, 5, 4]
 */
export class LSTM extends BaseGated<LSTMCell> {
  constructor(...args: ConstructorArgs<LSTMOptions, typeof ARGUMENTS>) {
    const options = namedArguments<LSTMOptions>('LSTM', ARGUMENTS, args, GATED_OPTIONS);
    super(new LSTMCell(cellOptions<LSTMOptions, LSTMCellOptions>(
      options, 'lstm_cell', [...LSTM_CELL_ARGUMENTS, 'implementation'])), options);
  }

  get unit_forget_bias(): boolean {
    return this.cell.unit_forget_bias;
  }

  override get_config(): Record<string, unknown> {
    const { cell } = this;
    return {
      ...this.sequenceConfig(),
      units: cell.units,
      activation: activations.serialize(cell.activation),
      recurrent_activation: activations.serialize(cell.recurrent_activation),
      use_bias: cell.use_bias,
      ...initializerConfig(cell),
      unit_forget_bias: cell.unit_forget_bias,
      ...regularizerConfig(cell),
      ...this.activityConfig(),
      ...constraintConfig(cell),
      ...dropoutConfig(cell),
      seed: cell.seed,
    };
  }
}
kerasExport(LSTM, 'keras.layers.LSTM');
