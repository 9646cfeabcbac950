/**
 * The messages of an object's header in an HDF5 file: what its elements are, how many, where they lie, and its attributes.
 *
 * Format: "HDF5 File Format Specification" 2.0, section IV.A.2, in the oldest versions of the messages, which all readers
 * know. How NumPy's types are described is h5py's convention: bool is an enum of FALSE and TRUE over int8, complex a compound
 * of `r` and `i`, bfloat16 an opaque pair of bytes.
 */
import { bytesPerElement, type DType } from '../../engine/dtype.js';

/** An attribute's value. */
export type WritableAttribute = string | number | boolean | readonly string[] | readonly number[];

/** A message: its kind, and its contents. */
export interface Message {
  type: number;
  body: Buffer;
}

export const UNDEFINED_ADDRESS = 2n ** 64n - 1n;

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

/** Bytes filled up to a multiple of 8. */
export const padded = (body: Uint8Array): Buffer => Buffer.concat([body], Math.ceil(body.length / 8) * 8);

function integer(size: number, signed: boolean): Buffer {
  const type = Buffer.alloc(12);
  type.set([0x10, signed ? 0x08 : 0]);
  type.writeUInt32LE(size, 4);
  type.writeUInt16LE(8 * size, 10);
  return type;
}

// Class and sign, size; offset and precision; exponent and mantissa; bias.
const FLOAT16 = bytes('11200f00 02000000 00001000 0a05000a 0f000000');
const FLOAT32 = bytes('11201f00 04000000 00002000 17080017 7f000000');
const FLOAT64 = bytes('11203f00 08000000 00004000 340b0034 ff030000');
const BFLOAT16 = bytes('15000000 02000000');
/** Two members with their names, places and types. */
const COMPLEX64 = Buffer.concat([
  bytes('16020000 08000000'), bytes('7200000000000000 00000000'), Buffer.alloc(28), FLOAT32,
  bytes('6900000000000000 04000000'), Buffer.alloc(28), FLOAT32,
]);
const BOOL = Buffer.concat([bytes('18020000 01000000'), integer(1, true), Buffer.from('FALSE\0\0\0TRUE\0\0\0\0\0\x01')]);
/** Of variable length, ended by zero, in UTF-8; made of bytes. */
const STRING = Buffer.concat([bytes('19010100 10000000'), integer(1, false)]);
/** Bytes that a string takes where it stands: its length and its place in the heap of strings. */
export const STRING_BYTES = 16;

const TYPES: Partial<Record<DType, Buffer>> = {
  float16: FLOAT16, float32: FLOAT32, float64: FLOAT64, bfloat16: BFLOAT16, complex64: COMPLEX64, bool: BOOL, string: STRING,
};
const typeOf = (dtype: DType): Buffer => TYPES[dtype] ?? integer(bytesPerElement(dtype), dtype.startsWith('int'));

function dataspace(shape: readonly number[]): Buffer {
  const body = Buffer.alloc(8 + 8 * shape.length);
  body.set([1, shape.length]);
  shape.forEach((size, i) => body.writeBigUInt64LE(BigInt(size), 8 + 8 * i));
  return body;
}

/** The messages of a dataset whose values lie in one stretch. */
export function datasetMessages(dtype: DType, shape: readonly number[], address: number, size: number): Message[] {
  const place = Buffer.alloc(18);
  place.set([3, 1]);
  place.writeBigUInt64LE(size === 0 ? UNDEFINED_ADDRESS : BigInt(address), 2);
  place.writeBigUInt64LE(BigInt(size), 10);
  return [
    { type: 0x01, body: dataspace(shape) },
    { type: 0x03, body: typeOf(dtype) },
    { type: 0x05, body: bytes('02020201 00000000') }, // values that were never written are zeros
    { type: 0x08, body: place },
  ];
}

/** The message that makes an object a group. */
export function groupMessage(tree: number, names: number): Message {
  const body = Buffer.alloc(16);
  body.writeBigUInt64LE(BigInt(tree), 0);
  body.writeBigUInt64LE(BigInt(names), 8);
  return { type: 0x11, body };
}

/** @param place Puts a string into the heap, and gives the bytes that stand for it. */
export function attributeMessage(name: string, value: WritableAttribute, place: (text: string) => Buffer): Message {
  const list = (Array.isArray(value) ? value : [value]) as readonly (string | number | boolean)[];
  const label = Buffer.from(`${name}\0`);
  const space = dataspace(Array.isArray(value) ? [list.length] : []);
  const { type, data } = valuesOf(list, place);
  const head = Buffer.alloc(8);
  head[0] = 1;
  [label, type, space].forEach(({ length }, i) => head.writeUInt16LE(length, 2 + 2 * i));
  return { type: 0x0c, body: Buffer.concat([head, padded(label), padded(type), padded(space), data]) };
}

function valuesOf(list: readonly (string | number | boolean)[], place: (text: string) => Buffer): { type: Buffer; data: Buffer } {
  // An empty list has no type; NumPy's, and so h5py's, is float64.
  if (list.length > 0 && list.every((item) => typeof item === 'string')) {
    return { type: STRING, data: Buffer.concat(list.map(place)) };
  }
  const whole = list.length > 0 && list.every(Number.isSafeInteger);
  const numbers = whole ? BigInt64Array.from((list as number[]).map(BigInt)) : Float64Array.from(list, Number);
  return { type: whole ? integer(8, true) : FLOAT64, data: Buffer.from(numbers.buffer) };
}

/** An object's header. */
export function objectHeader(messages: readonly Message[]): Buffer {
  const parts = messages.map(({ type, body }) => {
    const contents = padded(body);
    const head = Buffer.alloc(8);
    head.writeUInt16LE(type, 0);
    head.writeUInt16LE(contents.length, 2);
    return Buffer.concat([head, contents]);
  });
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(16);
  head[0] = 1;
  head.writeUInt16LE(messages.length, 2);
  head.writeUInt32LE(1, 4); // one name leads to it
  head.writeUInt32LE(body.length, 8);
  return Buffer.concat([head, body]);
}
