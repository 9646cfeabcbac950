/** class_weight: weights of samples by the class of their label. */
import { isPlainObject, flatten } from '../../engine/structure.js';
import { DataError } from './batch-source.js';

export type ClassWeight = Readonly<Record<number, number>> | ReadonlyMap<number, number>;

/** Weights by class as a dense table. */
export function classWeightTable(class_weight: ClassWeight): Float32Array {
  const entries = class_weight instanceof Map ? [...class_weight] : Object.entries(class_weight as Record<number, number>)
    .map(([key, value]) => [Number(key), value] as const);
  if (entries.some(([key, value]) => !Number.isInteger(key) || key < 0 || typeof value !== 'number')) {
    throw new DataError('class_weight maps class indices (integers >= 0) to numbers, ' +
      `received ${JSON.stringify(Object.fromEntries(entries))}.`);
  }
  const table = new Float32Array(Math.max(-1, ...entries.map(([key]) => key)) + 1).fill(1);
  for (const [key, value] of entries) table[key] = value;
  return table;
}

/** Weights go by the label of one output only. */
export function requireSingleTarget(y: unknown): void {
  if (y === undefined || (isPlainObject(y) && flatten(y).length !== 1)) {
    throw new DataError('class_weight needs labels of a single output. ' +
      'For several outputs, give sample_weight for each of them.');
  }
}
