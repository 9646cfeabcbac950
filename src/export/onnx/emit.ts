/** Turns one trace into ONNX nodes. The traces of a function are emitted alike, and then merged. */
import type { Aval } from '../../backend/backend.js';
import type { DType, HostData } from '../../engine/dtype.js';
import type { Graph, Node, Subgraph, Value } from '../../engine/graph.js';
import { numbersToBits } from '../../engine/host.js';
import type { Shape } from '../../engine/shape.js';
import { describeNode } from '../sized-graphs.js';
import { ExportError } from '../input-signature.js';
import { firstOrder, lastOrder, type Attributes, type Body, type Builder, type Item, type Ref, type Result, type Role, type Rule } from './builder.js';
import { ONNX_DTYPE } from './proto.js';
import { Refusal } from './rules/table.js';
import { onnxRules } from './rules/index.js';
import type { Weight } from './weights.js';

/** The nodes of a trace, and the weights that they use by the names that they have there. */
export interface Emitted {
  body: Body;
  weights: Map<string, Weight>;
}

/**
 * @param names of the arguments
 * @param weights what is known beforehand of this trace's values
 * @param isUnknown whether a dimension of a value differs between the traces
 */
export function emitGraph(
  graph: Graph, names: { inputs: readonly string[]; outputs: readonly string[] }, weights: ReadonlyMap<Value, Weight>,
  isUnknown: (value: Value, axis: number) => boolean,
): Emitted {
  const emitter = new Emitter(isUnknown);
  const refs = new Map<Value, Ref>();
  for (const [value, weight] of weights) refs.set(value, { weight });
  graph.inputs.forEach((value, i) => {
    refs.set(value, { last: names.inputs[i] });
    emitter.note(names.inputs[i], value.shape);
  });
  emitter.emitNodes(graph.nodes, refs);
  graph.outputs.forEach((value, i) => emitter.rename(emitter.last(refs.get(value)!), names.outputs[i]));
  return {
    body: { inputs: graph.inputs.map((aval, i) => ({ name: names.inputs[i], aval })), items: emitter.items, outputs: names.outputs },
    weights: emitter.weights,
  };
}

class Emitter implements Builder {
  items: Item[] = [];
  readonly weights = new Map<string, Weight>();
  readonly #isUnknown: (value: Value, axis: number) => boolean;
  readonly #weightNames = new Map<Weight, string>();
  readonly #taken = new Set<string>();
  #count = 0;
  #scope = '';

  constructor(isUnknown: (value: Value, axis: number) => boolean) {
    this.#isUnknown = isUnknown;
  }

  isUnknown(value: Value, axis: number): boolean {
    return this.#isUnknown(value, axis);
  }

  note(name: string, shape: Shape): void {
    this.items.push({ kind: 'seen', name, shape });
  }

  #append(op: string, inputs: readonly string[], outputs: readonly string[], attributes: Attributes): void {
    this.items.push({ kind: 'node', op, inputs, outputs, attributes, scope: this.#scope });
  }

  op(name: string, inputs: readonly (Ref | string)[], attributes: Attributes = {}): string {
    return this.ops(name, inputs, attributes, 1)[0];
  }

  ops(name: string, inputs: readonly (Ref | string)[], attributes: Attributes, outputs: number): string[] {
    const operands = inputs.map((x) => (typeof x === 'string' ? x : this.last(x)));
    const made = Array.from({ length: outputs }, () => `/${this.#count++}`);
    this.#append(name, operands, made, attributes);
    return made;
  }

  rename(from: string, to: string): void {
    this.#append('Identity', [from], [to], {});
  }

  last(x: Ref): string {
    return (x.last ??= x.weight ? this.#weightName(x.weight)
      : this.op('Transpose', [x.first!], { perm: { ints: lastOrder(x.rank!) } }));
  }

  first(x: Ref, rank: number): string {
    return (x.first ??= this.arranged(x, firstOrder(rank)));
  }

  arranged(x: Ref, permutation: readonly number[], shape?: Shape): string {
    if (x.weight) return this.#weightName(x.weight.arranged(permutation, shape));
    const isSame = permutation.every((axis, i) => axis === i);
    const moved = isSame ? this.last(x) : this.op('Transpose', [x], { perm: { ints: permutation } });
    return shape ? this.op('Reshape', [moved, this.ints(shape)]) : moved;
  }

  #weightName(weight: Weight): string {
    let name = this.#weightNames.get(weight);
    if (name === undefined) {
      for (let i = 0; name === undefined || this.#taken.has(name); i++) name = i === 0 ? weight.label : `${weight.label}_${i}`;
      this.#taken.add(name);
      this.#weightNames.set(weight, name);
      this.weights.set(name, weight);
    }
    return name;
  }

  ints(values: readonly number[], role?: Role): string {
    return this.#constant(numbersToBits(values, 'int64'), [values.length], 'int64', role);
  }

  scalar(value: number | bigint, dtype: DType): string {
    return this.#constant(numbersToBits([value], dtype), [], dtype);
  }

  constant(data: HostData, shape: Shape, dtype: DType): string {
    return this.#constant(data, shape, dtype);
  }

  #constant(data: HostData, shape: Shape, dtype: DType, role?: Role): string {
    const name = `/${this.#count++}`;
    this.items.push({ kind: 'constant', name, shape, dtype, data, role, scope: this.#scope });
    return name;
  }

  reshape(x: Ref | string, from: Shape, to: Shape): string {
    return this.op('Reshape', [x, this.ints(to, { kind: 'reshape', from })]);
  }

  cast(x: Ref | string, dtype: DType): string {
    return this.op('Cast', [x], { to: { int: ONNX_DTYPE[dtype] } });
  }

  evaluate({ inputs: given, nodes, outputs }: Subgraph, inputs: readonly Ref[]): Ref[] {
    const refs = new Map(given.map((value, i) => [value, inputs[i]]));
    this.emitNodes(nodes, refs);
    return outputs.map((value) => refs.get(value)!);
  }

  body(avals: readonly Aval[], outputsOf: (names: readonly string[]) => readonly string[]): Body {
    const outer = this.items;
    this.items = [];
    const inputs = avals.map(({ shape, dtype }) => ({ name: `/${this.#count++}`, aval: { shape, dtype } }));
    for (const { name, aval } of inputs) this.note(name, aval.shape);
    // A name from outside, or one that is given twice, is no result of this graph.
    const outputs = outputsOf(inputs.map(({ name }) => name)).map((name) => this.op('Identity', [name]));
    const { items } = this;
    this.items = outer;
    return { inputs, items, outputs };
  }

  emitNodes(nodes: readonly Node[], refs: Map<Value, Ref>): void {
    for (const node of nodes) {
      if (node.outputs.every((value) => refs.get(value)?.weight)) continue;
      this.#scope = node.scopes?.join('/') ?? '';
      const results = this.#apply(node, node.inputs.map((value) => refs.get(value)!));
      node.outputs.forEach((value, i) => refs.set(value, this.#refOf(results[i], value.shape)));
    }
  }

  #refOf(result: Result, shape: Shape): Ref {
    if (typeof result === 'string') {
      this.note(result, shape);
      return { last: result };
    }
    this.note(result.first, firstOrder(shape.length).map((axis) => shape[axis]));
    return { first: result.first, rank: shape.length };
  }

  #apply(node: Node, inputs: readonly Ref[]): readonly Result[] {
    const rule = onnxRules[node.primitive] as Rule<object> | string;
    try {
      if (typeof rule === 'string') throw new Refusal(rule);
      const made = rule(this, inputs, { params: node.params, inputs: node.inputs, outputs: node.outputs });
      return typeof made === 'string' || 'first' in made ? [made] : made;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new ExportError(`The primitive ${describeNode(node)} cannot be exported to ONNX: ${error.message}. ` +
        "Leave it out of the exported model, or export with format 'tf_saved_model'.", { cause: error });
    }
  }
}
