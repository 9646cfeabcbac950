/**
 * What passes between the thread of HDF5 and ours: plain values, which can be cloned. One object that has several
 * names in the file is one object here, and stays one on the way.
 */
import type { DType } from '../../engine/dtype.js';
import { H5Error, H5_LIMITS, type H5Attribute } from './types.js';

export interface PlainGroup {
  kind: 'group';
  attributes: Map<string, H5Attribute>;
  children: Map<string, PlainNode>;
}

export interface PlainDataset {
  kind: 'dataset';
  attributes: Map<string, H5Attribute>;
  shape: number[];
  dtype: string;
  values: Values;
}

export interface PlainLink {
  kind: 'link';
  target: string;
}

export type PlainNode = PlainGroup | PlainDataset | PlainLink;

/** The values of a dataset: where in the file they lie, as bytes or strings, or why there are none. */
export type Values =
  | { kind: 'in-file'; at: number; size: number }
  | { kind: 'bytes'; bytes: ArrayBuffer }
  | { kind: 'strings'; strings: string[] }
  | { kind: 'refused'; why: string };

export interface ReadRequest {
  kind: 'read';
  bytes: Uint8Array;
}
export interface ReadReply {
  root: PlainGroup;
  reader: 'jsfive' | 'h5wasm';
  /** The file's bytes, back again where values lie in them. */
  bytes?: Uint8Array;
}

/** An attribute to be written. A bigint is an int64 of any size. */
export type WritableAttribute = string | number | boolean | readonly string[] | readonly number[];

export interface WrittenDataset {
  path: string;
  shape: readonly number[];
  dtype: DType;
  /** The contents of a small array. Those of a large one stay where they are; the layout leaves room for them. */
  data?: Uint8Array | readonly string[];
}
export interface WriteRequest {
  kind: 'write';
  groups: string[];
  datasets: WrittenDataset[];
  attributes: { path: string; name: string; value: WritableAttribute }[];
}
/** A piece of the new file: bytes, or the place of a large array, by its number among the datasets. */
export type Piece = Uint8Array | { dataset: number };
export interface WriteReply {
  pieces: Piece[];
  byteLength: number;
}

/** Counts what reading a file asks for, and refuses what no sound file would. */
export class Budget {
  readonly #fileBytes: number;
  #objects = 0;
  #bytes = 0;

  constructor(fileBytes: number) {
    this.#fileBytes = fileBytes;
  }

  object(depth: number): void {
    if (depth > H5_LIMITS.depth) throw new H5Error(`The file nests groups more than ${H5_LIMITS.depth} deep.`);
    if (++this.#objects > H5_LIMITS.objects) throw new H5Error(`The file has over ${H5_LIMITS.objects} objects.`);
  }

  /** Why a dataset is not read that would take far more memory than its file could hold; undefined where it may be. */
  refusal(path: string, shape: readonly number[], elementBytes: number): string | undefined {
    const bytes = shape.reduce((product, d) => product * d, elementBytes);
    this.#bytes += bytes;
    const { unquestionedBytes, expansion } = H5_LIMITS;
    if (this.#bytes <= unquestionedBytes || this.#bytes <= expansion * this.#fileBytes) return undefined;
    this.#bytes -= bytes;
    return `Dataset '${path}' declares shape [${shape.join(', ')}], ${bytes} bytes, in a file of ${this.#fileBytes} ` +
      'bytes. That is a damaged file or a decompression bomb; it is not read.';
  }
}

/** Why a dataset of an element type that no Keras dtype stands for is not read. */
export const unknownType = (path: string, description: string, size: number): string =>
  `Dataset '${path}' holds elements of type '${description}' (${size} bytes each), ` +
  'for which Keras has no dtype. Expected integers, floats, bool, complex64 or strings.';
