/** Runs graphs node by node. Each intermediate is freed after the last node that reads it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Executable, Handle } from '../backend.js';
import type { Graph, Node, Value } from '../../engine/graph.js';
import type { PrimitiveName } from '../../engine/primitives/index.js';
import { compute, requireSupported } from './compute.js';
import type { KernelContext } from './kernels/kernel.js';
import type { Block, Memory } from './memory.js';

/** A variable: the block it holds at present. */
export class Box {
  current: Block;
  constructor(current: Block) {
    this.current = current;
  }
}

interface Step {
  node: Node;
  inputs: number[];
  outputs: number[];
  /** Places that no later node reads. */
  done: number[];
}

/** A graph with its values numbered by place. */
interface Plan {
  places: number;
  /** Arguments and captures come first, then the variables' values. */
  operands: number;
  steps: Step[];
  results: number[];
  /** Which variable, counted in the graph's state, takes the value at which place. */
  assignments: { variable: number; place: number }[];
}

function makePlan(graph: Graph): Plan {
  const places = new Map<Value, number>();
  const place = (value: Value): number => {
    let at = places.get(value);
    if (at === undefined) places.set(value, (at = places.size));
    return at;
  };
  graph.inputs.forEach(place);
  graph.captures.forEach(({ value }) => place(value));
  const operands = graph.inputs.length + graph.captures.length;
  graph.state.forEach(({ read }) => place(read));
  const steps = graph.nodes.map((node): Step =>
    ({ node, inputs: node.inputs.map(place), outputs: node.outputs.map(place), done: [] }));
  const results = graph.outputs.map(place);
  const assignments = graph.state.flatMap(({ assigned }, variable) =>
    (assigned ? [{ variable, place: place(assigned) }] : []));

  // From the last step on: a place seen for the first time is read there for the last time.
  const alive = new Set([...results, ...assignments.map((assignment) => assignment.place)]);
  for (let i = steps.length - 1; i >= 0; i--) {
    const { inputs, outputs, done } = steps[i];
    for (const at of new Set([...outputs, ...inputs])) {
      if (!alive.has(at)) done.push(at);
      alive.add(at);
    }
  }
  return { places: places.size, operands, steps, results, assignments };
}

/** How long an asynchronous run computes before it lets the event loop turn, in milliseconds. */
const SLICE = 8;

/** What the interpreter needs of its backend. */
export interface Host {
  readonly name: string;
  readonly blocks: Memory;
  /** Counts a block that the caller will own. */
  hand(block: Block): Handle;
  /** Runs `fn` when all asynchronous runs before it have ended. */
  inTurn<T>(fn: () => Promise<T>): Promise<T>;
}

export class Interpreter implements Executable {
  readonly #host: Host;
  readonly #plan: Plan;

  /** @throws UnsupportedError when a node has a dtype that the backend does not have. */
  constructor(graph: Graph, host: Host) {
    this.#host = host;
    for (const node of graph.nodes) requireSupported(node.primitive, node, host.name);
    this.#plan = makePlan(graph);
  }

  run(operands: readonly Handle[]): Handle[] {
    const run = this.#nodes(this.#take(operands), operands);
    for (;;) {
      const { done, value } = run.next();
      if (done) return value;
    }
  }

  runAsync(operands: readonly Handle[]): Promise<Handle[]> {
    const taken = this.#take(operands);
    return this.#host.inTurn(async () => {
      const run = this.#nodes(taken, operands);
      let since = performance.now();
      for (;;) {
        const { done, value } = run.next();
        if (done) return value;
        if (performance.now() - since > SLICE) {
          await nextTurn();
          since = performance.now();
        }
      }
    });
  }

  /** Arguments and captures, held so that the caller may dispose of them. */
  #take(operands: readonly Handle[]): Block[] {
    return operands.slice(0, this.#plan.operands).map((block) => this.#host.blocks.share(block as Block));
  }

  /** Pauses after every node. */
  * #nodes(taken: readonly Block[], operands: readonly Handle[]): Generator<undefined, Handle[]> {
    const memory = this.#host.blocks;
    const { places, steps, results, assignments } = this.#plan;
    const held: (Block | undefined)[] = Array.from({ length: places });
    const boxes = operands.slice(taken.length) as Box[];
    try {
      // 1. operands and the variables' values at the start
      taken.forEach((block, i) => void (held[i] = block));
      boxes.forEach(({ current }, i) => void (held[taken.length + i] = memory.share(current)));

      // 2. nodes
      for (const { node, inputs, outputs, done } of steps) {
        // A node has just what a kernel wants to know.
        const context = node as unknown as KernelContext<never>;
        const made = compute(memory, node.primitive as PrimitiveName, inputs.map((at) => held[at]!), context);
        outputs.forEach((at, i) => void (held[at] = made[i]));
        for (const at of done) {
          memory.free(held[at]!);
          held[at] = undefined;
        }
        yield undefined;
      }

      // 3. assignments, then results
      for (const { variable, place } of assignments) {
        const before = boxes[variable].current;
        boxes[variable].current = memory.share(held[place]!);
        memory.free(before);
      }
      return results.map((at) => this.#host.hand(memory.share(held[at]!)));
    } finally {
      for (const block of held) if (block) memory.free(block);
    }
  }

  /** There is nothing to free: a plan is plain data. */
  dispose(): void {}
}
