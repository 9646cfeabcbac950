/** How the steps of a recurrent layer are run: the one place that decides it. */
import { applyAll } from '../../engine/apply.js';
import { flatten, packAs } from '../../engine/structure.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { withoutFill } from '../../ops/symbolic.js';
import { broadcastTo, permute, reshapeTo } from '../../ops/compose.js';
import type { States, Step } from './cell.js';

export interface LoopOptions {
  /** From the last step to the first; the outputs come in the order in which they are computed. */
  go_backwards: boolean;
  /** `[steps, batch]`: where it is false, the output and the states of the step before stay. */
  mask?: Tensor;
  /** With a mask: outputs are 0 where it is false. */
  zero_output_for_mask: boolean;
  /** Whether the outputs of all steps are wanted. */
  return_all_outputs: boolean;
}

export interface LoopResult {
  last_output: Tensor;
  /** `[steps, batch, ...]`; undefined when only the last one is wanted. */
  outputs: Tensor | undefined;
  states: readonly States[];
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

/** A mask [batch] for tensors of this rank. */
const maskFor = (mask: Tensor, x: Tensor): Tensor =>
  reshapeTo(mask, [mask.shape[0], ...Array.from({ length: x.ndim - 1 }, () => 1)]);

/** One step under a mask: where it is false, the output and the states before it stay. */
function maskedStep(
  step: Step, input: Tensor, mask: Tensor, before: { output: Tensor | undefined; states: readonly States[] },
): { output: Tensor; states: readonly States[] } {
  const [output, next] = step(input, before.states);
  const former = flatten(before.states) as Tensor[];
  const states = (flatten(next) as Tensor[]).map((state, i) => ops.where(maskFor(mask, state), state, former[i]));
  return {
    output: ops.where(maskFor(mask, output), output, before.output ?? ops.zeros_like(output)),
    states: packAs(before.states, states) as readonly States[],
  };
}

/**
 * Runs a step over the first axis of `inputs`, `[steps, batch, ...]`.
 * @returns the last output, all outputs, and the states after the last step
 */
export function runSteps(step: Step, inputs: Tensor, initial: readonly States[], options: LoopOptions): LoopResult {
  const { mask, go_backwards, zero_output_for_mask, return_all_outputs } = options;
  // Only shapes are asked for, and the number of steps is not known: one step tells them.
  const isOpen = withoutFill(inputs.shape)[0] === null;
  const inOrder = <T>(parts: T[]): T[] => (go_backwards ? parts.toReversed() : parts);
  const steps = isOpen ? [unstackOne(inputs)] : inOrder(unstack(inputs));
  const masks = mask && (isOpen ? [unstackOne(mask)] : inOrder(unstack(mask)));
  const outputs: Tensor[] = [];
  let output: Tensor | undefined;
  let states = initial;
  steps.forEach((input, i) => {
    if (masks) ({ output, states } = maskedStep(step, input, masks[i], { output, states }));
    else {
      const [computed, next] = step(input, states);
      output = computed;
      states = packAs(initial, flatten(next)) as readonly States[];
    }
    if (return_all_outputs) outputs.push(output);
  });
  const zeroed = (x: Tensor, at: Tensor): Tensor =>
    (zero_output_for_mask ? ops.where(maskFor(at, x), x, ops.zeros_like(x)) : x);
  const last_output = masks ? zeroed(output!, masks[masks.length - 1]) : output!;
  if (!return_all_outputs) return { last_output, outputs: undefined, states };
  const all = masks ? stack(outputs.map((one, i) => zeroed(one, masks[i]))) : stack(outputs);
  return { last_output, outputs: isOpen ? broadcastTo(all, [inputs.shape[0], ...all.shape.slice(1)]) : all, states };
}

const unstackOne = (x: Tensor): Tensor => reshapeTo(ops.take(x, [0], 0), x.shape.slice(1));
