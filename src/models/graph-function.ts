/** A graph of operations between symbolic inputs and outputs: the order in which it runs, and running it. */
import { flatten, packAs } from '../engine/structure.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import type { Node } from '../ops/node.js';
import type { Operation } from '../ops/operation.js';

/** A functional graph cannot be made: an output does not depend on the inputs, or the graph has a cycle. */
export class GraphError extends Error {
  override name = 'GraphError';
}

const historyOf = (tensor: KerasTensor): { operation: Operation; node: Node } => {
  const history = tensor._keras_history;
  if (!history) {
    throw new GraphError(`${tensor.toString()} does not come from a keras Input. ` +
      'Make inputs with keras.Input and outputs by calling layers or ops on them.');
  }
  return { operation: history.operation, node: history.operation._inbound_nodes[history.node_index] };
};

/** Calls an operation as its node says. */
export function callOperation(operation: Operation, args: unknown[], kwargs: Record<string, unknown>): unknown {
  const callable = operation as unknown as (...all: unknown[]) => unknown;
  return Object.keys(kwargs).length > 0 ? callable(...args, kwargs) : callable(...args);
}

export class GraphFunction {
  readonly inputs: readonly KerasTensor[];
  readonly outputs: readonly KerasTensor[];
  readonly inputs_struct: unknown;
  readonly outputs_struct: unknown;
  /** Nodes in an order in which each comes after those it depends on. */
  readonly nodes: readonly Node[];
  /** Operations from the inputs on; this order is also the order of a model's weights. */
  readonly operations: readonly Operation[];

  constructor(inputs: unknown, outputs: unknown) {
    for (const [what, struct] of [['inputs', inputs], ['outputs', outputs]] as const) {
      const bad = flatten(struct).find((leaf) => !(leaf instanceof KerasTensor));
      if (bad !== undefined || flatten(struct).length === 0) {
        throw new GraphError(`All ${what} of a functional model must be KerasTensors, ` +
          `received ${String(bad)}.`);
      }
    }
    this.inputs_struct = inputs;
    this.outputs_struct = outputs;
    this.inputs = flatten(inputs) as KerasTensor[];
    this.outputs = flatten(outputs) as KerasTensor[];
    const { ordered, indices } = this.#visit();
    ({ nodes: this.nodes, operations: this.operations } = this.#sort(ordered, indices));
    this.#check();
  }

  /** Depth first from the outputs: parents before children, and operations numbered in the order met. */
  #visit(): { ordered: Node[]; indices: Map<Operation, number> } {
    const ordered: Node[] = [];
    const done = new Set<Node>();
    const open = new Set<Node>();
    const indices = new Map<Operation, number>();
    const isInput = new Set(this.inputs);
    const visit = (tensor: KerasTensor): void => {
      // An input may come from nowhere: it is given, not computed.
      if (isInput.has(tensor) && !tensor._keras_history) return;
      const { operation, node } = historyOf(tensor);
      if (done.has(node)) return;
      if (open.has(node)) throw new GraphError(`The graph has a cycle through ${operation.toString()}.`);
      if (!indices.has(operation)) indices.set(operation, indices.size);
      open.add(node);
      if (!node.is_input && !isInput.has(tensor)) node.input_tensors.forEach(visit);
      open.delete(node);
      done.add(node);
      ordered.push(node);
    };
    this.outputs.forEach(visit);
    return { ordered, indices };
  }

  /** By depth, the longest way to an output, as Keras orders layers; equal depths in the order met. */
  #sort(
    ordered: readonly Node[], indices: Map<Operation, number>,
  ): { nodes: Node[]; operations: Operation[] } {
    const nodeDepth = new Map<Node, number>();
    const operationDepth = new Map<Operation, number>();
    for (const node of ordered.toReversed()) {
      const depth = Math.max(nodeDepth.get(node) ?? 0, operationDepth.get(node.operation) ?? 0);
      operationDepth.set(node.operation, depth);
      nodeDepth.set(node, depth);
      if (this.#isBoundary(node)) continue;
      for (const parent of node.parent_nodes) {
        nodeDepth.set(parent, Math.max(depth + 1, nodeDepth.get(parent) ?? 0));
      }
    }
    for (const input of this.inputs) {
      if (!input._keras_history) continue;
      const { operation, node } = historyOf(input);
      if (!operationDepth.has(operation)) {
        operationDepth.set(operation, 0);
        indices.set(operation, -1);
        nodeDepth.set(node, 0);
      }
    }
    const operations = [...operationDepth.keys()].toSorted((a, b) =>
      operationDepth.get(b)! - operationDepth.get(a)! || indices.get(a)! - indices.get(b)!);
    const known = [...nodeDepth.keys()];
    const position = new Map(known.map((node, i) => [node, i]));
    const order = new Map(ordered.map((node, i) => [node, i]));
    const nodes = known.toSorted((a, b) => nodeDepth.get(b)! - nodeDepth.get(a)! ||
      (order.get(a) ?? position.get(a)!) - (order.get(b) ?? position.get(b)!));
    return { nodes, operations };
  }

  /** Whether a node's results are given as inputs rather than computed. */
  #isBoundary(node: Node): boolean {
    return node.is_input || node.output_tensors.some((tensor) => this.inputs.includes(tensor));
  }

  #check(): void {
    const computable = new Set<KerasTensor>(this.inputs);
    for (const node of this.nodes) {
      if (node.output_tensors.every((tensor) => computable.has(tensor))) continue;
      const missing = node.is_input ? node.output_tensors[0]
        : node.input_tensors.find((t) => !computable.has(t));
      if (missing) {
        throw new GraphError(`The outputs depend on ${missing.toString()} ` +
          `(needed by ${node.operation.toString()}), which is not among the inputs of the model: ` +
          `${this.inputs.map((t) => t.name).join(', ')}.`);
      }
      for (const tensor of node.output_tensors) computable.add(tensor);
    }
    const names = new Map<string, Operation>();
    for (const operation of this.operations) {
      if (names.has(operation.name)) {
        throw new GraphError(`The name '${operation.name}' is used by two layers of the model. ` +
          'Give each a name of its own.');
      }
      names.set(operation.name, operation);
    }
  }

  /** Whether this call belongs to the graph. */
  has(node: Node): boolean {
    return this.nodes.includes(node);
  }

  /**
   * Runs the graph on values for `inputs`, in their flat order; `call` runs one operation. `seen` hears of each value
   * before it is used.
   */
  run(
    values: readonly unknown[],
    call: (operation: Operation, args: unknown[], kwargs: Record<string, unknown>) => unknown = callOperation,
    seen?: (tensor: KerasTensor, value: unknown) => void,
  ): unknown {
    const known = new Map<KerasTensor, unknown>();
    const note = (tensor: KerasTensor, value: unknown): void => {
      known.set(tensor, value);
      seen?.(tensor, value);
    };
    this.inputs.forEach((tensor, i) => note(tensor, values[i]));
    for (const node of this.nodes) {
      if (node.is_input || node.output_tensors.every((tensor) => known.has(tensor))) continue;
      const { args, kwargs } = node.fill(known);
      const outputs = flatten(call(node.operation, args, kwargs));
      node.output_tensors.forEach((tensor, i) => note(tensor, outputs[i]));
    }
    return packAs(this.outputs_struct, this.outputs.map((tensor) => known.get(tensor)));
  }
}
