/**
 * Weights as HDF5 files of Keras 2 hold them, and Keras 3's whole-model `.h5` files: one group a layer, in the order in
 * which the attribute `layer_names` lists them, each with its arrays in the order of `weight_names`.
 *
 * Source: keras/src/legacy/saving/legacy_h5_format.py.
 */
import type { NDArray } from '../../engine/convert.js';
import type { Variable } from '../../engine/variable.js';
import { tidy } from '../../engine/scope.js';
import { formatShape, sameShape } from '../../engine/shape.js';
import { findNode, H5Error, type H5Group, type H5Node } from '../h5/types.js';
import type { H5Writer } from '../h5/writer.js';
import type { LoadFailure, LoadReport } from '../load-report.js';
import { datasetsIn, toNDArray } from '../weights-store.js';

/** A layer, or anything else that has weights. */
export interface Weighted {
  readonly name: string;
  readonly trainable_weights: readonly Variable[];
  readonly non_trainable_weights: readonly Variable[];
}
export interface WeightedModel extends Weighted {
  readonly layers: readonly Weighted[];
  /** Weights that the model itself made, rather than one of its layers. */
  readonly _own_variables: readonly Variable[];
}

/** Bytes of names in one attribute, beyond which Keras splits it; a string takes 16 here. */
const NAMES_PER_ATTRIBUTE = 3500;
const TOP_LEVEL = 'top_level_model_weights';
export const MODEL_WEIGHTS = 'model_weights';
export const OPTIMIZER_WEIGHTS = 'optimizer_weights';

/** The order of weights in these files. */
const weightsOf = (layer: Weighted): Variable[] => [...layer.trainable_weights, ...layer.non_trainable_weights];

/** Whether a file, or a group in it, holds weights in this form. */
export const isLegacyWeights = ({ attributes, children }: H5Group): boolean =>
  attributes.has('layer_names') || attributes.has('layer_names0') || children.has(MODEL_WEIGHTS);

// ---------------------------------------------------------------------------------------------------------
// Writing

export function writeNames(writer: H5Writer, group: string, attribute: string, names: readonly string[]): void {
  if (names.length <= NAMES_PER_ATTRIBUTE) writer.setAttribute(group, attribute, names);
  else {
    for (let first = 0, part = 0; first < names.length; first += NAMES_PER_ATTRIBUTE, part++) {
      writer.setAttribute(group, `${attribute}${part}`, names.slice(first, first + NAMES_PER_ATTRIBUTE));
    }
  }
}

/** Writes variables by their paths, under a group. */
export function writeVariables(writer: H5Writer, group: string, variables: readonly Variable[]): void {
  writer.createGroup(group);
  const seen = new Map<string, number>();
  const names = variables.map(({ path }) => {
    const before = seen.get(path) ?? 0;
    seen.set(path, before + 1);
    return before === 0 ? path : `${path}_${before}`;
  });
  writeNames(writer, group, 'weight_names', names);
  variables.forEach((variable, i) => writer.createDataset(`${group}/${names[i]}`, variable.snapshot()));
}

/** Writes the weights of a model, layer by layer, under a group. */
export function writeLegacyWeights(writer: H5Writer, group: string, model: WeightedModel, keras_version: string): void {
  writer.createGroup(group);
  writeNames(writer, group, 'layer_names', model.layers.map(({ name }) => name));
  writer.setAttribute(group, 'backend', 'tensorflow');
  writer.setAttribute(group, 'keras_version', keras_version);
  for (const layer of model.layers) writeVariables(writer, `${group}/${layer.name}`, weightsOf(layer));
  writeVariables(writer, `${group}/${TOP_LEVEL}`, model._own_variables);
}

// ---------------------------------------------------------------------------------------------------------
// Reading

/** The strings of an attribute, which may be split over several. */
export function readNames({ attributes }: H5Group, name: string): string[] {
  const parts: unknown[] = [];
  if (attributes.has(name)) parts.push(attributes.get(name));
  for (let i = 0; attributes.has(`${name}${i}`); i++) parts.push(attributes.get(`${name}${i}`));
  return parts.flat().filter((item) => typeof item === 'string');
}

/** What a group lists as its weights, in order: undefined where there is nothing of a name. */
const listedIn = (group: H5Group): { name: string; node: H5Node | undefined }[] =>
  readNames(group, 'weight_names').map((name) => ({ name, node: findNode(group, name) }));

/** The arrays of a group, in order. */
export function readArrays(group: H5Group): { name: string; path: string; value: NDArray }[] {
  return listedIn(group).map(({ name, node }) => {
    if (node?.kind !== 'dataset') throw new H5Error(`'${group.path}' lists '${name}' among its weights, and has no such array.`);
    return { name, path: node.path, value: toNDArray(node.read()) };
  });
}

/**
 * Gives the layers of a model their weights: the n-th layer with weights those of the n-th group with weights, or each
 * layer those of the group of its name.
 *
 * @param model The model, built.
 * @param file The file's root, or the group in it that holds the weights.
 * @param by_name Whether names decide rather than the order.
 * @throws H5Error where the numbers of layers differ, so that no order can be told.
 */
export function loadLegacyWeights(model: WeightedModel, file: H5Group, by_name: boolean): LoadReport {
  const inside = file.children.get(MODEL_WEIGHTS);
  const group = !file.attributes.has('layer_names') && inside?.kind === 'group' ? inside : file;
  const failures: LoadFailure[] = [];
  const listed = new Set<string | undefined>();
  const give = (layer: Weighted, variables: readonly Variable[], name: string): void => {
    try {
      const part = groupIn(group, name);
      for (const { node } of listedIn(part)) listed.add(node?.path);
      assignAll(variables, readArrays(part).map(({ value }) => value));
    } catch (cause) {
      failures.push({ path: name, object: `${layer.constructor.name} '${layer.name}'`, cause });
    }
  };

  const stored = readNames(group, 'layer_names').filter((name) => readNames(groupIn(group, name), 'weight_names').length > 0);
  if (by_name) {
    for (const name of stored) {
      const layers = model.layers.filter((layer) => layer.name === name);
      for (const layer of layers) give(layer, weightsOf(layer), name);
    }
  } else {
    const layers = model.layers.filter((layer) => weightsOf(layer).length > 0);
    if (layers.length !== stored.length) {
      throw new H5Error(`It holds the weights of ${stored.length} layers (${stored.join(', ')}); the model '${model.name}' ` +
        `has ${layers.length} with weights (${layers.map(({ name }) => name).join(', ')}). Load what fits with {by_name: true}.`);
    }
    layers.forEach((layer, i) => give(layer, weightsOf(layer), stored[i]));
  }
  if (group.children.has(TOP_LEVEL)) give(model, model._own_variables, TOP_LEVEL);
  // Among them what no list of weights names, and what lies beside the groups of weights.
  const unused = datasetsIn(file).filter((path) => !listed.has(path) && (group === file || !path.startsWith(`${OPTIMIZER_WEIGHTS}/`)));
  return { failures, skipped: [], unused };
}

function groupIn(group: H5Group, name: string): H5Group {
  const node = findNode(group, name);
  if (node?.kind !== 'group') throw new H5Error(`There is no group '${name}' for the layer of this name.`);
  return node;
}

/** Sets variables to arrays, all or none. */
export function assignAll(variables: readonly Variable[], values: readonly NDArray[]): void {
  if (variables.length !== values.length) {
    throw new Error(`the file has ${values.length} weights for it, it has ${variables.length} ` +
      `(${variables.map(({ name }) => name).join(', ')}).`);
  }
  variables.forEach((variable, i) => {
    if (!sameShape(variable.shape, values[i].shape)) {
      throw new Error(`its variable '${variable.path}' has shape ${formatShape(variable.shape)}, ` +
        `the file's ${formatShape(values[i].shape)}.`);
    }
  });
  tidy(() => variables.forEach((variable, i) => variable.assign(values[i])));
}
