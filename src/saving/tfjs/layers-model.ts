/**
 * The layers-model format of TensorFlow.js: `model.json` with the architecture and a manifest of the weights, and shards
 * of weights beside it. Browsers load it with `tf.loadLayersModel`.
 *
 * Source of the format: tfjs-layers, src/models.ts; tfjs-converter, keras_h5_conversion.py.
 */
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NDArray } from '../../engine/convert.js';
import { isPlainObject } from '../../engine/structure.js';
import type { Variable } from '../../engine/variable.js';
import type { Model } from '../../models/model.js';
import { positionalArguments } from '../../utils/arguments.js';
import { ArchiveError } from '../archive.js';
import { finishRenames } from '../atomic-file.js';
import {
  describedBy, KERAS_VERSION, pathOf, readBytes, refuseOverwriting, writeAllContents, type FilePath, type SaveableModel,
} from '../files.js';
import { parseJSON, stringifyJSON } from '../json.js';
import { assignAll } from '../legacy/h5-weights.js';
import { modernConfig, warnOfChanges } from '../legacy/modern-config.js';
import { settleLoading, warn, type LoadFailure } from '../load-report.js';
import { custom_object_scope, isCustomObjects, type CustomObjects } from '../registration.js';
import { deserialize_keras_object, serialize_keras_object } from '../serialization.js';
import { isSaveable } from '../walk.js';
import { toArray, toNDArray } from '../weights-store.js';
import { browserConfig } from './browser-config.js';
import { compileConfigIn } from './training-config.js';
import { bytesOfGroup, checkManifest, packWeights, unpackWeights, type WeightGroup } from './weights-manifest.js';

type Config = Record<string, unknown>;

/** The name of the file that a folder is known by. */
export const MODEL_JSON = 'model.json';

/** What has weights in a model: a layer, or a model in it. */
interface Owner {
  readonly name: string;
  readonly _own_variables: readonly Variable[];
  readonly sublayers: readonly Owner[];
  readonly layers?: readonly Owner[];
}

/** A variable with its name, and the layers that it is in, from the outermost that is no model on. */
interface Placed {
  variable: Variable;
  name: string;
  path: string[];
}

/** Weights that Keras 3 has renamed. */
const NAMES: Record<string, Record<string, string>> = {
  DepthwiseConv2D: { kernel: 'depthwise_kernel' }, DepthwiseConv1D: { kernel: 'depthwise_kernel' },
};

function placedVariables(owner: Owner, above: readonly string[] = []): Placed[] {
  // TensorFlow.js leaves the names of models out.
  const path = owner.layers ? [] : [...above, owner.name];
  const names = NAMES[owner.constructor.name] ?? {};
  const own = owner._own_variables.map((variable) => ({ variable, name: names[variable.name] ?? variable.name, path }));
  const inside = owner.sublayers.flatMap((layer) => placedVariables(layer, path));
  const seen = new Set<Variable>();
  return [...own, ...inside].filter(({ variable }) => !seen.has(variable) && seen.add(variable));
}

/**
 * Saves a model for browsers, which open it with `tf.loadLayersModel` of TensorFlow.js 4: the architecture and the
 * weights. For what TensorFlow.js does not have, it raises an error before anything is written.
 *
 * @param model A built model: Sequential or functional.
 * @param filepath The folder, made where it does not exist, or the file `model.json` in it.
 * @param options `overwrite`: whether files that are there are replaced. Default true.
 * @throws BrowserModelError naming the first layer that TensorFlow.js lacks or would compute otherwise.
 *
 * @example
 * await keras.saving.save_tfjs_model(model, 'public/model'); // tf.loadLayersModel('model/model.json')
 */
export async function save_tfjs_model(
  model: SaveableModel, filepath: FilePath, ...options: [{ overwrite?: boolean }?] | [overwrite?: boolean]
): Promise<void> {
  const [overwrite] = positionalArguments('save_tfjs_model', ['overwrite'], options) as [boolean | undefined];
  const path = jsonPath(pathOf(filepath));
  refuseOverwriting(path, overwrite ?? true);
  if (!model.built) throw new Error(`Cannot save model '${model.name}' for TensorFlow.js: it is not built, so that it has no weights.`);
  const { group, shards } = packWeights(placedVariables(model as unknown as Owner).map(({ variable, name, path: layers }) =>
    ({ name: [...layers, name].join('/'), value: toNDArray(toArray(variable)) })));
  const contents = {
    format: 'layers-model', generatedBy: `keras-node, Keras ${KERAS_VERSION}`, convertedBy: null,
    modelTopology: {
      keras_version: KERAS_VERSION, backend: 'tensorflow', model_config: browserConfig(serialize_keras_object(model) as Config),
    },
    weightsManifest: [group],
  };
  await mkdir(dirname(path), { recursive: true });
  const files = [...shards.map((shard, i) => [join(dirname(path), group.paths[i]), shard] as const),
    [path, Buffer.from(stringifyJSON(contents))] as const];
  await writeAllContents(files.map(([file, bytes]) => [file, async () => bytes]));
}

const jsonPath = (path: string): string => (path.endsWith('.json') ? path : join(path, MODEL_JSON));

export interface LoadTfjsModelOptions {
  /** Classes and functions by name, besides those that are registered. */
  custom_objects?: CustomObjects | null;
  /** Whether the model is compiled where it was when it was saved. Default true. */
  compile?: boolean;
}

/**
 * Loads a layers-model of TensorFlow.js, or of its converter, with its weights, quantized ones too. Where it was saved with
 * its optimizer, it is compiled as it was there; the optimizer's state begins anew.
 *
 * @param filepath The folder, or the `.json` file in it.
 * @param options `custom_objects`, `compile`; also by position.
 * @throws ArchiveError where the files are none, or do not hold what they should; DeserializationError where a class is
 *   not known here; WeightsError where weights are missing or do not fit.
 *
 * @example
 * const model = await keras.saving.load_tfjs_model('public/model');
 */
export async function load_tfjs_model(
  filepath: FilePath, ...options: [LoadTfjsModelOptions?] | [custom_objects?: CustomObjects | null, compile?: boolean]
): Promise<Model> {
  const [custom_objects, compile] = positionalArguments('load_tfjs_model', ['custom_objects', 'compile'], options,
    isCustomObjects(options[0]) ? ['custom_objects'] : []) as [CustomObjects | null | undefined, boolean | undefined];
  const path = jsonPath(pathOf(filepath));
  const name = `'${path}'`;
  await finishRenames(path);
  const json = parseJSON(Buffer.from(await readBytes(path)).toString('utf8'), name);
  const contents: Config = isPlainObject(json) ? json : {};
  const { modelTopology, weightsManifest } = contents;
  if (!isPlainObject(modelTopology)) {
    throw new ArchiveError(`${name} is not a layers-model of TensorFlow.js: it has no modelTopology.`);
  }
  if ('node' in modelTopology) {
    throw new ArchiveError(`${name} is a graph-model of TensorFlow.js: TensorFlow ops rather than layers. Convert its source instead.`);
  }
  // 1. the weights, whose size is a measure for the model
  const weights = new Map<string, NDArray>();
  let size = 0;
  for (const group of checkManifest(weightsManifest, name)) {
    const bytes = await readShards(group.paths.map((shard) => join(dirname(path), shard)), bytesOfGroup(group), name);
    size += bytes.length;
    for (const [key, value] of unpackWeights(group, bytes)) weights.set(key, value);
  }
  // 2. the model
  const topology = (modelTopology.model_config ?? modelTopology) as Config;
  // TensorFlow.js computes as Keras 2 does, whatever it says.
  warnOfChanges(topology, '2.0', name);
  const model = describedBy(name, size, () => deserialize_keras_object(modernConfig(topology), { custom_objects }));
  if (!isSaveable(model) || !('built' in model)) throw new ArchiveError(`${name} describes something that is no model.`);
  settleLoading({ ...give(model as unknown as Owner, weights), skipped: [] }, name, false);
  // 3. its compilation, which no prediction needs
  if (compile ?? true) compileAsSaved(model as unknown as SaveableModel, contents, name, custom_objects ?? null);
  return model as unknown as Model;
}

function compileAsSaved(model: SaveableModel, contents: Config, name: string, custom_objects: CustomObjects | null): void {
  const groups = contents.weightsManifest as WeightGroup[];
  const hasOptimizerState = groups.some(({ weights }) => weights.some(({ group }) => group === 'optimizer'));
  try {
    const config = compileConfigIn(contents);
    if (!config) return;
    custom_object_scope(custom_objects, () => model.compile_from_config(config));
    if (hasOptimizerState) warn(`The optimizer's state in ${name} is not read: TensorFlow.js orders it otherwise. It begins anew.`);
  } catch (cause) {
    warn(`The model in ${name} is not compiled as it was in the browser: ${(cause as Error).message} Call compile() to train it.`);
  }
}

/** Reads shards one after the other, where together they have the size that they should have. */
async function readShards(paths: readonly string[], size: number, name: string): Promise<Uint8Array> {
  const sizes = await Promise.all(paths.map(async (path) => {
    const info = await stat(path).catch(() => undefined);
    if (!info?.isFile()) throw new ArchiveError(`There is no shard '${path}'.`);
    return info.size;
  }));
  const found = sizes.reduce((a, b) => a + b, 0);
  if (found !== size) {
    throw new ArchiveError(`The shards ${paths.map((path) => `'${path}'`).join(', ') || `beside ${name}`} hold ${found} bytes; ` +
      `the manifest tells of ${size}. Copy all of them again.`);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const [i, path] of paths.entries()) {
    bytes.set(await readFile(path), at);
    at += sizes[i];
  }
  return bytes;
}

/** Gives variables their values, by the names of layers and weights. */
function give(model: Owner, weights: ReadonlyMap<string, NDArray>): { failures: LoadFailure[]; unused: string[] } {
  // Keras's names of weights end in a number of the tensor.
  const left = new Map([...weights].map(([name, value]) => [name.replace(/:0$/, ''), value]));
  const failures: LoadFailure[] = [];
  for (const { variable, name, path } of placedVariables(model)) {
    const found = namesOf(path, name).find((candidate) => left.has(candidate));
    try {
      if (found === undefined) throw new Error(`the file has no weight '${[...path, name].join('/')}'.`);
      assignAll([variable], [left.get(found)!]);
      left.delete(found);
    } catch (cause) {
      failures.push({ path: [...path, name].join('/'), object: `variable '${variable.path}'`, cause });
    }
  }
  return { failures, unused: [...left.keys()] };
}

/** Names that a weight may have: with all layers that it is in, without the innermost (a cell), or with that alone. */
function namesOf(path: readonly string[], name: string): string[] {
  const forms = [path, path.slice(0, -1), path.slice(-1), [...path, ...path.slice(-1)]];
  return forms.filter((form) => form.length > 0 || path.length === 0).map((form) => [...form, name].join('/'));
}

