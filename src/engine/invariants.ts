/** What of a graph depends on variables and captures alone: it is the same from run to run until one of these changes. */
import type { Graph, Node, Subgraph, Value } from './graph.js';
import type { PrimitiveName } from './primitives/index.js';

/**
 * All values that no argument of the graph and no variable that it assigns has a part in. Random numbers are functions
 * of their seed like any other, and a seed that moves on is a variable that is assigned.
 */
export function invariantValues(graph: Graph): Set<Value> {
  const found = givenSteady(graph);
  for (const node of graph.nodes) {
    if (node.inputs.every((input) => found.has(input))) {
      for (const output of node.outputs) found.add(output);
    }
  }
  return found;
}

/** Captures, and variables that the graph leaves as they are. */
export function givenSteady({ state, captures }: Graph): Set<Value> {
  const found = new Set<Value>(captures.map(({ value }) => value));
  for (const { read, assigned } of state) if (!assigned) found.add(read);
  return found;
}

/** How often each value is used: by nodes, as a result, by assignments. */
export function countUses({ nodes, outputs, state = [] }: Pick<Subgraph, 'nodes' | 'outputs'> & Partial<Pick<Graph, 'state'>>): Map<Value, number> {
  const uses = new Map<Value, number>();
  const use = (value: Value): void => void uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const node of nodes) node.inputs.forEach(use);
  outputs.forEach(use);
  for (const { assigned } of state) if (assigned) use(assigned);
  return uses;
}

/** Writes a graph anew, node by node, with some values in the place of others. */
export class GraphWriter {
  readonly nodes: Node[] = [];
  readonly #graph: Graph;
  readonly #now = new Map<Value, Value>();
  #nextId: number;

  constructor(graph: Graph) {
    this.#graph = graph;
    const { nodes, inputs, captures, state } = graph;
    const ids = [...inputs, ...captures.map(({ value }) => value), ...state.map(({ read }) => read),
      ...nodes.flatMap(({ outputs }) => outputs)].map(({ id }) => id);
    this.#nextId = ids.reduce((most, id) => Math.max(most, id), -1) + 1;
  }

  /** What stands for a value of the graph in the new one. */
  current(value: Value): Value {
    return this.#now.get(value) ?? value;
  }

  replace(value: Value, now: Value): void {
    if (value !== now) this.#now.set(value, now);
  }

  /** Appends a node of the graph: itself, or one like it where its operands have been replaced. */
  copy(node: Node): Node {
    const inputs = node.inputs.map((value) => this.current(value));
    if (inputs.every((value, i) => value === node.inputs[i])) {
      this.nodes.push(node);
      return node;
    }
    const made = this.like(node, inputs);
    node.outputs.forEach((value, i) => this.replace(value, made.outputs[i]));
    return made;
  }

  /** The new graph. */
  finish(): Graph {
    const { outputs, state } = this.#graph;
    const now = (value: Value): Value => this.current(value);
    return {
      ...this.#graph, nodes: this.nodes, outputs: outputs.map(now),
      state: state.map((slot) => ({ ...slot, assigned: slot.assigned && now(slot.assigned) })),
    };
  }

  /** Appends a node like another on other operands. */
  like(node: Node, inputs: readonly Value[]): Node {
    const made = { ...node, inputs, outputs: [] as Value[] } as Node;
    for (const { shape, dtype, index } of node.outputs) made.outputs.push({ id: this.#nextId++, shape, dtype, node: made, index });
    this.nodes.push(made);
    return made;
  }

  /** Appends a node with one result. */
  apply(primitive: PrimitiveName, params: object, inputs: readonly Value[], { shape, dtype }: Pick<Value, 'shape' | 'dtype'>): Value {
    const made = { primitive, params, inputs, outputs: [] as Value[] } as unknown as Node;
    const value: Value = { id: this.#nextId++, shape, dtype, node: made, index: 0 };
    made.outputs.push(value);
    this.nodes.push(made);
    return value;
  }
}
