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
 * Up to so many steps a compiled function gets them one by one: a training step of an LSTM of 64 units took 0.85 of the
 * time so, and was compiled faster. With more of them XLA would take too long; it needs a third of a second for each.
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

type Advance = (carry: Carry, x: Tensor, mask: Tensor | undefined) => [next: Carry, output: Tensor | null];
type Run = (
  advance: Advance, initial: Carry, inputs: Tensor, mask: Tensor | undefined, go_backwards: boolean,
) => [last: Carry, outputs: Tensor | null];

/**
 * Runs a step over the first axis of `inputs`, `[steps, batch, ...]`.
 * @returns the output, of the last step or of all, and the states after the last step
 */
export function runSteps(step: Step, inputs: Tensor, initial: readonly States[], options: LoopOptions): LoopResult {
  const { mask, zero_output_for_mask, return_all_outputs, givesFirstState, go_backwards } = options;
  const isMasked = mask !== undefined;
  // Whether a step needs the output before, or the last one is wanted and no state.
  const carries = return_all_outputs ? isMasked && !zero_output_for_mask : isMasked || !givesFirstState;
  const first = (flatten(initial) as Tensor[])[0];
  const start: Carry = { states: initial, output: carries && givesFirstState ? ops.zeros_like(first) : null };

  const advance: Advance = (carry, x, m) => {
    let [output, states] = step(x, carry.states);
    if (m) {
      const before = flatten(carry.states) as Tensor[];
      const former = zero_output_for_mask || !carry.output ? ops.zeros_like(output) : carry.output;
      output = choose(m, output, former);
      states = (flatten(states) as Tensor[]).map((state, i) => choose(m, state, before[i]));
    }
    const next = { states: packAs(initial, flatten(states)) as readonly States[], output: carries ? output : null };
    return [next, return_all_outputs ? output : null];
  };

  const isOneByOne = options.unroll || (context.tracer !== undefined && inputs.shape[0] <= FEW_STEPS);
  const run = isOneByOne ? runUnrolled : carries && !givesFirstState ? runFirstAndLoop : runLoop;
  const [last, outputs] = run(advance, start, inputs, mask, go_backwards);
  return { output: outputs ?? last.output ?? (flatten(last.states) as Tensor[])[0], states: last.states };
}

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

/** A loop must know the shape of what it hands on: the first step tells that of its output. */
const runFirstAndLoop: Run = (advance, initial, inputs, mask, go_backwards) => {
  const others = inputs.shape[0] - 1;
  const firstOf = (x: Tensor): Tensor => reshapeTo(sliceAxis(x, 0, go_backwards ? others : 0, 1), x.shape.slice(1));
  const restOf = (x: Tensor): Tensor => sliceAxis(x, 0, go_backwards ? 0 : 1, others);
  const [carry, head] = advance(initial, firstOf(inputs), mask && firstOf(mask));
  const outputs = head && stack([head]);
  if (others === 0) return [carry, outputs];
  const [last, tail] = runLoop(advance, carry, restOf(inputs), mask && restOf(mask), go_backwards);
  return [last, outputs && ops.concatenate([outputs, tail!], 0)];
};
