/** The data that layers learn their state from. */
import { isTensorLike, type TensorLike } from '../../engine/convert.js';
import { PyDataset } from '../../utils/py-dataset.js';
import { Dataset } from '../../utils/dataset.js';

/** All at once, or in batches; of a batch `[x, y]`, x is used. */
export type AdaptData = TensorLike | PyDataset | Dataset | Iterable<unknown> | AsyncIterable<unknown>;

/** Samples in a batch, where a dataset gives them one by one. */
const BATCH_SIZE = 128;

/** Nested arrays of plain values: one tensor. An array of tensors or typed arrays is a list of batches. */
const isPlainArray = (value: unknown): boolean => (Array.isArray(value) ? value.every(isPlainArray) : typeof value !== 'object');

/** Whether a value is one tensor, rather than several. */
export const isWhole = (value: unknown): value is TensorLike =>
  (Array.isArray(value) ? value.length > 0 && isPlainArray(value) : isTensorLike(value));

/** The inputs of each batch. */
export async function* batchesOf(data: AdaptData, layer: string): AsyncGenerator<TensorLike> {
  const batches = data instanceof Dataset && data.batch_size === null ? data.batch(BATCH_SIZE) : data;
  if (typeof batches !== 'object' || batches === null || !(Symbol.iterator in batches || Symbol.asyncIterator in batches)) {
    throw new TypeError(`adapt of the ${layer} takes an array, a tensor, a PyDataset, a Dataset or an iterable of batches, ` +
      `received ${String(data)}.`);
  }
  const isPair = (batch: unknown): batch is unknown[] => Array.isArray(batch) && (data instanceof PyDataset || !isWhole(batch));
  for await (const batch of batches as AsyncIterable<unknown>) {
    const inputs = isPair(batch) ? batch[0] : batch;
    if (!isWhole(inputs)) {
      throw new TypeError(`adapt of the ${layer} takes batches of arrays or tensors, received one of type ${typeof inputs}.`);
    }
    yield inputs;
  }
}
