/** Picks the reader for what was given to fit, evaluate or predict. */
import { ArraySource, type ArraySourceOptions } from './array-source.js';
import { DataError, type BatchSource } from './batch-source.js';
import { GeneratorSource, isGeneratorInput } from './generator-source.js';

export { train_validation_split } from './array-source.js';
export { DataError, unpack_x_y_sample_weight, type Batch, type BatchSource } from './batch-source.js';

export function makeBatchSource(x: unknown, y: unknown, sample_weight: unknown, options: ArraySourceOptions): BatchSource {
  const { steps } = options;
  if (steps !== null && steps !== undefined && (!Number.isInteger(steps) || steps <= 0)) {
    throw new DataError(`The number of steps must be a positive integer, received ${String(steps)}.`);
  }
  if (isGeneratorInput(x)) {
    const surplus = y !== undefined && y !== null ? 'y' : sample_weight !== undefined && sample_weight !== null ? 'sample_weight' : null;
    if (surplus) throw new DataError(`When x is a generator it yields [x, y] or [x, y, sample_weight]; do not pass ${surplus} as well.`);
    if (options.batch_size) throw new DataError('When x is a generator it decides the size of batches; do not pass batch_size.');
    if (options.class_weight) throw new DataError('class_weight is for arrays; a generator yields sample weights itself.');
    return new GeneratorSource(x, steps ?? null);
  }
  return new ArraySource(x, y, sample_weight, options);
}
