/** save_model and load_model: the format is told by the name, or by what is there. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Model } from '../models/model.js';
import { positionalArguments } from '../utils/arguments.js';
import { ArchiveError, ArchiveReader } from './archive.js';
import { finishRenames } from './atomic-file.js';
import {
  describedBy, KERAS_VERSION, nameOf, pathOf, readH5Bytes, refuseOverwriting, writeContents,
  type FilePath, type FileSource, type SaveableModel,
} from './files.js';
import { openH5 } from './h5/reader.js';
import { prepareThread } from './h5/thread.js';
import { looksLikeH5 } from './h5/types.js';
import { CONFIG, loadModelFiles, openFolder, saveModelFiles, WEIGHTS, type ModelFiles } from './keras-archive.js';
import { legacyModelOf, loadLegacyState, writeLegacyModel } from './legacy/h5-model.js';
import { settleLoading, warn } from './load-report.js';
import { isCustomObjects, kerasExport, type CustomObjects } from './registration.js';
import { load_tfjs_model, MODEL_JSON, save_tfjs_model } from './tfjs/layers-model.js';
import { isSaveable } from './walk.js';

export interface SaveModelOptions {
  /** Whether a file that is there is replaced. Default true; false makes it an error. */
  overwrite?: boolean;
  /** False writes a folder of files rather than an archive; its name must not end in .keras. Default true. */
  zipped?: boolean | null;
  /** Whether an `.h5` file gets the compilation and the optimizer's state. Default true. Other formats have them. */
  include_optimizer?: boolean;
}
export type SaveModelArgs = [SaveModelOptions?] | [overwrite?: boolean, zipped?: boolean | null];

export interface LoadModelOptions {
  /** Classes and functions by name, besides those that are registered. */
  custom_objects?: CustomObjects | null;
  /** Whether the model is compiled, with its optimizer's state, where it was when it was saved. Default true. */
  compile?: boolean;
  /** Whether lambdas in the file are refused. Default true. Code in a file is never run, with either. */
  safe_mode?: boolean;
}

/**
 * Saves a model: architecture, weights, compile arguments and the optimizer's state.
 *
 * The state is copied at the call; the file then grows under another name and replaces the old one when it is
 * complete, so that neither a crash nor a full disk harms what was there.
 *
 * @param model A built model.
 * @param filepath Ends in `.keras`; or in `.h5`, for programs that know only this older format; or is a file `model.json`,
 *   beside which the shards for TensorFlow.js go: see `save_tfjs_model`.
 * @param options `overwrite`, `zipped`; also by position. `include_optimizer` for `.h5`.
 *
 * @example
 * await keras.saving.save_model(model, 'model.keras');
 */
export async function save_model(
  model: SaveableModel, filepath: FilePath, ...options: SaveModelArgs
): Promise<void> {
  const [overwrite, zipped, include_optimizer] = positionalArguments(
    'save_model', ['overwrite', 'zipped', 'include_optimizer'], options) as [
    boolean | undefined, boolean | null | undefined, boolean | undefined];
  const path = pathOf(filepath);
  const isH5 = /\.(h5|hdf5)$/.test(path);
  checkSavePath(path, zipped ?? true, isH5);
  if (include_optimizer !== undefined && !isH5) {
    throw new TypeError('save_model: include_optimizer is for .h5 files. ' +
      `To leave the optimizer out of '${path}', save a model that is not compiled.`);
  }
  refuseOverwriting(path, overwrite ?? true);
  if (!model.built) {
    warn(`The model '${model.name}' is saved before it is built: it may have no weights yet. ` +
      'Call it on data, or call build(input_shape), first.');
  }
  // The thread starts while the model's config is being written out.
  if (!path.endsWith('.json')) prepareThread(true);
  if (path.endsWith('.json')) await save_tfjs_model(model, path);
  else if (!isH5) await saveModelFiles(model, path, zipped ?? true);
  else {
    using contents = writeLegacyModel(model, include_optimizer ?? true, KERAS_VERSION);
    await writeContents(path, contents.finish());
  }
}

function checkSavePath(path: string, zipped: boolean, isH5: boolean): void {
  if (!zipped && path.endsWith('.keras')) {
    throw new Error(`A folder of files (zipped: false) must not have a name that ends in .keras. Received: '${path}'`);
  }
  if (!zipped || path.endsWith('.keras') || basename(path) === MODEL_JSON) return;
  if (path.endsWith('.weights.h5')) {
    throw new Error(`Cannot save '${path}': its name says that it holds weights alone. Save them with save_weights, or ` +
      'the model to a name that ends in .keras.');
  }
  if (!isH5) throw new Error(`Cannot save '${path}': the name of a model's file ends in .keras (or .h5, or is model.json).`);
}

/**
 * Loads a model that `save_model` wrote, here or in Python: a `.keras` file of any version of Keras 3, an `.h5` file of
 * Keras 2 or 3, or a layers-model of TensorFlow.js (`model.json`, or its folder).
 *
 * @param filepath A path, or the bytes of a file.
 * @param options `custom_objects`, `compile`, `safe_mode`; also by position.
 * @throws ArchiveError where the file is none of Keras's, or damaged; DeserializationError where a class is not known
 *   here; WeightsError where weights do not fit.
 *
 * @example
 * const model = await keras.saving.load_model('model.keras', { custom_objects: { MyLayer } });
 */
export async function load_model(
  filepath: FileSource,
  ...options: [LoadModelOptions?] | [custom_objects?: CustomObjects | null, compile?: boolean, safe_mode?: boolean]
): Promise<Model> {
  const [custom_objects, compile, safe_mode] = positionalArguments(
    'load_model', ['custom_objects', 'compile', 'safe_mode'], options,
    isCustomObjects(options[0]) ? ['custom_objects'] : []) as [
    CustomObjects | null | undefined, boolean | undefined, boolean | undefined];
  const given = { custom_objects: custom_objects ?? null, compile: compile ?? true, safe_mode: safe_mode ?? true };
  prepareThread(false);
  const isH5 = filepath instanceof Uint8Array ? looksLikeH5(filepath) : /\.(h5|hdf5)$/.test(pathOf(filepath));
  if (isH5) return loadH5Model(filepath, given);
  if (!(filepath instanceof Uint8Array) && isTfjsModel(pathOf(filepath))) {
    return load_tfjs_model(filepath, { custom_objects: given.custom_objects, compile: given.compile });
  }
  await using files = await openModelFiles(filepath);
  return (await loadModelFiles(files, given)) as unknown as Model;
}

/** A layers-model of TensorFlow.js: its `.json` file, or the folder with one. */
const isTfjsModel = (path: string): boolean =>
  path.endsWith('.json') || (existsSync(join(path, MODEL_JSON)) && !existsSync(join(path, CONFIG)));

async function loadH5Model(
  source: FileSource, { custom_objects, compile, safe_mode }: Required<LoadModelOptions>,
): Promise<Model> {
  const name = nameOf(source);
  const bytes = await readH5Bytes(source, 'an HDF5 file');
  const { length } = bytes;
  const { root } = await openH5(bytes, name.replaceAll('\'', ''));
  const model = describedBy(name, length, () => legacyModelOf(root, name, custom_objects, safe_mode));
  if (!isSaveable(model) || !('built' in model)) {
    throw new ArchiveError(`${name} describes something that is no model.`);
  }
  const loaded = model as unknown as SaveableModel;
  const report = describedBy(name, length, () => loadLegacyState(loaded, root, name, compile, custom_objects));
  settleLoading(report, name, false);
  return model as unknown as Model;
}

async function openModelFiles(source: FileSource): Promise<ModelFiles> {
  if (source instanceof Uint8Array) return ArchiveReader.open(source);
  const path = pathOf(source);
  const info = await stat(path).catch(() => undefined);
  if (info?.isDirectory()) {
    await finishRenames(join(path, WEIGHTS));
    if (existsSync(join(path, CONFIG))) return openFolder(path);
    throw new ArchiveError(existsSync(join(path, 'saved_model.pb'))
      ? `'${path}' is a TensorFlow SavedModel. load_model reads .keras and .h5 files.`
      : `'${path}' is a folder without a ${CONFIG}, so that it is no model of Keras's.`);
  }
  if (info && !path.endsWith('.keras')) {
    throw new ArchiveError(`Cannot load '${path}': the name of a model's file ends in .keras or .h5.`);
  }
  return ArchiveReader.open(path);
}

kerasExport(save_model, 'keras.saving.save_model', 'keras.models.save_model');
kerasExport(load_model, 'keras.saving.load_model', 'keras.models.load_model');
