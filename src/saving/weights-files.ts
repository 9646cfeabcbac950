/** save_weights and load_weights: `.weights.h5`, whole or in shards, and the weights in other files. */
import { dirname, join } from 'node:path';
import { positionalArguments } from '../utils/arguments.js';
import { ArchiveError, ArchiveReader } from './archive.js';
import { finishRenames } from './atomic-file.js';
import {
  nameOf, pathOf, readH5Bytes, refuseOverwriting, writeAllContents, writeContents, type FilePath, type FileSource, type SaveableModel,
} from './files.js';
import { openH5 } from './h5/reader.js';
import { prepareThread } from './h5/thread.js';
import { looksLikeH5, type H5Group } from './h5/types.js';
import { WEIGHTS } from './keras-archive.js';
import { isLegacyWeights, loadLegacyWeights } from './legacy/h5-weights.js';
import { settleLoading, withoutOptimizer } from './load-report.js';
import { kerasExport } from './registration.js';
import { disagreementsOf, readIndex, readShards, splitIntoShards } from './shards.js';
import { loadState, saveState } from './weights-store.js';

export interface SaveWeightsOptions {
  /** Whether a file that is there is replaced. Default true; false makes it an error. */
  overwrite?: boolean;
  /** Gigabytes (2^30 bytes) of weights in one file, beyond which another is begun. Default: no limit. */
  max_shard_size?: number | null;
  /** Layers, or other objects in the model, that are left out with all that is in them. Default: none. */
  objects_to_skip?: readonly unknown[] | null;
}
export type SaveWeightsArgs = [SaveWeightsOptions?] | [overwrite?: boolean, max_shard_size?: number | null];

export interface LoadWeightsOptions {
  /** Whether to load what fits, and warn of the rest. Default false. */
  skip_mismatch?: boolean;
  /** For files of Keras 2 alone: whether layers are found by their names, rather than in order. Default false. */
  by_name?: boolean;
  /**
   * For `.weights.h5` and `.weights.json` alone: layers, or other objects in the model, that keep the weights they have,
   * with all that is in them. Default: none.
   */
  objects_to_skip?: readonly unknown[] | null;
}
export type LoadWeightsArgs = [LoadWeightsOptions?] | [skip_mismatch?: boolean];

/**
 * Saves the weights of a model, and its optimizer's state, without the architecture.
 *
 * @param model A built model.
 * @param filepath Ends in `.weights.h5`; with `max_shard_size`, in `.weights.json`: an index, beside which the shards
 *   `NAME_00000.weights.h5`, `NAME_00001.weights.h5`, ... are written.
 * @param options `overwrite`, `max_shard_size`, also by position; `objects_to_skip`.
 *
 * @example
 * await keras.saving.save_weights(model, 'large.weights.json', { max_shard_size: 2 });
 */
export async function save_weights(
  model: SaveableModel, filepath: FilePath, ...options: SaveWeightsArgs
): Promise<void> {
  const [overwrite, max_shard_size, objects_to_skip] = positionalArguments(
    'save_weights', ['overwrite', 'max_shard_size', 'objects_to_skip'], options) as [
    boolean | undefined, number | null | undefined, readonly unknown[] | null | undefined];
  const path = pathOf(filepath);
  const isSharded = max_shard_size !== undefined && max_shard_size !== null;
  const ending = isSharded ? '.weights.json' : '.weights.h5';
  if (!path.endsWith(ending)) {
    throw new Error(`Cannot save '${path}': the name of ${isSharded ? 'an index of shards' : 'a weights file'} ends in ${ending}.`);
  }
  requireBuilt(model, 'save');
  refuseOverwriting(path, overwrite ?? true);
  using state = saveState(model, undefined, objects_to_skip ?? []);
  if (!isSharded) return await writeContents(path, state.finish());
  const { shards, index } = splitIntoShards(state, path, max_shard_size);
  // The index comes last, so that what it names is there.
  await writeAllContents([
    ...[...shards].map(([name, writer]) => [join(dirname(path), name), () => writer.finish()] as const),
    [path, async () => Buffer.from(index)],
  ]);
}

function requireBuilt(model: SaveableModel, what: string): void {
  if (model.built) return;
  throw new Error(`Cannot ${what} the weights of model '${model.name}': it is not built, so that it has none. ` +
    'Call it on data, or call build(input_shape), first.');
}

/**
 * Loads weights into a model of the architecture that they were saved from.
 *
 * @param model A built model.
 * @param filepath A `.weights.h5`, `.weights.json` (shards) or `.keras` file, or an `.h5` file of Keras 2; as a path or,
 *   save for shards, as bytes.
 * @param options `skip_mismatch`, also by position; `by_name`, `objects_to_skip`.
 *
 * @example
 * await keras.saving.save_weights(model, 'trained.weights.h5');
 * await keras.saving.load_weights(model, 'trained.weights.h5', { skip_mismatch: true });
 */
export async function load_weights(
  model: SaveableModel, filepath: FileSource, ...options: LoadWeightsArgs
): Promise<void> {
  const [skip_mismatch, by_name, objects_to_skip] = positionalArguments(
    'load_weights', ['skip_mismatch', 'by_name', 'objects_to_skip'], options) as [
    boolean | undefined, boolean | undefined, readonly unknown[] | null | undefined];
  requireBuilt(model, 'load');
  prepareThread(false);
  const name = nameOf(filepath);
  const { root, disagreements } = await readWeights(filepath);
  const isLegacy = isLegacyWeights(root);
  if (by_name && !isLegacy) {
    throw new Error(`load_weights: by_name is for .h5 files of Keras 2. The weights in ${name} have paths of their own.`);
  }
  if (objects_to_skip && (isLegacy || !isWeightsFile(filepath))) {
    throw new Error(`load_weights: objects_to_skip is for .weights.h5 and .weights.json files. Received: ${name}`);
  }
  const report = isLegacy ? loadLegacyWeights(model, root, by_name ?? false)
    : withoutOptimizer(loadState(model, root, undefined, objects_to_skip ?? []));
  settleLoading({ ...report, disagreements }, name, skip_mismatch ?? false);
}

/** Whether a file holds weights alone: as opposed to a `.keras` file. */
const isWeightsFile = (source: FileSource): boolean =>
  source instanceof Uint8Array ? looksLikeH5(source) : !pathOf(source).endsWith('.keras');

async function readWeights(source: FileSource): Promise<{ root: H5Group; disagreements?: string[] }> {
  const isBytes = source instanceof Uint8Array;
  const path = isBytes ? '' : pathOf(source);
  if (!isWeightsFile(source)) {
    await using files = await ArchiveReader.open(isBytes ? source : path);
    return openH5(await files.read(WEIGHTS), files.name.replaceAll('\'', ''));
  }
  if (path.endsWith('.weights.json')) {
    const read = async (name: string): Promise<[string, H5Group]> => {
      const shard = join(dirname(path), name);
      return [name, (await openH5(await readH5Bytes(shard, 'a shard of weights'), shard)).root];
    };
    await finishRenames(path);
    const index = await readIndex(path);
    const shards = new Map(await Promise.all(index.names.map(read)));
    return { root: readShards([...shards.values()]), disagreements: await disagreementsOf(path, index, shards) };
  }
  if (!isBytes && !/\.(h5|hdf5)$/.test(path)) {
    throw new ArchiveError(`Cannot load '${path}': the name of a weights file ends in .weights.h5, .weights.json or .keras.`);
  }
  return openH5(await readH5Bytes(source, 'a weights file'), isBytes ? nameOf(source) : path);
}

kerasExport(save_weights, 'keras.saving.save_weights');
kerasExport(load_weights, 'keras.saving.load_weights');
