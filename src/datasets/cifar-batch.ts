/** The batches of the CIFAR datasets, which are pickles of Python 2. */
import { readFile } from 'node:fs/promises';
import { image_data_format } from '../backend/config.js';
import { NDArray } from '../engine/convert.js';
import { PickledArray, readPickle } from '../utils/numpy-files/pickle.js';
import { NumpyFileError } from '../utils/numpy-files/raw-array.js';

const SIDE = 32;
const PIXELS = SIDE * SIDE;
const CHANNELS = 3;

/** Images and labels, in the order of a row in the file: each channel by itself. */
export async function readBatch(file: string, labelKey: string): Promise<{ images: NDArray; labels: Uint8Array }> {
  const batch = readPickle(await readFile(file));
  const [data, labels] = batch instanceof Map ? [batch.get('data'), batch.get(labelKey)] : [];
  const images = data instanceof PickledArray ? data.contents : undefined;
  const isSound = images instanceof NDArray && images.dtype === 'uint8' && images.shape[1] === CHANNELS * PIXELS &&
    Array.isArray(labels) && labels.length === images.shape[0];
  if (!isSound) throw new NumpyFileError(`'${file}' is no batch of CIFAR images with '${labelKey}'. Remove it, so that it is fetched again.`);
  return { images, labels: Uint8Array.from(labels as number[]) };
}

/** Rows as images, in the configured place of the channels. */
export function asImages({ data, shape: [n] }: NDArray): NDArray {
  if (image_data_format() === 'channels_first') return new NDArray(data, [n, CHANNELS, SIDE, SIDE], 'uint8');
  const out = new Uint8Array(data.length);
  for (let i = 0; i < n; i++) {
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      for (let c = 0; c < CHANNELS; c++) out[(i * PIXELS + pixel) * CHANNELS + c] = (data as Uint8Array)[(i * CHANNELS + c) * PIXELS + pixel];
    }
  }
  return new NDArray(out, [n, SIDE, SIDE, CHANNELS], 'uint8');
}

/** Labels in a column. */
export const asColumn = (labels: Uint8Array, dtype: 'uint8' | 'int64'): NDArray =>
  new NDArray(dtype === 'uint8' ? labels : BigInt64Array.from(labels, BigInt), [labels.length, 1], dtype);
