/** Opens SavedModels: their functions in this context, their variables from the checkpoint. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DType } from '../../../engine/dtype.js';
import type { Shape } from '../../../engine/shape.js';
import type { LoadedEndpoint, LoadedSavedModel, LoadedVariable } from '../../saved-model.js';
import type { NativeBinding } from '../binding.js';
import { encode, type AttrValueMessage, type FunctionMessage, type NodeMessage } from '../proto.js';
import { OBJECT_GRAPH_KEY, readBytesEntry, readCheckpoint } from './checkpoint.js';
import { decodeSavedModel, decodeTrackableGraph, type MetaGraphMessage, type ObjectMessage, type TrackableGraphMessage } from './messages.js';
import { dtypeNamed, fromStructured, isSpec, shapeOf } from './structured.js';

/** A SavedModel cannot be opened. */
export class SavedModelError extends Error {
  override name = 'SavedModelError';
}

/** @param prefix for the names of its functions here */
export function loadSavedModel(binding: NativeBinding, folder: string, prefix: string): LoadedSavedModel {
  const graph = readMetaGraph(folder);
  const { nodes, concrete_functions: functions } = graph.object_graph_def!;

  // 1. variables, by the objects that they are
  const places = nodes.flatMap(({ variable }, id) => (variable ? [id] : []));
  const variables = readVariables(binding, join(folder, 'variables', 'variables'), nodes, places);

  // 2. functions, under names of their own
  const added = addFunctions(binding, graph.graph_def.library?.function ?? [], prefix);

  // 3. endpoints
  const endpoints = new Map<string, LoadedEndpoint>();
  const disposals: (() => void)[] = [];
  const constants = new Map<number, number>();
  const constantOf = (id: number, endpoint: string): number => {
    const { constant, user_object } = nodes[id];
    const node = constant && graph.graph_def.node.find(({ name }) => name === constant.operation);
    if (!node) {
      throw new SavedModelError(`The endpoint '${endpoint}' of the SavedModel '${folder}' uses ${user_object?.identifier ?? 'a resource'} ` +
        'besides variables, such as a lookup table. Only functions of variables and constants can be run here.');
    }
    const handle = constants.get(id) ?? constantTensor(binding, node);
    constants.set(id, handle);
    return handle;
  };
  const add = (name: string, concrete: string, keywords: readonly string[] | undefined): void => {
    const found = functions[concrete];
    if (!found || endpoints.has(name)) return;
    const bound = found.bound_inputs.map((id) => (places.includes(id) ? { variable: places.indexOf(id) } : { constant: constantOf(id, name) }));
    const { endpoint, dispose } = prepare(binding, `${prefix}_${concrete}`, found, bound, keywords);
    endpoints.set(name, endpoint);
    disposals.push(dispose);
  };
  for (const { node_id, local_name } of nodes[0].children) {
    const [concrete] = nodes[node_id].function?.concrete_functions ?? [];
    if (concrete !== undefined) add(local_name, concrete, undefined);
  }
  const signatures = nodes[0].children.find(({ local_name }) => local_name === 'signatures');
  for (const { node_id, local_name } of signatures ? nodes[signatures.node_id].children : []) {
    const bare = nodes[node_id].bare_concrete_function;
    if (bare) add(local_name, bare.concrete_function_name, bare.argument_keywords);
  }
  return {
    variables, endpoints,
    dispose() {
      for (const dispose of disposals) dispose();
      for (const name of added.toReversed()) binding.removeFunction(name);
      binding.deleteTensors([...constants.values()]);
    },
  };
}

function constantTensor(binding: NativeBinding, { attr }: NodeMessage): number {
  const op = binding.prepareOp('Const', ['dtype', 'value'].map((name) => [name, encode('AttrValue', attr[name])] as const), 1);
  const handle = binding.execute(op) as number;
  binding.releaseOp(op);
  return handle;
}

function readMetaGraph(folder: string): MetaGraphMessage {
  const path = join(folder, 'saved_model.pb');
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new SavedModelError(`'${folder}' is no SavedModel: ${(cause as Error).message}`, { cause });
  }
  let graph: MetaGraphMessage | undefined;
  try {
    graph = decodeSavedModel(bytes).meta_graphs.find(({ meta_info_def }) => meta_info_def.tags.includes('serve'));
  } catch (cause) {
    throw new SavedModelError(`'${path}' is damaged: ${(cause as Error).message}`, { cause });
  }
  if (!graph?.object_graph_def?.nodes?.length) {
    throw new SavedModelError(`'${path}' has no objects with the tag 'serve'. SavedModels of TensorFlow 1 cannot be opened.`);
  }
  return graph;
}

function readVariables(
  binding: NativeBinding, prefix: string, nodes: readonly ObjectMessage[], places: readonly number[],
): LoadedVariable[] {
  if (places.length === 0) return [];
  const trackable = decodeTrackableGraph(readBytesEntry(binding, prefix, OBJECT_GRAPH_KEY));
  const keys = checkpointKeys(nodes, trackable);
  const described = places.map((id) => {
    const { dtype, shape, trainable, name } = nodes[id].variable!;
    const key = keys.get(id);
    if (key === undefined) throw new SavedModelError(`The checkpoint '${prefix}' has no value of variable '${name}'.`);
    return { name, trainable, key, dtype: dtypeNamed(dtype), shape: shapeOf(shape) as Shape };
  });
  const handles = readCheckpoint(binding, prefix, described.map(({ key }) => key), described.map(({ dtype }) => dtype));
  return described.map(({ name, trainable, dtype, shape }, i) => ({ name, trainable, dtype, shape, handle: handles[i] }));
}

/** Keys of variables: the same names lead from the root to an object in both graphs. */
function checkpointKeys(nodes: readonly ObjectMessage[], trackable: TrackableGraphMessage): Map<number, string> {
  const keys = new Map<number, string>();
  const seen = new Set<number>();
  const pending: [number, number][] = [[0, 0]];
  for (let pair = pending.pop(); pair; pair = pending.pop()) {
    const [id, place] = pair;
    if (seen.has(id) || !nodes[id] || !trackable.nodes[place]) continue;
    seen.add(id);
    const value = trackable.nodes[place].attributes.find(({ name }) => name === 'VARIABLE_VALUE');
    if (value) keys.set(id, value.checkpoint_key);
    const named = new Map(trackable.nodes[place].children.map(({ local_name, node_id }) => [local_name, node_id]));
    for (const { local_name, node_id } of nodes[id].children) {
      const other = named.get(local_name);
      if (other !== undefined) pending.push([node_id, other]);
    }
  }
  return keys;
}

/** Adds functions under other names, so that two SavedModels do not meet. */
function addFunctions(binding: NativeBinding, functions: readonly FunctionMessage[], prefix: string): string[] {
  const own = new Set(functions.map(({ signature }) => signature.name));
  const rename = (name: string): string => (own.has(name) ? `${prefix}_${name}` : name);
  const renamed = (attr: AttrValueMessage): AttrValueMessage => {
    if (attr.func) return { ...attr, func: { ...attr.func, name: rename(attr.func.name) } };
    if (attr.list?.func?.length) return { ...attr, list: { ...attr.list, func: attr.list.func.map((func) => ({ ...func, name: rename(func.name) })) } };
    return attr;
  };
  return functions.map((definition) => binding.addFunction(encode('FunctionDef', {
    ...definition,
    signature: { ...definition.signature, name: rename(definition.signature.name) },
    node_def: definition.node_def.map((node) => ({
      ...node, op: rename(node.op),
      attr: Object.fromEntries(Object.entries(node.attr).map(([name, attr]) => [name, renamed(attr)])) })),
  })));
}

/** What a function has from outside: the place of a variable, or a handle. */
type Captured = { variable: number } | { constant: number };

function prepare(
  binding: NativeBinding, name: string, concrete: { canonicalized_input_signature: object; output_signature: object },
  bound: readonly Captured[], keywords: readonly string[] | undefined,
): { endpoint: LoadedEndpoint; dispose(): void } {
  const [args, kwargs] = fromStructured(concrete.canonicalized_input_signature) as [unknown[], Record<string, unknown>];
  const outputs = fromStructured(concrete.output_signature);
  const count = leavesOf(outputs);
  const op = binding.prepareOp(name, [], count);
  return {
    endpoint: {
      // Python's own values among the arguments, such as training=False, are part of the function.
      signature: keywords ? [kwargs] : args.filter((argument) => argument !== null),
      keywords, outputs, variables: bound.flatMap((item) => ('variable' in item ? [item.variable] : [])),
      run(inputs, resources) {
        let next = 0;
        const captured = bound.map((item) => ('variable' in item ? resources[next++] as number : item.constant));
        const made = binding.execute(op, ...(inputs as number[]), ...captured);
        const handles = made === undefined ? [] : typeof made === 'number' ? [made] : made;
        return handles.map((handle) => {
          const { dtype, shape } = binding.tensorInfo(handle);
          return { handle, shape, dtype: dtypeNamed(dtype) as DType };
        });
      },
    },
    dispose: () => binding.releaseOp(op),
  };
}

function leavesOf(structure: unknown): number {
  if (structure === null) return 0;
  if (Array.isArray(structure)) return structure.reduce((sum: number, item) => sum + leavesOf(item), 0);
  return isSpec(structure) ? 1 : Object.values(structure as object).reduce((sum: number, item) => sum + leavesOf(item), 0);
}
