/** keras.datasets.boston_housing */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type NamedForms } from '../utils/arguments.js';
import { arraysOf, numeric, split, type Dataset } from './arrays.js';
import { datasetFile } from './source.js';

export interface LoadDataOptions {
  /** The name of the file in Keras's folder. Default `boston_housing.npz`. */
  path?: string;
  /** Part of the samples that is for tests, from 0 to less than 1. Default 0.2. */
  test_split?: number;
  /** Of the order of the samples. Default 113. */
  seed?: number;
}

const NAMES = ['path', 'test_split', 'seed'] as const;

/**
 * Prices of houses around Boston in 1978: 506 samples of 13 features. The data set has an ethical problem, one of the
 * features being about race: Keras keeps it for old code, and recommends `california_housing`.
 * Source: keras.datasets.boston_housing.load_data.
 *
 * @param options `path`, `test_split`, `seed`; also by position
 * @returns a promise of `[[x_train, y_train], [x_test, y_test]]`: float64 arrays, [n, 13] and [n], in the order that Python has
 * @throws DownloadError when they cannot be fetched
 * @example
 * const load = async () => {
 *   const [[x_train, y_train], [x_test, y_test]] = await keras.datasets.boston_housing.load_data();
 * };
 */
export async function load_data(...args: NamedForms<LoadDataOptions, typeof NAMES>): Promise<Dataset> {
  const { path = 'boston_housing.npz', test_split = 0.2, seed = 113 } =
    namedArguments<LoadDataOptions>('boston_housing.load_data', NAMES, args, []);
  const file = await datasetFile({
    fname: path, from: 'boston_housing.npz', file_hash: 'f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5',
  });
  const { x, y } = await arraysOf(file, ['x', 'y']);
  return split(numeric(x), numeric(y), test_split, seed);
}
kerasExport(load_data, 'keras.datasets.boston_housing.load_data');
