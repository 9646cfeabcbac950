/** LSTMCell: one step of a long short-term memory. */
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as activations from '../../activations/index.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requirePositiveInteger } from '../../utils/checks.js';
import {
  BaseRNNCell, CELL_OPTIONS, forgetBias, isPartial, maskedProduct, requireImplementation, type GateOptions,
  type RecurrentOptions,
} from './base-rnn-cell.js';
import type { States, Step } from './cell.js';
import { constraintConfig, dropoutConfig, initializerConfig, regularizerConfig } from './configs.js';

export interface LSTMCellOptions extends RecurrentOptions, GateOptions {
  /** Size of both states and of the output, a positive integer. */
  units: number;
  /** Whether the bias of the forget gate starts at 1, so that nothing is forgotten at first. Default true. */
  unit_forget_bias?: boolean;
}

export const LSTM_CELL_ARGUMENTS = ['units', 'activation', 'recurrent_activation', 'use_bias', 'kernel_initializer',
  'recurrent_initializer', 'bias_initializer', 'unit_forget_bias', 'kernel_regularizer', 'recurrent_regularizer',
  'bias_regularizer', 'kernel_constraint', 'recurrent_constraint', 'bias_constraint', 'dropout',
  'recurrent_dropout', 'seed'] as const;

/**
 * One step of `LSTM`. With the gates i (input), f (forget), o (output), s = `recurrent_activation` and the states
 * h and c: `i, f, o = s(x . W + h . U + b)`, `c' = f * c + i * activation(x . W + h . U + b)`,
 * `h' = o * activation(c')`. For use in `RNN`, or step by step.
 *
 * Input shape: `[batch, features]`; states: h and c, both `[batch, units]`. Output: `[h', [h', c']]`.
 * Source: keras.layers.LSTMCell; Hochreiter and Schmidhuber, 1997.
 *
 * @example
 * const cell = new keras.layers.LSTMCell(4);
 * const [output, states] = cell(keras.ops.ones([2, 3]), cell.get_initial_state(2));
 * output.shape; // [2, 4]
 */
export class LSTMCell extends BaseRNNCell {
  readonly units: number;
  readonly recurrent_activation: activations.Activation;
  readonly implementation: 1 | 2;
  readonly unit_forget_bias: boolean;
  readonly state_size: readonly [number, number];
  readonly output_size: number;

  constructor(...args: ConstructorArgs<LSTMCellOptions, typeof LSTM_CELL_ARGUMENTS>) {
    const options = namedArguments<LSTMCellOptions>('LSTMCell', LSTM_CELL_ARGUMENTS, args, CELL_OPTIONS);
    const { recurrent_activation: gate = 'sigmoid' } = options;
    super(options, false);
    this.units = requirePositiveInteger('LSTMCell', 'units', options.units);
    this.recurrent_activation = activations.get(gate);
    const implementation = requireImplementation('LSTMCell', options.implementation ?? 2);
    this.implementation = this.recurrent_dropout === 0 ? implementation : 1;
    if (this.implementation === 1) this.dropout_mask_count = 4;
    this.unit_forget_bias = options.unit_forget_bias ?? true;
    this.state_size = [this.units, this.units];
    this.output_size = this.units;
  }

  override build(input_shape: SymbolicShape): void {
    const features = input_shape[input_shape.length - 1] as number;
    const width = 4 * this.units;
    this.addWeights([features, width], [this.units, width], [width],
      this.unit_forget_bias ? forgetBias(this.units, this.bias_initializer) : this.bias_initializer);
  }

  override project(inputs: Tensor, training: boolean): Tensor {
    const mask = training && isPartial(this.dropout) ? this.get_dropout_mask(inputs) : null;
    const z = maskedProduct(inputs, this.kernel.value, mask);
    return this.bias ? ops.add(z, this.bias) : z;
  }

  override stepper(training: boolean): Step {
    const drops = training && isPartial(this.recurrent_dropout);
    const kernel = this.recurrent_kernel.value;
    return (projected, [before, carry]) => {
      const h = before as Tensor;
      const product = maskedProduct(h, kernel, drops ? this.get_recurrent_dropout_mask(h) : null);
      const [i, f, candidate, o] = ops.split(ops.add(projected, product), 4, -1);
      const kept = ops.multiply(this.recurrent_activation(f), carry as Tensor);
      const c = ops.add(kept, ops.multiply(this.recurrent_activation(i), this.activation(candidate)));
      const output = ops.multiply(this.recurrent_activation(o), this.activation(c));
      return [output, [output, c]];
    };
  }

  override get_initial_state(batch_size: number): States {
    return this.state_size.map((size) => ops.zeros([batch_size, size], this.compute_dtype));
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(),
      units: this.units,
      activation: activations.serialize(this.activation),
      recurrent_activation: activations.serialize(this.recurrent_activation),
      use_bias: this.use_bias,
      unit_forget_bias: this.unit_forget_bias,
      ...initializerConfig(this),
      ...regularizerConfig(this),
      ...constraintConfig(this),
      ...dropoutConfig(this),
      seed: this.seed,
    };
  }
}
kerasExport(LSTMCell, 'keras.layers.LSTMCell');
