/** Runs graphs node by node. Each intermediate is freed after the last node that reads it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Executable, Handle } from '../backend.js';
import type { Graph } from '../../engine/graph.js';
import { finish, requireSupported, runSteps } from './compute.js';
import type { Block, Memory } from './memory.js';
import { makePlan, type Plan } from './plan.js';

/** A variable: the block it holds at present. */
export class Box {
  current: Block;
  constructor(current: Block) {
    this.current = current;
  }
}

/** How long asynchronous runs compute, one or many, before they let the event loop turn, in milliseconds. */
const SLICE = 8;
let lastTurn = 0;

/** What the interpreter needs of its backend. */
export interface Host {
  readonly name: string;
  readonly blocks: Memory;
  /** Counts a block that the caller will own. */
  hand(block: Block): Handle;
  dispose(handle: Handle): void;
  /** Runs `fn` when all asynchronous runs before it have ended. */
  inTurn<T>(fn: () => Promise<T>): Promise<T>;
}

export class Interpreter implements Executable {
  readonly #host: Host;
  readonly #plan: Plan;
  readonly #repeat: number;
  /** Number of arguments of one run, and of captures. */
  readonly #inputs: number;
  readonly #captures: number;
  /** Which variable, counted in the graph's state, takes the value at which place. */
  readonly #assignments: { variable: number; place: number }[];

  /** @throws UnsupportedError when a node has a dtype that the backend does not have. */
  constructor(graph: Graph, host: Host, repeat: number) {
    this.#host = host;
    this.#repeat = repeat;
    for (const node of graph.nodes) requireSupported(node.primitive, node, host.name);
    const { inputs, captures, state } = graph;
    this.#inputs = inputs.length;
    this.#captures = captures.length;
    const further = [...captures.map(({ value }) => value), ...state.map(({ read }) => read)];
    this.#plan = makePlan(graph, further, state.flatMap(({ assigned }) => assigned ?? []));
    this.#assignments = state.flatMap(({ assigned }, variable) =>
      (assigned ? [{ variable, place: this.#plan.placeOf(assigned) }] : []));
  }

  run(operands: readonly Handle[]): Handle[] {
    return finish(this.#runs(this.#take(operands), operands));
  }

  runAsync(operands: readonly Handle[]): Promise<Handle[]> {
    const taken = this.#take(operands);
    return this.#host.inTurn(async () => {
      const run = this.#runs(taken, operands);
      for (;;) {
        const { done, value } = run.next();
        if (done) return value;
        if (performance.now() - lastTurn > SLICE) {
          await nextTurn();
          lastTurn = performance.now();
        }
      }
    });
  }

  /** Arguments and captures, held so that the caller may dispose of them. */
  #take(operands: readonly Handle[]): Block[] {
    return operands.slice(0, this.#repeat * this.#inputs + this.#captures).map((block) => this.#host.blocks.share(block as Block));
  }

  /** All runs, one after the other. Pauses after every node. */
  * #runs(taken: readonly Block[], operands: readonly Handle[]): Generator<undefined, Handle[]> {
    const memory = this.#host.blocks;
    const boxes = operands.slice(taken.length) as Box[];
    const captures = taken.slice(this.#repeat * this.#inputs);
    let results: Handle[] = [];
    try {
      for (let run = 0; run < this.#repeat; run++) {
        const own = [...taken.slice(run * this.#inputs, (run + 1) * this.#inputs), ...captures];
        for (const handle of results) this.#host.dispose(handle);
        results = [];
        results = yield* this.#nodes(own.map((block) => memory.share(block)), boxes);
      }
      return results;
    } finally {
      for (const block of taken) memory.free(block);
    }
  }

  * #nodes(taken: readonly Block[], boxes: readonly Box[]): Generator<undefined, Handle[]> {
    const memory = this.#host.blocks;
    const { places, results } = this.#plan;
    const held: (Block | undefined)[] = Array.from({ length: places });
    try {
      // 1. operands and the variables' values at the start
      taken.forEach((block, i) => void (held[i] = block));
      boxes.forEach(({ current }, i) => void (held[taken.length + i] = memory.share(current)));

      // 2. nodes
      yield* runSteps(memory, this.#plan, held);

      // 3. assignments, then results
      for (const { variable, place } of this.#assignments) {
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
