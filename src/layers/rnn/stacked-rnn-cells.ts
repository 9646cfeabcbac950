/** StackedRNNCells: several cells as one. */
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { deserialize_keras_object, serialize_keras_object } from '../../saving/serialization.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { ArgumentError } from '../../utils/checks.js';
import { Layer, type CallOptions, type LayerOptions } from '../layer.js';
import {
  callCell, initialStatesOf, outputSizeOf, requireCell, type RNNCell, type States, type StateSize, type StepResult,
} from './cell.js';

export interface StackedRNNCellsOptions extends LayerOptions {
  /** The cells, from the inputs to the output. */
  cells: readonly RNNCell[];
}

const ARGUMENTS = ['cells'] as const;

/**
 * Cells on top of each other, as one cell: in each step the output of one is the input of the next. `RNN`
 * makes one of an array of cells.
 *
 * Input shape: `[batch, features]`; states: an array with those of each cell. Output:
 * `[output of the last cell, states of all]`. Source: keras.layers.StackedRNNCells.
 *
 * @throws ArgumentError when something in `cells` is no cell
 * @example
 * const cells = [8, 4].map((units) => new keras.layers.LSTMCell(units));
 * const layer = new keras.layers.RNN(new keras.layers.StackedRNNCells(cells));
 * layer(keras.ops.ones([2, 5, 3])).shape; // [2, 4]
 */
export class StackedRNNCells extends Layer {
  static override call_arguments: readonly string[] = ['states', 'training'];

  readonly cells: readonly RNNCell[];

  constructor(...args: ConstructorArgs<StackedRNNCellsOptions, typeof ARGUMENTS>) {
    const options = namedArguments<StackedRNNCellsOptions>('StackedRNNCells', ARGUMENTS, args);
    super(options);
    const { cells } = options;
    if (!Array.isArray(cells) || cells.length === 0) {
      throw new ArgumentError(`StackedRNNCells: the argument 'cells' must be an array of cells, received ` +
        `${Array.isArray(cells) ? '[]' : String(cells)}.`);
    }
    this.cells = cells.map((cell) => requireCell('StackedRNNCells', cell));
  }

  get state_size(): StateSize {
    return this.cells.map((cell) => cell.state_size);
  }

  get output_size(): number {
    return outputSizeOf(this.cells[this.cells.length - 1]);
  }

  get_initial_state(batch_size: number): States {
    return this.cells.map((cell) => initialStatesOf(cell, batch_size, this.compute_dtype));
  }

  override build(input_shape: SymbolicShape): void {
    let shape = input_shape;
    for (const cell of this.cells) {
      if (cell instanceof Layer && !cell.built) cell.build(shape);
      shape = [shape[0], outputSizeOf(cell)];
    }
  }

  override call(inputs: Tensor, { states, training }: CallOptions = {}): StepResult {
    let x = inputs;
    const after = this.cells.map((cell, i) => {
      const before = (states as readonly States[])[i];
      const isList = Array.isArray(before);
      const [output, next] = callCell(cell, x, (isList ? before : [before]) as readonly States[], training);
      x = output;
      return Array.isArray(next) && next.length === 1 && !isList ? next[0] as States : next;
    });
    return [x, after];
  }

  override get_build_config(): Record<string, unknown> | null {
    const config = super.get_build_config();
    // The shapes of the states follow from the cells.
    return config?.shapes_dict ? { input_shape: (config.shapes_dict as { input_shape: unknown }).input_shape } : config;
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), cells: this.cells.map(serialize_keras_object) };
  }

  static override from_config(config: Record<string, unknown>): StackedRNNCells {
    const cells = (config.cells as unknown[]).map((cell) => deserialize_keras_object(cell)) as unknown as RNNCell[];
    return new this({ ...config, cells });
  }
}
kerasExport(StackedRNNCells, 'keras.layers.StackedRNNCells');
