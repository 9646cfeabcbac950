/** Outputs of a model in host memory: of one batch, and of many put together. */
import { apply } from '../engine/apply.js';
import { NDArray } from '../engine/convert.js';
import type { HostData, NumericArray } from '../engine/dtype.js';
import { flatten, mapStructure, packAs } from '../engine/structure.js';
import { Tensor } from '../engine/tensor.js';
import { freeAll } from './logs.js';

function concatenate(parts: readonly NDArray[]): NDArray {
  if (parts.length === 1) return parts[0];
  const [{ dtype, shape }] = parts;
  const rows = parts.reduce((n, part) => n + part.shape[0], 0);
  const whole = [rows, ...shape.slice(1)];
  if (dtype === 'string') return new NDArray(parts.flatMap((part) => part.data as string[]), whole, dtype);
  const size = parts.reduce((n, part) => n + part.data.length, 0);
  const data = new (parts[0].data.constructor as new (size: number) => NumericArray)(size);
  let offset = 0;
  for (const part of parts) {
    (data as Float32Array).set(part.data as Float32Array, offset);
    offset += part.data.length;
  }
  return new NDArray(data as HostData, whole, dtype);
}

/** Reads the outputs of a batch from the device, and frees them. */
export function readOutputs(result: unknown): unknown {
  const outputs = mapStructure((leaf) =>
    (leaf instanceof Tensor ? new NDArray(leaf.dataSync(), leaf.shape, leaf.dtype) : leaf), result);
  freeAll(result);
  return outputs;
}

/** Structures of tensors, joined along their first axis; what is no tensor is as in the last. */
export const joinOutputs = (results: readonly unknown[]): unknown => leafByLeaf(results, (parts) =>
  (parts.at(-1) instanceof Tensor ? apply('concatenate', parts as Tensor[], { axis: 0 }) : parts.at(-1)));

/** Structures of NDArrays, joined along their first axis. */
export const concatenateOutputs = (results: readonly unknown[]): unknown =>
  leafByLeaf(results, (parts) => concatenate(parts as NDArray[]));

/** Structures that are alike as one, of what is made of their leaves. */
function leafByLeaf(results: readonly unknown[], make: (parts: unknown[]) => unknown): unknown {
  const flat = results.map((result) => flatten(result));
  return packAs(results[0], flat[0].map((_, i) => make(flat.map((leaves) => leaves[i]))));
}
