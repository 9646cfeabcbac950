/**
 * Whole models in HDF5 files: Keras 2's format, which Keras 3 reads and writes, too. The attributes of the file hold the
 * configs of the model and of its compilation as JSON, its groups the weights and the optimizer's state.
 *
 * Source: keras/src/legacy/saving/legacy_h5_format.py.
 */
import { isPlainObject } from '../../engine/structure.js';
import type { Variable } from '../../engine/variable.js';
import { get as getLoss } from '../../losses/index.js';
import { get as getMetric } from '../../metrics/index.js';
import { H5Error, type H5Group } from '../h5/types.js';
import { prepareThread } from '../h5/thread.js';
import { H5Writer } from '../h5/writer.js';
import { parseJSON, stringifyJSON } from '../json.js';
import { warn, type LoadReport } from '../load-report.js';
import { custom_object_scope, type CustomObjects } from '../registration.js';
import { deserialize_keras_object, serialize_keras_object, withObjectSharing } from '../serialization.js';
import {
  assignAll, loadLegacyWeights, MODEL_WEIGHTS, OPTIMIZER_WEIGHTS, readArrays, writeLegacyWeights, writeVariables, type WeightedModel,
} from './h5-weights.js';
import { modernConfig, warnOfChanges } from './modern-config.js';

type Config = Record<string, unknown>;

/** What is needed of a model to be saved in this format. */
export interface LegacyModel extends WeightedModel {
  readonly optimizer?: { readonly variables: readonly Variable[]; build(variables: readonly Variable[]): void } | null;
  readonly trainable_variables: readonly Variable[];
  readonly compiled: boolean;
  get_compile_config(): Config | null;
  compile_from_config(config: Config): void;
}

/** The contents of an HDF5 file for a model. Dispose them. */
export function writeLegacyModel(model: LegacyModel, include_optimizer: boolean, keras_version: string): H5Writer {
  prepareThread(true);
  const writer = new H5Writer();
  const serialized = withObjectSharing(() => serialize_keras_object(model)) as Config;
  const attributes: Record<string, string> = {
    keras_version, backend: 'tensorflow',
    model_config: stringifyJSON({ class_name: serialized.class_name, config: serialized.config }),
  };
  if (include_optimizer && model.compiled && model.optimizer) {
    const { optimizer, loss, metrics, weighted_metrics, ...others } = model.get_compile_config()!;
    const rest = {
      ...others, loss: spelledOut(loss, getLoss), metrics: spelledOut(metrics, getMetric),
      weighted_metrics: spelledOut(weighted_metrics, getMetric),
    };
    const { class_name, config, registered_name } = optimizer as Config;
    attributes.training_config = stringifyJSON(
      { ...rest, optimizer_config: { class_name: registered_name ?? class_name, config } });
    writeVariables(writer, OPTIMIZER_WEIGHTS, model.optimizer.variables);
  }
  for (const [name, value] of Object.entries(attributes)) writer.setAttribute('', name, value);
  writeLegacyWeights(writer, MODEL_WEIGHTS, model, keras_version);
  return writer;
}

/** Names that stand for one of several metrics, by the shape of the output. */
const BY_OUTPUT: ReadonlySet<unknown> = new Set(['accuracy', 'acc', 'crossentropy', 'ce']);

/** Python cannot read `.h5` files with the short names of losses and metrics ('mse'), its own neither: they become configs. */
function spelledOut(value: unknown, get: (name: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => spelledOut(item, get));
  if (isPlainObject(value) && !('class_name' in value)) return mapValues(value, (item) => spelledOut(item, get));
  return typeof value === 'string' && !BY_OUTPUT.has(value) ? serialize_keras_object(get(value)) : value;
}

/** The config in an attribute of the file. */
function configIn({ attributes }: H5Group, name: string): Config | undefined {
  const text = attributes.get(name);
  if (text === undefined || text === null) return undefined;
  const config = typeof text === 'string' ? parseJSON(text, `The attribute ${name}`) : undefined;
  if (!isPlainObject(config)) throw new H5Error(`Its attribute ${name} is not the JSON of an object.`);
  return config;
}

/** The model that a file describes, without its weights. */
export function legacyModelOf(file: H5Group, name: string, custom_objects: CustomObjects | null, safe_mode: boolean): unknown {
  const config = configIn(file, 'model_config');
  if (!config) {
    throw new H5Error('it has no attribute model_config, and so no model. ' +
      (file.attributes.has('layer_names') || file.children.has('layers')
        ? 'It holds weights alone: make the model, then call load_weights.' : 'It was not written by Keras.'));
  }
  warnOfChanges(config, file.attributes.get('keras_version'), name);
  return withObjectSharing(() => deserialize_keras_object(modernConfig(config), { custom_objects, safe_mode }));
}

/** Gives a model its weights and, where it was compiled and that is wanted, its compilation and optimizer's state. */
export function loadLegacyState(
  model: LegacyModel, file: H5Group, name: string, compile: boolean, custom_objects: CustomObjects | null,
): LoadReport {
  const report = loadLegacyWeights(model, file, false);
  const training = compile ? configIn(file, 'training_config') : undefined;
  if (compile && !training) {
    warn(`${name} says nothing of how its model was compiled, so that it is not. Call compile() to train it.`);
  }
  if (training) {
    const { optimizer_config, optimizer, ...rest } = training;
    const modern = mapValues({ ...rest, optimizer: optimizer_config ?? optimizer }, modernConfig);
    custom_object_scope(custom_objects, () => model.compile_from_config(modern));
    loadOptimizer(model, file, name);
  }
  return report;
}

function loadOptimizer(model: LegacyModel, file: H5Group, name: string): void {
  const group = file.children.get(OPTIMIZER_WEIGHTS);
  if (group?.kind !== 'group' || !model.optimizer) return;
  model.optimizer.build(model.trainable_variables);
  const { variables } = model.optimizer;
  const arrays = inOrderOfVariables(readArrays(group));
  // Keras 2 keeps a learning rate that is a number out.
  const wanted = arrays.length === variables.length ? variables : variables.filter((v) => v.name !== 'learning_rate');
  try {
    assignAll(wanted, arrays.map(({ value }) => value));
  } catch (cause) {
    warn(`The state of the optimizer in ${name} does not fit, so that it starts afresh: ${(cause as Error).message}`);
  }
}

const SLOT = /\/(m|v|vhat|mg|rms|momentum|accumulator|accum_grad|accum_var|linear)(_\d+)?(:0)?$/;

/**
 * The optimizers of Keras up to 2.10 list one kind of state for all variables, then the next; later ones all state of a
 * variable, then that of the next.
 */
function inOrderOfVariables<T extends { name: string }>(arrays: readonly T[]): T[] {
  const [iterations, ...rest] = arrays;
  const kinds = new Map<string, T[]>();
  for (const array of rest) {
    const kind = SLOT.exec(array.name)?.[1];
    if (kind === undefined) return [...arrays];
    kinds.set(kind, [...(kinds.get(kind) ?? []), array]);
  }
  const lists = [...kinds.values()];
  if (lists.length < 2 || lists.some((list) => list.length !== lists[0].length)) return [...arrays];
  return [iterations, ...lists[0].flatMap((_, i) => lists.map((list) => list[i]))];
}

function mapValues(object: Config, fn: (value: unknown, key: string) => unknown): Config {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, fn(value, key)]));
}
