/**
 * Small graphs as a few ops that are run one after the other in one native call (native/sequence.h), on the thread of the
 * call. TensorFlow's own executor takes a function to another thread and back, and looks at each of its arguments anew,
 * which takes longer than the ops of a small graph.
 */
import type { Graph, Value } from '../../engine/graph.js';
import { sizeOf } from '../../engine/shape.js';
import type { NativeBinding } from './binding.js';
import { MOST_MATRIX } from './row-nodes.js';
import { encode, resultsOf, type FunctionMessage, type NodeMessage, type OpDefs } from './proto.js';

/** Ops of a run, at most. One by one each takes some 5 microseconds, in the executor 1, and there they share the threads. */
const MOST_STEPS = 24;
/** Nodes of a graph for which it is tried, at most. */
const MOST_NODES = 1000;
/** What oneDNN has layouts of its own for, and what waits for other processes. */
const UNSUITED = /conv|pool|all_reduce/;

/** Whether a graph could become a sequence, by what it computes. */
export const mayBeSequence = ({ nodes }: Graph): boolean => nodes.length <= MOST_NODES &&
  nodes.every(({ primitive, inputs }) => !UNSUITED.test(primitive) &&
    // Products with large matrices take oneDNN's form, in which TensorFlow's executor keeps them.
    !(primitive === 'matmul' && sizeOf(inputs[1].shape.slice(-2)) > MOST_MATRIX));

interface Step {
  node: NodeMessage;
  /** Slots: first the arguments, then the results of all steps. */
  inputs: number[];
  outputs: number;
  /** The same in all runs. */
  isKept: boolean;
}

interface Plan {
  steps: Step[];
  results: number[];
}

/**
 * The steps of a function; undefined where it is to be left to the executor.
 * @param isSteady whether an argument is the same in all runs, and a variable's value
 */
function planSequence(
  { signature, node_def: all, ret, control_ret: control }: FunctionMessage, defs: OpDefs, isSteady: readonly boolean[],
): Plan | undefined {
  const slots = new Map(signature.input_arg.map(({ name }, i) => [name, i]));
  const kept = new Set(signature.input_arg.flatMap(({ name }, i) => (isSteady[i] ? [name] : [])));
  const outputs = signature.output_arg.map(({ name }) => ret[name]);
  const nodes = neededOf(all, [...outputs, ...Object.values(control)]);
  const steps: Step[] = [];
  for (const node of nodes) {
    const def = defs.get(node.op);
    const operands = node.input.filter((ref) => !ref.startsWith('^'));
    const isKept = (!def.is_stateful || node.op === 'ReadVariableOp') && node.input.every((ref) => kept.has(ref));
    const made = resultsOf(node, def);
    steps.push({ node, inputs: operands.map((ref) => slots.get(ref)!), outputs: made.length, isKept });
    for (const { ref } of made) {
      if (isKept) kept.add(ref);
      slots.set(ref, slots.size);
    }
  }
  if (steps.filter(({ isKept }) => !isKept).length > MOST_STEPS) return undefined;
  return { steps, results: outputs.map((ref) => slots.get(ref)!) };
}

/** The nodes that these results and nodes need, in order. */
function neededOf(nodes: readonly NodeMessage[], wanted: readonly string[]): NodeMessage[] {
  const nameOf = (ref: string): string => ref.replace(/^\^/, '').split(':')[0];
  const names = new Set(wanted.map(nameOf));
  const needed: NodeMessage[] = [];
  for (const node of nodes.toReversed()) {
    if (!names.has(node.name)) continue;
    needed.push(node);
    for (const ref of node.input) names.add(nameOf(ref));
  }
  return needed.toReversed();
}

/**
 * Prepares a graph's function so; gives the sequence's id, or undefined where it does not suit.
 * @param steady values from outside that are the same in all runs
 */
export function prepareSequence(
  binding: NativeBinding, { inputs, captures, state }: Graph, message: FunctionMessage, defs: OpDefs, steady?: ReadonlySet<Value>,
): number | undefined {
  const given = [...inputs, ...captures.map(({ value }) => value), ...state.map(({ read }) => read)];
  const plan = planSequence(message, defs, given.map((value) => steady?.has(value) ?? false));
  if (!plan) return undefined;
  const ops: number[] = [];
  try {
    for (const { node: { op, attr }, outputs } of plan.steps) {
      const attrs = Object.entries(attr).map(([name, value]) => [name, encode('AttrValue', value)] as const);
      ops.push(binding.prepareOp(op, attrs, outputs));
    }
    const steps = plan.steps.map(({ inputs: operands, isKept }, i) => [ops[i], operands, Number(isKept)] as const);
    return binding.prepareSequence(given.length, steps, plan.results);
  } finally {
    // The sequence has them.
    for (const op of ops) binding.releaseOp(op);
  }
}
