/**
 * Scales small results instead of large operands. The gradient of a mean multiplies each of its terms by one number, which
 * for the logits of a language model is a pass over the largest tensor of the step. Products and sums over it are linear:
 * the number may as well come behind them.
 */
import type { Graph, Node, Value } from './graph.js';
import { countUses, GraphWriter } from './invariants.js';
import type { PrimitiveName } from './primitives/index.js';
import { sizeOf } from './shape.js';

/** Smaller tensors are not worth it. */
const LARGE = 1 << 16;
/** Halves could overflow when the scaling comes late. */
const WIDE = new Set(['float32', 'float64']);
/** They only move elements. */
const MOVES: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>(['reshape', 'transpose']);
/** Linear in each operand by itself. */
const LINEAR: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>(['matmul', 'reduce_sum']);

/** The same graph with such scalings moved. */
export function deferScaling(graph: Graph): Graph {
  const uses = countUses(graph);
  const users = new Map<Value, Node[]>();
  for (const node of graph.nodes) for (const input of new Set(node.inputs)) users.set(input, [...(users.get(input) ?? []), node]);
  const uniform = uniformValues(graph);

  /** By scaling: what is scaled, by which number, what moves it on, and what takes it in. */
  const plans = graph.nodes.flatMap((node) => planFor(node, uniform, uses, users) ?? []);
  if (plans.length === 0) return graph;

  const writer = new GraphWriter(graph);
  const byScaling = new Map(plans.map((plan) => [plan.scaling, plan]));
  // Both operands of a product may be scaled: then two factors come behind it.
  const factorsBehind = (node: Node): Value[] => plans.flatMap(({ ends, factor }) => (ends.includes(node) ? factor : []));
  for (const node of graph.nodes) {
    const scaling = byScaling.get(node);
    if (scaling) {
      writer.replace(node.outputs[0], writer.current(scaling.scaled));
      continue;
    }
    writer.copy(node);
    const [output] = node.outputs;
    for (const value of factorsBehind(node)) {
      const factor = writer.apply('reshape', { shape: [] }, [writer.current(value)], { shape: [], dtype: output.dtype });
      writer.replace(output, writer.apply('multiply', {}, [writer.current(output), factor], output));
    }
  }
  return writer.finish();
}

interface Plan {
  scaling: Node;
  scaled: Value;
  factor: Value;
  /** The products and sums behind which the factor comes. */
  ends: readonly Node[];
}

/** Values that are one number everywhere, and the value of one element that holds it. */
function uniformValues({ nodes }: Graph): Map<Value, Value> {
  const found = new Map<Value, Value>();
  for (const node of nodes) {
    const [output] = node.outputs;
    const [input] = node.inputs;
    if (MOVES.has(node.primitive) || node.primitive === 'broadcast_to') {
      const source = found.get(input) ?? (sizeOf(input.shape) === 1 ? input : undefined);
      if (source) found.set(output, source);
    } else if (sizeOf(output.shape) === 1) found.set(output, output);
  }
  return found;
}

function planFor(
  scaling: Node, uniform: ReadonlyMap<Value, Value>, uses: ReadonlyMap<Value, number>, users: ReadonlyMap<Value, readonly Node[]>,
): Plan | undefined {
  const [output] = scaling.outputs;
  if (scaling.primitive !== 'multiply' || sizeOf(output.shape) < LARGE || !WIDE.has(output.dtype)) return undefined;
  const [a, b] = scaling.inputs;
  const [scaled, factor] = uniform.has(a) ? [b, uniform.get(a)!] : [a, uniform.get(b)];
  // Nothing may have been repeated: the number alone makes the difference.
  if (!factor || uniform.has(scaled) || sizeOf(scaled.shape) !== sizeOf(output.shape)) return undefined;
  if (scaled.shape.length !== output.shape.length) return undefined;

  const ends: Node[] = [];
  const visit = (value: Value): boolean => {
    const found = users.get(value) ?? [];
    // Some use may be a result of the graph, or an assignment.
    if (found.length === 0 || found.reduce((n, node) => n + node.inputs.filter((input) => input === value).length, 0) !== uses.get(value)) {
      return false;
    }
    return found.every((node) => {
      if (MOVES.has(node.primitive)) return visit(node.outputs[0]);
      if (!LINEAR.has(node.primitive) || node.inputs.filter((input) => input === value).length > 1 || ends.includes(node)) return false;
      ends.push(node);
      return true;
    });
  };
  if (!visit(output)) return undefined;
  const behind = ends.reduce((n, end) => n + sizeOf(end.outputs[0].shape), 0);
  return 2 * behind <= sizeOf(output.shape) ? { scaling, scaled, factor, ends } : undefined;
}
