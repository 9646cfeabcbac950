/** What fit, evaluate and predict read batches from, whatever the user gave. */
import type { Tensor } from '../../engine/tensor.js';
import { kerasExport } from '../../saving/registration.js';

/** Inputs, targets and weights of one batch: nested structures of tensors, or undefined. */
export interface Batch {
  x: unknown;
  y: unknown;
  sample_weight: unknown;
  /** Tensors made for this batch, which are freed when its step is done. */
  owned: Tensor[];
  /** What of a batch that several processes work on together this is, as text. */
  share?: string;
}

/** Data that does not fit: lengths that differ, a generator that ran dry, weights of a wrong shape. */
export class DataError extends Error {
  override name = 'DataError';
}

export interface BatchSource {
  /** Batches an epoch; null when not known. */
  readonly num_batches: number | null;
  readonly batch_size: number | null;
  /** The batches of one epoch. Sources that have no beginning go on where the last epoch ended. */
  epoch(): AsyncIterable<Batch> | Iterable<Batch>;
  /** How many batches to read while a step runs. */
  readonly readAhead: number;
  /** Called before each epoch. */
  on_epoch_begin(): void | Promise<void>;
  /** Called after each epoch. */
  on_epoch_end(): void | Promise<void>;
  /** Called before the first epoch of a training that goes on: as if these epochs and steps of the next had been read. */
  skip(epochs: number, steps: number): void | Promise<void>;
  /** Called once at the end: lets go of files and the like that the source opened itself. */
  close(): Promise<void>;
}

/**
 * Splits what a data source yields: `[x]`, `[x, y]`, `[x, y, sample_weight]`, or x alone; what is missing is undefined.
 * Source: keras.utils.unpack_x_y_sample_weight.
 *
 * @throws DataError for an array of another length
 * @example
 * const [x, y, weights] = keras.utils.unpack_x_y_sample_weight([[1, 2], [0, 1]]);
 * y; // [0, 1]
 */
export function unpack_x_y_sample_weight(data: unknown): [x: unknown, y: unknown, sample_weight: unknown] {
  if (!Array.isArray(data)) return [data, undefined, undefined];
  if (data.length >= 1 && data.length <= 3) {
    const [x, y, sample_weight] = data as unknown[];
    return [x, y ?? undefined, sample_weight ?? undefined];
  }
  throw new DataError('Data must be [x], [x, y] or [x, y, sample_weight], ' +
    `received an array of ${data.length} elements. Inputs of a model with several inputs are the array x.`);
}
kerasExport(unpack_x_y_sample_weight, 'keras.utils.unpack_x_y_sample_weight');
