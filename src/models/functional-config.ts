/** The config of a functional graph: layers, their calls, inputs and outputs, as Keras writes it. */
import { flatten, isPlainObject, mapStructure } from '../engine/structure.js';
import type { LayerOptions } from '../layers/layer.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import type { Node } from '../ops/node.js';
import { Operation } from '../ops/operation.js';
import { argumentsInFile } from '../saving/operations.js';
import { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
import { GraphError, type GraphFunction } from './graph-function.js';
import type { FunctionalConstructor, Model } from './model.js';

interface NodeData {
  args: unknown;
  kwargs: unknown;
}
type TensorPlace = [name: string, node: number, tensor: number];

interface LayerData extends Record<string, unknown> {
  name: string;
  inbound_nodes: (NodeData | unknown[])[];
}

export const isFunctionalConfig = (config: Record<string, unknown>): boolean =>
  Array.isArray(config.layers) && 'input_layers' in config && 'output_layers' in config;

/** Functional models are born with a call of themselves on their inputs, which Python's numbering counts. */
const bornNodes = (operation: Operation): number => ((operation as Partial<Model>)._isFunctional ? 1 : 0);

export function functionalConfig(model: Model, graph: GraphFunction): Record<string, unknown> {
  const nodeIndex = (operation: Operation, node: Node): number =>
    operation._inbound_nodes.filter((other) => graph.has(other)).indexOf(node);
  const place = (tensor: KerasTensor): TensorPlace => {
    const { operation, node_index, tensor_index } = tensor._keras_history!;
    return [operation.name, nodeIndex(operation, operation._inbound_nodes[node_index]), tensor_index];
  };
  const serializeArgument = (leaf: unknown): unknown => (leaf instanceof KerasTensor
    ? { class_name: '__keras_tensor__',
      config: { shape: leaf.shape, dtype: leaf.dtype, keras_history: place(leaf) } }
    : serialize_keras_object(leaf));
  const layers = graph.operations.map((operation) => ({
    ...(serialize_keras_object(operation) as Record<string, unknown>),
    name: operation.name,
    inbound_nodes: operation._inbound_nodes
      .filter((node) => graph.has(node) && node.input_tensors.length > 0)
      .map((node) => {
        const { args, kwargs } = argumentsInFile(node);
        return { args: mapStructure(serializeArgument, args),
          kwargs: mapStructure(serializeArgument, kwargs) };
      }),
  }));
  const places = (struct: unknown): unknown => mapStructure((leaf) => {
    const [name, node, tensor] = place(leaf as KerasTensor);
    return [name, node + bornNodes((leaf as KerasTensor)._keras_history!.operation), tensor];
  }, struct);
  return {
    name: model.name, trainable: model.trainable, layers,
    input_layers: places(graph.inputs_struct), output_layers: places(graph.outputs_struct),
  };
}

/** A tensor of the graph is not there yet: the call that makes it comes later. */
class NotYet extends Error {}

export function functionalFromConfig(cls: FunctionalConstructor, config: Record<string, unknown>): Model {
  const layers = new Map<string, Operation>();
  const pending: { layer: Operation; nodes: (NodeData | unknown[])[] }[] = [];
  for (const data of config.layers as LayerData[]) {
    const { inbound_nodes, ...serialized } = data;
    const layer = deserialize_keras_object(serialized);
    if (!(layer instanceof Operation)) {
      throw new GraphError(`'${data.name}' in the model's config is not a layer but ${String(layer)}.`);
    }
    layers.set(data.name, layer);
    pending.push({ layer, nodes: [...(inbound_nodes ?? [])] });
  }

  const tensorAt = ([name, node, tensor]: TensorPlace): KerasTensor => {
    const layer = layers.get(name);
    if (!layer) {
      throw new GraphError(`The model's config refers to a layer '${name}' that it does not contain.`);
    }
    const found = layer._inbound_nodes[node];
    if (!found) throw new NotYet(name);
    return found.output_tensors[tensor];
  };
  const revive = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(revive);
    if (!isPlainObject(value)) return value;
    if (value.class_name === '__keras_tensor__') {
      const { keras_history: history } = value.config as { keras_history?: TensorPlace };
      if (!history) {
        throw new GraphError('A tensor in the model\'s config does not say which layer it comes from.');
      }
      return tensorAt(history);
    }
    if (value.class_name === '__tuple__') return revive(value.items);
    if (typeof value.class_name === 'string') return deserialize_keras_object(value);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revive(item)]));
  };

  // A layer may be called on the result of a later call of another: calls wait until their operands exist.
  for (let left = pending; left.length > 0;) {
    let progress = false;
    for (const { layer, nodes } of left) {
      while (nodes.length > 0) {
        try {
          callNode(layer, nodes[0], revive, tensorAt);
        } catch (error) {
          if (error instanceof NotYet) break;
          throw error;
        }
        nodes.shift();
        progress = true;
      }
    }
    const waiting = left.filter(({ nodes }) => nodes.length > 0);
    if (waiting.length > 0 && !progress) {
      throw new GraphError('The graph of the model\'s config has a loop, or calls that lead nowhere: ' +
        `${waiting.map(({ layer }) => layer.name).join(', ')}.`);
    }
    left = waiting;
  }

  const places = (struct: unknown): unknown => {
    if (Array.isArray(struct) && struct.length === 3 && typeof struct[0] === 'string') {
      const [name, node, tensor] = struct as TensorPlace;
      const layer = layers.get(name);
      return tensorAt([name, node - (layer ? bornNodes(layer) : 0), tensor]);
    }
    if (Array.isArray(struct)) return struct.map(places);
    if (isPlainObject(struct) && struct.class_name === '__tuple__') return places(struct.items);
    return mapValues(struct as Record<string, unknown>, places);
  };
  const options: LayerOptions = {};
  if (typeof config.name === 'string') options.name = config.name;
  if (typeof config.trainable === 'boolean') options.trainable = config.trainable;
  const { input_layers, output_layers } = config;
  const [inputs, outputs] = [input_layers, output_layers].map((ends) => unpackSingle(places(ends)));
  return new cls(inputs, outputs, options);
}

function callNode(
  layer: Operation, data: NodeData | unknown[], revive: (value: unknown) => unknown,
    tensorAt: (place: TensorPlace) => KerasTensor,
): void {
  const call = layer as unknown as (...args: unknown[]) => unknown;
  if (Array.isArray(data)) {
    // The form of Keras 2: [[layer, node, tensor, {named arguments}], ...], or, for one tensor, that without the list.
    const items = (typeof data[0] === 'string' ? [data] : data) as [...TensorPlace, Record<string, unknown>?][];
    const tensors = items.map(([name, node, tensor]) => tensorAt([name, node, tensor]));
    const named = Object.assign({}, ...items.map((item) => item[3])) as Record<string, unknown>;
    const reviveNamed = (value: unknown): unknown => {
      if (isPlace(value)) return tensorAt(value);
      return Array.isArray(value) ? value.map(reviveNamed) : revive(value);
    };
    callWith(call, [tensors.length === 1 ? tensors[0] : tensors], mapValues(named, reviveNamed));
    return;
  }
  callWith(call, revive(data.args) as unknown[], (revive(data.kwargs) ?? {}) as Record<string, unknown>);
}

const isPlace = (value: unknown): value is TensorPlace =>
  Array.isArray(value) && value.length === 3 && typeof value[0] === 'string' && Number.isInteger(value[1]) &&
  Number.isInteger(value[2]);

/** Calls without the named arguments that are null: Python writes those that were not given. */
function callWith(
  call: (...args: unknown[]) => unknown, args: readonly unknown[], kwargs: Record<string, unknown>,
): void {
  for (const key of Object.keys(kwargs)) {
    if (flatten(kwargs[key]).every((leaf) => leaf === null)) delete kwargs[key];
  }
  if (Object.keys(kwargs).length > 0) call(...args, kwargs);
  else call(...args);
}

const mapValues = (
  object: Record<string, unknown>, fn: (value: unknown) => unknown,
): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, fn(value)]));

const unpackSingle = (struct: unknown): unknown =>
  (Array.isArray(struct) && struct.length === 1 ? struct[0] : struct);
