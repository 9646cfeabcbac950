/** keras.datasets.california_housing */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type NamedForms } from '../utils/arguments.js';
import { requireOneOf } from '../utils/checks.js';
import { takeRows } from '../utils/host-array.js';
import { arraysOf, numeric, split, type Dataset } from './arrays.js';
import { datasetFile } from './source.js';

export interface LoadDataOptions {
  /** `large`: 20,640 samples (default); `small`: the first 600. */
  version?: 'large' | 'small';
  /** The name of the file in Keras's folder. Default `california_housing.npz`. */
  path?: string;
  /** Part of the samples that is for tests, from 0 to less than 1. Default 0.2. */
  test_split?: number;
  /** Of the order of the samples. Default 113. */
  seed?: number;
}

const NAMES = ['version', 'path', 'test_split', 'seed'] as const;
const SMALL = 600;

/**
 * Prices of houses in California in 1990, by groups of blocks: 20,640 samples of 8 features (income, age of the houses, rooms,
 * bedrooms, inhabitants, inhabitants a household, latitude, longitude). Source: keras.datasets.california_housing.load_data.
 *
 * @param options `version`, `path`, `test_split`, `seed`; also by position
 * @returns a promise of `[[x_train, y_train], [x_test, y_test]]`: [n, 8] and [n] in dollars, in the order that Python has
 * @throws DownloadError when they cannot be fetched
 * @example
 * const load = async () => {
 *   const [[x_train, y_train], [x_test, y_test]] = await keras.datasets.california_housing.load_data();
 * };
 */
export async function load_data(...args: NamedForms<LoadDataOptions, typeof NAMES>): Promise<Dataset> {
  const { version = 'large', path = 'california_housing.npz', test_split = 0.2, seed = 113 } =
    namedArguments<LoadDataOptions>('california_housing.load_data', NAMES, args, []);
  requireOneOf('california_housing.load_data', 'version', version, ['small', 'large']);
  const file = await datasetFile({
    fname: path, from: 'california_housing.npz', file_hash: '1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f',
  });
  const arrays = await arraysOf(file, ['x', 'y']);
  const rows = Array.from({ length: Math.min(SMALL, numeric(arrays.x).shape[0]) }, (_, i) => i);
  const [x, y] = [arrays.x, arrays.y].map((array) => (version === 'small' ? takeRows(numeric(array), rows) : numeric(array)));
  return split(x, y, test_split, seed);
}
kerasExport(load_data, 'keras.datasets.california_housing.load_data');
