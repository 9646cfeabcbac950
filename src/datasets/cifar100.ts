/** keras.datasets.cifar100 */
import { join } from 'node:path';
import type { NDArray } from '../engine/convert.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type NamedForms } from '../utils/arguments.js';
import { requireOneOf } from '../utils/checks.js';
import type { Dataset } from './arrays.js';
import { asColumn, asImages, readBatch } from './cifar-batch.js';
import { datasetFile } from './source.js';

export interface LoadDataOptions {
  /** `fine`: 100 classes (default); `coarse`: the 20 that they belong to. */
  label_mode?: 'fine' | 'coarse';
}

/**
 * CIFAR-100: 50,000 colour images of 32 by 32 for training, and 10,000 for tests, in 100 classes of 20 kinds. They are
 * fetched once, 169 MB. Source: keras.datasets.cifar100.load_data.
 *
 * @param options `label_mode`: `fine` (default) or `coarse`; also by position
 * @returns a promise of `[[x_train, y_train], [x_test, y_test]]`: x uint8, [n, 32, 32, 3] from 0 to 255 (or [n, 3, 32, 32],
 *   as `keras.config.image_data_format` says); y int64, [n, 1]
 * @throws DownloadError when they cannot be fetched
 * @example
 * const load = async () => {
 *   const [[x_train, y_train], [x_test, y_test]] = await keras.datasets.cifar100.load_data();
 * };
 */
export async function load_data(...args: NamedForms<LoadDataOptions, readonly ['label_mode']>): Promise<Dataset> {
  const { label_mode = 'fine' } = namedArguments<LoadDataOptions>('cifar100.load_data', ['label_mode'], args, []);
  requireOneOf('cifar100.load_data', 'label_mode', label_mode, ['fine', 'coarse']);
  const folder = await datasetFile({
    fname: 'cifar-100-python-target', from: 'https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz', extract: true,
    file_hash: '85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7',
  });
  const read = async (name: string): Promise<[NDArray, NDArray]> => {
    const { images, labels } = await readBatch(join(folder, 'cifar-100-python', name), `${label_mode}_labels`);
    return [asImages(images), asColumn(labels, 'int64')];
  };
  return [await read('train'), await read('test')];
}
kerasExport(load_data, 'keras.datasets.cifar100.load_data');
