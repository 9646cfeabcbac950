/** What the box of a layer says: a table in Graphviz's HTML. */
import { isPlainObject, mapStructure } from '../../engine/structure.js';
import { Layer } from '../../layers/layer.js';
import { Model } from '../../models/model.js';
import { KerasTensor } from '../../ops/keras-tensor.js';
import type { Operation } from '../../ops/operation.js';
import { classNameOf, pythonShape } from '../summary.js';

export interface LabelOptions {
  show_shapes: boolean;
  show_dtype: boolean;
  show_layer_names: boolean;
  show_layer_activations: boolean;
  show_trainable: boolean;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const cell = (text: string): string => `<td bgcolor="white"><font point-size="14">${text}</font></td>`;

/** A property of the tensors that a layer takes or gives, at its first call; undefined where there was none. */
function ofTensors(layer: Operation, which: 'input' | 'output', read: (tensor: KerasTensor) => string): unknown {
  const graph = layer instanceof Model ? layer._graph : undefined;
  const texts = (tensors: unknown): unknown => mapStructure((leaf) => (leaf instanceof KerasTensor ? read(leaf) : leaf), tensors);
  if (graph) return texts(which === 'input' ? graph.inputs_struct : graph.outputs_struct);
  const [node] = layer._inbound_nodes;
  if (!node) return undefined;
  const tensors = which === 'input' ? node.input_tensors : node.output_tensors;
  return texts(tensors.length === 1 ? tensors[0] : tensors);
}

/** Python's text of lists and dicts of leaves, which are texts already. */
function pythonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonText).join(', ')}]`;
  if (!isPlainObject(value)) return String(value);
  return `{${Object.keys(value).map((key) => `'${key}': ${pythonText(value[key])}`).join(', ')}}`;
}

function shapesText(layer: Operation, which: 'input' | 'output'): string {
  const shapes = ofTensors(layer, which, ({ shape }) => pythonShape(shape));
  if (shapes === undefined) return '?';
  if (!isPlainObject(shapes)) return pythonText(shapes).replaceAll(/[{}]/g, '');
  return Object.keys(shapes).map((key) => `${key}: ${pythonText(shapes[key])}`).join(', ').replaceAll(/[{}]/g, '');
}

function dtypesText(layer: Operation): string {
  const dtypes = ofTensors(layer, 'output', ({ dtype }) => `'${dtype}'`);
  if (dtypes === undefined) return '?';
  return typeof dtypes === 'string' ? dtypes.slice(1, -1) : pythonText(dtypes);
}

/** The name of a layer's activation; undefined for layers that have none. */
function activationName(layer: Operation): string | undefined {
  const { activation } = layer as { activation?: unknown };
  if (activation === undefined || activation === null) return undefined;
  return (activation as { name?: string }).name ?? String(activation);
}

/** The label of a layer's node. Source: keras/src/utils/model_visualization.py, make_layer_label. */
export function layerLabel(layer: Operation, options: LabelOptions): string {
  const className = escaped(classNameOf(layer));
  const columns = Number(options.show_dtype) + Number(options.show_trainable) + (options.show_shapes ? 2 : 0);
  const span = Math.max(1, columns);
  // 1. the title
  const title = options.show_layer_names ? `<b>${escaped(layer.name)}</b> (${className})` : `<b>${className}</b>`;
  const rows = [`<td colspan="${span}" bgcolor="black"><font point-size="16" color="white">${title}</font></td>`];
  // 2. the activation
  const activation = options.show_layer_activations ? activationName(layer) : undefined;
  if (activation !== undefined) {
    rows.push(`<td bgcolor="white" colspan="${span}"><font point-size="14">Activation: <b>${escaped(activation)}</b></font></td>`);
  }
  // 3. what else is asked for, side by side
  const cells: string[] = [];
  if (options.show_shapes) {
    if (className !== 'InputLayer') cells.push(cell(`Input shape: <b>${escaped(shapesText(layer, 'input'))}</b>`));
    cells.push(cell(`Output shape: <b>${escaped(shapesText(layer, 'output'))}</b>`));
  }
  if (options.show_dtype) cells.push(cell(`Output dtype: <b>${escaped(dtypesText(layer))}</b>`));
  if (options.show_trainable && layer instanceof Layer && layer.weights.length > 0) {
    const [colour, text] = layer.trainable ? ['forestgreen', 'Trainable'] : ['firebrick', 'Non-trainable'];
    cells.push(`<td bgcolor="${colour}"><font point-size="14" color="white"><b>${text}</b></font></td>`);
  }
  if (cells.length > 0) rows.push(cells.join(''));
  return `<<table border="0" cellborder="1" bgcolor="black" cellpadding="10">${rows.map((row) => `<tr>${row}</tr>`).join('')}</table>>`;
}
