/** Control flow. What runs a graph pauses after each of its nodes, so that the event loop can turn in a long loop. */
import type { Subgraph } from '../../../engine/graph.js';
import type { control } from '../../../engine/primitives/control.js';
import type { ParamsOf } from '../../../engine/primitives/index.js';
import type { Block, Memory } from '../memory.js';
import { storageOf } from '../storage.js';
import { copyRun } from '../strides.js';
import type { KernelContext } from './kernel.js';

export type ControlName = keyof typeof control;
export type Run = Generator<undefined, Block[]>;

/** Computes a primitive with graphs among its parameters; `run` gives a graph's outputs. The results are the caller's. */
export type ControlKernel<P> =
  (m: Memory, x: readonly Block[], context: KernelContext<P>, run: (graph: Subgraph, x: readonly Block[]) => Run) => Run;

const free = (m: Memory, blocks: readonly Block[]): void => blocks.forEach((block) => m.free(block));
const share = (m: Memory, blocks: readonly Block[]): Block[] => blocks.map((block) => m.share(block));

/** Element `at` of a sequence. */
function slice(m: Memory, sequence: Block, at: number): Block {
  const block = m.alloc(sequence.shape.slice(1), sequence.dtype);
  const to = m.elements(block);
  copyRun(m.elements(sequence), at * to.length, 1, to, 0, 1, to.length);
  return block;
}

export const controlKernels: { [N in ControlName]: ControlKernel<ParamsOf<N>> } = {
  * switch(m, [index, ...operands], { params: { branches } }, run) {
    return yield* run(branches[m.numbers(index)[0]], operands);
  },
  * while(m, x, { params: { condition, body, constants, maximum } }, run) {
    const fixed = x.slice(0, constants);
    const limit = maximum ?? Infinity;
    let variables = share(m, x.slice(constants));
    try {
      for (let count = 0; count < limit; count++) {
        const given = [...fixed, ...variables];
        const [holds] = yield* run(condition, given);
        const goesOn = m.numbers(holds)[0] !== 0;
        m.free(holds);
        if (!goesOn) break;
        const next = yield* run(body, given);
        free(m, variables);
        variables = next;
      }
      return variables;
    } catch (error) {
      free(m, variables);
      throw error;
    }
  },
  * scan(m, x, { params: { body, constants, carries, length, reverse }, outputs }, run) {
    const fixed = x.slice(0, constants);
    const sequences = x.slice(constants + carries);
    let carry = share(m, x.slice(constants, constants + carries));
    const stacks = outputs.slice(carries).map(({ shape, dtype }) => m.alloc(shape, storageOf(dtype)));
    let slices: Block[] = [];
    try {
      for (let count = 0; count < length; count++) {
        const at = reverse ? length - 1 - count : count;
        slices = sequences.map((sequence) => slice(m, sequence, at));
        const next = yield* run(body, [...fixed, ...carry, ...slices]);
        free(m, [...carry, ...slices]);
        slices = [];
        carry = next.slice(0, carries);
        next.slice(carries).forEach((result, i) => {
          const from = m.elements(result);
          copyRun(from, 0, 1, m.elements(stacks[i]), at * from.length, 1, from.length);
          m.free(result);
        });
      }
      return [...carry, ...stacks];
    } catch (error) {
      free(m, [...carry, ...slices, ...stacks]);
      throw error;
    }
  },
  // Generators like the others, although there is nothing to wait for.
  // oxlint-disable-next-line require-yield
  * barrier(m, x) {
    return share(m, x.slice(0, -1));
  },
  // oxlint-disable-next-line require-yield
  * with_gradient(m, x, { params: { values } }) {
    return share(m, x.slice(0, values));
  },
};
