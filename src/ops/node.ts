/** One call of an operation in a functional graph. */
import { flatten, mapStructure } from '../engine/structure.js';
import { KerasTensor } from './keras-tensor.js';
import type { Operation } from './operation.js';

export class Node {
  readonly operation: Operation;
  /** The arguments of the call: positional ones, then those given by name. */
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly input_tensors: readonly KerasTensor[];
  readonly outputs: unknown;
  readonly output_tensors: readonly KerasTensor[];

  constructor(operation: Operation, args: readonly unknown[], kwargs: Record<string, unknown>, outputs: unknown) {
    this.operation = operation;
    this.args = args;
    this.kwargs = kwargs;
    this.input_tensors = flatten([args, kwargs]).filter((leaf) => leaf instanceof KerasTensor);
    this.outputs = outputs;
    this.output_tensors = flatten(outputs).filter((leaf) => leaf instanceof KerasTensor);
    const node_index = operation._inbound_nodes.length;
    operation._inbound_nodes.push(this);
    this.output_tensors.forEach((tensor, tensor_index) => {
      tensor._keras_history = { operation, node_index, tensor_index };
    });
    for (const { _keras_history: history } of this.input_tensors) {
      if (history) history.operation._outbound_nodes.push(this);
    }
  }

  /** Remembers a call: of its operation, and of those that gave its operands. */
  static record(...call: ConstructorParameters<typeof Node>): Node {
    return new Node(...call);
  }

  /** Whether the node is an `Input`: it has results and no operands. */
  get is_input(): boolean {
    return this.input_tensors.length === 0;
  }

  /** The nodes whose results are this one's operands. */
  get parent_nodes(): Node[] {
    const parents = new Set<Node>();
    for (const { _keras_history: history } of this.input_tensors) {
      if (history) parents.add(history.operation._inbound_nodes[history.node_index]);
    }
    return [...parents];
  }

  /** The arguments with each KerasTensor replaced by its value. */
  fill(values: ReadonlyMap<KerasTensor, unknown>): { args: unknown[]; kwargs: Record<string, unknown> } {
    const replace = (leaf: unknown): unknown => {
      if (!(leaf instanceof KerasTensor)) return leaf;
      if (!values.has(leaf)) throw new Error(`No value was computed for ${leaf.toString()}.`);
      return values.get(leaf);
    };
    return {
      args: mapStructure(replace, this.args) as unknown[],
      kwargs: mapStructure(replace, this.kwargs) as Record<string, unknown>,
    };
  }
}
