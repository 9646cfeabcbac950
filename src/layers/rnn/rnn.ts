/** RNN: a cell that is run over the steps of sequences. */
import { toTensor } from '../../engine/convert.js';
import { formatShape, sameShape, type SymbolicShape } from '../../engine/shape.js';
import { flatten, mapStructure, packAs } from '../../engine/structure.js';
import { Tensor } from '../../engine/tensor.js';
import { Variable } from '../../engine/variable.js';
import * as ops from '../../ops/index.js';
import { cast } from '../../ops/promotion.js';
import { withoutFill } from '../../ops/symbolic.js';
import { deserialize_keras_object, serialize_keras_object } from '../../saving/serialization.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { InputSpec } from '../input-spec.js';
import { Layer, LayerError, shapesToSpecs, type CallOptions, type LayerOptions } from '../layer.js';
import { shapesOf } from '../layer-call.js';
import { sentence } from '../layer-state.js';
import { inNameScope } from '../name-scope.js';
import { BaseRNNCell } from './base-rnn-cell.js';
import {
  callCell, initialStatesOf, outputSizeOf, requireCell, type RNNCell, type States, type StateSize, type Step,
} from './cell.js';
import { DropoutRNNCell } from './dropout-rnn-cell.js';
import { runSteps, swapBatchAndSteps, type LoopResult } from './loop.js';
import { StackedRNNCells } from './stacked-rnn-cells.js';

/** What all recurrent layers take besides their cell's options. */
export interface SequenceOptions extends LayerOptions {
  /** Whether the outputs of all steps are returned, `[batch, steps, units]`, or the last one (default). */
  return_sequences?: boolean;
  /** Whether the last states are returned after the output. Default false. */
  return_state?: boolean;
  /** Whether the steps are run from the last to the first. Default false. */
  go_backwards?: boolean;
  /** Whether a batch starts with the states that the one before ended with. Default false. */
  stateful?: boolean;
  /** Whether a compiled function holds each step by itself, rather than a loop. Default false. */
  unroll?: boolean;
  /** Whether `return_sequences` gives 0 for masked steps, rather than the output before. Default false. */
  zero_output_for_mask?: boolean;
}

export interface RNNOptions extends SequenceOptions {
  /** A cell, or an array of cells that are stacked. */
  cell: RNNCell | readonly RNNCell[];
}

const ARGUMENTS = ['cell', 'return_sequences', 'return_state', 'go_backwards', 'stateful', 'unroll',
  'zero_output_for_mask'] as const;

/**
 * Runs a cell over the steps of sequences. A cell is a layer (or a plain object) with `state_size`,
 * `call(inputs, {states})` that returns `[output, new_states]`, and perhaps `output_size` and
 * `get_initial_state(batch_size)`.
 *
 * Call: `layer(sequences, {initial_state, mask, training})`; `initial_state` is an array of states, the mask
 * `[batch, steps]` is false for steps to pass over. Input shape: `[batch, steps, ...]`. Output shape:
 * `[batch, units]`, with `return_sequences` `[batch, steps, units]`; with `return_state` an array of the output
 * and the last states. Source: keras.layers.RNN.
 *
 * @throws ArgumentError when the cell has no `call` or no `state_size`
 * @example
 * class MinimalRNNCell extends keras.Layer {
 *   constructor(units) { super(); this.units = units; this.state_size = units; }
 *   build([, features]) {
 *     this.kernel = this.add_weight({ shape: [features, this.units], name: 'kernel' });
 *     this.recurrent_kernel = this.add_weight({ shape: [this.units, this.units], name: 'recurrent_kernel' });
 *   }
 *   call(inputs, { states: [before] }) {
 *     const output = keras.ops.add(keras.ops.matmul(inputs, this.kernel), keras.ops.matmul(before, this.recurrent_kernel));
 *     return [output, [output]];
 *   }
 * }
 * const layer = new keras.layers.RNN([new MinimalRNNCell(32), new MinimalRNNCell(64)]);
 * layer(keras.ops.ones([2, 5, 3])).shape; // [2, 64]
 */
export class RNN extends Layer {
  static override first_argument = 'sequences';
  static override call_arguments: readonly string[] = ['initial_state', 'mask', 'training'];

  readonly cell: RNNCell;
  readonly return_sequences: boolean;
  readonly return_state: boolean;
  readonly go_backwards: boolean;
  readonly stateful: boolean;
  readonly unroll: boolean;
  zero_output_for_mask: boolean;
  /** Sizes of the states, one for each. */
  readonly state_size: readonly StateSize[];
  /** With `stateful`, from the build on: the states with which the next batch starts. */
  states: readonly unknown[] | null = null;
  #expectedBatch: number | undefined;

  constructor(...args: ConstructorArgs<RNNOptions, typeof ARGUMENTS>) {
    const what = new.target.name;
    const options = namedArguments<RNNOptions>(what, ARGUMENTS, args, undefined, ['cell']);
    const { cell } = options;
    const one = Array.isArray(cell) ? new StackedRNNCells(cell as readonly RNNCell[]) : requireCell(what, cell);
    super(options);
    this.cell = one;
    this.return_sequences = options.return_sequences ?? false;
    this.return_state = options.return_state ?? false;
    this.go_backwards = options.go_backwards ?? false;
    this.stateful = options.stateful ?? false;
    this.unroll = options.unroll ?? false;
    this.zero_output_for_mask = options.zero_output_for_mask ?? false;
    this.supports_masking = true;
    const { state_size } = one;
    this.state_size = typeof state_size === 'number' ? [state_size] : state_size;
  }

  /** The states are no weights: they are not saved. */
  override untrackedAttributes(): ReadonlySet<string> {
    return UNTRACKED;
  }

  override build(sequences_shape: SymbolicShape, _initial_state_shape?: unknown): void {
    const [batch, , ...step] = sequences_shape;
    if (this.cell instanceof Layer && !this.cell.built) this.cell.build([batch, ...step]);
    if (this.input_spec instanceof InputSpec && this.input_spec.ndim === 3) {
      this.input_spec = new InputSpec({ ndim: 3, axes: { [-1]: sequences_shape[2] } });
    }
    if (!this.stateful) return;
    if (this.states) this.reset_state();
    else {
      if (batch === null) {
        throw new LayerError(`${sentence(this.describe())} is stateful, so its batch size must be known, but its ` +
          `input shape is ${formatShape(sequences_shape)}. Give batch_size to the Input layer.`);
      }
      this.states = this.#makeStates(batch);
      this.#expectedBatch = batch;
    }
  }

  #makeStates(batch: number): readonly unknown[] {
    const state = (value: unknown): Variable => new Variable(() => toTensor(value as Tensor, this.variable_dtype),
      { shape: (value as Tensor).shape, dtype: this.variable_dtype, trainable: false, name: 'rnn_state' });
    return inNameScope(this, () => mapStructure(state, this.get_initial_state(batch)) as readonly unknown[]);
  }

  /** States for the first step of a batch of this size. */
  get_initial_state(batch_size: number): readonly States[] {
    const states = initialStatesOf(this.cell, batch_size, this.#stateDType);
    return Array.isArray(states) ? states as readonly States[] : [states];
  }

  get #stateDType(): Layer['compute_dtype'] {
    return this.cell instanceof Layer ? this.cell.compute_dtype : this.compute_dtype;
  }

  /** Sets the states of a stateful layer to zero: the next batch starts anew. */
  reset_state(): void {
    for (const state of flatten(this.states ?? []) as Variable[]) state.assign(ops.zeros(state.shape, state.dtype));
  }

  /** The same as `reset_state`. */
  reset_states(): void {
    this.reset_state();
  }

  override call(sequences: Tensor, { initial_state, mask, training = false }: CallOptions = {}): unknown {
    if (sequences.shape[1] === 0) {
      throw new LayerError(`${sentence(this.describe())} needs at least one step, received sequences of shape ` +
        `${formatShape(sequences.shape)}.`);
    }
    // 1. The states at the start, in the dtype of the cell.
    const initial = this.#initialStates(sequences, initial_state);
    // 2. Dropout masks for all steps.
    const cells = holdMasks(this.cell, sequences, initial);
    let result: LoopResult;
    try {
      // 3. The steps.
      result = this.inner_loop(sequences, initial, this.#stepMask(mask, sequences), training);
    } finally {
      for (const cell of cells) cell.releaseDropoutMasks();
    }
    // 4. Outputs and states in this layer's dtype.
    const output = cast(this.return_sequences ? swapBatchAndSteps(result.output) : result.output, this.compute_dtype);
    const states = mapStructure((state) => cast(state as Tensor, this.compute_dtype), result.states) as readonly States[];
    // 5. A stateful layer goes on from here with the next batch.
    if (this.stateful) {
      const leaves = flatten(states) as Tensor[];
      (flatten(this.states) as Variable[]).forEach((state, i) => state.assign(cast(leaves[i], state.dtype)));
    }
    return this.return_state ? [output, ...states] : output;
  }

  #initialStates(sequences: Tensor, given: unknown): readonly States[] {
    const [batch] = sequences.shape;
    if (this.stateful) this.#checkBatch(sequences);
    let states: unknown = given;
    if (given === undefined || given === null) states = this.stateful ? this.states : this.get_initial_state(batch);
    const list = Array.isArray(states) ? states as unknown[] : [states];
    const leaves = flatten(list);
    const expected = flatten(this.state_size).length;
    if (leaves.length !== expected) {
      throw new LayerError(`${sentence(this.describe())} has ${expected} states, but initial_state holds ` +
        `${leaves.length}.`);
    }
    const tensors = leaves.map((leaf) => toTensor(leaf as Tensor, this.#stateDType));
    if (given !== undefined && given !== null) this.#checkStates(tensors, batch);
    return packAs(list, tensors) as readonly States[];
  }

  #checkStates(given: readonly Tensor[], batch: number): void {
    const expected = flatten(this.get_initial_state(batch)) as Tensor[];
    expected.forEach(({ shape }, i) => {
      if (sameShape(given[i].shape, shape)) return;
      throw new LayerError(`The state ${i} of initial_state of ${this.describe()} must have shape ` +
        `${formatShape(shape)}, received ${formatShape(given[i].shape)}.`);
    });
  }

  #stepMask(mask: unknown, sequences: Tensor): Tensor | undefined {
    const one = flatten(mask).find((leaf) => leaf instanceof Tensor) as Tensor | undefined;
    if (!one) return undefined;
    const expected = sequences.shape.slice(0, 2);
    if (!sameShape(one.shape, expected)) {
      throw new LayerError(`The mask of ${this.describe()} must have shape [batch, steps], here ` +
        `${formatShape(expected)}, received ${formatShape(one.shape)}.`);
    }
    return cast(one, 'bool');
  }

  #checkBatch(sequences: Tensor): void {
    const [batch] = withoutFill(sequences.shape);
    if (this.#expectedBatch === undefined || batch === null || batch === this.#expectedBatch) return;
    throw new LayerError(`${sentence(this.describe())} is stateful: every batch must have the size of its ` +
      `states. Expected batch size ${this.#expectedBatch}, received ${batch} (input shape ` +
      `${formatShape(sequences.shape)}).`);
  }

  /** Runs the steps from given states. With `return_sequences` the output has the steps first. */
  protected inner_loop(
    sequences: Tensor, initial: readonly States[], mask: Tensor | undefined, training: boolean,
  ): LoopResult {
    const { cell, go_backwards, zero_output_for_mask } = this;
    const inputs = swapBatchAndSteps(sequences);
    // A penalty that a cell computes in each step could not leave a loop.
    const hasPenalty = cell instanceof Layer && cell._flatten_layers().some((layer) => layer.activity_regularizer);
    const unroll = this.unroll || hasPenalty;
    const options = {
      go_backwards, unroll, zero_output_for_mask, return_all_outputs: this.return_sequences,
      mask: mask && swapBatchAndSteps(mask),
    };
    if (cell instanceof BaseRNNCell && cell.hasHalves && this.#computesLike(cell)) {
      // What depends on the inputs alone is computed for all steps at once.
      const projected = cell.project(inputs, training);
      return runSteps(cell.stepper(training), projected, initial, { ...options, givesFirstState: true });
    }
    const passed = cell instanceof Layer && !takesTraining(cell) ? undefined : training;
    const step: Step = (x, states) => callCell(cell, x, states, passed);
    return runSteps(step, inputs, initial, { ...options, givesFirstState: false });
  }

  #computesLike(cell: Layer): boolean {
    return cell.compute_dtype === this.compute_dtype && cell.variable_dtype === this.variable_dtype &&
      cell.autocast === this.autocast;
  }

  override compute_mask(_inputs: unknown, previous_mask: unknown): unknown {
    const [mask] = flatten(previous_mask);
    const output = this.return_sequences ? mask : null;
    return this.return_state ? [output, ...flatten(this.state_size).map(() => null)] : output;
  }

  override compute_output_shape(sequences_shape: SymbolicShape): unknown {
    const [batch, steps] = sequences_shape;
    const size = outputSizeOf(this.cell);
    const output = this.return_sequences ? [batch, steps, size] : [batch, size];
    if (!this.return_state) return output;
    return [output, ...mapStructure((state) => [batch, state], this.state_size) as SymbolicShape[]];
  }

  /** By the shape rule: the number of steps need not be known. */
  override compute_output_spec(inputs: unknown): unknown {
    return shapesToSpecs(this.compute_output_shape(shapesOf(inputs) as SymbolicShape), this.compute_dtype);
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(),
      return_sequences: this.return_sequences,
      return_state: this.return_state,
      go_backwards: this.go_backwards,
      stateful: this.stateful,
      unroll: this.unroll,
      zero_output_for_mask: this.zero_output_for_mask,
      cell: serialize_keras_object(this.cell),
    };
  }

  static override from_config(config: Record<string, unknown>): RNN {
    return new this({ ...config, cell: deserialize_keras_object(config.cell) as unknown as RNNCell });
  }
}
kerasExport(RNN, 'keras.layers.RNN');

const UNTRACKED: ReadonlySet<string> = new Set(['_losses', 'states']);

const takesTraining = (cell: Layer): boolean => {
  const names = (cell.constructor as typeof Layer).call_arguments;
  return names === null || names.includes('training');
};

/** Draws the dropout masks of a cell and of all cells stacked in it; returns these cells. */
function holdMasks(cell: RNNCell, sequences: Tensor, states: readonly States[]): DropoutRNNCell[] {
  const [batch, , ...step] = sequences.shape;
  const visit = (one: RNNCell, shape: readonly number[], state: States): DropoutRNNCell[] => {
    if (one instanceof DropoutRNNCell) {
      const first = flatten(state)[0] as Tensor;
      if (one.dropout > 0 || one.recurrent_dropout > 0) {
        one.holdDropoutMasks(ops.zeros(shape, sequences.dtype), first);
        return [one];
      }
    }
    if (!(one instanceof StackedRNNCells)) return [];
    let size = shape;
    return one.cells.flatMap((part, i) => {
      const held = visit(part, size, (state as readonly States[])[i]);
      size = [batch, outputSizeOf(part)];
      return held;
    });
  };
  return visit(cell, [batch, ...step], states);
}
