/** GRU: gated recurrent unit over sequences. */
import * as activations from '../../activations/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { BaseGated, type GatedOptions } from './base-gated.js';
import { cellOptions, GATED_OPTIONS } from './base-recurrent.js';
import { constraintConfig, dropoutConfig, initializerConfig, regularizerConfig } from './configs.js';
import { GRU_CELL_ARGUMENTS, GRUCell, type GRUCellOptions } from './gru-cell.js';

export interface GRUOptions extends GRUCellOptions, GatedOptions {}

const ARGUMENTS = ['units', 'activation', 'recurrent_activation', 'use_bias', 'kernel_initializer',
  'recurrent_initializer', 'bias_initializer', 'kernel_regularizer', 'recurrent_regularizer', 'bias_regularizer',
  'activity_regularizer', 'kernel_constraint', 'recurrent_constraint', 'bias_constraint', 'dropout',
  'recurrent_dropout', 'seed', 'return_sequences', 'return_state', 'go_backwards', 'stateful', 'unroll',
  'reset_after', 'use_cudnn'] as const;

/**
 * Gated recurrent unit: a recurrence with two gates and one state, smaller than an LSTM. `GRUCell` has the formula.
 *
 * Arguments: `units`, `activation` ('tanh'), `recurrent_activation` ('sigmoid'), `use_bias` (true), initializers,
 * regularizers and constraints of `kernel`, `recurrent_kernel` and `bias`, `dropout` and `recurrent_dropout` (0 to 1,
 * default 0), `seed`, `return_sequences`, `return_state`, `go_backwards`, `stateful`, `unroll` (all false),
 * `reset_after` (true). Call as `RNN`.
 * Input shape: `[batch, steps, features]`. Output shape: `[batch, units]`, with `return_sequences`
 * `[batch, steps, units]`; with `return_state` an array of the output and the last state.
 * Source: keras.layers.GRU; Cho et al., 2014.
 *
 * @example
 * const layer = new keras.layers.GRU(4, { return_sequences: true, return_state: true });
 * const [sequence, state] = layer(keras.ops.ones([2, 5, 3]));
 * sequence.shape; // [2, 5, 4]
 */
export class GRU extends BaseGated<GRUCell> {
  constructor(...args: ConstructorArgs<GRUOptions, typeof ARGUMENTS>) {
    const options = namedArguments<GRUOptions>('GRU', ARGUMENTS, args, GATED_OPTIONS);
    super(new GRUCell(cellOptions<GRUOptions, GRUCellOptions>(
      options, 'gru_cell', [...GRU_CELL_ARGUMENTS, 'implementation'])), options);
  }

  get reset_after(): boolean {
    return this.cell.reset_after;
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
      ...regularizerConfig(cell),
      ...this.activityConfig(),
      ...constraintConfig(cell),
      ...dropoutConfig(cell),
      reset_after: cell.reset_after,
      seed: cell.seed,
    };
  }
}
kerasExport(GRU, 'keras.layers.GRU');
