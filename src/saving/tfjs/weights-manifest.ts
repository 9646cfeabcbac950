/**
 * The weights of TensorFlow.js: a manifest of names, shapes and dtypes in `model.json`, their values one after the other
 * in shards, perhaps quantized.
 *
 * Source of the format: tfjs-core, src/io/types.ts, `WeightsManifestConfig`.
 */
import { NDArray } from '../../engine/convert.js';
import { bytesOf, type NumericArray } from '../../engine/dtype.js';
import { isPlainObject } from '../../engine/structure.js';
import { fromHalfBits } from '../../engine/half.js';
import { ArchiveError } from '../archive.js';

export interface WeightEntry {
  name: string;
  shape: number[];
  dtype: 'float32' | 'int32' | 'bool';
  /** Absent: the model's. */
  group?: 'model' | 'optimizer';
  /** How the values are stored, where not as they are: `stored scale + min`. */
  quantization?: { dtype: 'uint8' | 'uint16' | 'float16'; min?: number; scale?: number; original_dtype?: string };
}
export interface WeightGroup {
  paths: string[];
  weights: WeightEntry[];
}

/** Bytes of one shard, as TensorFlow.js's own converter makes them: what browsers like to cache. */
const SHARD_BYTES = 4 * 2 ** 20;

/** Lays weights out in shards. */
export function packWeights(weights: readonly { name: string; value: NDArray }[]): { group: WeightGroup; shards: Uint8Array[] } {
  const parts = weights.map(({ name, value }): { entry: WeightEntry; bytes: Uint8Array } => {
    const dtype = value.dtype === 'bool' ? 'bool' : /int/.test(value.dtype) ? 'int32' : 'float32';
    return { entry: { name, shape: [...value.shape], dtype }, bytes: bytesOf(inBrowserType(value.data as NumericArray, dtype)) };
  });
  const all = Buffer.concat(parts.map(({ bytes }) => bytes));
  const count = Math.max(1, Math.ceil(all.length / SHARD_BYTES));
  const shards = Array.from({ length: count }, (_, i) => all.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES));
  const paths = shards.map((_, i) => `group1-shard${i + 1}of${count}.bin`);
  return { group: { paths, weights: parts.map(({ entry }) => entry) }, shards };
}

/** Values in one of the three types that there are in browsers. */
function inBrowserType(data: NumericArray, dtype: WeightEntry['dtype']): Float32Array | Int32Array | Uint8Array {
  if (dtype === 'float32') return data instanceof Float32Array ? data : Float32Array.from(data as Iterable<number>, Number);
  if (dtype === 'int32') return data instanceof Int32Array ? data : Int32Array.from(data as Iterable<number>, Number);
  return Uint8Array.from(data as Iterable<number>, Number);
}

const STORED_BYTES: Record<string, number> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 };

/** Checks what a file says of its weights: names of files beside it, and shapes that its shards can hold. */
export function checkManifest(manifest: unknown, name: string): WeightGroup[] {
  const refuse = (what: string): never => {
    throw new ArchiveError(`${name} is not a layers-model of TensorFlow.js: ${what}`);
  };
  if (!Array.isArray(manifest)) return refuse('it has no weightsManifest.');
  for (const group of manifest) {
    const { paths, weights } = (isPlainObject(group) ? group : {}) as Partial<WeightGroup>;
    if (!Array.isArray(paths) || !Array.isArray(weights)) return refuse('a group of its manifest has no paths or no weights.');
    const outside = paths.find((path) => typeof path !== 'string' || !/^[\w .+-]+(\/[\w .+-]+)*$/.test(path) ||
      path.split('/').includes('..'));
    if (outside !== undefined) return refuse(`its shard ${JSON.stringify(outside)} would not lie beside it.`);
    for (const entry of weights) {
      const { shape, dtype, quantization } = entry;
      const stored = quantization?.dtype ?? dtype;
      const isSound = typeof entry.name === 'string' && Array.isArray(shape) && shape.length <= 32 &&
        shape.every((d) => Number.isSafeInteger(d) && d >= 0) && Object.hasOwn(STORED_BYTES, stored);
      if (!isSound) return refuse(`its manifest describes a weight as ${JSON.stringify(entry).slice(0, 200)}.`);
    }
  }
  return manifest as WeightGroup[];
}

/** Bytes that the shards of a group take together. */
export const bytesOfGroup = ({ weights }: WeightGroup): number =>
  weights.reduce((sum, { shape, dtype, quantization }) =>
    sum + shape.reduce((n, d) => n * d, STORED_BYTES[quantization?.dtype ?? dtype]), 0);

/** The arrays in the shards of a group, without an optimizer's. */
export function unpackWeights({ weights }: WeightGroup, bytes: Uint8Array): Map<string, NDArray> {
  const found = new Map<string, NDArray>();
  let at = 0;
  for (const { name, shape, dtype, quantization, group } of weights) {
    const count = shape.reduce((n, d) => n * d, 1);
    const stored = quantization?.dtype ?? dtype;
    const size = count * STORED_BYTES[stored];
    if (group === 'optimizer') {
      at += size;
      continue;
    }
    // A copy, since a weight may begin anywhere.
    const buffer = bytes.slice(at, at + size).buffer as ArrayBuffer;
    at += size;
    const values = quantization ? restore(buffer, dtype, quantization) : valuesOf(buffer, stored);
    found.set(name, new NDArray(values, shape, dtype === 'bool' ? 'bool' : undefined));
  }
  return found;
}

function valuesOf(buffer: ArrayBuffer, stored: string): Float32Array | Int32Array | Uint8Array | Uint16Array {
  if (stored === 'float32') return new Float32Array(buffer);
  if (stored === 'int32') return new Int32Array(buffer);
  return stored === 'uint16' || stored === 'float16' ? new Uint16Array(buffer) : new Uint8Array(buffer);
}

function restore(
  buffer: ArrayBuffer, dtype: string, { dtype: stored, min = 0, scale = 1 }: NonNullable<WeightEntry['quantization']>,
): Float32Array | Int32Array {
  const raw = valuesOf(buffer, stored);
  if (stored === 'float16') return fromHalfBits(raw as Uint16Array, 'float16');
  const values = Float32Array.from(raw, (value) => value * scale + min);
  return dtype === 'int32' ? Int32Array.from(values, Math.round) : values;
}
