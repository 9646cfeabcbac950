/** keras.utils.text_dataset_from_directory */
import { readFile } from 'node:fs/promises';
import { NDArray } from '../../engine/convert.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type NamedForms } from '../arguments.js';
import { requirePositiveInteger } from '../checks.js';
import { DirectoryDataset, directoryDataset } from './directory-dataset.js';
import type { DirectoryOptions } from './index-directory.js';

export interface TextDatasetOptions extends DirectoryOptions {
  /** Bytes of UTF-8 that are kept of a text. Default null: all. */
  max_length?: number | null;
}

const NAMES = [
  'labels', 'label_mode', 'class_names', 'batch_size', 'max_length', 'shuffle', 'seed', 'validation_split', 'subset', 'follow_links', 'verbose',
] as const;

/**
 * A dataset of the `.txt` files in a folder, which has a folder for each class. Texts are read when it is their turn.
 * Source: keras.utils.text_dataset_from_directory. Of their order see `image_dataset_from_directory`.
 *
 * @param directory the folder
 * @param options `labels`, `label_mode`, `class_names`, `batch_size`, `max_length`, `shuffle`, `seed`, `validation_split`,
 *   `subset`, `follow_links`, `verbose`
 * @returns a DirectoryDataset of `[texts, labels]`, or of texts: string [batch]; with subset `both` a list of two
 * @throws ArgumentError for arguments that make no sense, and folders without texts
 * @example
 * const fs = await import('node:fs/promises');
 * await fs.mkdir('texts/good', { recursive: true });
 * await fs.writeFile('texts/good/1.txt', 'well done');
 * const texts = keras.utils.text_dataset_from_directory('texts', { labels: null, verbose: false });
 * for await (const batch of texts) batch.tolist(); // ['well done']
 */
export function text_dataset_from_directory(directory: string, options: TextDatasetOptions & { subset: 'both' }): [
  training: DirectoryDataset, validation: DirectoryDataset];
export function text_dataset_from_directory(directory: string, options?: TextDatasetOptions & { subset?: 'training' | 'validation' | null }):
  DirectoryDataset;
export function text_dataset_from_directory(directory: string, ...args: NamedForms<TextDatasetOptions, typeof NAMES>):
  DirectoryDataset | [training: DirectoryDataset, validation: DirectoryDataset];
export function text_dataset_from_directory(directory: string, ...args: readonly unknown[]): DirectoryDataset | DirectoryDataset[] {
  const what = 'text_dataset_from_directory';
  const { max_length = null, ...options } = namedArguments<TextDatasetOptions>(what, NAMES, args, [], ['labels']);
  if (max_length !== null) requirePositiveInteger(what, 'max_length', max_length);
  const read = async (paths: readonly string[]): Promise<NDArray> => {
    const texts = await Promise.all(paths.map(async (path) => (await readFile(path)).subarray(0, max_length ?? undefined).toString('utf8')));
    return new NDArray(texts, [texts.length], 'string');
  };
  return directoryDataset(what, directory, ['.txt'], options, read);
}
kerasExport(text_dataset_from_directory, 'keras.utils.text_dataset_from_directory', 'keras.preprocessing.text_dataset_from_directory');
