/** Functions as graphs inside of graphs: how they are traced, joined, and evaluated again. */
import type { Aval } from '../backend/backend.js';
import { applyAll } from './apply.js';
import { withContext } from './context.js';
import { nodesFor, type Graph, type Node, type Subgraph, type Value } from './graph.js';
import type { Tensor } from './tensor.js';
import { Trace } from './trace.js';
import type { Variable } from './variable.js';

/** Traces a function of tensors of these shapes and dtypes, with what it uses from outside as captures and state. */
export function traceInside<T>(
  avals: readonly Aval[], fn: (...args: Tensor[]) => T, outputsOf: (result: T) => readonly Tensor[],
): Graph {
  const trace = new Trace();
  return trace.runInside(() => {
    const outputs = outputsOf(fn(...avals.map((aval) => trace.input(aval))));
    return trace.finish(outputs);
  });
}

/** Traces a function of its arguments alone. */
export function traceClosed(avals: readonly Aval[], fn: (...args: Tensor[]) => readonly Tensor[]): Subgraph {
  const graph = withContext({ autocast: undefined }, () => traceInside(avals, fn, (outputs) => outputs));
  if (graph.captures.length + graph.state.length > 0) {
    throw new Error('A part of a graph depends on more than its inputs.');
  }
  return subgraph(graph.inputs, graph.nodes, graph.outputs);
}

/** A graph of the nodes that the outputs need. */
export const subgraph = (inputs: readonly Value[], nodes: readonly Node[], outputs: readonly Value[]): Subgraph => {
  const given = new Set(inputs);
  return { inputs, nodes: nodesFor(nodes, outputs, (value) => given.has(value)), outputs };
};

export interface Joined {
  /** Tensors and values of variables that some of the graphs use. */
  constants: Tensor[];
  /** Variables that some of the graphs assign. */
  variables: Variable[];
  /** From constants, variables and the graph's own inputs to the variables and the graph's own outputs. */
  graphs: Subgraph[];
}

/** Gives graphs that were traced one by one the same captures and state, as inputs and outputs. */
export function join(graphs: readonly Graph[]): Joined {
  // 1. what any of them uses
  const captured = new Set(graphs.flatMap(({ captures }) => captures.map(({ tensor }) => tensor)));
  const touched = new Set(graphs.flatMap(({ state }) => state.map(({ variable }) => variable)));
  const isAssigned = (variable: Variable): boolean => graphs.some(({ state }) =>
    state.some((slot) => slot.variable === variable && slot.assigned !== undefined && slot.assigned !== slot.read));
  const variables = [...touched].filter(isAssigned);
  const read = [...touched].filter((variable) => !variables.includes(variable));

  // 2. each graph with inputs for all of it; those that it does not use are values of no node
  const unused = ({ shape, dtype }: Aval): Value => ({ id: -1, shape, dtype, node: undefined, index: 0 });
  const joined = graphs.map(({ inputs, captures, state, nodes, outputs }) => {
    const capture = (tensor: Tensor): Value =>
      captures.find((item) => item.tensor === tensor)?.value ?? unused(tensor);
    const slots = variables.map((variable) => state.find((slot) => slot.variable === variable));
    const before = slots.map((slot, i) => slot?.read ?? unused(variables[i]));
    const given = [
      ...[...captured].map(capture),
      ...read.map((variable) => state.find((slot) => slot.variable === variable)?.read ?? unused(variable)),
      ...before,
      ...inputs,
    ];
    return subgraph(given, nodes, [...slots.map((slot, i) => slot?.assigned ?? before[i]), ...outputs]);
  });
  return { constants: [...captured, ...valuesOf(read)], variables, graphs: joined };
}

/** Values of variables in their own dtype. */
export const valuesOf = (variables: readonly Variable[]): Tensor[] =>
  withContext({ autocast: undefined }, () => variables.map((variable) => variable.value));

/** Applies the primitive of a node to other inputs. */
export const applyNode = ({ primitive, params }: Node, inputs: readonly Tensor[]): Tensor[] =>
  // Which primitive it is, and so which parameters it takes, is not known here.
  applyAll(primitive, inputs, params as never);

/** Applies nodes to tensors: `values` has those of all inputs, and gets those of all results. */
export function applyNodes(nodes: readonly Node[], values: Map<Value, Tensor>): void {
  for (const node of nodes) {
    const made = applyNode(node, node.inputs.map((value) => values.get(value)!));
    node.outputs.forEach((value, i) => values.set(value, made[i]));
  }
}

/** The graph's outputs for these inputs, by applying its nodes anew. */
export function evaluate(graph: Subgraph, inputs: readonly Tensor[]): Tensor[] {
  const values = new Map(graph.inputs.map((value, i) => [value, inputs[i]]));
  applyNodes(graph.nodes, values);
  return graph.outputs.map((value) => values.get(value)!);
}
