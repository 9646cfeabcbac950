/** Datasets: what split_dataset and the *_dataset_from_* functions give. */
import { NDArray } from '../engine/convert.js';
import { flatten, mapStructure } from '../engine/structure.js';
import { requirePositiveInteger } from './checks.js';

export interface DatasetSource {
  /** Number of samples. */
  samples: number;
  /** The samples of these numbers, stacked, in the structure of a batch: `[x, y]`, or x alone; or a promise of them. */
  rows(indices: Int32Array): unknown;
  /** The order of samples for one iteration. Default: as they come. */
  order?(): Int32Array;
}

/**
 * Samples one by one, or in batches: an iterable that starts anew each time, so that `fit` reads it once an epoch,
 * always in its own order. It takes the place of tf.data's datasets. For your own data use a generator function or a
 * PyDataset.
 *
 * @example
 * const [train, validation] = keras.utils.split_dataset([Float32Array.of(1, 2, 3, 4), Int32Array.of(0, 1, 0, 1)], 3);
 * for await (const [x, y] of train.batch(2)) {
 *   console.log(x.tolist(), y.tolist());
 * }
 * train.batch(2).num_batches; // 2
 */
export class Dataset implements AsyncIterable<unknown> {
  /** Where the samples come from. */
  readonly _source: DatasetSource;
  /** Samples in a batch; null when they come one by one. */
  readonly batch_size: number | null;

  constructor(source: DatasetSource, batch_size: number | null = null) {
    this._source = source;
    this.batch_size = batch_size;
  }

  get samples(): number {
    return this._source.samples;
  }

  /** Number of batches, or of samples where they come one by one. */
  get num_batches(): number {
    return Math.ceil(this.samples / (this.batch_size ?? 1));
  }

  /** The same samples in batches; the last one may be smaller. */
  batch(batch_size: number): Dataset {
    return new Dataset(this._source, requirePositiveInteger('Dataset.batch', 'batch_size', batch_size));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    const { samples, order } = this._source;
    const indices = order?.call(this._source) ?? Int32Array.from({ length: samples }, (_, i) => i);
    const size = this.batch_size ?? 1;
    for (let start = 0; start < samples; start += size) {
      const rows = await this._source.rows(indices.slice(start, start + size));
      yield this.batch_size === null ? withoutFirstAxis(rows) : rows;
    }
  }
}

const withoutFirstAxis = (rows: unknown): unknown => mapStructure((leaf) => {
  const { data, shape, dtype } = leaf as NDArray;
  return new NDArray(data, shape.slice(1), dtype);
}, rows);

/** The arrays of a structure. */
export const arraysOf = (structure: unknown): NDArray[] => flatten(structure) as NDArray[];
