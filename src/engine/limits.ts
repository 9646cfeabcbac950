/** The largest and smallest values that a dtype holds. */
import type { DType } from './dtype.js';

const LARGEST = {
  bool: 1, uint8: 255, uint16: 65535, uint32: 4294967295, uint64: 2n ** 64n - 1n,
  int8: 127, int16: 32767, int32: 2147483647, int64: 2n ** 63n - 1n,
  // (2 - 2^-7) 2^127, (2 - 2^-10) 2^15, (2 - 2^-23) 2^127
  bfloat16: (2 - 2 ** -7) * 2 ** 127, float16: 65504, float32: (2 - 2 ** -23) * 2 ** 127,
  float64: Number.MAX_VALUE,
} as const satisfies Record<Exclude<DType, 'complex64' | 'string'>, number | bigint>;

/** The largest finite value. */
export function largest(dtype: DType): number | bigint {
  if (dtype === 'complex64' || dtype === 'string') {
    throw new TypeError(`The dtype ${dtype} has no largest value.`);
  }
  return LARGEST[dtype];
}

/** The smallest finite value. */
export function smallest(dtype: DType): number | bigint {
  const most = largest(dtype);
  if (dtype === 'bool' || dtype.startsWith('uint')) return typeof most === 'bigint' ? 0n : 0;
  if (typeof most === 'bigint') return -most - 1n;
  return dtype.startsWith('int') ? -most - 1 : -most;
}
