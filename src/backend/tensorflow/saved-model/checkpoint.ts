/** Values of variables in TensorFlow's checkpoint files, written and read by its own ops. */
import { encodeAttrs, type Attrs } from '../attributes.js';
import type { NativeBinding } from '../binding.js';
import type { DType } from '../../../engine/dtype.js';

/** The key under which the graph of objects lies. */
export const OBJECT_GRAPH_KEY = '_CHECKPOINTABLE_OBJECT_GRAPH';

/** One entry: a handle of a tensor on the device, or bytes. */
export type Entry = { key: string; dtype: DType; handle: number } | { key: string; bytes: Uint8Array };

const typesOf = (dtypes: readonly DType[]): Attrs => ({ dtypes: { types: dtypes } });

/** Makes the strings that an op takes, and frees them and the prepared op when it is done. */
function withOp<T>(
  binding: NativeBinding, op: string, attrs: Attrs, strings: readonly (readonly string[] | string)[], outputs: number,
  run: (prepared: number, strings: readonly number[], free: () => void) => T,
): T {
  const made = strings.map((values) => (typeof values === 'string'
    ? binding.createStringTensor([], [values]) : binding.createStringTensor([values.length], values)));
  const prepared = binding.prepareOp(op, encodeAttrs(attrs), outputs, '/device:CPU:0');
  return run(prepared, made, () => {
    binding.releaseOp(prepared);
    binding.deleteTensors(made);
  });
}

/** Writes `prefix.index` and `prefix.data-00000-of-00001`, on another thread. */
export async function writeCheckpoint(binding: NativeBinding, prefix: string, entries: readonly Entry[]): Promise<void> {
  const bytes = entries.map((entry) => ('bytes' in entry ? binding.createStringTensor([], [entry.bytes]) : undefined));
  const values = entries.map((entry, i) => ('bytes' in entry ? bytes[i]! : entry.handle));
  const types = typesOf(entries.map((entry) => ('bytes' in entry ? 'string' : entry.dtype)));
  const names = [prefix, entries.map(({ key }) => key), entries.map(() => '')];
  await withOp(binding, 'SaveV2', types, names, 0, async (prepared, strings, free) => {
    try {
      await binding.executeAsync(prepared, [...strings, ...values]);
    } finally {
      free();
      binding.deleteTensors(bytes.filter((handle) => handle !== undefined));
    }
  });
}

/** Handles of the values of these keys. */
export function readCheckpoint(binding: NativeBinding, prefix: string, keys: readonly string[], dtypes: readonly DType[]): number[] {
  return withOp(binding, 'RestoreV2', typesOf(dtypes), [prefix, keys, keys.map(() => '')], keys.length, (prepared, strings, free) => {
    try {
      const made = binding.execute(prepared, ...strings);
      return typeof made === 'number' ? [made] : made ?? [];
    } finally {
      free();
    }
  });
}

export function readBytesEntry(binding: NativeBinding, prefix: string, key: string): Uint8Array {
  const [handle] = readCheckpoint(binding, prefix, [key], ['string']);
  const [bytes] = binding.readStrings(handle);
  binding.deleteTensor(handle);
  return bytes;
}
