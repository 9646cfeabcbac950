/** Turns a graph into a FunctionDef: the same lowering rules, with nodes appended instead of ops run. */
import { numbersToBits } from '../../engine/host.js';
import type { DType, HostData, NumericArray } from '../../engine/dtype.js';
import type { Graph, Node, Value } from '../../engine/graph.js';
import type { Shape } from '../../engine/shape.js';
import { attrMessage, shapeMessage, type Attrs } from './attributes.js';
import { TF_DTYPE } from './binding.js';
import type { Builder, LoweringFunction } from './lowering/builder.js';
import { lowerings } from './lowering/index.js';
import type { ArgMessage, AttrValueMessage, FunctionMessage, NodeMessage, OpDefs } from './proto.js';
import { StateEmitter } from './state.js';

/** A result inside a function: how other nodes refer to it, and its TensorFlow dtype. */
export interface Ref {
  readonly ref: string;
  readonly dtype: number;
}

export class GraphEmitter implements Builder<Ref> {
  nodes: NodeMessage[] = [];
  #count = 0;
  readonly #defs: OpDefs;
  #constants = new Map<string, Ref>();

  readonly forXla: boolean;

  constructor(defs: OpDefs, forXla: boolean) {
    this.#defs = defs;
    this.forXla = forXla;
  }

  op(name: string, inputs: readonly Ref[], attrs: Attrs = {}): Ref {
    return this.ops(name, inputs, attrs, 1)[0];
  }

  ops(name: string, inputs: readonly Ref[], attrs: Attrs, outputs: number): Ref[] {
    const { node, args, values } = this.append(name, inputs, attrs);
    const refs: Ref[] = [];
    for (const arg of args) {
      const count = arg.number_attr ? Number(values[arg.number_attr].i) : 1;
      const dtype = arg.type || Number(values[arg.type_attr ?? '']?.type ?? 0);
      for (let i = 0; i < count; i++) refs.push({ ref: `${node.name}:${arg.name}:${i}`, dtype });
    }
    if (refs.length !== outputs) throw new Error(`The op ${name} has ${refs.length} results, its lowering says ${outputs}.`);
    return refs;
  }

  /** Appends a node; type and count attributes that follow from the inputs are filled in from the op's definition. */
  append(name: string, inputs: readonly Ref[], attrs: Attrs, control: readonly string[] = []):
  { node: NodeMessage; args: ArgMessage[]; values: Record<string, AttrValueMessage> } {
    const def = this.#defs.get(name);
    const values: Record<string, AttrValueMessage> = {};
    for (const key in attrs) values[key] = attrMessage(attrs[key]);
    let position = 0;
    for (const arg of def.input_arg) {
      let count = 1;
      if (arg.number_attr) {
        values[arg.number_attr] ??= { i: inputs.length - (def.input_arg.length - 1) };
        count = Number(values[arg.number_attr].i);
      }
      if (arg.type_attr) values[arg.type_attr] ??= { type: inputs[position].dtype };
      position += count;
    }
    const known = new Set(def.attr.map((attr) => attr.name));
    for (const key in values) if (!known.has(key)) throw new Error(`The op ${name} has no attribute ${key}.`);
    for (const attr of def.attr) {
      if (values[attr.name] || !attr.default_value) continue;
      // Results whose type has a default are typed by it.
      if (attr.type === 'type') values[attr.name] = { type: Number(attr.default_value.type) };
    }
    const node: NodeMessage = {
      name: `n${this.#count++}_${name}`, op: name,
      input: [...inputs.map((x) => x.ref), ...control.map((c) => `^${c}`)], attr: values,
    };
    this.nodes.push(node);
    return { node, args: def.output_arg, values };
  }

  /** Takes nodes out again that turned out to have no use. */
  remove(isUseless: (name: string) => boolean): void {
    this.nodes = this.nodes.filter(({ name }) => !isUseless(name));
  }

  ints(values: readonly number[]): Ref {
    return this.constant(Int32Array.from(values), [values.length], 'int32');
  }

  scalar(value: number | bigint, dtype: DType): Ref {
    return this.constant(numbersToBits([value], dtype), [], dtype);
  }

  constant(data: HostData, shape: Shape, dtype: DType): Ref {
    const type = TF_DTYPE[dtype];
    const tensor: NonNullable<AttrValueMessage['tensor']> = { dtype: type, tensor_shape: shapeMessage(shape) };
    if (dtype === 'string') tensor.string_val = (data as string[]).map((s) => new TextEncoder().encode(s));
    else {
      const array = data as NumericArray;
      tensor.tensor_content = new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice();
    }
    const small = tensor.tensor_content && tensor.tensor_content.length <= 128;
    const key = small ? `${dtype}|${shape.join()}|${tensor.tensor_content!.join()}` : undefined;
    const found = key && this.#constants.get(key);
    if (found) return found;
    const name = `n${this.#count++}_Const`;
    this.nodes.push({ name, op: 'Const', input: [], attr: { dtype: { type }, value: { tensor } } });
    const ref = { ref: `${name}:output:0`, dtype: type };
    if (key) this.#constants.set(key, ref);
    return ref;
  }

  lower(node: Node, inputs: readonly Ref[]): Ref[] {
    const lowering = lowerings[node.primitive];
    if (typeof lowering === 'string') return [this.op(lowering, inputs)];
    const made = (lowering as LoweringFunction<object>)<Ref>(
      this, inputs, { params: node.params, inputs: node.inputs, outputs: node.outputs });
    return Array.isArray(made) ? made : [made];
  }
}

/** A function of the graph's arguments, captures and variables' resource handles, in that order. */
export function emitFunction(graph: Graph, name: string, defs: OpDefs, xla: boolean): FunctionMessage {
  const emitter = new GraphEmitter(defs, xla);
  const refs = new Map<Value, Ref>();
  const args: ArgMessage[] = [];
  const argument = (value: Value): void => {
    const arg = { name: `a${args.length}`, type: TF_DTYPE[value.dtype] };
    args.push(arg);
    refs.set(value, { ref: arg.name, dtype: arg.type });
  };
  graph.inputs.forEach(argument);
  graph.captures.forEach(({ value }) => argument(value));
  const state = new StateEmitter(emitter, graph, (slot) => {
    const arg = { name: `a${args.length}`, type: TF_DTYPE.resource };
    args.push(arg);
    return { slot, handle: { ref: arg.name, dtype: TF_DTYPE.resource } };
  });
  state.emitReads(refs);
  for (const node of graph.nodes) {
    if (state.inPlace(node)) continue;
    const made = emitter.lower(node, node.inputs.map((value) => refs.get(value)!));
    node.outputs.forEach((value, i) => refs.set(value, made[i]));
  }
  const updates = state.emitUpdates(refs, graph.outputs);

  const ret: Record<string, string> = {};
  const outputs = graph.outputs.map((value, i) => {
    const { ref, dtype } = refs.get(value)!;
    // A function must not return its own argument unchanged.
    ret[`r${i}`] = /^a\d+$/.test(ref) ? emitter.op('Identity', [{ ref, dtype }]).ref : ref;
    return { name: `r${i}`, type: dtype };
  });
  return {
    signature: { name, input_arg: args, output_arg: outputs, is_stateful: true, control_output: updates },
    node_def: emitter.nodes,
    ret,
    control_ret: Object.fromEntries(updates.map((update) => [update, update])),
    attr: xla ? { _XlaMustCompile: { b: true } } : {},
  };
}
