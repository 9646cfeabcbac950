/**
 * Models and weights on disk: the `.keras` archive and `.weights.h5`.
 *
 * Source of the formats: keras/src/saving/saving_lib.py. A `.keras` file is a zip of `metadata.json`, `config.json`,
 * `model.weights.h5` and, where layers have files of their own, `assets/`.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Model } from '../models/model.js';
import { positionalArguments } from '../utils/arguments.js';
import { ArchiveError, ArchiveReader, describeContent, writeArchive, type NewMember } from './archive.js';
import { ASSETS, AssetFolder } from './assets.js';
import { writeFileAtomically } from './atomic-file.js';
import { openH5 } from './h5/reader.js';
import { looksLikeH5 } from './h5/types.js';
import { parseJSON, stringifyJSON } from './json.js';
import { settleLoading, warn, type LoadReport } from './load-report.js';
import { isCustomObjects, kerasExport, type CustomObjects } from './registration.js';
import {
  DeserializationError, deserialize_keras_object, serialize_keras_object, withObjectSharing,
} from './serialization.js';
import { isSaveable, type Saveable } from './walk.js';
import { loadState, saveState } from './weights-store.js';

/** The version of Keras whose file format is written. */
const KERAS_VERSION = '3.15.1';
const CONFIG = 'config.json';
const METADATA = 'metadata.json';
const WEIGHTS = 'model.weights.h5';

/** What saving and loading need of a model. */
export interface SaveableModel extends Saveable {
  readonly name: string;
  readonly built: boolean;
  readonly optimizer?: unknown;
}

/** A place on disk, or, for loading, the bytes of a file. */
export type FilePath = string | URL;
export type FileSource = FilePath | Uint8Array;

export interface SaveModelOptions {
  /** Whether a file that is there is replaced. Default true; false makes it an error. */
  overwrite?: boolean;
  /** False writes a folder of files rather than an archive; its name must not end in .keras. Default true. */
  zipped?: boolean | null;
}

export interface LoadModelOptions {
  /** Classes and functions by name, besides those that are registered. */
  custom_objects?: CustomObjects | null;
  /** Whether the model is compiled, with its optimizer's state, where it was when it was saved. Default true. */
  compile?: boolean;
  /** Whether lambdas in the file are refused. Default true. Code in a file is never run, with either. */
  safe_mode?: boolean;
}

export const pathOf = (filepath: FilePath): string => (filepath instanceof URL ? fileURLToPath(filepath) : filepath);

// ---------------------------------------------------------------------------------------------------------
// Saving

/**
 * Saves a model: architecture, weights, compile arguments and the optimizer's state.
 *
 * The state is copied at the call; the file then grows under another name and replaces the old one when it is
 * complete, so that neither a crash nor a full disk harms what was there.
 *
 * @param model A built model.
 * @param filepath Ends in `.keras`.
 * @param options `overwrite`, `zipped`; also by position.
 *
 * @example
 * await keras.saving.save_model(model, 'model.keras');
 */
export async function save_model(
  model: SaveableModel, filepath: FilePath, ...options: [SaveModelOptions?] | [overwrite?: boolean, zipped?: boolean | null]
): Promise<void> {
  const [overwrite, zipped] = positionalArguments('save_model', ['overwrite', 'zipped'], options) as [
    boolean | undefined, boolean | null | undefined];
  const path = pathOf(filepath);
  checkSavePath(path, zipped ?? true);
  refuseOverwriting(path, overwrite ?? true);
  if (!model.built) {
    warn(`The model '${model.name}' is saved before it is built: it may have no weights yet. ` +
      'Call it on data, or call build(input_shape), first.');
  }
  // Everything that may fail for the model's sake comes before the first await.
  using assets = new AssetFolder();
  const config = withObjectSharing(() => serialize_keras_object(model));
  const state = saveState(model, assets);
  const files = assets.files();
  const weights = await state.finish();
  const metadata = { keras_version: KERAS_VERSION, date_saved: timestamp(new Date()) };
  const members: NewMember[] = [
    { name: METADATA, contents: Buffer.from(stringifyJSON(metadata)) },
    { name: CONFIG, contents: Buffer.from(stringifyJSON(config)) },
    { name: WEIGHTS, contents: weights },
    ...files,
  ];
  if (zipped ?? true) await writeArchive(path, members);
  else for (const member of members) await writeMember(path, member);
}

function checkSavePath(path: string, zipped: boolean): void {
  if (!zipped && path.endsWith('.keras')) {
    throw new Error(`A folder of files (zipped: false) must not have a name that ends in .keras. Received: '${path}'`);
  }
  if (!zipped || path.endsWith('.keras')) return;
  if (/\.(h5|hdf5)$/.test(path)) {
    throw new Error(`Cannot save '${path}': whole models in the old HDF5 format are not written by this version. ` +
      'Save to a name that ends in .keras, or the weights alone with save_weights to one that ends in .weights.h5.');
  }
  throw new Error(`Cannot save '${path}': the name of a model's file ends in .keras.`);
}

function refuseOverwriting(path: string, overwrite: boolean): void {
  if (!overwrite && existsSync(path)) {
    throw new Error(`'${path}' exists, and overwrite is false. Choose another name, or pass {overwrite: true}.`);
  }
}

async function writeMember(folder: string, { name, contents }: NewMember): Promise<void> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomically(path, async (file) => {
    for (const chunk of contents instanceof Uint8Array ? [contents] : contents.chunks()) await file.appendFile(chunk);
  });
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `2026-01-31@23:59:59`, local time. */
function timestamp(date: Date): string {
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day}@${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}

/**
 * Saves the weights of a model, and its optimizer's state, without the architecture.
 *
 * @param model A built model.
 * @param filepath Ends in `.weights.h5`.
 * @param options `overwrite`: whether a file that is there is replaced. Default true.
 */
export async function save_weights(
  model: SaveableModel, filepath: FilePath, ...options: [{ overwrite?: boolean }?] | [overwrite?: boolean]
): Promise<void> {
  const [overwrite] = positionalArguments('save_weights', ['overwrite'], options) as [boolean | undefined];
  const path = pathOf(filepath);
  if (!path.endsWith('.weights.h5')) {
    throw new Error(`Cannot save '${path}': the name of a weights file ends in .weights.h5.`);
  }
  requireBuilt(model, 'save');
  refuseOverwriting(path, overwrite ?? true);
  const weights = await saveState(model).finish();
  await writeFileAtomically(path, async (file) => {
    for (const chunk of weights.chunks()) await file.appendFile(chunk);
  });
}

function requireBuilt(model: SaveableModel, what: string): void {
  if (model.built) return;
  throw new Error(`Cannot ${what} the weights of model '${model.name}': it is not built, so that it has none. ` +
    'Call it on data, or call build(input_shape), first.');
}

// ---------------------------------------------------------------------------------------------------------
// Loading

/** The files of a model: in an archive, or in a folder. */
interface ModelFiles extends AsyncDisposable {
  readonly name: string;
  readonly members: string[];
  has(member: string): boolean;
  read(member: string): Promise<Uint8Array>;
}

/** A folder that `save_model(..., {zipped: false})` wrote. */
async function openFolder(path: string): Promise<ModelFiles> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  return {
    name: `'${path}'`,
    members: files.map((file) => relative(path, file).split(sep).join('/')),
    has: (member) => existsSync(join(path, member)),
    read: async (member) => new Uint8Array(await readFile(join(path, member))),
    [Symbol.asyncDispose]: async () => {},
  };
}

async function openModelFiles(source: FileSource): Promise<ModelFiles> {
  if (source instanceof Uint8Array) return ArchiveReader.open(source);
  const path = pathOf(source);
  const info = await stat(path).catch(() => undefined);
  if (info?.isDirectory()) {
    if (existsSync(join(path, CONFIG))) return openFolder(path);
    throw new ArchiveError(existsSync(join(path, 'saved_model.pb'))
      ? `'${path}' is a TensorFlow SavedModel. load_model reads .keras files.`
      : `'${path}' is a folder without a ${CONFIG}, so that it is no model of Keras's.`);
  }
  if (info && /\.(h5|hdf5)$/.test(path)) {
    throw new ArchiveError(`'${path}': whole models in the old HDF5 format are not read by this version. ` +
      (path.endsWith('.weights.h5') ? 'Its name says that it holds weights: make the model, then load_weights.'
        : 'Convert it in Python: keras.models.load_model(path).save("model.keras").'));
  }
  if (info && !path.endsWith('.keras')) {
    throw new ArchiveError(`Cannot load '${path}': the name of a model's file ends in .keras.`);
  }
  return ArchiveReader.open(path);
}

/**
 * Loads a model that `save_model` wrote, here or in Python.
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
  const [custom_objects, compile = true, safe_mode = true] = positionalArguments(
    'load_model', ['custom_objects', 'compile', 'safe_mode'], options,
    isCustomObjects(options[0]) ? ['custom_objects'] : []) as [
    CustomObjects | null | undefined, boolean | undefined, boolean | undefined];
  await using files = await openModelFiles(filepath);
  // 1. the model, with fresh weights
  const config = parseJSON(Buffer.from(await files.read(CONFIG)).toString('utf8'), `${CONFIG} of ${files.name}`);
  if (typeof config !== 'object' || config === null || !('class_name' in config)) {
    throw new ArchiveError(`${files.name} is not a valid .keras file: its ${CONFIG} describes no model.`);
  }
  const wanted = compile ? config : { ...config, compile_config: null };
  const model = describedBy(files.name, () =>
    withObjectSharing(() => deserialize_keras_object(wanted, { custom_objects, safe_mode })));
  if (!isSaveable(model) || !('built' in model)) {
    throw new ArchiveError(`${files.name} is not a valid .keras file: its ${CONFIG} describes a ` +
      `${String((config as { class_name: unknown }).class_name)}, which is no model.`);
  }
  // 2. its weights and files
  using assets = await extractAssets(files);
  const weights = await openH5(await files.read(WEIGHTS), `${WEIGHTS} of ${files.name}`);
  const report = loadState(model, weights.root, assets);
  settleLoading(withoutOptimizer(report), files.name, false);
  return model as unknown as Model;
}

/** Names the file in errors about what its config describes. */
function describedBy(name: string, make: () => unknown): unknown {
  try {
    return make();
  } catch (error) {
    const message = `In ${name}: ${error instanceof Error ? error.message : String(error)}`;
    const cause: unknown = error instanceof DeserializationError ? error.cause : error;
    throw new DeserializationError(message, { cause });
  }
}

/** An optimizer tells by itself that it has no place for a state, and without one the state was not asked for. */
function withoutOptimizer(report: LoadReport): LoadReport {
  return { ...report, unused: report.unused.filter((path) => !path.startsWith('optimizer/')) };
}

async function extractAssets(files: ModelFiles): Promise<AssetFolder | undefined> {
  const names = files.members.filter((name) => name.startsWith(`${ASSETS}/`));
  if (names.length === 0) return undefined;
  const assets = new AssetFolder();
  for (const name of names) assets.add(name, await files.read(name));
  return assets;
}

/**
 * Loads weights into a model of the architecture that they were saved from.
 *
 * @param model A built model.
 * @param filepath A `.weights.h5` or `.keras` file, as a path or as bytes.
 * @param options `skip_mismatch`: whether to load what fits, and warn of the rest. Default false.
 */
export async function load_weights(
  model: SaveableModel, filepath: FileSource, ...options: [{ skip_mismatch?: boolean }?] | [skip_mismatch?: boolean]
): Promise<void> {
  const [skip_mismatch] = positionalArguments('load_weights', ['skip_mismatch'], options) as [boolean | undefined];
  requireBuilt(model, 'load');
  const { bytes, name } = await readWeightsFile(filepath);
  const weights = await openH5(bytes, name);
  if (weights.root.attributes.has('layer_names') || weights.root.children.has('model_weights')) {
    throw new ArchiveError(`'${name}' is a weights file of Keras 2, which this version does not read. ` +
      'Convert it in Python: load it with Keras 3 and call model.save_weights("model.weights.h5").');
  }
  const report = loadState(model, weights.root);
  settleLoading(withoutOptimizer(report), `'${name}'`, skip_mismatch ?? false);
}

async function readWeightsFile(source: FileSource): Promise<{ bytes: Uint8Array; name: string }> {
  if (source instanceof Uint8Array ? !looksLikeH5(source) : pathOf(source).endsWith('.keras')) {
    await using files = await openModelFiles(source);
    return { bytes: await files.read(WEIGHTS), name: files.name.replaceAll('\'', '') };
  }
  if (source instanceof Uint8Array) return { bytes: source, name: 'the given bytes' };
  const path = pathOf(source);
  if (!/\.(h5|hdf5)$/.test(path)) {
    throw new Error(`Cannot load '${path}': the name of a weights file ends in .weights.h5 or .keras.`);
  }
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new ArchiveError(`Cannot open '${path}': ${(cause as Error).message}`, { cause });
  }
  if (!looksLikeH5(bytes)) {
    throw new ArchiveError(`'${path}' is not a weights file: ${describeContent(bytes.subarray(0, 512), bytes.length)}`);
  }
  return { bytes, name: path };
}

kerasExport(save_model, 'keras.saving.save_model', 'keras.models.save_model');
kerasExport(load_model, 'keras.saving.load_model', 'keras.models.load_model');
kerasExport(save_weights, 'keras.saving.save_weights');
kerasExport(load_weights, 'keras.saving.load_weights');
