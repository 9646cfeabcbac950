/** What ConvLSTM1D, ConvLSTM2D and ConvLSTM3D share. */
import type { ImageDataFormat } from '../../backend/config.js';
import type { SymbolicShape } from '../../engine/shape.js';
import * as activations from '../../activations/index.js';
import { namedArguments } from '../../utils/arguments.js';
import { InputSpec } from '../input-spec.js';
import { BaseRecurrent, cellOptions, CONV_RECURRENT_OPTIONS } from './base-recurrent.js';
import { constraintConfig, dropoutConfig, initializerConfig, regularizerConfig } from './configs.js';
import { ConvLSTMCell, type ConvLSTMCellOptions } from './conv-lstm-cell.js';
import type { SequenceOptions } from './rnn.js';

export interface ConvLSTMOptions extends ConvLSTMCellOptions, SequenceOptions {}

const CELL_ARGUMENTS = ['filters', 'kernel_size', 'strides', 'padding', 'data_format', 'dilation_rate', 'activation',
  'recurrent_activation', 'use_bias', 'kernel_initializer', 'recurrent_initializer', 'bias_initializer',
  'unit_forget_bias', 'kernel_regularizer', 'recurrent_regularizer', 'bias_regularizer', 'kernel_constraint',
  'recurrent_constraint', 'bias_constraint', 'dropout', 'recurrent_dropout', 'seed'] as const;

export const CONV_LSTM_ARGUMENTS = ['filters', 'kernel_size', 'strides', 'padding', 'data_format', 'dilation_rate',
  'activation', 'recurrent_activation', 'use_bias', 'kernel_initializer', 'recurrent_initializer', 'bias_initializer',
  'unit_forget_bias', 'kernel_regularizer', 'recurrent_regularizer', 'bias_regularizer', 'activity_regularizer',
  'kernel_constraint', 'recurrent_constraint', 'bias_constraint', 'dropout', 'recurrent_dropout', 'seed',
  'return_sequences', 'return_state', 'go_backwards', 'stateful'] as const;

export abstract class BaseConvLSTM extends BaseRecurrent<ConvLSTMCell> {
  constructor(rank: number, args: readonly unknown[]) {
    const what = new.target.name;
    const options = namedArguments<ConvLSTMOptions>(what, CONV_LSTM_ARGUMENTS, args, CONV_RECURRENT_OPTIONS);
    const { dtype } = options;
    const own = cellOptions<ConvLSTMOptions, ConvLSTMCellOptions>(options, 'conv_lstm_cell', CELL_ARGUMENTS);
    super(new ConvLSTMCell(rank, { ...own, dtype, trainable: true }, what), options);
    this.input_spec = new InputSpec({ ndim: rank + 3 });
  }

  get filters(): number {
    return this.cell.filters;
  }

  get kernel_size(): readonly number[] {
    return this.cell.kernel_size;
  }

  get strides(): readonly number[] {
    return this.cell.strides;
  }

  get padding(): 'valid' | 'same' {
    return this.cell.padding;
  }

  get data_format(): ImageDataFormat {
    return this.cell.data_format;
  }

  get dilation_rate(): readonly number[] {
    return this.cell.dilation_rate;
  }

  get recurrent_activation(): activations.Activation {
    return this.cell.recurrent_activation;
  }

  get unit_forget_bias(): boolean {
    return this.cell.unit_forget_bias;
  }

  override compute_output_shape(sequences_shape: SymbolicShape): unknown {
    const [batch, steps, ...step] = sequences_shape;
    const state = this.cell.outputShape([batch, ...step]);
    const output = this.return_sequences ? [batch, steps, ...state.slice(1)] : state;
    return this.return_state ? [output, state, state] : output;
  }

  override get_config(): Record<string, unknown> {
    const { cell } = this;
    return {
      ...this.sequenceConfig(),
      filters: cell.filters,
      kernel_size: cell.kernel_size,
      strides: cell.strides,
      padding: cell.padding,
      data_format: cell.data_format,
      dilation_rate: cell.dilation_rate,
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
