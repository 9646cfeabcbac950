/** keras.datasets.mnist */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type NamedForms } from '../utils/arguments.js';
import { arraysOf, numeric, type Dataset } from './arrays.js';
import { datasetFile } from './source.js';

export interface LoadDataOptions {
  /** The name of the file in Keras's folder. Default `mnist.npz`. */
  path?: string;
}

/**
 * The MNIST digits: 60,000 images of 28 by 28 for training, and 10,000 for tests. They are fetched once, 11 MB.
 * Source: keras.datasets.mnist.load_data; LeCun and Cortes, CC BY-SA 3.0.
 *
 * @param options `path`: the name of the file in Keras's folder; also by position
 * @returns a promise of `[[x_train, y_train], [x_test, y_test]]`: uint8 arrays, [n, 28, 28] from 0 to 255, and [n] from 0 to 9
 * @throws DownloadError when they cannot be fetched
 * @example
 * const load = async () => {
 *   const [[x_train, y_train], [x_test, y_test]] = await keras.datasets.mnist.load_data();
 * };
 */
export async function load_data(...args: NamedForms<LoadDataOptions, readonly ['path']>): Promise<Dataset> {
  const { path = 'mnist.npz' } = namedArguments<LoadDataOptions>('mnist.load_data', ['path'], args, []);
  const file = await datasetFile({
    fname: path, from: 'mnist.npz', file_hash: '731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1',
  });
  const { x_train, y_train, x_test, y_test } = await arraysOf(file, ['x_train', 'y_train', 'x_test', 'y_test']);
  return [[numeric(x_train), numeric(y_train)], [numeric(x_test), numeric(y_test)]];
}
kerasExport(load_data, 'keras.datasets.mnist.load_data');
