/** Host arrays in the memory format of a dtype. */
import { makeHostArray, type DType, type HostData } from './dtype.js';
import { toHalfBits } from './half.js';

/** Host values in the memory format of a dtype. */
export function numbersToBits(values: ArrayLike<number | boolean | bigint>, dtype: DType): HostData {
  if (dtype === 'string') return Array.from(values, String);
  if (dtype === 'float16' || dtype === 'bfloat16') return toHalfBits(Array.from(values, Number), dtype);
  if (dtype === 'complex64') {
    return Float32Array.from({ length: 2 * values.length }, (_, i) => (i % 2 ? 0 : Number(values[i >> 1])));
  }
  const out = makeHostArray(dtype, values.length);
  if (out instanceof BigInt64Array || out instanceof BigUint64Array) {
    for (let i = 0; i < values.length; i++) {
      const v = values[i];
      out[i] = typeof v === 'bigint' ? v : BigInt(Math.trunc(Number(v)));
    }
  } else if (dtype === 'bool') for (let i = 0; i < values.length; i++) out[i] = values[i] ? 1 : 0;
  else for (let i = 0; i < values.length; i++) out[i] = Number(values[i]);
  return out;
}

/** A host array (half types as floats) converted to the memory format of another dtype. */
export function toBits(data: HostData, from: DType, to: DType): HostData {
  const isHalf = to === 'float16' || to === 'bfloat16';
  // Half values arrive as floats from NDArrays and as bits from Uint16Array of that dtype.
  if (from === to && !(isHalf && !(data instanceof Uint16Array))) return data;
  if (Array.isArray(data)) {
    if (to === 'string') return data;
    throw new TypeError(`Cannot convert strings to dtype ${to}.`);
  }
  if (from === 'complex64' || (from !== to && to === 'string')) throw new TypeError(`Cannot convert ${from} to ${to}.`);
  if (data instanceof Uint8ClampedArray && to === 'uint8') return new Uint8Array(data);
  return numbersToBits(data as ArrayLike<number | bigint>, to);
}
