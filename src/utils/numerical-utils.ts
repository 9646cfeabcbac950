/** Arrays of labels, vectors and sequences made ready for models. */
import { NDArray } from '../engine/convert.js';
import { getDefaultFloat, standardizeDType, type DType, type HostData } from '../engine/dtype.js';
import { canonicalAxis, formatShape, sameShape, type Shape } from '../engine/shape.js';
import { Tensor } from '../engine/tensor.js';
import { absolute, divide, equal, max, power, reshape, sqrt, square, sum, where } from '../ops/tensor-math.js';
import { one_hot } from '../ops/nn/encoding.js';
import { kerasExport } from '../saving/registration.js';
import { positionalArguments, type NamedForms } from './arguments.js';
import { ArgumentError, requireOneOf } from './checks.js';
import { emptyHost, toHostArray } from './host-array.js';

interface CategoricalOptions { x?: unknown; num_classes?: number | null }
const CATEGORICAL = ['x', 'num_classes'] as const;

/**
 * Class numbers as rows of zeros with a one: shape [...] becomes [..., num_classes]; a last axis of size 1 goes.
 * Source: keras.utils.to_categorical.
 *
 * @param x class numbers from 0; a tensor gives a tensor, all else an NDArray of floatx
 * @param num_classes default: the largest number and 1
 * @throws ArgumentError for a number that is no class
 * @example
 * keras.utils.to_categorical([0, 2, 1]).tolist(); // [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
 */
export function to_categorical(x: Tensor, ...rest: [num_classes?: number | null] | [{ num_classes?: number | null }]): Tensor;
export function to_categorical(...args: NamedForms<CategoricalOptions, typeof CATEGORICAL>): NDArray;
export function to_categorical(...args: unknown[]): NDArray | Tensor {
  const [given, num_classes] = positionalArguments('to_categorical', CATEGORICAL, args) as [unknown, number | null | undefined];
  const withoutLast = (shape: Shape): Shape => (shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape);
  if (given instanceof Tensor) {
    const classes = num_classes ?? Number(max(given).item()) + 1;
    return one_hot(reshape(given, withoutLast(given.shape)), classes) as unknown as Tensor;
  }
  const { data, shape } = toHostArray(given, 'to_categorical: the argument \'x\'');
  const labels = Array.from(data as ArrayLike<number>, (value) => Math.trunc(Number(value)));
  const classes = num_classes || Math.max(...labels) + 1;
  const out = emptyHost(getDefaultFloat(), labels.length * classes) as Float32Array;
  labels.forEach((label, i) => {
    if (!(label >= 0 && label < classes)) {
      throw new ArgumentError(`to_categorical: ${label} is no class number; expected integers from 0 to ${classes - 1}.`);
    }
    out[i * classes + label] = 1;
  });
  return new NDArray(out, [...withoutLast(shape), classes], getDefaultFloat());
}

interface NormalizeOptions { x?: unknown; axis?: number; order?: number }
const NORMALIZE = ['x', 'axis', 'order'] as const;

/**
 * Vectors along an axis, divided by their norm; those of norm 0 stay. Source: keras.utils.normalize.
 *
 * @param x a tensor gives a tensor, all else an NDArray
 * @param axis default -1
 * @param order 1, 2 (default), Infinity, or another number > 0
 * @example
 * keras.utils.normalize([[3, 4], [0, 2]]).tolist(); // [[0.6, 0.8], [0, 1]]
 */
export function normalize(x: Tensor, ...rest: [axis?: number, order?: number] | [Omit<NormalizeOptions, 'x'>]): Tensor;
export function normalize(...args: NamedForms<NormalizeOptions, typeof NORMALIZE>): NDArray;
export function normalize(...args: unknown[]): NDArray | Tensor {
  const [given, axis = -1, order = 2] = positionalArguments('normalize', NORMALIZE, args) as [unknown, number | undefined, number | undefined];
  if (!(order > 0)) throw new ArgumentError(`normalize: the argument 'order' must be a number > 0, received ${JSON.stringify(order)}.`);
  if (given instanceof Tensor) {
    const axes = canonicalAxis(axis, given.ndim, 'The axis of normalize');
    const norm = order === Infinity ? max(absolute(given), axes, true) : order === 2 ? sqrt(sum(square(given), axes, true))
      : power(sum(power(absolute(given), order), axes, true), 1 / order);
    return divide(given, where(equal(norm, 0), 1, norm));
  }
  const { data, shape, dtype } = toHostArray(given, 'normalize: the argument \'x\'');
  const at = canonicalAxis(axis, shape.length, 'The axis of normalize');
  const inner = shape.slice(at + 1).reduce((n, size) => n * size, 1);
  const length = shape[at];
  const values = Array.from(data as ArrayLike<number>, Number);
  const norms = new Float64Array(values.length / Math.max(1, length));
  const vectorOf = (i: number): number => Math.floor(i / (inner * length)) * inner + (i % inner);
  values.forEach((value, i) => {
    const size = Math.abs(value);
    norms[vectorOf(i)] = order === Infinity ? Math.max(norms[vectorOf(i)], size) : norms[vectorOf(i)] + size ** order;
  });
  const isFloat = dtype.startsWith('float');
  const out = emptyHost(isFloat ? dtype : getDefaultFloat(), values.length) as Float32Array;
  values.forEach((value, i) => {
    const norm = order === Infinity ? norms[vectorOf(i)] : norms[vectorOf(i)] ** (1 / order);
    out[i] = value / (norm || 1);
  });
  return new NDArray(out, shape, isFloat ? dtype : getDefaultFloat());
}

export interface PadOptions {
  /** Sequences of different lengths: of numbers, or of rows of one shape. */
  sequences?: readonly unknown[];
  /** Default null: the length of the longest. */
  maxlen?: number | null;
  /** Default int32. */
  dtype?: string;
  /** Where to fill. Default 'pre'. */
  padding?: 'pre' | 'post';
  /** Where to cut what is longer. Default 'pre'. */
  truncating?: 'pre' | 'post';
  /** What to fill with. Default 0. */
  value?: number | string;
}
const PAD = ['sequences', 'maxlen', 'dtype', 'padding', 'truncating', 'value'] as const;

/**
 * Brings sequences to one length. Source: keras.utils.pad_sequences.
 *
 * @returns an NDArray [sequences, maxlen, ...]
 * @throws ArgumentError for sequences whose rows have different shapes
 * @example
 * keras.utils.pad_sequences([[1], [2, 3], [4, 5, 6]], 2).tolist(); // [[0, 1], [2, 3], [5, 6]]
 */
export function pad_sequences(...args: NamedForms<PadOptions, typeof PAD>): NDArray {
  const [sequences, maxlen, dtypeName, padding, truncating, value = 0] = positionalArguments('pad_sequences', PAD, args) as [
    PadOptions['sequences'], PadOptions['maxlen'], string | undefined, PadOptions['padding'], PadOptions['truncating'], number | string | undefined];
  const fill = requireOneOf('pad_sequences', 'padding', padding ?? 'pre', ['pre', 'post']);
  const cut = requireOneOf('pad_sequences', 'truncating', truncating ?? 'pre', ['pre', 'post']);
  const dtype: DType = standardizeDType(dtypeName ?? 'int32');
  if (!Array.isArray(sequences)) throw new ArgumentError('pad_sequences: the argument \'sequences\' must be an array of sequences.');
  if (typeof value === 'string' && dtype !== 'string') {
    throw new ArgumentError(`pad_sequences: the value ${JSON.stringify(value)} does not fit dtype ${dtype}; pass dtype: 'string'.`);
  }
  const rows = sequences.map((sequence, i) => {
    if (!Array.isArray(sequence) && !ArrayBuffer.isView(sequence) && !(sequence instanceof NDArray) && !(sequence instanceof Tensor)) {
      throw new ArgumentError(`pad_sequences: sequence ${i} must be an array, received ${JSON.stringify(sequence)}.`);
    }
    return Array.isArray(sequence) && sequence.length === 0 ? undefined : toHostArray(sequence, `pad_sequences: sequence ${i}`);
  });
  const inner = rows.find((row) => row && row.shape[0] > 0)?.shape.slice(1) ?? [];
  const width = inner.reduce((n, size) => n * size, 1);
  const length = maxlen ?? Math.max(0, ...rows.map((row) => row?.shape[0] ?? 0));
  const out = emptyHost(dtype, rows.length * length * width);
  const set = (i: number, item: unknown): void => {
    if (out instanceof BigInt64Array || out instanceof BigUint64Array) out[i] = BigInt(Math.trunc(Number(item)));
    else (out as (number | string)[])[i] = dtype === 'string' ? String(item) : Number(item);
  };
  for (let i = 0; i < out.length; i++) set(i, value);
  rows.forEach((row, i) => {
    if (!row || row.shape[0] === 0) return;
    if (!sameShape(row.shape.slice(1), inner)) {
      throw new ArgumentError(`pad_sequences: the rows of sequence ${i} have shape ${formatShape(row.shape.slice(1))}, expected ` +
        `${formatShape(inner)}, as those of the first.`);
    }
    const kept = Math.min(row.shape[0], length);
    const from = (cut === 'pre' ? row.shape[0] - kept : 0) * width;
    const to = (i * length + (fill === 'pre' ? length - kept : 0)) * width;
    for (let j = 0; j < kept * width; j++) set(to + j, (row.data as ArrayLike<unknown>)[from + j]);
  });
  return new NDArray(out as HostData, [rows.length, length, ...inner], dtype);
}

kerasExport(to_categorical, 'keras.utils.to_categorical');
kerasExport(normalize, 'keras.utils.normalize');
kerasExport(pad_sequences, 'keras.utils.pad_sequences', 'keras.preprocessing.sequence.pad_sequences');
