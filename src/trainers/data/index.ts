/** Picks the reader for what was given to fit, evaluate or predict. */
import { PyDataset } from '../../utils/py-dataset.js';
import { ArraySource, type ArraySourceOptions } from './array-source.js';
import { DataError, type BatchSource } from './batch-source.js';
import { GeneratorSource, isGeneratorInput } from './generator-source.js';
import { PyDatasetSource } from './py-dataset-source.js';

export { train_validation_split } from './array-source.js';
export { ReadAhead, freeBatch } from './read-ahead.js';
export { toBatch } from './generator-source.js';
export { DataError, unpack_x_y_sample_weight, type Batch, type BatchSource } from './batch-source.js';

export function makeBatchSource(
  x: unknown, y: unknown, sample_weight: unknown, options: ArraySourceOptions,
): BatchSource {
  const { steps } = options;
  requireCount('The number of steps', steps);
  requireCount('batch_size', options.batch_size);
  const isDataset = x instanceof PyDataset;
  if (isDataset || isGeneratorInput(x)) {
    const given = Object.entries({ y, sample_weight, batch_size: options.batch_size });
    const surplus = given.find(([, value]) => value !== undefined && value !== null);
    if (surplus) {
      throw new DataError(`When x is a ${isDataset ? 'PyDataset' : 'generator'}, it yields batches [x, y] or [x, y, sample_weight]: ` +
        `do not pass ${surplus[0]} as well.`);
    }
    if (isDataset) return new PyDatasetSource(x, options);
    return new GeneratorSource(x, steps ?? null, options.class_weight, options.shard);
  }
  return new ArraySource(x, y, sample_weight, options);
}

function requireCount(what: string, value: number | null | undefined): void {
  if (value === null || value === undefined || (Number.isInteger(value) && value > 0)) return;
  throw new DataError(`${what} must be a positive integer, received ${JSON.stringify(value)}.`);
}
