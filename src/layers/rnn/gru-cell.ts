/** GRUCell: one step of a gated recurrent unit. */
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as activations from '../../activations/index.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requirePositiveInteger } from '../../utils/checks.js';
import {
  BaseRNNCell, CELL_OPTIONS, isPartial, maskedProduct, requireImplementation, type GateOptions,
  type RecurrentOptions,
} from './base-rnn-cell.js';
import type { States, Step } from './cell.js';
import { constraintConfig, dropoutConfig, initializerConfig, regularizerConfig } from './configs.js';

export interface GRUCellOptions extends RecurrentOptions, GateOptions {
  /** Size of the state and of the output, a positive integer. */
  units: number;
  /** Whether the reset gate comes after the product with the state (default, as in cuDNN), or before it. */
  reset_after?: boolean;
}

export const GRU_CELL_ARGUMENTS = ['units', 'activation', 'recurrent_activation', 'use_bias', 'kernel_initializer',
  'recurrent_initializer', 'bias_initializer', 'kernel_regularizer', 'recurrent_regularizer', 'bias_regularizer',
  'kernel_constraint', 'recurrent_constraint', 'bias_constraint', 'dropout', 'recurrent_dropout', 'reset_after',
  'seed'] as const;

/**
 * One step of `GRU`. With the gates z (update) and r (reset), s = `recurrent_activation`:
 * `z, r = s(x . W + h . U + b)`, `n = activation(x . W + r * (h . U + b) + b)` (`reset_after: false`:
 * `(r * h) . U`), `h' = z * h + (1 - z) * n`. For use in `RNN`, or step by step.
 *
 * Input shape: `[batch, features]`; states: one, `[batch, units]`. Output: `[output, [state]]`, both
 * `[batch, units]`. Source: keras.layers.GRUCell; Cho et al., 2014.
 *
 * @example
 * const cell = new keras.layers.GRUCell(4);
 * const [output, states] = cell(keras.ops.ones([2, 3]), cell.get_initial_state(2));
 * output.shape; // [2, 4]
 */
export class GRUCell extends BaseRNNCell {
  readonly units: number;
  readonly recurrent_activation: activations.Activation;
  readonly implementation: 1 | 2;
  readonly reset_after: boolean;
  readonly state_size: number;
  readonly output_size: number;

  constructor(...args: ConstructorArgs<GRUCellOptions, typeof GRU_CELL_ARGUMENTS>) {
    const options = namedArguments<GRUCellOptions>('GRUCell', GRU_CELL_ARGUMENTS, args, CELL_OPTIONS);
    const { recurrent_activation: gate = 'sigmoid' } = options;
    super(options, false);
    this.units = requirePositiveInteger('GRUCell', 'units', options.units);
    this.recurrent_activation = activations.get(gate);
    const implementation = requireImplementation('GRUCell', options.implementation ?? 2);
    this.implementation = this.recurrent_dropout === 0 ? implementation : 1;
    if (this.implementation === 1) this.dropout_mask_count = 3;
    this.reset_after = options.reset_after ?? true;
    this.state_size = this.units;
    this.output_size = this.units;
  }

  override build(input_shape: SymbolicShape): void {
    const features = input_shape[input_shape.length - 1] as number;
    const width = 3 * this.units;
    this.addWeights([features, width], [this.units, width], this.reset_after ? [2, width] : [width],
      this.bias_initializer);
  }

  /** The bias of the inputs, and with `reset_after` that of the state. */
  #biases(): [input: Tensor | undefined, recurrent: Tensor | undefined] {
    if (!this.bias) return [undefined, undefined];
    if (!this.reset_after) return [this.bias.value, undefined];
    const [input, recurrent] = ops.split(this.bias, 2, 0);
    return [ops.squeeze(input, 0), ops.squeeze(recurrent, 0)];
  }

  override project(inputs: Tensor, training: boolean): Tensor {
    const mask = training && isPartial(this.dropout) ? this.get_dropout_mask(inputs) : null;
    const x = maskedProduct(inputs, this.kernel.value, mask);
    const [bias] = this.#biases();
    return bias ? ops.add(x, bias) : x;
  }

  override stepper(training: boolean): Step {
    const { units } = this;
    const drops = training && isPartial(this.recurrent_dropout);
    const kernel = this.recurrent_kernel.value;
    const [, bias] = this.#biases();
    const [gateKernel, stateKernel] = this.reset_after ? [] : ops.split(kernel, [2 * units], 1);
    return (projected, [before]) => {
      const h = before as Tensor;
      const masks = drops ? this.get_recurrent_dropout_mask(h) as Tensor[] : null;
      const [gatesIn, candidateIn] = ops.split(projected, [2 * units], -1);
      let gates: Tensor;
      let candidate: (reset: Tensor) => Tensor;
      if (this.reset_after) {
        const product = maskedProduct(h, kernel, masks);
        const parts = ops.split(bias ? ops.add(product, bias) : product, [2 * units], -1);
        gates = parts[0];
        candidate = (reset) => ops.multiply(reset, parts[1]);
      } else {
        gates = maskedProduct(h, gateKernel, masks && masks.slice(0, 2));
        const state = masks ? ops.multiply(h, masks[2]) : h;
        candidate = (reset) => ops.matmul(ops.multiply(reset, state), stateKernel);
      }
      const [update, reset] = ops.split(this.recurrent_activation(ops.add(gatesIn, gates)), 2, -1);
      const next = this.activation(ops.add(candidateIn, candidate(reset)));
      const output = ops.add(ops.multiply(update, h), ops.multiply(ops.subtract(1, update), next));
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
      recurrent_activation: activations.serialize(this.recurrent_activation),
      use_bias: this.use_bias,
      ...initializerConfig(this),
      ...regularizerConfig(this),
      ...constraintConfig(this),
      ...dropoutConfig(this),
      reset_after: this.reset_after,
      seed: this.seed,
    };
  }
}
kerasExport(GRUCell, 'keras.layers.GRUCell');
