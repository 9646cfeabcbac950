/** What the cells of SimpleRNN, GRU, LSTM and ConvLSTM share: options, weights' options, dropout, one step. */
import type { Shape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import type { Variable } from '../../engine/variable.js';
import * as activations from '../../activations/index.js';
import * as constraints from '../../constraints/index.js';
import * as initializers from '../../initializers/index.js';
import * as ops from '../../ops/index.js';
import * as random from '../../random/index.js';
import * as regularizers from '../../regularizers/index.js';
import { LAYER_OPTIONS } from '../../utils/arguments.js';
import { ArgumentError } from '../../utils/checks.js';
import { LayerError, type CallOptions, type LayerOptions } from '../layer.js';
import { sentence } from '../layer-state.js';
import type { States, Step, StepResult } from './cell.js';
import { DropoutRNNCell, type DropoutMask } from './dropout-rnn-cell.js';

/** Options of the weights and of dropout, which cells and their layers have in common. */
export interface RecurrentOptions extends LayerOptions {
  /** Applied to the output. Default `tanh`; null for none. */
  activation?: activations.Identifier;
  /** Whether a bias is added. Default true. */
  use_bias?: boolean;
  /** For what multiplies the inputs. Default `glorot_uniform`. */
  kernel_initializer?: initializers.Identifier;
  /** For what multiplies the state. Default `orthogonal`. */
  recurrent_initializer?: initializers.Identifier;
  /** Default `zeros`. */
  bias_initializer?: initializers.Identifier;
  kernel_regularizer?: regularizers.Identifier;
  recurrent_regularizer?: regularizers.Identifier;
  bias_regularizer?: regularizers.Identifier;
  kernel_constraint?: constraints.Identifier;
  recurrent_constraint?: constraints.Identifier;
  bias_constraint?: constraints.Identifier;
  /** The part of the inputs that is left out in training, from 0 (default) to 1. */
  dropout?: number;
  /** The part of the state that is left out in training, from 0 (default) to 1. */
  recurrent_dropout?: number;
  /** An integer makes dropout the same in every run. */
  seed?: number | null;
}

/** Options of cells with gates. */
export interface GateOptions {
  /** Applied to the gates. Default `sigmoid`; null for none. */
  recurrent_activation?: activations.Identifier;
  /**
   * Which dropout masks there are: 1 gives each gate a mask of its own, 2 (default) one to all. With
   * `recurrent_dropout` it is 1.
   */
  implementation?: 1 | 2;
}

/** What the constructors of cells with gates take by name only. */
export const CELL_OPTIONS = [...LAYER_OPTIONS, 'implementation'] as const;

export function requireImplementation(owner: string, value: unknown): 1 | 2 {
  if (value !== 1 && value !== 2) {
    throw new ArgumentError(`${owner}: the argument 'implementation' must be 1 or 2, received ${JSON.stringify(value)}.`);
  }
  return value;
}

/** A rate as Keras takes it: numbers outside of 0 to 1 count as the nearer end. */
function rateOf(owner: string, name: string, rate: unknown): number {
  if (typeof rate !== 'number' || Number.isNaN(rate)) {
    throw new ArgumentError(`${owner}: the argument '${name}' must be a number from 0 to 1, received ` +
      `${JSON.stringify(rate)}.`);
  }
  return Math.min(1, Math.max(0, rate));
}

/**
 * A step in two halves: what depends on the inputs alone, which a layer computes for all steps at once, and
 * what depends on the state.
 */
export abstract class BaseRNNCell extends DropoutRNNCell {
  static override call_arguments: readonly string[] = ['states', 'training'];

  readonly activation: activations.Activation;
  readonly use_bias: boolean;
  readonly kernel_initializer: initializers.InitializerFunction;
  readonly recurrent_initializer: initializers.InitializerFunction;
  readonly bias_initializer: initializers.InitializerFunction;
  readonly kernel_regularizer: regularizers.RegularizerFunction | null;
  readonly recurrent_regularizer: regularizers.RegularizerFunction | null;
  readonly bias_regularizer: regularizers.RegularizerFunction | null;
  readonly kernel_constraint: constraints.ConstraintFunction | null;
  readonly recurrent_constraint: constraints.ConstraintFunction | null;
  readonly bias_constraint: constraints.ConstraintFunction | null;
  readonly dropout: number;
  readonly recurrent_dropout: number;
  readonly seed: number | null;
  readonly seed_generator: random.SeedGenerator;
  kernel!: Variable;
  recurrent_kernel!: Variable;
  bias: Variable | null = null;

  /** @param drawsSeedFirst whether the default seed is drawn before those of the initializers, as Keras's order has it */
  constructor(options: RecurrentOptions, drawsSeedFirst: boolean) {
    super(options);
    const what = new.target.name;
    this.seed = options.seed ?? null;
    const first = drawsSeedFirst ? new random.SeedGenerator(this.seed) : undefined;
    this.activation = activations.get(options.activation === undefined ? 'tanh' : options.activation);
    this.use_bias = options.use_bias ?? true;
    this.kernel_initializer = initializers.get(options.kernel_initializer ?? 'glorot_uniform');
    this.recurrent_initializer = initializers.get(options.recurrent_initializer ?? 'orthogonal');
    this.bias_initializer = initializers.get(options.bias_initializer ?? 'zeros');
    this.kernel_regularizer = regularizers.get(options.kernel_regularizer ?? null);
    this.recurrent_regularizer = regularizers.get(options.recurrent_regularizer ?? null);
    this.bias_regularizer = regularizers.get(options.bias_regularizer ?? null);
    this.kernel_constraint = constraints.get(options.kernel_constraint ?? null);
    this.recurrent_constraint = constraints.get(options.recurrent_constraint ?? null);
    this.bias_constraint = constraints.get(options.bias_constraint ?? null);
    this.dropout = rateOf(what, 'dropout', options.dropout ?? 0);
    this.recurrent_dropout = rateOf(what, 'recurrent_dropout', options.recurrent_dropout ?? 0);
    this.seed_generator = first ?? new random.SeedGenerator(this.seed);
  }

  /** Makes kernel, recurrent_kernel and bias. */
  protected addWeights(
    kernel: Shape, recurrent: Shape, bias: Shape, bias_initializer: initializers.InitializerFunction,
  ): void {
    this.kernel = this.add_weight({
      name: 'kernel', shape: kernel, initializer: this.kernel_initializer, regularizer: this.kernel_regularizer,
      constraint: this.kernel_constraint });
    this.recurrent_kernel = this.add_weight({
      name: 'recurrent_kernel', shape: recurrent, initializer: this.recurrent_initializer,
      regularizer: this.recurrent_regularizer, constraint: this.recurrent_constraint });
    if (!this.use_bias) return;
    this.bias = this.add_weight({
      name: 'bias', shape: bias, initializer: bias_initializer, regularizer: this.bias_regularizer,
      constraint: this.bias_constraint });
  }

  abstract readonly state_size: number | readonly number[];

  /** The part of a step that depends on the inputs alone, `[..., batch, features]`, for any number of steps. */
  abstract project(inputs: Tensor, training: boolean): Tensor;

  /** The part that depends on the state: a function of what `project` gives for the step, and of the states. */
  abstract stepper(training: boolean): Step;

  override call(inputs: Tensor, { states, training = false }: CallOptions = {}): StepResult {
    if (states === undefined || states === null) {
      throw new LayerError(`${sentence(this.describe())} must be called with its states, at first ` +
        'cell(inputs, cell.get_initial_state(batch_size)).');
    }
    const isList = Array.isArray(states);
    const count = isList ? states.length : 1;
    const expected = typeof this.state_size === 'number' ? 1 : this.state_size.length;
    if (count !== expected) {
      throw new LayerError(`${sentence(this.describe())} has ${expected} states, but received ${count}. The first ones come from ` +
        'cell.get_initial_state(batch_size).');
    }
    const [output, after] = this.stepper(training)(this.project(inputs, training),
      (isList ? states : [states]) as readonly States[]);
    return [output, isList ? after : (after as readonly States[])[0]];
  }

  /** Whether `call` is the one above, so that a layer may run the halves by themselves. */
  get hasHalves(): boolean {
    return this.call === BaseRNNCell.prototype.call && this.activity_regularizer === null;
  }

  abstract get_initial_state(batch_size: number): States;

  override get_build_config(): Record<string, unknown> | null {
    const config = super.get_build_config();
    // The shapes of the states follow from the options.
    return config?.shapes_dict ? { input_shape: (config.shapes_dict as { input_shape: unknown }).input_shape } : config;
  }
}

/**
 * x . kernel, where dropout leaves out parts of x: with one mask for all gates, or with one for each, which
 * multiplies the gate's part of the kernel.
 */
export function maskedProduct(x: Tensor, kernel: Tensor, mask: DropoutMask): Tensor {
  if (mask === null) return ops.matmul(x, kernel);
  if (!Array.isArray(mask)) return ops.matmul(ops.multiply(x, mask), kernel);
  const parts = ops.split(kernel, mask.length, -1);
  return ops.concatenate(mask.map((one, gate) => ops.matmul(ops.multiply(x, one), parts[gate])), -1);
}

/** Whether a rate leaves out some and keeps some. */
export const isPartial = (rate: number): boolean => rate > 0 && rate < 1;

/** Initializer of the bias of four gates: 1 for the second, the forget gate, and `initializer` for the others. */
export const forgetBias = (
  units: number, initializer: initializers.InitializerFunction,
): initializers.InitializerFunction => (_, dtype) => ops.concatenate([
  initializer([units], dtype), new initializers.Ones()([units], dtype), initializer([2 * units], dtype)]);
