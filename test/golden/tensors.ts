/** Golden values as tensors, and comparison of tensors with them. */
import '../../src/backend/config.js';
import { NDArray, type TensorLike } from '../../src/engine/convert.js';
import { toTensor } from '../../src/engine/convert.js';
import { standardizeDType, type HostData } from '../../src/engine/dtype.js';
import { numbersToBits } from '../../src/engine/host.js';
import { Tensor } from '../../src/engine/tensor.js';
import { closeTo, isGoldenTensor, type GoldenTensor, type GoldenValue, type Tolerance } from './golden.js';

/** A tensor on the device with the values of a golden one. */
export function tensorOf({ dtype, shape, data }: GoldenTensor): Tensor {
  const type = standardizeDType(dtype);
  // Host arrays of half types hold floats, those of complex ones two floats an element.
  const isFloats = type === 'float16' || type === 'bfloat16' || type === 'complex64';
  const host: HostData = isFloats ? Float32Array.from(data as number[]) : numbersToBits(data, type);
  return toTensor(new NDArray(host, shape, type));
}

/** An argument of a golden call: tensors at any depth become tensors, everything else stays. */
export function argumentOf(value: GoldenValue): unknown {
  if (isGoldenTensor(value)) return tensorOf(value);
  if (Array.isArray(value)) return value.map(argumentOf);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, argumentOf(item as GoldenValue)]));
  }
  return value;
}

/** Throws where a tensor differs from a golden one by more than the tolerance, in shape or in dtype. */
export function expectTensor(actual: TensorLike, expected: GoldenTensor, what: string, tolerance: Tolerance = {}): void {
  const tensor = actual instanceof Tensor ? actual : toTensor(actual);
  closeTo({ shape: tensor.shape, dtype: tensor.dtype, data: tensor.dataSync() as ArrayLike<number> }, expected, tolerance, what);
}
