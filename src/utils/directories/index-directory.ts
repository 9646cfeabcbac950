/** Files in a folder, with labels from the folders that they are in. Source: keras/src/utils/dataset_utils.py. */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RandomState } from '../../random/random-state.js';
import { hostRandom } from '../../random/host-random.js';
import { ArgumentError, requireOneOf } from '../checks.js';
import { printMessage } from '../interactive-logging.js';

/** What the functions that read folders have in common. */
export interface DirectoryOptions {
  /** `inferred`: from the folders (default); null: none; or a number for each file, in the order of their sorted paths. */
  labels?: 'inferred' | readonly number[] | null;
  /** `int` (default): int32; `categorical`: one-hot; `binary`: float32, 0 or 1, of two classes; null: none. */
  label_mode?: 'int' | 'categorical' | 'binary' | null;
  /** The folders in the order that numbers the classes. Default: all, sorted. */
  class_names?: readonly string[] | null;
  /** Files in a batch; null: one by one. Default 32. */
  batch_size?: number | null;
  /** Whether files come in another order each time. Default true. */
  shuffle?: boolean;
  /** Of their order. Default null: another each time. */
  seed?: number | null;
  /** Part of the files that is for validation, from 0 to 1. Default null: none. */
  validation_split?: number | null;
  /** Which part: `training`, `validation`, or `both`. */
  subset?: 'training' | 'validation' | 'both' | null;
  /** Whether to go into folders that are links. Default false. */
  follow_links?: boolean;
  /** Whether to print how many files there are. Default true. */
  verbose?: boolean;
}

/** Files with their labels. */
export interface IndexedFiles {
  paths: string[];
  /** Null without labels. */
  labels: number[] | null;
}

export interface DirectoryIndex extends IndexedFiles {
  class_names: string[] | null;
  label_mode: 'int' | 'categorical' | 'binary' | null;
  seed: number;
}

/** By the numbers of their characters, as Python sorts texts. */
const sorted = (names: readonly string[]): string[] => names.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));

const isFolder = (path: string, follow: boolean): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true &&
  (follow || readdirSync(join(path, '..'), { withFileTypes: true }).some((entry) => entry.name === basename(path) && entry.isDirectory()));

/** A folder and all below it. */
function foldersBelow(folder: string, follow: boolean, depth = 0): string[] {
  // A link to a folder that it is in would never end.
  if (depth > 40) throw new ArgumentError(`The folders down to '${folder}' are nested too deeply; a link there may lead back.`);
  const inner = readdirSync(folder).map((name) => join(folder, name)).filter((path) => isFolder(path, follow));
  return [folder, ...inner.flatMap((path) => foldersBelow(path, follow, depth + 1))];
}

/** All files below a folder: those of each folder sorted, folders by their paths. */
const filesBelow = (folder: string, isWanted: (name: string) => boolean, follow: boolean): string[] =>
  sorted(foldersBelow(folder, follow)).flatMap((one) => sorted(readdirSync(one)).map((name) => join(one, name))
    .filter((path) => isWanted(path) && statSync(path, { throwIfNoEntry: false })?.isFile() === true));

function check(what: string, options: Required<DirectoryOptions>): void {
  const { labels, label_mode, class_names, validation_split, subset, shuffle, seed } = options;
  const refuse = (message: string): never => {
    throw new ArgumentError(`${what}: ${message}`);
  };
  requireOneOf(what, 'label_mode', String(label_mode), ['int', 'categorical', 'binary', 'null']);
  requireOneOf(what, 'subset', String(subset), ['training', 'validation', 'both', 'null']);
  if (labels !== 'inferred' && labels !== null && !Array.isArray(labels)) {
    refuse(`'labels' is 'inferred', null or a list of numbers, received ${JSON.stringify(labels)}.`);
  }
  if ((labels !== 'inferred' || label_mode === null) && class_names !== null) refuse('\'class_names\' goes with labels that are \'inferred\' alone.');
  if (validation_split !== null && !(validation_split > 0 && validation_split < 1)) {
    refuse(`'validation_split' is between 0 and 1, received ${validation_split}.`);
  }
  if ((validation_split === null) !== (subset === null)) refuse('\'validation_split\' and \'subset\' go together.');
  if (validation_split !== null && shuffle && seed === null) {
    refuse('\'validation_split\' with shuffling needs a \'seed\', so that the parts for training and validation do not overlap.');
  }
}

/** The folders whose names are classes. */
function classesIn(what: string, directory: string, class_names: readonly string[] | null): string[] {
  const folders = sorted(readdirSync(directory)).filter((name) => !name.startsWith('.') && isFolder(join(directory, name), true));
  const unknown = class_names?.find((name) => !folders.includes(name));
  if (unknown !== undefined) {
    throw new ArgumentError(`${what}: there is no folder '${unknown}' for a class in '${directory}'. It has: ${folders.join(', ')}.`);
  }
  return [...class_names ?? folders];
}

/**
 * Finds the files of a folder, with their labels, in the order that Keras gives them for a seed.
 * @param formats endings of the files that are wanted
 * @throws ArgumentError for arguments that make no sense, and folders without files
 */
export function indexDirectory(
  what: string, directory: string, formats: readonly string[], options: Required<DirectoryOptions>,
): DirectoryIndex {
  check(what, options);
  const { follow_links, shuffle, verbose } = options;
  const given = options.label_mode === null ? null : options.labels;
  if (!isFolder(directory, true)) throw new ArgumentError(`${what}: there is no folder '${directory}'.`);
  const isWanted = (path: string): boolean => formats.some((ending) => path.toLowerCase().endsWith(ending));
  // 1. the files, and the label of each
  let paths: string[];
  let labels: number[] | null = null;
  let class_names: string[] | null = null;
  if (given === 'inferred') {
    class_names = classesIn(what, directory, options.class_names);
    const found = class_names.map((name) => filesBelow(join(directory, name), isWanted, follow_links));
    paths = found.flat();
    labels = found.flatMap((files, i) => files.map(() => i));
  } else {
    paths = filesBelow(directory, isWanted, follow_links);
    if (given !== null) {
      if (given.length !== paths.length) {
        throw new ArgumentError(`${what}: ${given.length} labels were given, and '${directory}' has ${paths.length} files.`);
      }
      labels = [...given];
      class_names = [...new Set(given)].toSorted((a, b) => a - b).map(String);
    }
  }
  if (paths.length === 0) throw new ArgumentError(`${what}: there are no files in '${directory}' that end in ${formats.join(', ')}.`);
  if (verbose) printMessage(`Found ${paths.length} files${labels ? ` belonging to ${class_names!.length} classes` : ''}.`);
  // 2. in the order of the seed
  const seed = options.seed ?? Math.floor(hostRandom()() * 1e6);
  if (shuffle) {
    const order = Array.from(new RandomState(seed).shuffled(paths.length));
    paths = order.map((i) => paths[i]);
    labels = labels && order.map((i) => labels![i]);
  }
  // 3. how labels are written
  const label_mode = labels === null ? null : options.label_mode;
  if (label_mode === 'binary' && class_names!.length !== 2) {
    throw new ArgumentError(`${what}: label_mode 'binary' is for two classes, received: ${class_names!.join(', ')}.`);
  }
  return { paths, labels, class_names, label_mode, seed };
}

/** The part of the files for training or validation. @throws ArgumentError when it is empty */
export function partOf(what: string, { paths, labels }: IndexedFiles, validation_split: number, subset: 'training' | 'validation'): IndexedFiles {
  const cut = paths.length - Math.trunc(validation_split * paths.length);
  const [from, to] = subset === 'training' ? [0, cut] : [cut, paths.length];
  if (from === to) throw new ArgumentError(`${what}: of ${paths.length} files none is left for ${subset}.`);
  printMessage(`Using ${to - from} files for ${subset}.`);
  return { paths: paths.slice(from, to), labels: labels && labels.slice(from, to) };
}
