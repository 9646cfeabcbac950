/** Turns a graph into a FunctionDef: the same lowering rules, with nodes appended instead of ops run. */
import { numbersToBits } from '../../engine/host.js';
import { bytesOf, type DType, type HostData, type NumericArray } from '../../engine/dtype.js';
import type { Graph, Node, Subgraph, Value } from '../../engine/graph.js';
import { countUses } from '../../engine/invariants.js';
import { sizeOf, type Shape } from '../../engine/shape.js';
import { attrMessage, shapeMessage, type Attrs } from './attributes.js';
import { TF_DTYPE } from './binding.js';
import { NO_FUSIONS, planFusions, type Fusion, type FusionSupport } from './fusion.js';
import { apart, runRows } from './lowering/rows.js';
import { planRegions } from './row-regions.js';
import { reshape, type Builder, type LoweringFunction, type Part } from './lowering/builder.js';
import { lowerings } from './lowering/index.js';
import { resultsOf, type ArgMessage, type AttrValueMessage, type FunctionMessage, type NodeMessage, type OpDefs, type Ref } from './proto.js';
import { StateEmitter } from './state.js';

/** Nodes of control flow become part of the executor's own graph, which is faster than calls of functions. */
const LOWERED: Attrs = { _lower_using_switch_merge: { bool: true } };

/** One step of a loop at a time: a step must see the variables that the one before it has left. */
const IN_ORDER: Attrs = { ...LOWERED, parallel_iterations: { int: 1 } };

/** A tensor of the engine inside a function: what its shape may be asked of. */
export interface Noted extends Ref {
  readonly shape: Shape;
  /** How many nodes there were: those before do not depend on it. */
  readonly at: number;
}

/** What makes a function one of several that are alike but for sizes, to be merged (see saved-model/merge.ts). */
export interface AnySize {
  /** Tensors by the name of the function that they are in. */
  readonly noted: Map<string, Noted[]>;
}

export interface EmitOptions {
  sizes?: AnySize;
  /** Values from outside that are the same in all runs. */
  steady?: ReadonlySet<Value>;
  /** Whether it is to be run op by op (see sequence.ts), so that each op of TensorFlow's counts. Default false. */
  isSequence?: boolean;
}

export class GraphEmitter implements Builder<Ref> {
  nodes: NodeMessage[] = [];
  #count = 0;
  readonly #name: string;
  readonly #defs: OpDefs;
  readonly #library: FunctionMessage[];
  readonly #fusions: FusionSupport;
  #constants = new Map<string, Ref>();

  readonly forXla: boolean;
  readonly #sizes: AnySize | undefined;
  readonly #steady: ReadonlySet<Value>;
  /** Nodes that are worth a call of the op that computes row by row. */
  readonly #leastOfRegion: number;

  /** @param library where the functions go that nodes call */
  constructor(
    name: string, defs: OpDefs, library: FunctionMessage[], forXla: boolean, fusions: FusionSupport,
    { sizes, steady = new Set(), isSequence = false }: EmitOptions = {},
  ) {
    this.#leastOfRegion = isSequence ? 1 : 3;
    this.#sizes = sizes;
    this.#steady = steady;
    this.#name = name;
    this.#defs = defs;
    this.#library = library;
    this.forXla = forXla;
    this.#fusions = fusions;
  }

  get forOneDnn(): boolean {
    return this.#fusions.sum;
  }

  get rowThreads(): number {
    return this.#fusions.rowThreads;
  }

  get anySize(): boolean {
    return this.#sizes !== undefined;
  }

  #note({ ref, dtype }: Ref, { shape }: Value): void {
    if (!this.#sizes) return;
    const noted = this.#sizes.noted.get(this.#name) ?? [];
    noted.push({ ref, dtype, shape, at: this.#count });
    this.#sizes.noted.set(this.#name, noted);
  }

  op(name: string, inputs: readonly Ref[], attrs: Attrs = {}): Ref {
    return this.ops(name, inputs, attrs, 1)[0];
  }

  ops(name: string, inputs: readonly Ref[], attrs: Attrs, outputs: number): Ref[] {
    const refs = resultsOf(this.append(name, inputs, attrs), this.#defs.get(name));
    if (refs.length !== outputs) throw new Error(`The op ${name} has ${refs.length} results, its lowering says ${outputs}.`);
    return refs;
  }

  /** Appends a node; type and count attributes that follow from the inputs are filled in from the op's definition. */
  append(name: string, inputs: readonly Ref[], attrs: Attrs, control: readonly string[] = []): NodeMessage {
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
      if (arg.type_list_attr) {
        count = inputs.length - (def.input_arg.length - 1);
        const types = inputs.slice(position, position + count).map(({ dtype }) => dtype);
        values[arg.type_list_attr] ??= { list: { type: types } };
      }
      if (arg.type_attr) values[arg.type_attr] ??= { type: inputs[position].dtype };
      position += count;
    }
    const known = new Set(def.attr.map((attr) => attr.name));
    for (const key in values) {
      if (!known.has(key) && !key.startsWith('_')) throw new Error(`The op ${name} has no attribute ${key}.`);
    }
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
    return node;
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
      tensor.tensor_content = bytesOf(array).slice();
    }
    // What is equal for one size may differ for another.
    const small = !this.#sizes && tensor.tensor_content && tensor.tensor_content.length <= 128;
    const key = small ? `${dtype}|${shape.join()}|${tensor.tensor_content!.join()}` : undefined;
    const found = key && this.#constants.get(key);
    if (found) return found;
    const name = `n${this.#count++}_Const`;
    this.nodes.push({ name, op: 'Const', input: [], attr: { dtype: { type }, value: { tensor } } });
    const ref = { ref: `${name}:output:0`, dtype: type };
    if (key) this.#constants.set(key, ref);
    return ref;
  }

  after(values: readonly Ref[], other: Ref): Ref[] {
    // XLA knows no control edges.
    if (this.forXla) return this.ops('XlaOptimizationBarrier', values, {}, values.length);
    // An argument is no node that an edge can start from.
    const [from] = (/^a\d+$/.test(other.ref) ? this.op('Identity', [other]) : other).ref.split(':');
    return values.map((x) => ({ ref: `${this.append('Identity', [x], {}, [from]).name}:output:0`, dtype: x.dtype }));
  }

  evaluate({ inputs: from, nodes, outputs }: Subgraph, inputs: readonly Ref[]): Ref[] {
    const refs = new Map(from.map((value, i) => [value, inputs[i]]));
    this.noteInputs(from, refs);
    this.emitNodes(nodes, countUses({ nodes, outputs }), refs);
    return outputs.map((value) => refs.get(value)!);
  }

  /** Appends nodes in order; `refs` has what they use from outside, and takes their results. */
  emitNodes(nodes: readonly Node[], uses: ReadonlyMap<Value, number>, refs: Map<Value, Ref>): void {
    const chains = planFusions(nodes, uses, this.#fusions, this.#steady);
    const units = planRegions(nodes, uses,
      { threads: this.rowThreads, steady: this.#steady, taken: chains.kept, least: this.#leastOfRegion });
    const rest = units.filter((unit): unit is Node => !('call' in unit));
    const { byLast, superfluous } = rest.length === units.length ? chains : planFusions(rest, uses, this.#fusions, this.#steady);
    const ofKernels = new Set(nodes.flatMap(({ primitive, inputs }) => (primitive === 'conv_grad_kernel' ? inputs : [])));
    const take = (values: readonly Value[], made: readonly Ref[]): void => values.forEach((value, i) => {
      refs.set(value, made[i]);
      this.#note(made[i], value);
    });
    for (const unit of units) {
      if ('call' in unit) {
        const made = runRows(this, unit.call, (value) => refs.get(value)!, unit.results.length);
        take(unit.results, made.map((ref, i) => (made.length > 1 && ofKernels.has(unit.results[i]) ? apart(this, ref) : ref)));
      } else if (!superfluous.has(unit)) {
        const fusion = byLast.get(unit);
        take(unit.outputs, fusion ? [this.#fused(fusion, refs)] : this.lower(unit, unit.inputs.map((value) => refs.get(value)!)));
      }
    }
  }

  /** Notes the arguments of the function. */
  noteInputs(values: readonly Value[], refs: ReadonlyMap<Value, Ref>): void {
    for (const value of values) this.#note(refs.get(value)!, value);
  }

  #fused({ op, operands, attrs, shape }: Fusion, refs: ReadonlyMap<Value, Ref>): Ref {
    const [, , bias] = operands;
    const made = this.op(op, operands.map((value) => {
      const ref = refs.get(value)!;
      return value === bias && bias.shape.length > 1 ? reshape(this, ref, [sizeOf(bias.shape)]) : ref;
    }), attrs);
    return shape ? reshape(this, made, shape) : made;
  }

  loop(variables: readonly Ref[], condition: (b: Builder<Ref>, x: readonly Ref[]) => Ref, body: Part<Ref>): Ref[] {
    const attrs: Attrs = {
      cond: { func: this.#function(variables, (b, x) => [condition(b, x)]).name },
      body: { func: this.#function(variables, body).name },
      ...LOWERED,
    };
    return this.ops('StatelessWhile', variables, attrs, variables.length);
  }

  branch(index: Ref, inputs: readonly Ref[], branches: readonly Part<Ref>[]): Ref[] {
    const functions = branches.map((branch) => this.#function(inputs, branch));
    const attrs: Attrs = {
      branches: { funcs: functions.map(({ name }) => name) },
      Tin: { typeNumbers: inputs.map(({ dtype }) => dtype) },
      Tout: { typeNumbers: functions[0].types },
      ...LOWERED,
    };
    return this.ops('StatelessCase', [index, ...inputs], attrs, functions[0].types.length);
  }

  /**
   * Runs `body` for 0, 1, ... on operands that stay as they are. Its results go from run to run and may be those of a
   * stateful call, which then has to be over before the next.
   */
  repeat(
    count: number, operands: readonly Ref[], results: readonly Ref[],
    body: (b: GraphEmitter, at: Ref, operands: readonly Ref[]) => { node: string; results: Ref[] },
  ): { node: string; results: Ref[] } {
    const variables = [this.scalar(0, 'int32'), ...operands, ...results];
    const attrs: Attrs = {
      T: { typeNumbers: variables.map(({ dtype }) => dtype) },
      cond: { func: this.#function(variables, (b, [at]) => [b.op('Less', [at, b.scalar(count, 'int32')])]).name },
      body: { func: this.#function(variables, (_, [at, ...rest], inner) => {
        const made = body(inner, at, rest);
        const node = inner.append('AddV2', [at, inner.scalar(1, 'int32')], {}, [made.node]);
        return [{ ref: `${node.name}:z:0`, dtype: at.dtype }, ...rest.slice(0, operands.length), ...made.results];
      }, true).name },
      ...IN_ORDER,
    };
    const node = this.append('While', variables, attrs);
    const made = variables.map(({ dtype }, i) => ({ ref: `${node.name}:output:${i}`, dtype }));
    return { node: node.name, results: made.slice(1 + operands.length) };
  }

  /** Calls a function of the library that has state. */
  call(name: string, inputs: readonly Ref[], types: Attrs, outputs: number): { node: string; results: Ref[] } {
    const node = this.append('StatefulPartitionedCall', inputs, { ...types, f: { func: name } });
    const made = node.attr.Tout.list?.type ?? [];
    const results = Array.from({ length: outputs }, (_, i) => ({ ref: `${node.name}:output:${i}`, dtype: made[i] }));
    return { node: node.name, results };
  }

  /** Puts a function of operands like these into the library. */
  #function(
    like: readonly Ref[], part: (b: Builder<Ref>, x: readonly Ref[], inner: GraphEmitter) => Ref[], isStateful = false,
  ): { name: string; types: number[] } {
    const name = `${this.#name}_${this.#count++}`;
    const inner = new GraphEmitter(name, this.#defs, this.#library, this.forXla, this.#fusions, { sizes: this.#sizes });
    const args = like.map(({ dtype }, i) => ({ name: `a${i}`, type: dtype }));
    const results = part(inner, args.map((arg) => ({ ref: arg.name, dtype: arg.type })), inner);
    const { outputs, ret } = inner.returned(results);
    this.#library.push({
      signature: { name, input_arg: args, output_arg: outputs, is_stateful: isStateful, control_output: [] },
      node_def: inner.nodes, ret, control_ret: {}, attr: {},
    });
    return { name, types: results.map(({ dtype }) => dtype) };
  }

  /** What a function's message says of its results. */
  returned(results: readonly Ref[]): { outputs: ArgMessage[]; ret: Record<string, string> } {
    const ret: Record<string, string> = {};
    const outputs = results.map(({ ref, dtype }, i) => {
      // A function must not return its own argument unchanged.
      ret[`r${i}`] = /^a\d+$/.test(ref) ? this.op('Identity', [{ ref, dtype }]).ref : ref;
      return { name: `r${i}`, type: dtype };
    });
    return { outputs, ret };
  }

  lower(node: Node, inputs: readonly Ref[]): Ref[] {
    const lowering = lowerings[node.primitive];
    if (typeof lowering === 'string') return [this.op(lowering, inputs)];
    const made = (lowering as LoweringFunction<object>)<Ref>(
      this, inputs, { params: node.params, inputs: node.inputs, outputs: node.outputs });
    return Array.isArray(made) ? made : [made];
  }
}

/**
 * A function of the graph's arguments, captures and variables' resource handles, in that order. Before it, those
 * that it calls.
 */
export function emitFunctions(
  graph: Graph, name: string, defs: OpDefs, xla: boolean, fusions: FusionSupport, options?: EmitOptions,
): FunctionMessage[] {
  const library: FunctionMessage[] = [];
  const emitter = new GraphEmitter(name, defs, library, xla, xla ? NO_FUSIONS : fusions, options);
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
  emitter.noteInputs(graph.inputs, refs);
  state.emitReads(refs);
  emitter.emitNodes(graph.nodes.filter((node) => !state.inPlace(node)), countUses(graph), refs);
  const updates = state.emitUpdates(refs, graph.outputs);

  const { outputs, ret } = emitter.returned(graph.outputs.map((value) => refs.get(value)!));
  return [...library, {
    signature: { name, input_arg: args, output_arg: outputs, is_stateful: true, control_output: updates },
    node_def: emitter.nodes,
    ret,
    control_ret: Object.fromEntries(updates.map((update) => [update, update])),
    attr: xla ? { _XlaMustCompile: { b: true } } : {},
  }];
}

/**
 * The functions of `emitFunctions`, and around them one that runs the graph several times in a row. Its arguments are
 * those of the runs, one run's after the other's, then captures and variables. Results are those of the last run.
 */
export function emitRepeated(
  graph: Graph, name: string, defs: OpDefs, xla: boolean, fusions: FusionSupport, repeat: number,
): FunctionMessage[] {
  const functions = emitFunctions(graph, `${name}_step`, defs, xla, fusions);
  const { signature } = functions[functions.length - 1];
  const inputs = graph.inputs.length;
  const shared = signature.input_arg.slice(inputs);
  const library: FunctionMessage[] = [];
  const emitter = new GraphEmitter(name, defs, library, xla, NO_FUSIONS);
  const args = [...Array.from({ length: repeat }, () => signature.input_arg.slice(0, inputs)).flat(), ...shared]
    .map(({ type }, i) => ({ name: `a${i}`, type: type! }));
  const refs = args.map(({ name: ref, type: dtype }): Ref => ({ ref, dtype }));

  // The arguments of all runs are stacked, for the loop to take one after the other.
  const stacked = graph.inputs.map((_, i) =>
    emitter.op('Pack', Array.from({ length: repeat }, (__, run) => refs[run * inputs + i]), { axis: { int: 0 } }));
  const outputs = graph.outputs.map(({ shape, dtype }) => emitter.op('Fill', [emitter.ints(shape), emitter.scalar(0, dtype)]));
  const count = inputs + shared.length;
  const types: Attrs = { Tin: { typeNumbers: signature.input_arg.map(({ type }) => type!) },
    Tout: { typeNumbers: signature.output_arg.map(({ type }) => type!) } };
  const last = emitter.repeat(repeat, [...stacked, ...refs.slice(repeat * inputs)], outputs, (b, at, x) => {
    const taken = x.slice(0, inputs).map((all) => b.op('GatherV2', [all, at, b.scalar(0, 'int32')]));
    return b.call(signature.name, [...taken, ...x.slice(inputs, count)], types, outputs.length);
  });
  const { outputs: results, ret } = emitter.returned(last.results);
  return [...functions, ...library, {
    signature: { name, input_arg: args, output_arg: results, is_stateful: true, control_output: [last.node] },
    node_def: emitter.nodes, ret, control_ret: { [last.node]: last.node },
    attr: xla ? { _XlaMustCompile: { b: true } } : {},
  }];
}
