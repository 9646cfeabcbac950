/** Values that are known when a file is written: variables, and what follows from them and from constants. */
import { apply } from '../../engine/apply.js';
import { withContext } from '../../engine/context.js';
import type { DType } from '../../engine/dtype.js';
import type { Node, Value } from '../../engine/graph.js';
import { subgraphsOf } from '../../engine/primitives/control.js';
import { sizeOf, type Shape } from '../../engine/shape.js';
import { applyNode } from '../../engine/subgraph.js';
import type { Tensor } from '../../engine/tensor.js';
import { pairValues, type SizedGraphs } from '../sized-graphs.js';

/** One of these; computed when it is first read. */
export class Weight {
  readonly shape: Shape;
  readonly dtype: DType;
  /** What it is called in the file. */
  readonly label: string;
  readonly #compute: () => Tensor;
  #value: Tensor | undefined;
  readonly #arranged = new Map<string, Weight>();

  constructor(shape: Shape, dtype: DType, label: string, compute: () => Tensor) {
    this.shape = shape;
    this.dtype = dtype;
    this.label = label;
    this.#compute = compute;
  }

  get value(): Tensor {
    return (this.#value ??= withContext({ autocast: undefined, tapes: [] }, this.#compute));
  }

  /** With its axes in another order, and then of another shape. */
  arranged(permutation: readonly number[], shape: Shape | undefined): Weight {
    const isSame = permutation.every((axis, i) => axis === i);
    const permuted = permutation.map((axis) => this.shape[axis]);
    if (isSame && (!shape || shape.join() === permuted.join())) return this;
    const key = `${permutation.join()}|${shape?.join() ?? ''}`;
    let made = this.#arranged.get(key);
    if (!made) {
      made = new Weight(shape ?? permuted, this.dtype, this.label, () => {
        const moved = isSame ? this.value : apply('transpose', [this.value], { permutation });
        return shape ? apply('reshape', [moved], { shape }) : moved;
      });
      this.#arranged.set(key, made);
    }
    return made;
  }
}

/** Larger results of small operands are computed where they are used, rather than written down. */
const MOST_MADE = 4096;

/** By the values of each of the graphs. */
export function findWeights(sized: SizedGraphs): Map<Value, Weight> {
  const [graph] = sized.graphs;
  const pairs = pairValues(sized.graphs);
  const found = new Map<Value, Weight>();
  const add = (value: Value, label: string, compute: () => Tensor): void => {
    const weight = new Weight(value.shape, value.dtype, label, compute);
    for (const same of pairs.get(value)!) found.set(same, weight);
  };
  for (const { value, tensor } of graph.captures) add(value, 'constant', () => tensor);
  for (const { variable, read, assigned } of graph.state) if (!assigned) add(read, variable.path, () => variable.value);
  graph.nodes.forEach((node, position) => {
    const same = sized.graphs.map(({ nodes }) => nodes[position]);
    if (!isKnown(node, same, found)) return;
    let results: Tensor[] | undefined;
    const label = node.inputs.map((input) => found.get(input)!.label).find((name) => name !== 'constant') ?? 'constant';
    node.outputs.forEach((value, i) => add(value, label, () => {
      results ??= applyNode(node, node.inputs.map((input) => found.get(input)!.value));
      return results[i];
    }));
  });
  return found;
}

function isKnown(node: Node, same: readonly Node[], found: ReadonlyMap<Value, Weight>): boolean {
  if (subgraphsOf(node.params).length > 0 || !node.inputs.every((input) => found.has(input))) return false;
  const operands = node.inputs.reduce((sum, { shape }) => sum + sizeOf(shape), MOST_MADE);
  if (node.primitive !== 'constant' && node.outputs.some(({ shape }) => sizeOf(shape) > operands)) return false;
  return same.every((other) => sameParams(node.params, other.params) &&
    other.outputs.every(({ shape }, i) => shape.join() === node.outputs[i].shape.join()));
}

function sameParams(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
    return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
  }
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length &&
    keys.every((key) => sameParams((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}
