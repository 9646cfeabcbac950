/** Writes SavedModels: functions, the graph of objects for Python, signatures for TensorFlow Serving, a checkpoint. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Graph, Node } from '../../../engine/graph.js';
import { flatten, isPlainObject, packAs } from '../../../engine/structure.js';
import { valuesOf } from '../../../engine/subgraph.js';
import type { Variable } from '../../../engine/variable.js';
import type { Endpoint, SavedModelContents, TensorSpec } from '../../saved-model.js';
import { TF_DTYPE, type NativeBinding } from '../binding.js';
import { emitFunctions, type AnySize } from '../emit.js';
import { NO_FUSIONS } from '../fusion.js';
import type { FunctionMessage, OpDefs } from '../proto.js';
import { OBJECT_GRAPH_KEY, writeCheckpoint, type Entry } from './checkpoint.js';
import { mergeFunctions } from './merge.js';
import { encodeSavedModel, encodeTrackableGraph, type ConcreteFunctionMessage, type ObjectMessage } from './messages.js';
import { key, ServingGraph, wrapperOf, type Argument, type Written } from './signatures.js';
import { dict, functionSpec, none, openShape, structured, tuple } from './structured.js';

/** What TensorFlow 2.21 writes: the version of its graphs, and the oldest one that reads them. */
const VERSIONS = { producer: 2474, min_consumer: 12 };
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
      return { functions: emitFunctions(graph, name, defs, false, NO_FUSIONS, { sizes }), sizes };
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
