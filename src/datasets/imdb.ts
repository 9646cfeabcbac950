/** keras.datasets.imdb */
import { RandomState } from '../random/random-state.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type NamedForms } from '../utils/arguments.js';
import { arraysOf, numeric, type Dataset } from './arrays.js';
import { datasetFile } from './source.js';
import { arranged, limited, readWordIndex, sequencesOf, WORD_DEFAULTS, type WordOptions } from './word-sequences.js';

export interface LoadDataOptions extends WordOptions {
  /** The name of the file in Keras's folder. Default `imdb.npz`. */
  path?: string;
}

const NAMES = ['path', 'num_words', 'skip_top', 'maxlen', 'seed', 'start_char', 'oov_char', 'index_from'] as const;

/**
 * Reviews of films, 25,000 for training and 25,000 for tests, with what they think: 1 good, 0 bad. Each is a list of words
 * by their rank in frequency; 0 is for padding. They are fetched once, 17 MB. Source: keras.datasets.imdb.load_data.
 *
 * @param options `path`, `num_words`, `skip_top`, `maxlen`, `seed`, `start_char`, `oov_char`, `index_from`; also by position
 * @returns a promise of `[[x_train, y_train], [x_test, y_test]]`: lists of numbers, for `keras.utils.pad_sequences`; int64 arrays
 * @throws DownloadError when they cannot be fetched; RangeError when no text is shorter than `maxlen`
 * @example
 * const load = async () => {
 *   const [[x_train, y_train], [x_test, y_test]] = await keras.datasets.imdb.load_data();
 * };
 */
export async function load_data(...args: NamedForms<LoadDataOptions, typeof NAMES>): Promise<Dataset<number[][]>> {
  const { path = 'imdb.npz', ...given } = namedArguments<LoadDataOptions>('imdb.load_data', NAMES, args, []);
  const numbering = { ...WORD_DEFAULTS, ...given };
  const file = await datasetFile({
    fname: path, from: 'imdb.npz', file_hash: '69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f',
  });
  const arrays = await arraysOf(file, ['x_train', 'y_train', 'x_test', 'y_test']);
  const random = new RandomState(numbering.seed);
  const train = arranged({ words: sequencesOf(arrays.x_train), labels: numeric(arrays.y_train) }, numbering, random);
  const test = arranged({ words: sequencesOf(arrays.x_test), labels: numeric(arrays.y_test) }, numbering, random);
  // The rarest word is that of both.
  const words = limited([...train.words, ...test.words], numbering);
  return [[words.slice(0, train.words.length), train.labels], [words.slice(train.words.length), test.labels]];
}
kerasExport(load_data, 'keras.datasets.imdb.load_data');

/**
 * The words of the reviews with their numbers, to which `load_data` adds `index_from`. Source: keras.datasets.imdb.get_word_index.
 *
 * @param path the name of the file in Keras's folder; default `imdb_word_index.json`
 * @example
 * const numberOf = async (word) => (await keras.datasets.imdb.get_word_index())[word];
 */
export async function get_word_index(path = 'imdb_word_index.json'): Promise<Record<string, number>> {
  return readWordIndex(await datasetFile({ fname: path, from: 'imdb_word_index.json', file_hash: 'bfafd718b763782e994055a2d397834f' }));
}
kerasExport(get_word_index, 'keras.datasets.imdb.get_word_index');
