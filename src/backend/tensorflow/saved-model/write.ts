/** Writes SavedModels: functions, the graph of objects for Python, signatures for TensorFlow Serving, a checkpoint. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Graph, Node } from '../../../engine/graph.js';
import type { DType } from '../../../engine/dtype.js';
import { flatten, isPlainObject, packAs } from '../../../engine/structure.js';
import { valuesOf } from '../../../engine/subgraph.js';
import type { Variable } from '../../../engine/variable.js';
import type { Endpoint, SavedModelContents, TensorSpec } from '../../saved-model.js';
import { attrMessage, type Attr, type Attrs } from '../attributes.js';
import { TF_DTYPE, type NativeBinding } from '../binding.js';
import { emitFunctions, type AnySize } from '../emit.js';
import { NO_FUSIONS } from '../fusion.js';
import type { ArgMessage, FunctionMessage, NodeMessage, OpDefs } from '../proto.js';
import { OBJECT_GRAPH_KEY, writeCheckpoint, type Entry } from './checkpoint.js';
import { mergeFunctions } from './merge.js';
import {
  encodeSavedModel, encodeTrackableGraph, type ConcreteFunctionMessage, type ObjectMessage, type SignatureMessage, type TensorInfoMessage,
} from './messages.js';
import { dict, functionSpec, none, openShape, structured, tuple } from './structured.js';

/** What TensorFlow 2.21 writes: the version of its graphs, and the oldest one that reads them. */
const VERSIONS = { producer: 2474, min_consumer: 12 };
/** SaverDef.CheckpointFormatVersion.V2 */
const CHECKPOINT_V2 = 2;
const DEFAULT_SIGNATURE = 'serving_default';

export async function writeSavedModel(
  binding: NativeBinding, defs: OpDefs, folder: string, contents: SavedModelContents,
): Promise<void> {
  const writer = new Writer(defs, contents);
  await mkdir(join(folder, 'variables'));
  await mkdir(join(folder, 'assets'));
  const values = valuesOf(writer.variables);
  try {
    const entries = values.map(({ handle, dtype }, i): Entry => ({ key: key(i), dtype, handle: handle as number }));
    entries.push({ key: OBJECT_GRAPH_KEY, bytes: writer.trackableGraph() });
    await writeCheckpoint(binding, join(folder, 'variables', 'variables'), entries);
  } finally {
    for (const value of values) value.dispose();
  }
  await writeFile(join(folder, 'saved_model.pb'), writer.savedModel(binding.version()));
}

interface Argument extends TensorSpec {
  name: string;
}

/** What of an endpoint the object graph and the signatures need. */
interface Written {
  endpoint: Endpoint;
  /** Names of the function of the endpoint and of the one that takes its arguments by name. */
  name: string;
  wrapper: string;
  inputs: Argument[];
  outputs: Argument[];
  variables: readonly Variable[];
}

const key = (position: number): string => `_all_variables/${position}/.ATTRIBUTES/VARIABLE_VALUE`;

class Writer {
  readonly #variables: Variable[];
  /** Unique names of the variables, as TensorFlow's graphs have them. */
  readonly #names: string[];
  readonly #library: FunctionMessage[] = [];
  readonly #endpoints: Written[];
  readonly #objects: ObjectMessage[] = [];

  constructor(defs: OpDefs, { endpoints, collections }: SavedModelContents) {
    const used = endpoints.flatMap(({ graphs }) => graphs[0].state.map(({ variable }) => variable));
    this.#variables = [...new Set([...used, ...Object.values(collections).flat()])];
    this.#names = uniqueNames(this.#variables.map(({ path }) => path.replaceAll(/[^\w./-]/g, '_')));
    this.#endpoints = endpoints.map((endpoint, i) => this.#write(endpoint, i, defs));
    this.#describeObjects(collections);
  }

  // ---- functions ----

  #write(endpoint: Endpoint, position: number, defs: OpDefs): Written {
    const name = `__inference_${endpoint.name.replaceAll(/\W/g, '_')}_${position}`;
    const graphs = endpoint.graphs.map(withConstants);
    this.#library.push(...mergeFunctions(graphs.map((graph) => {
      const sizes: AnySize = { noted: new Map() };
      return { functions: emitFunctions(graph, name, defs, false, NO_FUSIONS, sizes), sizes };
    })));
    const specs = flatten(endpoint.signature) as TensorSpec[];
    const inputNames = uniqueNames(specs.map((spec, i) => spec.name ?? `input_${i}`));
    const inputs = specs.map(({ shape, dtype }, i) => ({ shape, dtype, name: inputNames[i] }));
    const outputNames = namesOfOutputs(endpoint.structure, graphs[0].outputs.length);
    const outputs = graphs[0].outputs.map(({ shape, dtype }, i) => ({
      dtype, name: outputNames[i],
      shape: shape.map((d, axis) => (graphs.every((graph) => graph.outputs[i].shape[axis] === d) ? d : null)) }));
    this.#library[this.#library.length - 1].attr._input_shapes = {
      list: { shape: [...inputs.map(({ shape }) => openShape(shape)), ...graphs[0].state.map(() => openShape([]))] } };
    const written = {
      endpoint, name, wrapper: `__inference_signature_wrapper_${endpoint.name.replaceAll(/\W/g, '_')}_${position}`, inputs, outputs,
      variables: graphs[0].state.map(({ variable }) => variable) };
    this.#library.push(wrapperOf(written));
    return written;
  }

  // ---- objects ----

  #add(object: ObjectMessage): number {
    return this.#objects.push(object) - 1;
  }

  #describeObjects(collections: SavedModelContents['collections']): void {
    const root = userObject('_generic_user_object');
    this.#add(root);
    const ids = this.#variables.map(({ shape, dtype, trainable }, i) => this.#add({
      children: [], variable: { dtype: TF_DTYPE[dtype], shape: openShape(shape), trainable, name: this.#names[i] } }));
    const refer = (from: ObjectMessage, local_name: string, node_id: number): void => void from.children.push({ node_id, local_name });
    for (const [name, variables] of Object.entries({ _all_variables: this.#variables, ...collections })) {
      const wrapper = userObject('trackable_list_wrapper');
      variables.forEach((variable, i) => refer(wrapper, String(i), ids[this.#variables.indexOf(variable)]));
      refer(root, name, this.#add(wrapper));
    }
    for (const { endpoint, name } of this.#endpoints) {
      const args = argumentNames(endpoint);
      refer(root, endpoint.name, this.#add({ children: [], function: {
        concrete_functions: [name], function_spec: functionSpec(args, [], tuple(endpoint.signature.map(structured))) } }));
    }
    const signatures = userObject('signature_map');
    refer(root, 'signatures', this.#add(signatures));
    for (const [signature, { wrapper, inputs }] of this.#signatures()) {
      const argument_keywords = inputs.map((input) => input.name).toSorted();
      refer(signatures, signature, this.#add({ children: [], bare_concrete_function: {
        concrete_function_name: wrapper, argument_keywords, allowed_positional_arguments: argument_keywords.length === 1 ? 1 : 0,
        function_spec: functionSpec([], argument_keywords, none()) } }));
    }
  }

  /** Endpoints by the names of signatures: the first one is TensorFlow Serving's default, unless there is one of that name. */
  #signatures(): [string, Written][] {
    const own = this.#endpoints.map((written): [string, Written] => [written.endpoint.name, written]);
    return own.some(([name]) => name === DEFAULT_SIGNATURE) ? own : [...own, [DEFAULT_SIGNATURE, this.#endpoints[0]]];
  }

  #concreteFunctions(): Record<string, ConcreteFunctionMessage> {
    return Object.fromEntries(this.#endpoints.flatMap(({ endpoint, name, wrapper, inputs, outputs, variables }) => {
      // Variables come behind the root.
      const bound_inputs = variables.map((variable) => this.#variables.indexOf(variable) + 1);
      const byName = (specs: readonly Argument[]): unknown => Object.fromEntries(specs.map((spec) => [spec.name, spec]));
      const named = packAs(endpoint.signature, inputs) as unknown[];
      return [
        [name, { bound_inputs, canonicalized_input_signature: tuple([tuple(named.map(structured)), dict({})]),
          output_signature: structured(packAs(endpoint.structure, outputs)) }],
        [wrapper, { bound_inputs, canonicalized_input_signature: tuple([tuple([]), structured(byName(inputs))]),
          output_signature: structured(byName(outputs)) }],
      ];
    }));
  }

  // ---- files ----

  get variables(): readonly Variable[] {
    return this.#variables;
  }

  trackableGraph(): Uint8Array {
    return encodeTrackableGraph({ nodes: this.#objects.map(({ children, variable }, id) => ({
      children, has_checkpoint_values: { value: variable !== undefined || id === 0 },
      attributes: variable ? [{ name: 'VARIABLE_VALUE', full_name: variable.name, checkpoint_key: key(id - 1) }] : [] })) });
  }

  savedModel(tensorflowVersion: string): Uint8Array {
    const graph = new ServingGraph(this.#variables, this.#names);
    const signature_def = Object.fromEntries(this.#signatures().map(([name, written]) => [name, graph.serve(name, written)]));
    const saver_def = graph.addSaver();
    return encodeSavedModel({ saved_model_schema_version: 1, meta_graphs: [{
      meta_info_def: { tags: ['serve'], tensorflow_version: tensorflowVersion },
      graph_def: { node: graph.nodes, library: { function: this.#library }, versions: VERSIONS },
      saver_def, signature_def,
      object_graph_def: { nodes: this.#objects, concrete_functions: this.#concreteFunctions() },
    }] });
  }
}

const userObject = (identifier: string): ObjectMessage =>
  ({ children: [], user_object: { identifier, version: { producer: 1, min_consumer: 1 } } });

/** Names of the arguments: that of the spec, where one argument is one tensor. */
const argumentNames = ({ signature }: Endpoint): string[] => uniqueNames(signature.map((argument, i) =>
  ((argument as Partial<TensorSpec>).name ?? (i === 0 ? 'inputs' : `inputs_${i}`)).replaceAll(/\W/g, '_')));

function namesOfOutputs(structure: unknown, count: number): string[] {
  const isFlat = isPlainObject(structure) && Object.keys(structure).length === count;
  return isFlat ? Object.keys(structure).toSorted() : Array.from({ length: count }, (_, i) => `output_${i}`);
}

function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let i = 1; taken.has(free); i++) free = `${name}_${i}`;
    taken.add(free);
    return free;
  });
}

/** Tensors from outside become constants of the function. */
function withConstants(graph: Graph): Graph {
  const constants = graph.captures.map(({ value, tensor }) => ({
    primitive: 'constant', params: { data: tensor.bits(), shape: value.shape, dtype: value.dtype }, inputs: [], outputs: [value] }) as Node);
  return { ...graph, captures: [], nodes: [...constants, ...graph.nodes] };
}

const call = (f: string, inputs: readonly ArgMessage[], outputs: readonly { dtype: DType }[]): NodeMessage['attr'] => messages({
  f: { func: f }, Tin: { typeNumbers: inputs.map(({ type }) => type!) }, Tout: { types: outputs.map(({ dtype }) => dtype) },
  config: { string: '' }, config_proto: { string: '' }, executor_type: { string: '' } });

const messages = (attrs: Attrs): NodeMessage['attr'] =>
  Object.fromEntries(Object.entries(attrs).map(([name, attr]: [string, Attr]) => [name, attrMessage(attr)]));

/** The function of a signature: arguments and results in the order of their names, as Python sorts dicts. */
function wrapperOf({ name, wrapper, inputs, outputs, variables }: Written): FunctionMessage {
  const resources = variables.map((_, i) => ({ name: `unknown_${i}`, type: TF_DTYPE.resource }));
  const args = inputs.map((input, i) => ({ name: `argument_${i}`, type: TF_DTYPE[input.dtype], key: input.name }));
  const sorted = args.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const order = outputs.map((output, i) => ({ output, i })).toSorted((a, b) => (a.output.name < b.output.name ? -1 : 1));
  const node = 'StatefulPartitionedCall';
  const results = order.map(({ output, i }) => ({ name: `result_${i}`, type: TF_DTYPE[output.dtype], ref: `${node}:output:${i}` }));
  const plain = ({ name: label, type }: ArgMessage): ArgMessage => ({ name: label, type });
  return {
    signature: { name: wrapper, input_arg: [...sorted.map(plain), ...resources], output_arg: results.map(plain), is_stateful: true,
      control_output: [node] },
    node_def: [{ name: node, op: node, input: [...args, ...resources].map((arg) => arg.name), attr: call(name, [...args, ...resources], outputs) }],
    ret: Object.fromEntries(results.map((result) => [result.name, result.ref])), control_ret: { [node]: node },
    attr: { _input_shapes: { list: { shape: [
      ...sorted.map(({ key: input }) => openShape(inputs.find((spec) => spec.name === input)!.shape)), ...resources.map(() => openShape([]))] } } },
  };
}

/** The graph that TensorFlow Serving, and everything that knows no objects, runs. */
class ServingGraph {
  readonly nodes: NodeMessage[] = [];
  readonly #variables: readonly Variable[];
  readonly #names: readonly string[];
  #calls = 0;

  constructor(variables: readonly Variable[], names: readonly string[]) {
    this.#variables = variables;
    this.#names = names;
    variables.forEach(({ shape, dtype }, i) => this.#add(names[i], 'VarHandleOp', [], {
      dtype: { type: dtype }, shape: { shape }, shared_name: { string: names[i] }, container: { string: '' } }));
  }

  #add(name: string, op: string, input: readonly string[], attrs: Attrs): string {
    this.nodes.push({ name, op, input: [...input], attr: messages(attrs) });
    return name;
  }

  serve(signature: string, { wrapper, inputs, outputs, variables }: Written): SignatureMessage {
    const info = ({ shape, dtype }: TensorSpec, name: string): TensorInfoMessage =>
      ({ name, dtype: TF_DTYPE[dtype], tensor_shape: openShape(shape) });
    const sorted = inputs.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const results = outputs.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const placeholders = sorted.map(({ name, shape, dtype }) => {
      const label = `${signature}_${name}`.replaceAll(/[^\w./-]/g, '_');
      this.nodes.push({ name: label, op: 'Placeholder', input: [], attr: {
        dtype: { type: TF_DTYPE[dtype] }, shape: { shape: openShape(shape) } } });
      return label;
    });
    const args = [...sorted.map(({ dtype }, i) => ({ name: placeholders[i], type: TF_DTYPE[dtype] as number })),
      ...variables.map((variable) => ({ name: this.#names[this.#variables.indexOf(variable)], type: TF_DTYPE.resource as number }))];
    const node = `StatefulPartitionedCall${this.#calls === 0 ? '' : `_${this.#calls}`}`;
    this.#calls++;
    this.nodes.push({ name: node, op: 'StatefulPartitionedCall', input: args.map(({ name }) => name), attr: call(wrapper, args, results) });
    return {
      inputs: Object.fromEntries(sorted.map((input, i) => [input.name, info(input, `${placeholders[i]}:0`)])),
      outputs: Object.fromEntries(results.map((output, i) => [output.name, info(output, `${node}:${i}`)])),
      method_name: 'tensorflow/serving/predict',
    };
  }

  /** Ops that read the checkpoint, and write one. */
  addSaver(): { filename_tensor_name: string; save_tensor_name: string; restore_op_name: string; version: number } {
    const file = this.#add('saver_filename', 'Placeholder', [], { dtype: { type: 'string' }, shape: { shape: [] } });
    const dtypes = this.#variables.map(({ dtype }) => dtype);
    const strings = (name: string, values: readonly string[]): string => {
      this.nodes.push({ name, op: 'Const', input: [], attr: { dtype: { type: TF_DTYPE.string }, value: { tensor: {
        dtype: TF_DTYPE.string, tensor_shape: openShape([values.length]), string_val: values.map((value) => new TextEncoder().encode(value)) } } } });
      return name;
    };
    const keys = strings('saver_keys', this.#variables.map((_, i) => key(i)));
    const slices = strings('saver_slices', this.#variables.map(() => ''));
    const types: Attrs = { dtypes: { types: dtypes } };
    if (dtypes.length > 0) this.#add('saver_restored', 'RestoreV2', [file, keys, slices], types);
    const assigned = dtypes.map((dtype, i) => this.#add(`saver_assign_${i}`, 'AssignVariableOp', [this.#names[i], `saver_restored:${i}`],
      { dtype: { type: dtype } }));
    const values = dtypes.map((dtype, i) => this.#add(`saver_value_${i}`, 'ReadVariableOp', [this.#names[i]], { dtype: { type: dtype } }));
    const saved = dtypes.length > 0 ? [`^${this.#add('saver_save', 'SaveV2', [file, keys, slices, ...values], types)}`] : [];
    const restore = this.#add('saver_restore_all', 'NoOp', assigned.map((name) => `^${name}`), {});
    const identity = this.#add('saver_saved', 'Identity', [file, ...saved], { T: { type: 'string' } });
    return { filename_tensor_name: `${file}:0`, save_tensor_name: `${identity}:0`, restore_op_name: restore, version: CHECKPOINT_V2 };
  }
}
