/**
 * A function traced at several sizes of its unknown dimensions, so that what depends on these can be told from what does
 * not. A graph is made of numbers; where the traces differ, a number is an expression of sizes (see `engine/sizes.ts`).
 */
import { withContext } from '../engine/context.js';
import { prune, type Graph, type Node, type Subgraph, type Value } from '../engine/graph.js';
import { subgraphsOf } from '../engine/primitives/control.js';
import { flatten, packAs } from '../engine/structure.js';
import { Tensor } from '../engine/tensor.js';
import { Trace } from '../engine/trace.js';
import { withoutNotices } from '../utils/notice.js';
import { ArgumentSpec, ExportError } from './input-signature.js';

/** One trace for each choice of sizes; node for node the same. */
export interface SizedGraphs {
  graphs: readonly Graph[];
  /** What the function returned, in the first trace. */
  structure: unknown;
  arguments: readonly ArgumentSpec[];
}

/*
 * Four sizes for each unknown dimension. Odd and even ones of many remainders, so that what rounds (strides, halves) is
 * not taken for a plain multiple; no two dimensions in proportion. Where a function needs sizes that can be divided (a
 * reshape to rows of six), multiples of 27720, which has the divisors 1 to 12, or of 840 where there are several.
 */
const MIXED = [
  [1021, 1174, 1395, 1528], [421, 602, 535, 704], [397, 458, 619, 736], [863, 742, 571, 428], [947, 1090, 787, 1312],
];
const MULTIPLES = [[7, 10, 13, 19], [11, 17, 9, 23], [29, 8, 14, 31], [12, 25, 37, 16], [41, 18, 22, 43]];

/** The places of unknown dimensions: leading ones are the batch; further ones are taken to be equal only if they must. */
function symbolsOf(specs: readonly ArgumentSpec[], isShared: boolean): (number | null)[][] {
  const keys: string[] = [];
  return specs.map(({ shape }, argument) => shape.map((d, axis) => {
    if (d !== null) return null;
    const key = axis === 0 ? 'batch' : isShared ? `axis ${axis}` : `argument ${argument}, axis ${axis}`;
    if (!keys.includes(key)) keys.push(key);
    return keys.indexOf(key);
  }));
}

/**
 * Traces a function of these arguments. `fn` must do the same for every size.
 * @throws ExportError where it does not
 */
export function traceAtSizes(fn: (...args: unknown[]) => unknown, signature: readonly unknown[]): SizedGraphs {
  const specs = flatten(signature) as ArgumentSpec[];
  let first: unknown;
  for (const isShared of [false, true]) {
    const symbols = symbolsOf(specs, isShared);
    const count = new Set(symbols.flat()).size - (symbols.flat().includes(null) ? 1 : 0);
    if (count > MIXED.length) {
      throw new ExportError(`The inputs have ${count} unknown dimensions; no more than ${MIXED.length} can be exported.`);
    }
    const unit = count > 1 ? 840 : 27720;
    const multiples = MULTIPLES.map((row) => row.map((factor) => factor * unit));
    // The batch, which comes first, is what most functions divide: then other dimensions need not be multiples.
    for (const sizes of [MIXED, [multiples[0], ...MIXED.slice(1)], multiples]) {
      try {
        return attempt(fn, signature, specs, symbols, sizes, count === 0 ? 1 : MIXED[0].length);
      } catch (error) {
        first ??= error;
      }
    }
  }
  if (first instanceof ExportError) throw first;
  throw new ExportError(`The function cannot be traced for inputs of any size: ${first instanceof Error ? first.message : String(first)}`,
    { cause: first });
}

function attempt(
  fn: (...args: unknown[]) => unknown, signature: readonly unknown[], specs: readonly ArgumentSpec[],
  symbols: readonly (number | null)[][], sizes: readonly number[][], count: number,
): SizedGraphs {
  const traces = Array.from({ length: count }, (_, t) => {
    const shapes = specs.map(({ shape }, i) => shape.map((d, axis) => d ?? sizes[symbols[i][axis]!][t]));
    const trace = (): { graph: Graph; result: unknown } => traceOnce(fn, signature, specs, shapes);
    return t === 0 ? trace() : withoutNotices(trace);
  });
  const graphs = traces.map(({ graph }) => graph);
  for (const other of graphs.slice(1)) requireAlike(graphs[0], other);
  return { graphs, structure: traces[0].result, arguments: specs };
}

function traceOnce(
  fn: (...args: unknown[]) => unknown, signature: readonly unknown[], specs: readonly ArgumentSpec[],
  shapes: readonly (readonly number[])[],
): { graph: Graph; result: unknown } {
  const trace = new Trace();
  const inputs = specs.map(({ dtype }, i) => trace.input({ shape: shapes[i], dtype }));
  const args = packAs(signature, inputs) as unknown[];
  const result = withContext({ autocast: undefined, tapes: [], variableScopes: [] }, () => trace.run(() => fn(...args)));
  const outputs = flatten(result);
  const wrong = outputs.find((leaf) => !(leaf instanceof Tensor));
  if (wrong !== undefined || outputs.length === 0) {
    throw new ExportError(`An exported function returns tensors, or arrays and objects of them, received ${String(wrong)}.`);
  }
  return { graph: prune(trace.finish(outputs as Tensor[])), result };
}

/** Values in an order that is the same for graphs that are alike. */
function valuesOf(graph: Subgraph & Partial<Pick<Graph, 'captures' | 'state'>>): Value[] {
  const own = [
    ...graph.inputs, ...(graph.captures ?? []).map(({ value }) => value), ...(graph.state ?? []).map(({ read }) => read)];
  for (const node of graph.nodes) {
    own.push(...node.outputs);
    for (const inner of subgraphsOf(node.params)) own.push(...valuesOf(inner));
  }
  return own;
}

/** By each value of the first graph those that stand for it in all of them. */
export function pairValues(graphs: readonly Graph[]): Map<Value, Value[]> {
  const lists = graphs.map(valuesOf);
  return new Map(lists[0].map((value, i) => [value, lists.map((list) => list[i])]));
}

/** The same primitives on the same operands, whatever the sizes. */
function requireAlike(a: Graph, b: Graph): void {
  const pairs = new Map<Value, Value>();
  const pair = (from: readonly Value[], to: readonly Value[], node?: Node): void => {
    if (from.length !== to.length) differ(node);
    from.forEach((value, i) => {
      if (value.dtype !== to[i].dtype || value.shape.length !== to[i].shape.length) differ(node);
      pairs.set(value, to[i]);
    });
  };
  const match = (from: readonly Value[], to: readonly Value[], node?: Node): void => {
    if (from.length !== to.length || from.some((value, i) => pairs.get(value) !== to[i])) differ(node);
  };
  const walk = (from: Subgraph, to: Subgraph, around?: Node): void => {
    pair(from.inputs, to.inputs, around);
    if (from.nodes.length !== to.nodes.length) differ(around);
    from.nodes.forEach((node, i) => {
      const other = to.nodes[i];
      if (node.primitive !== other.primitive) differ(node);
      match(node.inputs, other.inputs, node);
      const [inner, outer] = [subgraphsOf(node.params), subgraphsOf(other.params)];
      inner.forEach((graph, k) => walk(graph, outer[k], node));
      pair(node.outputs, other.outputs, node);
    });
    match(from.outputs, to.outputs, around);
  };
  pair(a.captures.map(({ value }) => value), b.captures.map(({ value }) => value));
  if (a.state.some((slot, i) => slot.variable !== b.state[i]?.variable)) differ();
  pair(a.state.map(({ read }) => read), b.state.map(({ read }) => read));
  walk(a, b);
  match(a.state.flatMap(({ assigned }) => assigned ?? []), b.state.flatMap(({ assigned }) => assigned ?? []));
}

function differ(node?: Node): never {
  throw new ExportError(`What is computed${node ? ` by ${describeNode(node)}` : ''} depends on the size of the inputs, as in a loop ` +
    'in JavaScript over an unknown dimension. Export with fixed sizes: give an input_signature of keras.InputSpec.');
}

/** A node by its primitive and the layer it comes from. */
export function describeNode({ primitive, scopes = [] }: Pick<Node, 'primitive' | 'scopes'>): string {
  return scopes.length > 0 ? `${primitive} of layer '${scopes[scopes.length - 1]}' (${scopes.join('/')})` : primitive;
}

