/** SimpleRNNCell: one step of a fully connected recurrence. */
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as activations from '../../activations/index.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requirePositiveInteger } from '../../utils/checks.js';
import { BaseRNNCell, maskedProduct, type RecurrentOptions } from './base-rnn-cell.js';
import type { States, Step } from './cell.js';
import { constraintConfig, dropoutConfig, initializerConfig, regularizerConfig } from './configs.js';

export interface SimpleRNNCellOptions extends RecurrentOptions {
  /** Size of the state and of the output, a positive integer. */
  units: number;
}

export const SIMPLE_RNN_CELL_ARGUMENTS = ['units', 'activation', 'use_bias', 'kernel_initializer', 'recurrent_initializer',
  'bias_initializer', 'kernel_regularizer', 'recurrent_regularizer', 'bias_regularizer', 'kernel_constraint',
  'recurrent_constraint', 'bias_constraint', 'dropout', 'recurrent_dropout', 'seed'] as const;

/**
 * One step of `SimpleRNN`: `h' = activation(inputs . kernel + h . recurrent_kernel + bias)`; the output is the
 * new state. For use in `RNN`, or step by step.
 *
 * Input shape: `[batch, features]`; states: one, `[batch, units]`. Output: `[output, [state]]`, both
 * `[batch, units]`. Source: keras.layers.SimpleRNNCell.
 *
 * @example
 * const cell = new keras.layers.SimpleRNNCell(4);
 * const [output, states] = cell(keras.ops.ones([2, 3]), cell.get_initial_state(2));
 * output.shape; // [2, 4]
 */
export class SimpleRNNCell extends BaseRNNCell {
  readonly units: number;
  readonly state_size: number;
  readonly output_size: number;

  constructor(...args: ConstructorArgs<SimpleRNNCellOptions, typeof SIMPLE_RNN_CELL_ARGUMENTS>) {
    const options = namedArguments<SimpleRNNCellOptions>('SimpleRNNCell', SIMPLE_RNN_CELL_ARGUMENTS, args);
    super(options, true);
    this.units = requirePositiveInteger('SimpleRNNCell', 'units', options.units);
    this.state_size = this.units;
    this.output_size = this.units;
  }

  override build(input_shape: SymbolicShape): void {
    const features = input_shape[input_shape.length - 1] as number;
    this.addWeights([features, this.units], [this.units, this.units], [this.units], this.bias_initializer);
  }

  override project(inputs: Tensor, training: boolean): Tensor {
    const mask = training ? this.get_dropout_mask(inputs) : null;
    const h = maskedProduct(inputs, this.kernel.value, mask);
    return this.bias ? ops.add(h, this.bias) : h;
  }

  override stepper(training: boolean): Step {
    const recurrent = this.recurrent_kernel.value;
    return (projected, [before]) => {
      const h = before as Tensor;
      const mask = training ? this.get_recurrent_dropout_mask(h) : null;
      const output = this.activation(ops.add(projected, maskedProduct(h, recurrent, mask)));
      return [output, [output]];
    };
  }

  override get_initial_state(batch_size: number): States {
    return [ops.zeros([batch_size, this.units], this.compute_dtype)];
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(),
      units: this.units,
      activation: activations.serialize(this.activation),
      use_bias: this.use_bias,
      ...initializerConfig(this),
      ...regularizerConfig(this),
      ...constraintConfig(this),
      ...dropoutConfig(this),
      seed: this.seed,
    };
  }
}
kerasExport(SimpleRNNCell, 'keras.layers.SimpleRNNCell');
