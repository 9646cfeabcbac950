/** Values that JSON has no form for, as Keras's configs write them: tensors, arrays, slices, bytes. */
import { NDArray } from '../engine/convert.js';
import { dtypeOfArray, isDType, type DType } from '../engine/dtype.js';
import { numbersToBits } from '../engine/host.js';
import { fromHalfBits } from '../engine/half.js';
import { fromHost } from '../engine/convert.js';
import { Tensor } from '../engine/tensor.js';
import { Variable } from '../engine/variable.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import { ellipsis, Slice } from '../utils/slice.js';

type Config = Record<string, unknown>;

/** A special value's `class_name` and how it is recognized, written and read. */
interface ValueCodec {
  matches: (value: unknown) => boolean;
  write: (value: never) => Config;
  read: (config: Config) => unknown;
}

/** Where a symbolic tensor of a config came from: [operation's name, number of its call, number of the result]. */
export type SerializedHistory = [operation: string, node_index: number, tensor_index: number];
const histories = new WeakMap<KerasTensor, SerializedHistory>();

/** The history that a deserialized KerasTensor had in the file, by names, for whoever rebuilds the graph. */
export const serializedHistory = (tensor: KerasTensor): SerializedHistory | undefined => histories.get(tensor);

const CODECS: Record<string, ValueCodec> = {
  __keras_tensor__: {
    matches: (value) => value instanceof KerasTensor,
    write: ({ shape, dtype, _keras_history: history }: KerasTensor) => ({
      shape: [...shape],
      dtype,
      keras_history: history ? [history.operation.name, history.node_index, history.tensor_index] : null,
    }),
    read: (config) => {
      const tensor = new KerasTensor(config.shape as number[], config.dtype as string);
      if (Array.isArray(config.keras_history)) histories.set(tensor, config.keras_history as SerializedHistory);
      return tensor;
    },
  },
  __tensor__: {
    matches: (value) => value instanceof Tensor || value instanceof Variable,
    write: (value: Tensor | Variable) => {
      const tensor = value instanceof Variable ? value.value : value;
      return { value: tensor.arraySync(), dtype: tensor.dtype };
    },
    read: (config) => {
      const { shape, dtype, bits } = nestedArray(config);
      return fromHost(bits, shape, dtype);
    },
  },
  __numpy__: {
    matches: (value) => value instanceof NDArray || (ArrayBuffer.isView(value) && !Buffer.isBuffer(value)),
    write: (value: NDArray | Float32Array) => value instanceof NDArray
      ? { value: value.tolist(), dtype: value.dtype }
      : { value: Array.from(value), dtype: dtypeOfArray(value) },
    read: (config) => {
      const { shape, dtype, bits } = nestedArray(config);
      const isHalf = dtype === 'float16' || dtype === 'bfloat16';
      return new NDArray(isHalf ? fromHalfBits(bits as Uint16Array, dtype) : bits, shape, dtype);
    },
  },
  __bytes__: {
    matches: (value) => Buffer.isBuffer(value),
    write: (value: Buffer) => ({ value: value.toString('utf8') }),
    read: ({ value }) => Buffer.from(String(value)),
  },
  __slice__: {
    matches: (value) => value instanceof Slice,
    write: ({ start, stop, step }: Slice) => ({ start, stop, step }),
    read: ({ start, stop, step }) => new Slice(start as number | null, stop as number | null, step as number | null),
  },
  __ellipsis__: {
    matches: (value) => value === ellipsis,
    write: () => ({}),
    read: () => ellipsis,
  },
};

/** Nested lists of numbers and their dtype, as bits. */
function nestedArray({ value, dtype }: Config): { shape: number[]; dtype: DType; bits: ReturnType<typeof numbersToBits> } {
  if (!isDType(dtype)) throw new TypeError(`A tensor in a config has dtype ${JSON.stringify(dtype)}.`);
  const shape: number[] = [];
  for (let level: unknown = value; Array.isArray(level); level = level[0]) shape.push(level.length);
  const leaves = shape.length === 0 ? [value] : (value as unknown[]).flat(shape.length - 1);
  if (leaves.length !== shape.reduce((n, d) => n * d, 1) || leaves.some(Array.isArray)) {
    throw new TypeError('A tensor in a config is given as lists of different lengths.');
  }
  return { shape, dtype, bits: numbersToBits(leaves as number[], dtype) };
}

/** The config of a special value; undefined for all other values. */
export function writeSpecialValue(value: unknown): Config | undefined {
  for (const [class_name, { matches, write }] of Object.entries(CODECS)) {
    if (matches(value)) return { class_name, config: write(value as never) };
  }
  return undefined;
}

/** Whether `readSpecialValue` knows a class name. */
export const isSpecialValue = (class_name: string): boolean => Object.hasOwn(CODECS, class_name);

export function readSpecialValue(class_name: string, config: Config): unknown {
  return CODECS[class_name].read(config);
}
