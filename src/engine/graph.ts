/** The graph that tracing records: primitives in order, over values that are known by shape and dtype. */
import type { Aval } from '../backend/backend.js';
import type { ParamsOf, PrimitiveName } from './primitives/index.js';
import type { Tensor } from './tensor.js';
import type { Variable } from './variable.js';

/** One result of one node, or an input of the graph. */
export interface Value extends Aval {
  readonly id: number;
  /** The node that computes it; undefined for arguments, captures and variables' initial values. */
  readonly node: Node | undefined;
  readonly index: number;
}

export type Node = { [N in PrimitiveName]: NodeOf<N> }[PrimitiveName];

export interface NodeOf<N extends PrimitiveName> {
  readonly primitive: N;
  readonly params: ParamsOf<N>;
  readonly inputs: readonly Value[];
  readonly outputs: Value[];
  /** Names of the layers around it, outermost first, where tracing saw it made: for messages. */
  readonly scopes?: readonly string[];
}

/** A variable the graph touches: `read` is its value at the start, `assigned` the one it holds at the end. */
export interface StateSlot {
  readonly variable: Variable;
  readonly read: Value;
  assigned: Value | undefined;
}

/** A graph that depends on its inputs alone: what primitives of control flow have as parameters. */
export interface Subgraph {
  readonly inputs: readonly Value[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly Value[];
}

/** The graph of a traced function. */
export interface Graph extends Subgraph {
  /** Tensors from outside that the function used. */
  readonly captures: readonly { value: Value; tensor: Tensor }[];
  readonly state: readonly StateSlot[];
}

/** The nodes, in order, that some of these values depend on; those that `isGiven` are not followed. */
export function nodesFor(
  nodes: readonly Node[], values: readonly Value[], isGiven: (value: Value) => boolean = () => false,
): Node[] {
  const used = new Set<Value>(values);
  const kept: Node[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((output) => used.has(output) && !isGiven(output))) continue;
    kept.push(node);
    for (const input of node.inputs) used.add(input);
  }
  return kept.toReversed();
}

/**
 * Drops nodes, captures and variables that neither an output nor an assignment needs.
 * @param given values that need not be computed
 */
export function prune(graph: Graph, given: ReadonlySet<Value> = NONE): Graph {
  const state = graph.state.map((slot) => (slot.assigned === slot.read ? { ...slot, assigned: undefined } : slot));
  const results = [...graph.outputs, ...state.flatMap((slot) => slot.assigned ?? [])];
  const nodes = nodesFor(graph.nodes, results, (value) => given.has(value));
  const used = new Set<Value>([...results, ...nodes.flatMap(({ inputs }) => inputs)]);
  return {
    inputs: graph.inputs,
    captures: graph.captures.filter(({ value }) => used.has(value)),
    state: state.filter((slot) => slot.assigned !== undefined || used.has(slot.read)),
    nodes: nodes.map((node) => withoutUnused(node, used)),
    outputs: graph.outputs,
  };
}

const NONE: ReadonlySet<Value> = new Set();

/** A scan stacks no results that nothing uses, such as residuals of a gradient that does not flow. */
function withoutUnused(node: Node, used: ReadonlySet<Value>): Node {
  if (node.primitive !== 'scan') return node;
  const { body, carries } = node.params;
  const isKept = (output: Value, i: number): boolean => i < carries || used.has(output);
  const outputs = node.outputs.filter(isKept);
  if (outputs.length === node.outputs.length) return node;
  const results = body.outputs.filter((_, i) => isKept(node.outputs[i], i));
  const given = new Set(body.inputs);
  const nodes = nodesFor(body.nodes, results, (value) => given.has(value));
  return { ...node, params: { ...node.params, body: { inputs: body.inputs, nodes, outputs: results } }, outputs };
}
