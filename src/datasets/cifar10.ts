/** keras.datasets.cifar10 */
import { join } from 'node:path';
import { NDArray } from '../engine/convert.js';
import { kerasExport } from '../saving/registration.js';
import { joined, type Dataset } from './arrays.js';
import { asColumn, asImages, readBatch } from './cifar-batch.js';
import { datasetFile } from './source.js';

/**
 * CIFAR-10: 50,000 colour images of 32 by 32 for training, and 10,000 for tests, in ten classes: airplane, automobile, bird,
 * cat, deer, dog, frog, horse, ship, truck. They are fetched once, 170 MB. Source: keras.datasets.cifar10.load_data.
 *
 * @returns a promise of `[[x_train, y_train], [x_test, y_test]]`: uint8 arrays, [n, 32, 32, 3] from 0 to 255 (or
 *   [n, 3, 32, 32], as `keras.config.image_data_format` says), and [n, 1] from 0 to 9
 * @throws DownloadError when they cannot be fetched
 * @example
 * const load = async () => {
 *   const [[x_train, y_train], [x_test, y_test]] = await keras.datasets.cifar10.load_data();
 * };
 */
export async function load_data(): Promise<Dataset> {
  const folder = await datasetFile({
    fname: 'cifar-10-batches-py-target', from: 'https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz', extract: true,
    file_hash: '6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce',
  });
  const read = (name: string): ReturnType<typeof readBatch> => readBatch(join(folder, 'cifar-10-batches-py', name), 'labels');
  const batches = await Promise.all([1, 2, 3, 4, 5].map((i) => read(`data_batch_${i}`)));
  const test = await read('test_batch');
  const labels = joined(batches.map((batch) => new NDArray(batch.labels, [batch.labels.length])));
  return [
    [asImages(joined(batches.map(({ images }) => images))), asColumn(labels.data as Uint8Array, 'uint8')],
    [asImages(test.images), asColumn(test.labels, 'uint8')],
  ];
}
kerasExport(load_data, 'keras.datasets.cifar10.load_data');
