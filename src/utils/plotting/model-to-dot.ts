/** Models as graphs in the DOT language. */
import { Model } from '../../models/model.js';
import { Sequential } from '../../models/sequential.js';
import type { KerasTensor } from '../../ops/keras-tensor.js';
import type { Operation } from '../../ops/operation.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type NamedForms } from '../arguments.js';
import { DotGraph } from './dot-graph.js';
import { layerLabel, type LabelOptions } from './layer-label.js';

export interface ModelToDotOptions {
  /** Whether to show the shapes that a layer takes and gives. Default false. */
  show_shapes?: boolean;
  /** Whether to show the dtypes of its results. Default false. */
  show_dtype?: boolean;
  /** Whether to show its name beside its class. Default true. */
  show_layer_names?: boolean;
  /** `TB` from top to bottom (default), `BT`, `LR` from left to right, or `RL`. */
  rankdir?: string;
  /** Whether models in the model are drawn as frames with their layers. Default false. */
  expand_nested?: boolean;
  /** Dots per inch of the picture. Default 200. */
  dpi?: number;
  /** Whether to make a frame for another graph. Default false. */
  subgraph?: boolean;
  /** Whether to show the activations of layers that have one. Default false. */
  show_layer_activations?: boolean;
  /** Whether to show which layers are trainable. Default false. */
  show_trainable?: boolean;
  /** How edges run: `ortho` (default) in right angles, `curved`, `polyline`, `spline` or `line`. */
  splines?: string;
}

const NAMES = [
  'show_shapes', 'show_dtype', 'show_layer_names', 'rankdir', 'expand_nested', 'dpi', 'subgraph', 'show_layer_activations',
  'show_trainable', 'splines',
] as const;

/** What a drawing goes by, down to the models in the model. */
interface Drawing {
  labels: LabelOptions;
  expand_nested: boolean;
  /** The name of each operation's node. */
  idOf: (operation: Operation) => string;
}

/**
 * A model as a graph, with a box for each layer. Source: keras.utils.model_to_dot.
 *
 * @param model a built model; a class with its own `call` is one box
 * @param options `show_shapes`, `show_dtype`, `show_layer_names`, `rankdir`, `expand_nested`, `dpi`, `subgraph`,
 *   `show_layer_activations`, `show_trainable`, `splines`; also by position
 * @returns the graph; `toString()` is its text in the DOT language, `write('model.svg')` draws it
 * @throws Error when the model is not built
 * @example
 * const dot = keras.utils.model_to_dot(model, { show_shapes: true });
 * dot.toString().includes('Output shape: <b>(None, 1)</b>'); // true
 */
export function model_to_dot(model: Model, ...args: NamedForms<ModelToDotOptions, typeof NAMES>): DotGraph {
  const {
    show_shapes = false, show_dtype = false, show_layer_names = true, rankdir = 'TB', expand_nested = false, dpi = 200,
    subgraph = false, show_layer_activations = false, show_trainable = false, splines = 'ortho',
  } = namedArguments<ModelToDotOptions>('model_to_dot', NAMES, args, []);
  const numbers = new Map<Operation, string>();
  const idOf = (operation: Operation): string => {
    const id = numbers.get(operation) ?? String(numbers.size + 1);
    numbers.set(operation, id);
    return id;
  };
  const labels = { show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable };
  const dot = subgraph ? frame(model) : new DotGraph({ rankdir, concentrate: true, dpi, splines });
  if (!subgraph) dot.setNodeDefaults({ shape: 'record' });
  draw(dot, model, { labels, expand_nested, idOf });
  return dot;
}
kerasExport(model_to_dot, 'keras.utils.model_to_dot');

const frame = (model: Model): DotGraph => new DotGraph({ style: 'dashed', label: model.name, labeljust: 'l' }, model.name);

/** A model whose layers can be drawn one by one. */
const isGraph = (operation: Operation): operation is Model =>
  operation instanceof Sequential || (operation instanceof Model && operation._isFunctional);

function draw(dot: DotGraph, model: Model, drawing: Drawing): void {
  if (!model.built) {
    throw new Error(`The model '${model.name}' cannot be drawn before it is built. Call it on data, or call build(input_shape), first.`);
  }
  const { idOf, expand_nested, labels } = drawing;
  const addNode = (layer: Operation): void =>
    dot.addNode(idOf(layer), { label: layerLabel(layer, labels), fontname: 'Helvetica', border: 0, margin: 0 });
  if (!isGraph(model)) {
    addNode(model);
    return;
  }
  const isSequential = model instanceof Sequential;
  const layers: readonly Operation[] = isSequential ? model.layers : model._graph!.operations;
  // 1. a box for each layer, a frame for each model that is expanded
  for (const layer of layers) {
    if (expand_nested && isGraph(layer)) {
      const inner = frame(layer);
      draw(inner, layer, drawing);
      dot.addSubgraph(inner);
    } else addNode(layer);
  }
  // 2. the edges between them
  const addEdge = (from: Operation, to: Operation): void => dot.addEdge(idOf(from), idOf(to), { penwidth: 2 });
  if (isSequential && !expand_nested) {
    layers.slice(1).forEach((layer, i) => addEdge(layers[i], layer));
    return;
  }
  // The edge into the first layer of a Sequential is drawn by the model that it is in.
  for (const layer of isSequential ? layers.slice(1) : layers) {
    for (const node of layer._inbound_nodes) {
      if (!isSequential && !model._graph!.has(node)) continue;
      node.input_tensors.forEach((tensor, index) => {
        const history = tensor._keras_history;
        if (!history) return;
        if (expand_nested) addEdge(sourceOf(tensor), targetOf(layer, index));
        else addEdge(history.operation, layer);
      });
    }
  }
}

/** The layer that a tensor comes from, in as many models as it may be. */
function sourceOf(tensor: KerasTensor): Operation {
  const { operation, tensor_index } = tensor._keras_history!;
  return isGraph(operation) ? sourceOf(operation.outputs[tensor_index]) : operation;
}

/** The layer that takes the input of a number: of a functional model its Input, of a Sequential the first layer. */
function targetOf(operation: Operation, index: number): Operation {
  if (!isGraph(operation)) return operation;
  if (!(operation instanceof Sequential)) return operation.inputs[index]._keras_history!.operation;
  return targetOf(operation.layers[0], index);
}
