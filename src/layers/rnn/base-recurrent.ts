/** What SimpleRNN, GRU, LSTM and ConvLSTM share: an RNN whose cell has the options of the layer. */
import type * as activations from '../../activations/index.js';
import type * as constraints from '../../constraints/index.js';
import type * as initializers from '../../initializers/index.js';
import * as regularizers from '../../regularizers/index.js';
import { LAYER_OPTIONS } from '../../utils/arguments.js';
import { Layer } from '../layer.js';
import type { BaseRNNCell } from './base-rnn-cell.js';
import { RNN, type SequenceOptions } from './rnn.js';

/** What the constructors take by name only. */
export const RECURRENT_OPTIONS = [...LAYER_OPTIONS, 'zero_output_for_mask'] as const;
export const CONV_RECURRENT_OPTIONS = [...RECURRENT_OPTIONS, 'unroll'] as const;
export const GATED_OPTIONS = [...RECURRENT_OPTIONS, 'implementation'] as const;

/** A layer around one cell of a kind, which it makes itself. */
export abstract class BaseRecurrent<C extends BaseRNNCell & RNN['cell']> extends RNN {
  declare readonly cell: C;

  constructor(cell: C, options: SequenceOptions) {
    const { return_sequences, return_state, go_backwards, stateful, unroll, zero_output_for_mask } = options;
    const { name, trainable, dtype, autocast, activity_regularizer } = options;
    super({ cell, return_sequences, return_state, go_backwards, stateful, unroll, zero_output_for_mask,
      name, trainable, dtype, autocast, activity_regularizer });
  }

  get activation(): activations.Activation {
    return this.cell.activation;
  }

  get use_bias(): boolean {
    return this.cell.use_bias;
  }

  get kernel_initializer(): initializers.InitializerFunction {
    return this.cell.kernel_initializer;
  }

  get recurrent_initializer(): initializers.InitializerFunction {
    return this.cell.recurrent_initializer;
  }

  get bias_initializer(): initializers.InitializerFunction {
    return this.cell.bias_initializer;
  }

  get kernel_regularizer(): regularizers.RegularizerFunction | null {
    return this.cell.kernel_regularizer;
  }

  get recurrent_regularizer(): regularizers.RegularizerFunction | null {
    return this.cell.recurrent_regularizer;
  }

  get bias_regularizer(): regularizers.RegularizerFunction | null {
    return this.cell.bias_regularizer;
  }

  get kernel_constraint(): constraints.ConstraintFunction | null {
    return this.cell.kernel_constraint;
  }

  get recurrent_constraint(): constraints.ConstraintFunction | null {
    return this.cell.recurrent_constraint;
  }

  get bias_constraint(): constraints.ConstraintFunction | null {
    return this.cell.bias_constraint;
  }

  get dropout(): number {
    return this.cell.dropout;
  }

  get recurrent_dropout(): number {
    return this.cell.recurrent_dropout;
  }

  /** The config of an RNN without its cell, whose options are those of the layer. */
  protected sequenceConfig(): Record<string, unknown> {
    const { cell: _, ...config } = super.get_config();
    return config;
  }

  protected activityConfig(): Record<string, unknown> {
    return { activity_regularizer: regularizers.serialize(this.activity_regularizer) };
  }

  static override from_config(config: Record<string, unknown>): RNN {
    return Layer.from_config.call(this as unknown as typeof Layer, config) as unknown as RNN;
  }
}

/** Options of the cell that a layer makes: those it has too, and the dtype and trainability of the layer. */
export function cellOptions<O extends SequenceOptions, C>(
  options: O, name: string, names: readonly string[],
): C {
  const { dtype, trainable } = options;
  const own = Object.entries(options).filter(([key]) => names.includes(key));
  return { ...Object.fromEntries(own), dtype, trainable, name } as C;
}
