/** keras.backend.rnn: a step function along the time axis. */
import { context } from '../engine/context.js';
import { scan } from '../engine/control-flow.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import { formatShape, ShapeError } from '../engine/shape.js';
import { flatten, isPlainObject, mapStructure, packAs } from '../engine/structure.js';
import { Tensor } from '../engine/tensor.js';
import { iota } from '../ops/compose.js';
import { unstack } from '../ops/core/gradients.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import { stack } from '../ops/numpy/joining.js';
import { flip } from '../ops/numpy/rearranging.js';
import { cast } from '../ops/promotion.js';
import { computeOutputSpec } from '../ops/symbolic.js';
import { expandDims, less, reshape, sliceAxis, transpose, where, zeros } from '../ops/tensor-math.js';
import { byPosition } from './named.js';
import { runOrRecord, withAxis, withoutAxis } from './specified-operation.js';

/** One time step: [output, new states] of the inputs at that time and of the states followed by the constants. */
export type StepFunction = (inputs: Tensor, states: Tensor[]) => readonly [Tensor, readonly Tensor[]];

export interface RnnOptions {
  /** Go from the last time step to the first. Default false. */
  go_backwards?: boolean;
  /** [samples, time]: 0 where a step does not count. Default null. */
  mask?: TensorLike | KerasTensor | null;
  /** Passed to each step after the states. Default null: none. */
  constants?: readonly (TensorLike | KerasTensor)[] | null;
  /** Write the steps out one by one in a graph, instead of a loop. Default false. */
  unroll?: boolean;
  /** The number of time steps, which must be known to unroll; or one number for each sample, which masks the rest. */
  input_length?: number | TensorLike | KerasTensor | null;
  /** Inputs, mask and outputs have time as their first axis. Default false. */
  time_major?: boolean;
  /** Outputs of masked steps are 0 instead of the output before. Default false. */
  zero_output_for_mask?: boolean;
  /** Default true; false keeps the last output only, and `outputs` has one time step. */
  return_all_outputs?: boolean;
}
const NAMES = ['step_function', 'inputs', 'initial_states', 'go_backwards', 'mask', 'constants', 'unroll', 'input_length',
  'time_major', 'zero_output_for_mask', 'return_all_outputs'] as const;

/** [last output, outputs, new states]. */
export type RnnResult<T> = [T, T, T[]];
type Settings = Required<Pick<RnnOptions, 'go_backwards' | 'unroll' | 'time_major' | 'zero_output_for_mask' |
  'return_all_outputs'>> & { steps: number | null };

/** The condition [samples] or [samples, 1] with as many axes as the value it chooses. */
function alongBatch(condition: Tensor, value: Tensor): Tensor {
  return reshape(condition, [condition.shape[0], ...Array.from({ length: value.ndim - 1 }, () => 1)]);
}

function checkedLength(leaves: readonly Tensor[], { time_major, steps }: Settings): number {
  const axis = time_major ? 0 : 1;
  const length = leaves[0].shape[axis];
  const bad = leaves.find(({ ndim, shape }) => ndim < 3 || shape[axis] !== length || length === 0);
  if (bad) {
    throw new ShapeError('K.rnn takes inputs of shape [samples, time, ...] with at least 3 axes, one time step, and the ' +
      `same number of steps in all, received shapes ${leaves.map(({ shape }) => formatShape(shape)).join(', ')}.`);
  }
  if (steps !== null && steps !== length) {
    throw new ShapeError(`K.rnn: input_length is ${steps}, but the inputs have ${length} time steps.`);
  }
  return length;
}

/** Lengths of the samples as a mask. */
function maskOfLengths(lengths: Tensor, steps: number, time_major: boolean): Tensor {
  const [times, counts] = [iota(steps), cast(lengths, 'int32')];
  return time_major ? less(expandDims(times, 1), counts) : less(times, expandDims(counts, 1));
}

/** What one step passes on to the next. */
interface Carry {
  states: Tensor[];
  /** The output of the step before, which a masked step repeats. */
  output: Tensor | undefined;
}
interface Slice {
  inputs: unknown;
  mask: Tensor | undefined;
}

/** One step with its mask. */
function advance(
  step: StepFunction, { states, output: before }: Carry, { inputs, mask }: Slice, fixed: readonly Tensor[], settings: Settings,
): Carry & { output: Tensor } {
  const [output, next] = step(inputs as Tensor, [...states, ...fixed]);
  if (mask === undefined) return { states: [...next], output };
  const otherwise = before === undefined || settings.zero_output_for_mask ? zeros(output.shape, output) : before;
  return {
    states: states.map((state, i) => where(alongBatch(mask, state), next[i], state)),
    output: where(alongBatch(mask, output), output, otherwise),
  };
}

/** Axes 0 and 1 exchanged. */
const swapped = (x: Tensor): Tensor => transpose(x, [1, 0, ...Array.from({ length: x.ndim - 2 }, (_, i) => i + 2)]);

function runSteps(
  step: StepFunction, inputs: unknown, initial: readonly TensorLike[], constants: readonly TensorLike[],
  mask: TensorLike | null, lengths: TensorLike | null, settings: Settings,
): RnnResult<Tensor> {
  const { time_major, go_backwards, return_all_outputs } = settings;
  // 1. time as the first axis, in the order in which it is visited
  const leaves = flatten(inputs).map((leaf) => toTensor(leaf as TensorLike));
  const steps = checkedLength(leaves, settings);
  const given = mask === null && lengths !== null ? maskOfLengths(toTensor(lengths), steps, time_major) : mask;
  const overTime = (x: Tensor): Tensor => {
    const t = time_major ? x : swapped(x);
    return go_backwards ? flip(t, 0) : t;
  };
  const xs = leaves.map(overTime);
  const masks = given === null ? null : overTime(cast(toTensor(given), 'bool'));
  const fixed = constants.map((value) => toTensor(value));
  const start: Carry = { states: initial.map((value) => toTensor(value)), output: undefined };

  // 2. a loop of the graph, or the steps one by one: eagerly, where a step may read values, or unrolled
  const run = context.tracer && !settings.unroll ? scanned : stepped;
  const next: Advance = (carry, slices, condition) =>
    advance(step, carry, { inputs: packAs(inputs, slices), mask: condition }, fixed, settings);
  const [last, all] = run(next, start, xs, masks, return_all_outputs);

  // 3. outputs with time in its place
  const outputs = all ?? expandDims(last.output, 0);
  return [last.output, time_major ? outputs : swapped(outputs), last.states];
}

type Advance = (carry: Carry, slices: readonly Tensor[], mask: Tensor | undefined) => Carry & { output: Tensor };
type Loop = (
  next: Advance, start: Carry, xs: readonly Tensor[], masks: Tensor | null, keepsAll: boolean,
) => [Carry & { output: Tensor }, Tensor | null];

const stepped: Loop = (next, start, xs, masks, keepsAll) => {
  const slices = xs.map((x) => unstack(x));
  const conditions = masks === null ? undefined : unstack(masks);
  const carries: (Carry & { output: Tensor })[] = [];
  for (let time = 0; time < slices[0].length; time++) {
    carries.push(next(carries.at(-1) ?? start, slices.map((slice) => slice[time]), conditions?.[time]));
  }
  return [carries.at(-1)!, keepsAll ? stack(carries.map(({ output }) => output)) : null];
};

const scanned: Loop = (next, start, xs, masks, keepsAll) => {
  // The output that the first step has before it is of the shape that the first step has: zeros.
  const at = (x: Tensor): Tensor => reshape(sliceAxis(x, 0, 0, 1), x.shape.slice(1));
  const { output } = next(start, xs.map(at), masks === null ? undefined : at(masks));
  const body = (carry: unknown, x: unknown): [unknown, unknown] => {
    const { inputs, mask } = x as { inputs: Tensor[]; mask: Tensor | null };
    const after = next(carry as Carry, inputs, mask ?? undefined);
    return [after, keepsAll ? after.output : null];
  };
  const [carry, outputs] = scan('K.rnn', body, { states: start.states, output: zeros(output.shape, output) },
    { xs: { inputs: xs, mask: masks }, length: xs[0].shape[0], reverse: false });
  return [carry as Carry & { output: Tensor }, outputs as Tensor | null];
};

/** Shapes of the results from those of one step. */
function specOf(
  step: StepFunction, inputs: unknown, initial: readonly unknown[], constants: readonly unknown[], settings: Settings,
): RnnResult<KerasTensor> {
  const axis = settings.time_major ? 0 : 1;
  const [first] = flatten(inputs) as (KerasTensor | Tensor)[];
  const length = settings.steps ?? first.shape[axis];
  if (settings.unroll && length === null) {
    throw new TypeError('K.rnn can unroll a known number of time steps only: give the placeholder its time dimension, or ' +
      'input_length.');
  }
  const slice = mapStructure((leaf) => withoutAxis(leaf as KerasTensor, axis), inputs);
  const symbolic = (values: readonly unknown[]): unknown[] =>
    values.map((value) => (value instanceof KerasTensor ? value : toTensor(value as TensorLike)));
  const [output, states] = computeOutputSpec(
    (now, before, fixed) => step(now as Tensor, [...(before as Tensor[]), ...(fixed as Tensor[])]) as unknown,
    [slice, symbolic(initial), symbolic(constants)]) as [KerasTensor, KerasTensor[]];
  return [output, withAxis(output, axis, settings.return_all_outputs ? length : 1), states];
}

type Inputs<T> = T | readonly T[] | { readonly [name: string]: T };

/**
 * Runs a step function along the time axis of a tensor. Source: keras.backend.rnn.
 *
 * At a masked step the states stay, and the output is that of the step before (0 at first).
 *
 * @param step_function `(inputs, states) => [output, new_states]`: inputs [samples, ...] at one time; states, an array of
 *   tensors, followed by the constants
 * @param inputs [samples, time, ...] with at least 3 axes, or a structure of such tensors
 * @param initial_states the states before the first step, [samples, ...] each
 * @param args go_backwards, mask, constants, unroll, input_length and the options of Keras 2, by position or name
 * @returns [last_output, outputs, new_states]: the last output [samples, ...]; all outputs [samples, time, ...], in the
 *   order in which they were computed; the states after the last step
 * @throws ShapeError when inputs have no time axis, or lengths differ
 * @example
 * const K = keras.backend;
 * const step = (x, [total]) => [keras.ops.add(x, total), [keras.ops.add(x, total)]];
 * const inputs = keras.ops.array([[[1], [2], [3]]]);
 * const [last, outputs, states] = K.rnn(step, inputs, [keras.ops.zeros([1, 1])], { mask: [[1, 0, 1]] });
 * [last, outputs, states[0]].map((t) => t.arraySync()); // [[[4]], [[[1], [1], [4]]], [[4]]]
 */
export function rnn(
  step_function: StepFunction, inputs: Inputs<Tensor>, initial_states: readonly Tensor[],
  ...args: [options?: RnnOptions] | RnnPositional
): RnnResult<Tensor>;
export function rnn(
  step_function: StepFunction, inputs: Inputs<TensorLike | KerasTensor>,
  initial_states: readonly (TensorLike | KerasTensor)[], ...args: [options?: RnnOptions] | RnnPositional
): RnnResult<KerasTensor>;
export function rnn(args: RnnOptions & {
  step_function: StepFunction; inputs: Inputs<TensorLike | KerasTensor>; initial_states: readonly (TensorLike | KerasTensor)[];
}): RnnResult<Tensor> | RnnResult<KerasTensor>;
export function rnn(...args: unknown[]): RnnResult<Tensor> | RnnResult<KerasTensor> {
  const [step, inputs, initial, go_backwards = false, mask = null, constants = null, unroll = false, input_length = null,
    time_major = false, zero_output_for_mask = false, return_all_outputs = true] =
    byPosition('rnn', NAMES, args, ['inputs']) as [
      StepFunction, unknown, readonly TensorLike[], boolean?, (TensorLike | null)?, (readonly TensorLike[] | null)?, boolean?,
      (TensorLike | null)?, boolean?, boolean?, boolean?];
  const isNested = isPlainObject(inputs) || (Array.isArray(inputs) &&
    inputs.some((item) => item instanceof Tensor || item instanceof KerasTensor));
  const struct = isNested || inputs instanceof KerasTensor ? inputs : toTensor(inputs as TensorLike);
  const steps = typeof input_length === 'number' ? input_length : null;
  const lengths = typeof input_length === 'number' ? null : input_length;
  const settings = { go_backwards, unroll, time_major, zero_output_for_mask, return_all_outputs, steps };
  return runOrRecord(
    (x: unknown, s: readonly TensorLike[], c: readonly TensorLike[], m: TensorLike | null, n: TensorLike | null) =>
      runSteps(step, x, s, c, m, n, settings),
    (x: unknown, s: readonly unknown[], c: readonly unknown[]) => specOf(step, x, s, c, settings),
    [struct, initial, constants ?? [], mask, lengths]) as RnnResult<Tensor>;
}

/** The options by position. */
type RnnPositional = [
  go_backwards?: boolean, mask?: RnnOptions['mask'], constants?: RnnOptions['constants'], unroll?: boolean,
  input_length?: RnnOptions['input_length'], time_major?: boolean, zero_output_for_mask?: boolean,
  return_all_outputs?: boolean];
