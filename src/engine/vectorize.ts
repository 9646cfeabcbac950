/** A function of one element applied to a whole batch at once, by the batching rules of what it applies. */
import { context } from './context.js';
import { batchRules } from './batching/index.js';
import { spread, type BatchRule } from './batching/rule.js';
import type { Subgraph, Value } from './graph.js';
import { applyNode, join, traceInside, valuesOf } from './subgraph.js';
import { tensorsOf, repack } from './control-flow.js';
import { TracedValueError, type Tensor } from './tensor.js';

/** The outputs of a graph for operands of which some are batches, and which of them are. */
function run(
  graph: Subgraph, inputs: readonly Tensor[], batched: readonly boolean[], size: number,
): { tensor: Tensor; isBatched: boolean }[] {
  const values = new Map<Value, Tensor>(graph.inputs.map((value, i) => [value, inputs[i]]));
  const batches = new Set(graph.inputs.filter((_, i) => batched[i]));
  const evaluate = (inner: Subgraph, operands: readonly Tensor[], flags: readonly boolean[]): Tensor[] =>
    run(inner, operands, flags, size).map((output) => spreadOne(output, size));
  for (const node of graph.nodes) {
    const operands = node.inputs.map((value) => values.get(value)!);
    const flags = node.inputs.map((value) => batches.has(value));
    const isBatched = flags.includes(true);
    // Which primitive it is, and so which parameters it takes, is not known here.
    const made = isBatched ? (batchRules[node.primitive] as BatchRule<unknown>)({
      inputs: operands, batched: flags, avals: node.inputs, outputs: node.outputs, params: node.params, size, evaluate,
    }) : applyNode(node, operands);
    node.outputs.forEach((value, i) => {
      values.set(value, made[i]);
      if (isBatched) batches.add(value);
    });
  }
  return graph.outputs.map((value) => ({ tensor: values.get(value)!, isBatched: batches.has(value) }));
}

const spreadOne = ({ tensor, isBatched }: { tensor: Tensor; isBatched: boolean }, size: number): Tensor =>
  (isBatched ? tensor : spread(tensor, size));

/**
 * `fn` of each element along the first axis, computed for all at once. Undefined when the function reads values, so
 * that it cannot be traced.
 */
export function vectorize(fn: (element: unknown) => unknown, elements: unknown): { result: unknown } | undefined {
  const batches = tensorsOf(elements);
  const size = batches[0].shape[0];
  const avals = batches.map(({ shape, dtype }) => ({ shape: shape.slice(1), dtype }));
  let result: unknown;
  let graph;
  try {
    graph = traceInside(avals, (...args) => (result = fn(repack(elements, args))), tensorsOf);
  } catch (error) {
    if (error instanceof TracedValueError && !context.tracer) return undefined;
    throw error;
  }
  const { constants, variables, graphs: [closed] } = join([graph]);
  const inputs = [...constants, ...valuesOf(variables), ...batches];
  const made = run(closed, inputs, inputs.map((_, i) => i >= constants.length + variables.length), size);
  variables.forEach((variable, i) => {
    if (made[i].isBatched) {
      throw new Error(`The function of vectorized_map assigns variable '${variable.path}' a value that is another for ` +
        'each element, although all are computed at once. Use ops.map.');
    }
    variable.assign(made[i].tensor);
  });
  return { result: repack(result, made.slice(variables.length).map((output) => spreadOne(output, size))) };
}
