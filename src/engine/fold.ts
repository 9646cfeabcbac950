/**
 * Folds factors and offsets of channels into the kernel and bias before them: so batch normalization at inference is
 * part of its convolution or product. Pays where kernels are computed once for many runs: see `hoist.ts`.
 */
import type { Graph, Node, Value } from './graph.js';
import { countUses, GraphWriter, invariantValues } from './invariants.js';
import type { PrimitiveName } from './primitives/index.js';

/** Primitives whose second operand is a kernel; a factor of the result's channels is one of the kernel's. */
const KERNELS: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>(['conv', 'depthwise_conv', 'matmul']);

/** The same graph with as many factors and offsets folded as can be. */
export function fold(graph: Graph): Graph {
  const folder = new Folder(graph);
  for (const node of graph.nodes) folder.take(node);
  return folder.finish();
}

/** One operand that is invariant, and one value per channel or a single one; and the other operand. */
interface ChannelOperands {
  value: Value;
  vector: Value;
}

class Folder {
  readonly #graph: Graph;
  readonly #writer: GraphWriter;
  readonly #invariant: Set<Value>;
  readonly #uses: Map<Value, number>;
  /** Uses of values of the new graph, where these are not the same as before. */
  readonly #single = new Set<Value>();
  #folded = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#writer = new GraphWriter(graph);
    this.#invariant = invariantValues(graph);
    this.#uses = countUses(graph);
  }

  take(node: Node): void {
    const inputs = node.inputs.map((value) => this.#writer.current(value));
    const [output] = node.outputs;
    const made = this.#scaled(node, inputs) ?? this.#shifted(node, inputs);
    if (made) {
      this.#folded++;
      this.#put(output, made);
      return;
    }
    const copy = this.#writer.copy(node);
    node.outputs.forEach((value, i) => {
      this.#put(value, copy.outputs[i]);
      if (this.#invariant.has(value)) this.#invariant.add(copy.outputs[i]);
    });
  }

  #put(value: Value, now: Value): void {
    this.#writer.replace(value, now);
    if (this.#uses.get(value) === 1) this.#single.add(now);
  }

  /** `(x . kernel + bias) * factor` as `x . (kernel * factor) + bias * factor`. */
  #scaled(node: Node, inputs: readonly Value[]): Value | undefined {
    if (node.primitive !== 'multiply') return undefined;
    const operands = this.#channels(inputs, node.outputs[0]);
    const before = operands && this.#single.has(operands.value) ? operands.value.node : undefined;
    if (!operands || !before) return undefined;
    const { vector } = operands;
    if (this.#isProduct(before)) return this.#scaleProduct(before, vector);
    if (before.primitive !== 'add') return undefined;
    const sum = this.#channels(before.inputs, operands.value);
    const product = sum && this.#single.has(sum.value) ? sum.value.node : undefined;
    if (!sum || !product || !this.#isProduct(product)) return undefined;
    const bias = this.#combine('multiply', sum.vector, vector);
    return this.#add(this.#scaleProduct(product, vector), bias);
  }

  /** `(y + bias) + offset` as `y + (bias + offset)`. */
  #shifted(node: Node, inputs: readonly Value[]): Value | undefined {
    if (node.primitive !== 'add') return undefined;
    const outer = this.#channels(inputs, node.outputs[0]);
    const before = outer && this.#single.has(outer.value) ? outer.value.node : undefined;
    if (!outer || before?.primitive !== 'add') return undefined;
    const inner = this.#channels(before.inputs, outer.value);
    return inner && this.#add(inner.value, this.#combine('add', inner.vector, outer.vector));
  }

  /** Operands of an elementwise node of which one is a vector of the last axis, or a scalar, and invariant. */
  #channels(inputs: readonly Value[], output: Value): ChannelOperands | undefined {
    const channels = output.shape[output.shape.length - 1];
    for (const [value, vector] of [[inputs[0], inputs[1]], [inputs[1], inputs[0]]]) {
      const isVector = vector.shape.length === 0 || (vector.shape.length === 1 && vector.shape[0] === channels);
      if (isVector && this.#invariant.has(vector) && !this.#invariant.has(value) &&
        value.shape.length > 1 && value.shape[value.shape.length - 1] === channels) return { value, vector };
    }
    return undefined;
  }

  #isProduct(node: Node): boolean {
    if (!KERNELS.has(node.primitive) || !this.#invariant.has(node.inputs[1])) return false;
    return node.primitive !== 'matmul' || (!node.params.transposeB && node.inputs[1].shape.length === 2);
  }

  #scaleProduct(node: Node, factor: Value): Value {
    const [x, kernel] = node.inputs;
    const { shape } = kernel;
    // Channels of a depthwise convolution are its kernel's last two axes together.
    const isDepthwise = node.primitive === 'depthwise_conv' && factor.shape.length === 1;
    const fitting = isDepthwise
      ? this.#invariantNode('reshape', { shape: shape.slice(2) }, [factor], { shape: shape.slice(2), dtype: factor.dtype })
      : factor;
    const scaled = this.#invariantNode('multiply', {}, [kernel, fitting], kernel);
    return this.#writer.like(node, [x, scaled]).outputs[0];
  }

  #combine(primitive: 'add' | 'multiply', a: Value, b: Value): Value {
    return this.#invariantNode(primitive, {}, [a, b], a.shape.length === 0 ? b : a);
  }

  #invariantNode(primitive: PrimitiveName, params: object, inputs: readonly Value[], like: Pick<Value, 'shape' | 'dtype'>): Value {
    const value = this.#writer.apply(primitive, params, inputs, like);
    this.#invariant.add(value);
    return value;
  }

  #add(value: Value, vector: Value): Value {
    // Held by the sum alone, which may be folded again.
    this.#single.add(value);
    return this.#writer.apply('add', {}, [value, vector], value);
  }

  finish(): Graph {
    return this.#folded === 0 ? this.#graph : this.#writer.finish();
  }
}
