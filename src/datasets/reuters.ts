/** keras.datasets.reuters */
import { RandomState } from '../random/random-state.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type NamedForms } from '../utils/arguments.js';
import { takeRows } from '../utils/host-array.js';
import { arraysOf, numeric, trainingSize, type Dataset } from './arrays.js';
import { datasetFile } from './source.js';
import { arranged, limited, readWordIndex, sequencesOf, WORD_DEFAULTS, type WordOptions } from './word-sequences.js';

export interface LoadDataOptions extends WordOptions {
  /** The name of the file in Keras's folder. Default `reuters.npz`. */
  path?: string;
  /** Part of the texts that is for tests, from 0 to less than 1. Default 0.2. */
  test_split?: number;
}

const NAMES = ['path', 'num_words', 'skip_top', 'maxlen', 'test_split', 'seed', 'start_char', 'oov_char', 'index_from'] as const;

/**
 * 11,228 news of Reuters in 46 topics. Each is a list of words by their rank in frequency. They are fetched once, 2 MB.
 * Source: keras.datasets.reuters.load_data.
 *
 * @param options `path`, `num_words`, `skip_top`, `maxlen`, `test_split`, `seed`, `start_char`, `oov_char`, `index_from`; also
 *   by position
 * @returns a promise of `[[x_train, y_train], [x_test, y_test]]`: lists of numbers, for `keras.utils.pad_sequences`; int64 arrays
 * @throws DownloadError when they cannot be fetched; RangeError when no text is shorter than `maxlen`
 * @example
 * const load = async () => {
 *   const [[x_train, y_train], [x_test, y_test]] = await keras.datasets.reuters.load_data();
 * };
 */
export async function load_data(...args: NamedForms<LoadDataOptions, typeof NAMES>): Promise<Dataset<number[][]>> {
  const { path = 'reuters.npz', test_split = 0.2, ...given } = namedArguments<LoadDataOptions>('reuters.load_data', NAMES, args, []);
  const numbering = { ...WORD_DEFAULTS, ...given };
  const file = await datasetFile({
    fname: path, from: 'reuters.npz', file_hash: 'd6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916',
  });
  const { x, y } = await arraysOf(file, ['x', 'y']);
  const { words: kept, labels } = arranged({ words: sequencesOf(x), labels: numeric(y) }, numbering, new RandomState(numbering.seed));
  const words = limited(kept, numbering);
  const cut = trainingSize(words.length, test_split);
  const places = Array.from(words.keys());
  return [
    [words.slice(0, cut), takeRows(labels, places.slice(0, cut))],
    [words.slice(cut), takeRows(labels, places.slice(cut))],
  ];
}
kerasExport(load_data, 'keras.datasets.reuters.load_data');

/**
 * The words of the news with their numbers, to which `load_data` adds `index_from`.
 * Source: keras.datasets.reuters.get_word_index.
 *
 * @param path the name of the file in Keras's folder; default `reuters_word_index.json`
 * @example
 * const numberOf = async (word) => (await keras.datasets.reuters.get_word_index())[word];
 */
export async function get_word_index(path = 'reuters_word_index.json'): Promise<Record<string, number>> {
  return readWordIndex(await datasetFile({ fname: path, from: 'reuters_word_index.json', file_hash: '4d44cc38712099c9e383dc6e5f11a921' }));
}
kerasExport(get_word_index, 'keras.datasets.reuters.get_word_index');

const LABELS = [
  'cocoa', 'grain', 'veg-oil', 'earn', 'acq', 'wheat', 'copper', 'housing', 'money-supply', 'coffee', 'sugar', 'trade',
  'reserves', 'ship', 'cotton', 'carcass', 'crude', 'nat-gas', 'cpi', 'money-fx', 'interest', 'gnp', 'meal-feed', 'alum',
  'oilseed', 'gold', 'tin', 'strategic-metal', 'livestock', 'retail', 'ipi', 'iron-steel', 'rubber', 'heat', 'jobs', 'lei',
  'bop', 'zinc', 'orange', 'pet-chem', 'dlr', 'gas', 'silver', 'wpi', 'hog', 'lead',
] as const;

/**
 * The topics by their numbers. Source: keras.datasets.reuters.get_label_names.
 *
 * @example
 * keras.datasets.reuters.get_label_names()[3]; // 'earn'
 */
export function get_label_names(): readonly string[] {
  return LABELS;
}
kerasExport(get_label_names, 'keras.datasets.reuters.get_label_names');
