/** Pictures of models. */
import type { Model } from '../../models/model.js';
import { pathOf, writeContents, type FilePath } from '../../saving/files.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type NamedForms } from '../arguments.js';
import { formatOf } from './dot-graph.js';
import { model_to_dot, type ModelToDotOptions } from './model-to-dot.js';

export interface PlotModelOptions extends Omit<ModelToDotOptions, 'subgraph' | 'show_layer_names'> {
  /** The file. Default `model.svg`. */
  to_file?: FilePath;
  /** Whether to show the names of layers beside their classes. Default false. */
  show_layer_names?: boolean;
}

const NAMES = [
  'to_file', 'show_shapes', 'show_dtype', 'show_layer_names', 'rankdir', 'expand_nested', 'dpi', 'show_layer_activations',
  'show_trainable', 'splines',
] as const;

/**
 * Draws a model, with a box for each layer, and writes the picture to a file. SVG is drawn by a build of Graphviz in
 * WebAssembly, which comes with this package; PNG, PDF and the like by Graphviz itself, where that is installed.
 * Source: keras.utils.plot_model, whose default is a PNG file.
 *
 * @param model a built model
 * @param options `to_file`: the file, whose ending is the format (default `model.svg`; `.dot` gets the graph as text);
 *   `show_shapes`, `show_dtype`, `show_layer_names`, `rankdir`, `expand_nested`, `dpi`, `show_layer_activations`,
 *   `show_trainable`, `splines` as in `model_to_dot`; also by position
 * @returns a promise of the bytes of the picture, for notebooks and servers
 * @throws Error when the model is not built; DotError when the format needs Graphviz and that is not installed
 * @example
 * const picture = await keras.utils.plot_model(model, 'model.svg', { show_shapes: true, rankdir: 'LR' });
 * Buffer.from(picture).includes('<svg'); // true
 */
export async function plot_model(model: Model, ...args: NamedForms<PlotModelOptions, typeof NAMES>): Promise<Uint8Array> {
  const { to_file = 'model.svg', ...options } = namedArguments<PlotModelOptions>('plot_model', NAMES, args, []);
  const dot = model_to_dot(model, { show_layer_names: false, ...options });
  const path = pathOf(to_file);
  const picture = await dot.create(formatOf(path));
  await writeContents(path, picture);
  return picture;
}
kerasExport(plot_model, 'keras.utils.plot_model');
