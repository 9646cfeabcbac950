/**
 * The `.keras` archive: a zip of `metadata.json`, `config.json`, `model.weights.h5` and, where layers have files of their
 * own, `assets/`.
 *
 * Source of the format: keras/src/saving/saving_lib.py.
 */
import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { isPlainObject } from '../engine/structure.js';
import { ArchiveError, writeArchive, type NewMember } from './archive.js';
import { ASSETS, AssetFolder } from './assets.js';
import { describedBy, KERAS_VERSION, writeAllContents, type SaveableModel } from './files.js';
import { openH5 } from './h5/reader.js';
import { parseJSON, stringifyJSON } from './json.js';
import { modernConfig, warnOfChanges } from './legacy/modern-config.js';
import { settleLoading, withoutOptimizer } from './load-report.js';
import type { CustomObjects } from './registration.js';
import { deserialize_keras_object, serialize_keras_object, withObjectSharing } from './serialization.js';
import { isSaveable, type Saveable } from './walk.js';
import { loadState, saveState } from './weights-store.js';

export const CONFIG = 'config.json';
export const METADATA = 'metadata.json';
export const WEIGHTS = 'model.weights.h5';

// ---------------------------------------------------------------------------------------------------------
// Saving

/** Writes the files of a model, into one archive or into a folder. */
export async function saveModelFiles(model: SaveableModel, path: string, zipped: boolean): Promise<void> {
  // Everything that may fail for the model's sake comes before the first await.
  using assets = new AssetFolder();
  const config = withObjectSharing(() => serialize_keras_object(model));
  using state = saveState(model, assets);
  const files = assets.files();
  const metadata = { keras_version: KERAS_VERSION, date_saved: timestamp(new Date()) };
  const making = state.finish().then((weights): NewMember[] => [
    { name: METADATA, contents: Buffer.from(stringifyJSON(metadata)) },
    { name: CONFIG, contents: Buffer.from(stringifyJSON(config)) },
    { name: WEIGHTS, contents: weights },
    ...files,
  ]);
  if (zipped) await writeArchive(path, making);
  else {
    const members = await making;
    for (const { name } of members) await mkdir(dirname(join(path, name)), { recursive: true });
    await writeAllContents(members.map(({ name, contents: bytes }) => [join(path, name), async () => bytes]));
  }
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `2026-01-31@23:59:59`, local time. */
function timestamp(date: Date): string {
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day}@${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}

// ---------------------------------------------------------------------------------------------------------
// Loading

/** The files of a model: in an archive, or in a folder. */
export interface ModelFiles extends AsyncDisposable {
  readonly name: string;
  readonly members: string[];
  has(member: string): boolean;
  /** Bytes of a member; 0 where there is none. */
  sizeOf(member: string): number;
  read(member: string): Promise<Uint8Array>;
}

/** A folder that `save_model(..., {zipped: false})` wrote. */
export async function openFolder(path: string): Promise<ModelFiles> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  return {
    name: `'${path}'`,
    members: files.map((file) => relative(path, file).split(sep).join('/')),
    has: (member) => existsSync(join(path, member)),
    sizeOf: (member) => statSync(join(path, member), { throwIfNoEntry: false })?.size ?? 0,
    read: async (member) => new Uint8Array(await readFile(join(path, member))),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Makes the model of the files, with its weights. */
export async function loadModelFiles(
  files: ModelFiles,
  { custom_objects, compile, safe_mode }: { custom_objects: CustomObjects | null; compile: boolean; safe_mode: boolean },
): Promise<Saveable> {
  // 1. the model, with fresh weights
  const config = parseJSON(Buffer.from(await files.read(CONFIG)).toString('utf8'), `${CONFIG} of ${files.name}`);
  if (typeof config !== 'object' || config === null || !('class_name' in config)) {
    throw new ArchiveError(`${files.name} is not a valid .keras file: its ${CONFIG} describes no model.`);
  }
  const version = await versionOf(files);
  const modern = version.startsWith('2.') ? (modernConfig(config) as object) : config;
  warnOfChanges(config, version, files.name);
  const wanted = compile ? modern : { ...modern, compile_config: null };
  const model = describedBy(files.name, files.sizeOf(WEIGHTS), () =>
    withObjectSharing(() => deserialize_keras_object(wanted, { custom_objects, safe_mode })));
  if (!isSaveable(model) || !('built' in model)) {
    throw new ArchiveError(`${files.name} is not a valid .keras file: its ${CONFIG} describes a ` +
      `${String((config as { class_name: unknown }).class_name)}, which is no model.`);
  }
  // 2. its weights and files
  using assets = await extractAssets(files);
  const weights = await openH5(await files.read(WEIGHTS), `${WEIGHTS} of ${files.name}`);
  settleLoading(withoutOptimizer(loadState(model, weights.root, assets)), files.name, false);
  return model;
}

/** The version of Keras that wrote the files: 2 where it was TensorFlow 2.13 to 2.15, or the package tf_keras. */
async function versionOf(files: ModelFiles): Promise<string> {
  if (!files.has(METADATA)) return '';
  const metadata = parseJSON(Buffer.from(await files.read(METADATA)).toString('utf8'), `${METADATA} of ${files.name}`);
  return isPlainObject(metadata) ? String(metadata.keras_version) : '';
}

async function extractAssets(files: ModelFiles): Promise<AssetFolder | undefined> {
  const names = files.members.filter((name) => name.startsWith(`${ASSETS}/`));
  if (names.length === 0) return undefined;
  const assets = new AssetFolder();
  for (const name of names) assets.add(name, await files.read(name));
  return assets;
}
