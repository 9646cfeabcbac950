/** How the steps of a recurrent layer are run: the one place that decides it. */
import { applyAll } from '../../engine/apply.js';
import { context } from '../../engine/context.js';
import { scan } from '../../engine/control-flow.js';
import { flatten, packAs } from '../../engine/structure.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { permute, reshapeTo, sliceAxis } from '../../ops/compose.js';
import type { States, Step } from './cell.js';

export interface LoopOptions {
  /** Whether a compiled function gets every step by itself, rather than a loop. */
  unroll: boolean;
  /** From the last step to the first; the outputs come in the order in which they are computed. */
  go_backwards: boolean;
  /** `[steps, batch]`: where it is false, the output and the states of the step before stay. */
  mask?: Tensor;
  /** With a mask: outputs are 0 where it is false. */
  zero_output_for_mask: boolean;
  /** Whether the outputs of all steps are wanted, or the last one. */
  return_all_outputs: boolean;
  /** Whether the output of a step is the first of the states after it. */
  givesFirstState: boolean;
}

export interface LoopResult {
  /** The last output, or those of all steps, `[steps, batch, ...]`. */
  output: Tensor;
  states: readonly States[];
}

/**
 * Up to so many steps a compiled function gets them one by one. A step of an LSTM of 64 units took 0.8 times as long
 * so as in a loop, and compiling was faster up to some 30 steps; but XLA needs a third of a second for each step.
 */
const FEW_STEPS = 10;

/** What a step hands to the next: states, and where it is needed the output. */
interface Carry {
  states: readonly States[];
  output: Tensor | null;
}

/** The first two axes the other way round: from `[batch, steps, ...]` to `[steps, batch, ...]` and back. */
export const swapBatchAndSteps = (x: Tensor): Tensor =>
  permute(x, [1, 0, ...Array.from({ length: x.ndim - 2 }, (_, i) => i + 2)]);

/** The elements along the first axis. */
function unstack(x: Tensor): Tensor[] {
  const [steps, batch, ...rest] = x.shape;
  if (steps === 1) return [reshapeTo(x, [batch, ...rest])];
  // With steps and batch as one axis the parts need no reshaping.
  const flat = reshapeTo(x, [steps * batch, ...rest]);
  return applyAll('split', [flat], { axis: 0, sizes: Array.from({ length: steps }, () => batch) });
}

/** The inverse of `unstack`. */
function stack(parts: readonly Tensor[]): Tensor {
  const joined = parts.length === 1 ? parts[0] : ops.concatenate([...parts], 0);
  return reshapeTo(joined, [parts.length, ...parts[0].shape]);
}

/** `x` where the mask [batch] is true, else `y`. */
const choose = (mask: Tensor, x: Tensor, y: Tensor): Tensor =>
  ops.where(reshapeTo(mask, [mask.shape[0], ...Array.from({ length: x.ndim - 1 }, () => 1)]), x, y);

/**
 * Runs a step over the first axis of `inputs`, `[steps, batch, ...]`.
 * @returns the output, of the last step or of all, and the states after the last step
 */
export function runSteps(step: Step, inputs: Tensor, initial: readonly States[], options: LoopOptions): LoopResult {
  const { mask, zero_output_for_mask, return_all_outputs, givesFirstState } = options;
  const [steps] = inputs.shape;
  // 1. One step with its mask, from what the one before handed on to what it hands on and what it gives.
  const carries = return_all_outputs ? mask !== undefined && !zero_output_for_mask : !givesFirstState || mask !== undefined;
  const advance = (carry: Carry, x: Tensor, m: Tensor | undefined): [next: Carry, output: Tensor | null] => {
    const [computed, after] = step(x, carry.states);
    let output = computed;
    let leaves = flatten(after) as Tensor[];
    if (m) {
      const before = flatten(carry.states) as Tensor[];
      const former = zero_output_for_mask || !carry.output ? ops.zeros_like(computed) : carry.output;
      output = choose(m, computed, former);
      leaves = leaves.map((state, i) => choose(m, state, before[i]));
    }
    const states = packAs(initial, leaves) as readonly States[];
    return [{ states, output: carries ? output : null }, return_all_outputs ? output : null];
  };
  // 2. The steps, one by one or as a loop. A loop must know the shape of what it hands on.
  const run = options.unroll || (context.tracer && steps <= FEW_STEPS) ? runUnrolled : runLoop;
  const first = (flatten(initial) as Tensor[])[0];
  let carry: Carry = { states: initial, output: carries && givesFirstState ? ops.zeros_like(first) : null };
  let outputs: Tensor | null;
  if (run === runLoop && carries && !givesFirstState) {
    const at = options.go_backwards ? steps - 1 : 0;
    const of = (x: Tensor): Tensor => reshapeTo(sliceAxis(x, 0, at, 1), x.shape.slice(1));
    const rest = (x: Tensor): Tensor => sliceAxis(x, 0, options.go_backwards ? 0 : 1, steps - 1);
    let head: Tensor | null;
    [carry, head] = advance(carry, of(inputs), mask && of(mask));
    outputs = head && reshapeTo(head, [1, ...head.shape]);
    if (steps > 1) {
      const [last, tail] = run(advance, carry, rest(inputs), mask && rest(mask), options.go_backwards);
      carry = last;
      outputs = outputs && ops.concatenate([outputs, tail!], 0);
    }
  } else [carry, outputs] = run(advance, carry, inputs, mask, options.go_backwards);
  const output = outputs ?? carry.output ?? flatten(carry.states)[0] as Tensor;
  return { output, states: carry.states };
}

type Advance = (carry: Carry, x: Tensor, mask: Tensor | undefined) => [next: Carry, output: Tensor | null];
type Run = (
  advance: Advance, initial: Carry, inputs: Tensor, mask: Tensor | undefined, go_backwards: boolean,
) => [last: Carry, outputs: Tensor | null];

const runUnrolled: Run = (advance, initial, inputs, mask, go_backwards) => {
  const inOrder = (parts: Tensor[]): Tensor[] => (go_backwards ? parts.toReversed() : parts);
  const masks = mask && inOrder(unstack(mask));
  const outputs: Tensor[] = [];
  let carry = initial;
  inOrder(unstack(inputs)).forEach((x, i) => {
    let output: Tensor | null;
    [carry, output] = advance(carry, x, masks?.[i]);
    if (output) outputs.push(output);
  });
  return [carry, outputs.length > 0 ? stack(outputs) : null];
};

const runLoop: Run = (advance, initial, inputs, mask, go_backwards) => {
  const [last, outputs] = scan('The steps of a recurrent layer', (carry, xs) => {
    const [x, m] = xs as [Tensor, Tensor | null];
    return advance(carry as Carry, x, m ?? undefined);
  }, initial, { xs: [inputs, mask ?? null], length: inputs.shape[0], reverse: go_backwards }) as [Carry, Tensor | null];
  // A loop from the end leaves its outputs at the places of their inputs.
  return [last, outputs && go_backwards ? ops.flip(outputs, 0) : outputs];
};
