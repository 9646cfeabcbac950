/** Symbolic tensors: what layers and ops are called with to describe a graph before there is data. */
import { standardizeDType, type DType, getDefaultFloat } from '../engine/dtype.js';
import { formatShape, type SymbolicShape } from '../engine/shape.js';
import { auto_name } from '../utils/naming.js';
import type { Operation } from './operation.js';

/** Which call of which operation gave a KerasTensor, and the how-manieth of its results it is. */
export interface KerasHistory {
  operation: Operation;
  node_index: number;
  tensor_index: number;
}

/**
 * A placeholder with a shape (null: unknown) and a dtype. Made by `Input` and by calling layers or ops on others.
 * Source: keras.KerasTensor.
 *
 * @example
 * const x = new keras.KerasTensor([null, 3], 'float32');
 * keras.ops.relu(x).shape; // [null, 3]
 */
export class KerasTensor {
  readonly shape: SymbolicShape;
  readonly dtype: DType;
  readonly name: string;
  readonly sparse = false;
  readonly ragged = false;
  _keras_history: KerasHistory | undefined;
  /** The mask that the layers which made it pass on with it: a tensor of the same graph. */
  keras_mask: KerasTensor | undefined;

  constructor(shape: SymbolicShape, dtype: string = getDefaultFloat(), name?: string) {
    if (!Array.isArray(shape) || shape.some((d) => d !== null && (!Number.isInteger(d) || d < 0))) {
      throw new TypeError(`The shape of a KerasTensor is an array of integers >= 0 or null, received ${JSON.stringify(shape)}.`);
    }
    this.shape = [...shape];
    this.dtype = standardizeDType(dtype);
    this.name = name ?? auto_name('KerasTensor');
  }

  get ndim(): number {
    return this.shape.length;
  }

  toString(): string {
    return `<KerasTensor shape=${formatShape(this.shape)}, dtype=${this.dtype}, name=${this.name}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** Whether a KerasTensor is among the values, in nested arrays and plain objects too. */
export function hasKerasTensor(value: unknown): boolean {
  if (value instanceof KerasTensor) return true;
  if (value === null || typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.some(hasKerasTensor);
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).some(hasKerasTensor);
}
