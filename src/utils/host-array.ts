/** Arrays in host memory, of whatever the user gave. */
import { NDArray } from '../engine/convert.js';
import { makeHostArray, type DType, type HostData, type NumericArray } from '../engine/dtype.js';
import { Tensor } from '../engine/tensor.js';
import { Variable } from '../engine/variable.js';
import { arrayStructure } from '../trainers/data/array-source.js';
import { ArgumentError } from './checks.js';

/** @throws ArgumentError for a structure of several arrays */
export function toHostArray(value: unknown, what: string): NDArray {
  const found = arrayStructure(value instanceof Variable ? value.value : value);
  if (found instanceof NDArray) return found;
  if (found instanceof Tensor) return new NDArray(found.dataSync(), found.shape, found.dtype);
  if (ArrayBuffer.isView(found)) return new NDArray(found as HostData, [(found as Float32Array).length]);
  throw new ArgumentError(`${what} must be an array, received ${found === undefined ? 'nothing' : 'several in a structure'}.`);
}

/** An empty host array that holds values as NDArrays do: half types as floats. */
export const emptyHost = (dtype: DType, size: number): HostData => (dtype === 'string' ? Array.from({ length: size }, () => '')
  : makeHostArray(dtype === 'float16' || dtype === 'bfloat16' ? 'float32' : dtype, size));

/** Rows of an array, in the order of the indices, which may be those of a nested shape. */
export function takeRows({ data, shape, dtype }: NDArray, indices: ArrayLike<number>, leading: readonly number[] = [indices.length]): NDArray {
  const width = shape.slice(1).reduce((n, size) => n * size, dtype === 'complex64' ? 2 : 1);
  const out = emptyHost(dtype, indices.length * width);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i] * width;
    if (Array.isArray(out)) for (let j = 0; j < width; j++) out[i * width + j] = (data as string[])[from + j];
    else (out as Float32Array).set((data as NumericArray as Float32Array).subarray(from, from + width), i * width);
  }
  return new NDArray(out, [...leading, ...shape.slice(1)], dtype);
}
