/**
 * How dtypes are held: tfjs computes in float32, int32 and bool, so the 16-bit floats live in float32 and the small
 * integers in int32, brought back into their range after every primitive. Strings are plain arrays.
 */
import { makeHostArray, type DType, type HostData, type NumericArray } from '../../engine/dtype.js';
import { fromHalfBits, toHalfBits } from '../../engine/half.js';
import type { Numbers } from './load.js';

export type StorageType = 'float32' | 'int32' | 'bool' | 'string';

/** `undefined`: the dtype cannot be held. */
const STORAGE: Record<DType, StorageType | undefined> = {
  float32: 'float32', float16: 'float32', bfloat16: 'float32',
  int32: 'int32', int16: 'int32', int8: 'int32', uint8: 'int32', uint16: 'int32',
  bool: 'bool', string: 'string',
  float64: undefined, complex64: undefined, int64: undefined, uint32: undefined, uint64: undefined,
};

const INSTEAD: Partial<Record<DType, string>> = {
  float64: 'float32', complex64: 'two float32 tensors', int64: 'int32', uint32: 'int32', uint64: 'int32',
};

/** A dtype or primitive that these backends do not have. */
export class UnsupportedError extends Error {
  override name = 'UnsupportedError';
}

export function storageOf(dtype: DType): StorageType {
  const storage = STORAGE[dtype];
  if (!storage) throw new TypeError(`No storage for dtype ${dtype}.`);
  return storage;
}

/** Why a dtype cannot be held, with what to do, or undefined when it can. */
export function whyNotHeld(dtype: DType, backend: string): string | undefined {
  if (STORAGE[dtype]) return undefined;
  return `the ${backend} backend holds numbers in 32 bits and has no ${dtype}: use ${INSTEAD[dtype]}, ` +
    'or the tensorflow backend';
}

/** Raw host data into the elements of a tensor. */
export function writeHost(data: NumericArray, dtype: DType, to: Numbers): void {
  if (dtype === 'float16' || dtype === 'bfloat16') to.set(fromHalfBits(data as Uint16Array, dtype));
  else to.set(data as Numbers);
}

/** The elements of a tensor as raw host data of its dtype: always a copy. */
export function readHost(from: Numbers, dtype: Exclude<DType, 'string'>): HostData {
  if (dtype === 'float16' || dtype === 'bfloat16') return toHalfBits(from as Float32Array, dtype);
  const out = makeHostArray(dtype, from.length) as Numbers;
  out.set(from);
  return out;
}

/** Whether results of this dtype need `settle`. */
export const isNarrow = (dtype: DType): boolean =>
  dtype === 'float16' || dtype === 'bfloat16' || (STORAGE[dtype] === 'int32' && dtype !== 'int32');

/** Brings computed elements back to what their declared dtype can hold: rounds floats, wraps integers. */
export function settle(elements: Numbers, dtype: DType): void {
  if (dtype === 'float16' || dtype === 'bfloat16') {
    elements.set(fromHalfBits(toHalfBits(elements as Float32Array, dtype), dtype));
    return;
  }
  const bits = dtype.endsWith('16') ? 16 : 8;
  if (dtype.startsWith('u')) for (let i = 0; i < elements.length; i++) elements[i] &= (1 << bits) - 1;
  else for (let i = 0; i < elements.length; i++) elements[i] = (elements[i] << (32 - bits)) >> (32 - bits);
}
