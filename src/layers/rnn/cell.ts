/** What a recurrent layer takes for its cell: one step of a recurrence, with states of any structure. */
import { flatten, mapStructure } from '../../engine/structure.js';
import type { DType } from '../../engine/dtype.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { ArgumentError } from '../../utils/checks.js';
import { Layer, type CallOptions } from '../layer.js';

/** Sizes of the states: one, or an array with one for each state, which may be arrays in turn. */
export type StateSize = number | readonly StateSize[];

/** States as a cell gets and gives them: tensors in arrays, or one tensor alone. */
export type States = Tensor | readonly States[];

/** What a cell's call gives: the output of the step, and the states after it. */
export type StepResult = readonly [output: Tensor, states: States];

/** One step: what comes in at one time, and the states before it. */
export type Step = (input: Tensor, states: readonly States[]) => StepResult;

/**
 * One step of a recurrence. A layer with these members is a cell, and so is a plain object.
 * `call(inputs, {states, training})` gets the states as an array and returns `[output, new_states]`.
 */
export interface RNNCell {
  readonly state_size: StateSize;
  /** Default: the size of the first state. */
  readonly output_size?: number;
  /** States for the first step. Default: zeros. */
  get_initial_state?(batch_size: number): States;
  call(inputs: Tensor, options: CallOptions & { states: readonly States[] }): unknown;
}

const describeCell = (cell: unknown): string => (typeof cell === 'object' && cell !== null
  ? `an object with the members ${Object.keys(cell).join(', ') || 'none'}` : String(cell));

const isStateSize = (size: unknown): size is StateSize =>
  (Array.isArray(size) ? size.length > 0 && size.every(isStateSize) : Number.isInteger(size));

/** Checks that something can be a cell. */
export function requireCell(owner: string, cell: unknown): RNNCell {
  const { call, state_size } = Object(cell) as Partial<RNNCell>;
  if (typeof call !== 'function') {
    throw new ArgumentError(`${owner}: a cell must have a call(inputs, {states}) method, received ` +
      `${describeCell(cell)}.`);
  }
  if (state_size === undefined || state_size === null) {
    throw new ArgumentError(`${owner}: a cell must have a state_size (an integer, or an array with one for ` +
      `each state), received ${describeCell(cell)}.`);
  }
  if (!isStateSize(state_size)) {
    throw new ArgumentError(`${owner}: the state_size of a cell must be an integer or an array of integers, ` +
      `one for each state, received ${JSON.stringify(state_size)}.`);
  }
  return cell as RNNCell;
}

/** Length of the last axis of the cell's output. */
export function outputSizeOf(cell: RNNCell): number {
  return cell.output_size ?? (flatten(cell.state_size)[0] as number);
}

/** States for the first step, as the cell gives them or zeros. */
export function initialStatesOf(cell: RNNCell, batch_size: number, dtype: DType): States {
  if (cell.get_initial_state) return cell.get_initial_state(batch_size);
  return mapStructure((size) => ops.zeros([batch_size, size as number], dtype), cell.state_size) as States;
}

/** Runs one step of any cell. */
export function callCell(
  cell: RNNCell, input: Tensor, states: readonly States[], training: boolean | undefined,
): StepResult {
  const options = training === undefined ? { states } : { states, training };
  const result = cell instanceof Layer ? cell<Tensor, unknown>(input, options) : cell.call(input, options);
  if (!Array.isArray(result) || result.length !== 2) {
    const name = cell instanceof Layer ? `'${cell.name}'` : describeCell(cell);
    throw new TypeError(`The call of the cell ${name} must return [output, new_states], received ` +
      `${Array.isArray(result) ? `an array of ${result.length}` : String(result)}.`);
  }
  return result as unknown as StepResult;
}
