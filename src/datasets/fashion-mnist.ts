/** keras.datasets.fashion_mnist */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { NDArray } from '../engine/convert.js';
import { kerasExport } from '../saving/registration.js';
import type { Dataset } from './arrays.js';
import { datasetFile } from './source.js';

/** Bytes before the numbers. Source of the format: http://yann.lecun.com/exdb/mnist, IDX. */
const LABELS_BEGIN = 8;
const IMAGES_BEGIN = 16;

async function bytesOf(name: string, begin: number): Promise<Uint8Array> {
  const file = await datasetFile({ fname: name, from: name, cache_subdir: join('datasets', 'fashion-mnist') });
  return new Uint8Array(await promisify(gunzip)(await readFile(file))).slice(begin);
}

async function part(name: string): Promise<[NDArray, NDArray]> {
  const labels = await bytesOf(`${name}-labels-idx1-ubyte.gz`, LABELS_BEGIN);
  const images = await bytesOf(`${name}-images-idx3-ubyte.gz`, IMAGES_BEGIN);
  return [new NDArray(images, [labels.length, 28, 28]), new NDArray(labels, [labels.length])];
}

/**
 * Fashion-MNIST: 60,000 images of 28 by 28 of clothes for training, and 10,000 for tests, in ten classes: T-shirt or top,
 * trousers, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot. They are fetched once, 31 MB.
 * Source: keras.datasets.fashion_mnist.load_data; Zalando, MIT licence.
 *
 * @returns a promise of `[[x_train, y_train], [x_test, y_test]]`: uint8 arrays, [n, 28, 28] from 0 to 255, and [n] from 0 to 9
 * @throws DownloadError when they cannot be fetched
 * @example
 * const load = async () => {
 *   const [[x_train, y_train], [x_test, y_test]] = await keras.datasets.fashion_mnist.load_data();
 * };
 */
export async function load_data(): Promise<Dataset> {
  return [await part('train'), await part('t10k')];
}
kerasExport(load_data, 'keras.datasets.fashion_mnist.load_data');
