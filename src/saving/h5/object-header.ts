/**
 * Object headers of HDF5's classic layout (version 1) and the messages in them: dataspace, storage layout,
 * attributes. Format: "HDF5 File Format Specification", section IV.A.
 */
import { UNDEFINED_ADDRESS, type Bytes } from './bytes.js';
import { readDatatype, type StoredType } from './datatype.js';
import { decodeNumbers, decodeStrings, type GlobalHeap } from './elements.js';
import { H5Error, H5_LIMITS, H5UnsupportedLayout, type H5Attribute } from './types.js';

export const MESSAGE = {
  dataspace: 0x01, linkInfo: 0x02, datatype: 0x03, fillValue: 0x05, link: 0x06, externalFiles: 0x07, layout: 0x08,
  filters: 0x0b, attribute: 0x0c, continuation: 0x10, symbolTable: 0x11, attributeInfo: 0x15,
} as const;

/** Forms of storage that this reader leaves to the full library. */
const FOREIGN: ReadonlySet<number> = new Set([
  MESSAGE.linkInfo, MESSAGE.link, MESSAGE.filters, MESSAGE.attributeInfo,
]);
const SHARED_FLAG = 2;

/** Where the messages of an object begin, by type. */
export type Messages = ReadonlyMap<number, readonly number[]>;

/** Lists the messages of the object header at `at`. */
export function readMessages(bytes: Bytes, at: number): Messages {
  const version = bytes.u8(at);
  if (version !== 1) throw new H5UnsupportedLayout(`object header version ${version}`);
  const count = bytes.u16(at + 2);
  const found = new Map<number, number[]>();
  const blocks: [start: number, size: number][] = [[at + 16, bytes.u32(at + 8)]];
  let seen = 0;
  for (let b = 0; b < blocks.length; b++) {
    const [start, size] = blocks[b];
    bytes.slice(start, size);
    for (let p = start; seen < count && p + 8 <= start + size; seen++) {
      bytes.visit();
      const type = bytes.u16(p);
      const length = bytes.u16(p + 2);
      if (p + 8 + length > start + size) throw new H5Error('The file is damaged: a message leaves its header.');
      if (bytes.u8(p + 4) & SHARED_FLAG) throw new H5UnsupportedLayout('a shared message');
      if (FOREIGN.has(type)) throw new H5UnsupportedLayout(`message type ${type}`);
      if (type === MESSAGE.continuation) blocks.push([bytes.u64(p + 8), bytes.u64(p + 16)]);
      else if (found.has(type)) found.get(type)!.push(p + 8);
      else found.set(type, [p + 8]);
      p += 8 + length;
    }
  }
  if (seen < count) throw new H5Error(`The file is damaged: ${count} header messages announced, ${seen} found.`);
  return found;
}

/** The dimensions in a dataspace message; null for "no data at all" (h5py's Empty). */
export function readDataspace(bytes: Bytes, at: number): number[] | null {
  const version = bytes.u8(at);
  if (version !== 1 && version !== 2) throw new H5UnsupportedLayout(`dataspace version ${version}`);
  const rank = bytes.u8(at + 1);
  if (rank > H5_LIMITS.rank) throw new H5Error(`The file is damaged: a dataset of ${rank} dimensions.`);
  if (version === 2 && bytes.u8(at + 3) === 2) return null;
  const first = at + (version === 1 ? 8 : 4);
  return Array.from({ length: rank }, (_, i) => bytes.u64(first + 8 * i));
}

/** Where the raw bytes of a dataset lie. `at` is undefined where none were ever written. */
export interface Storage {
  at: number | undefined;
  size: number;
}

export function readStorage(bytes: Bytes, messages: Messages): Storage {
  const at = messages.get(MESSAGE.layout)?.[0];
  if (at === undefined) throw new H5Error('The file is damaged: a dataset without a storage layout.');
  if (messages.has(MESSAGE.externalFiles)) {
    throw new H5Error('A dataset keeps its values in another file. Such files are not read.');
  }
  const version = bytes.u8(at);
  if (version !== 3) throw new H5UnsupportedLayout(`storage layout version ${version}`);
  const layout = bytes.u8(at + 1);
  if (layout === 0) return { at: at + 4, size: bytes.u16(at + 2) };
  if (layout !== 1) throw new H5UnsupportedLayout(layout === 2 ? 'chunked storage' : `storage class ${layout}`);
  const address = bytes.u64(at + 2);
  return { at: address === UNDEFINED_ADDRESS ? undefined : address, size: bytes.u64(at + 10) };
}

/** Whether a fill value other than zeros is defined. */
export function hasFillValue(bytes: Bytes, messages: Messages): boolean {
  const at = messages.get(MESSAGE.fillValue)?.[0];
  if (at === undefined) return false;
  if (bytes.u8(at) === 3) return (bytes.u8(at + 1) & 0x20) !== 0;
  return bytes.u8(at + 3) !== 0 && bytes.u32(at + 4) > 0;
}

/** All attributes of an object. */
export function readAttributes(bytes: Bytes, heap: GlobalHeap, messages: Messages): Map<string, H5Attribute> {
  const attributes = new Map<string, H5Attribute>();
  for (const at of messages.get(MESSAGE.attribute) ?? []) {
    const version = bytes.u8(at);
    const pad = (size: number): number => (version === 1 ? 8 * Math.ceil(size / 8) : size);
    const name = at + (version === 3 ? 9 : 8);
    const datatype = name + pad(bytes.u16(at + 2));
    const dataspace = datatype + pad(bytes.u16(at + 4));
    const value = dataspace + pad(bytes.u16(at + 6));
    const type = readDatatype(bytes, datatype);
    const shape = readDataspace(bytes, dataspace);
    const text = bytes.text(name, Math.min(bytes.u16(at + 2), H5_LIMITS.name));
    attributes.set(text, attributeValue(bytes, heap, type, shape, value));
  }
  return attributes;
}

/** Raises `H5UnsupportedLayout` for attributes that `readAttributes` cannot read. */
export function checkAttributes(bytes: Bytes, messages: Messages): void {
  for (const at of messages.get(MESSAGE.attribute) ?? []) {
    const version = bytes.u8(at);
    if (version < 1 || version > 3) throw new H5UnsupportedLayout(`attribute version ${version}`);
    if (version > 1 && (bytes.u8(at + 1) & 3) !== 0) throw new H5UnsupportedLayout('an attribute of a shared type');
  }
}

function attributeValue(
  bytes: Bytes, heap: GlobalHeap, type: StoredType, shape: number[] | null, at: number,
): H5Attribute {
  // Attributes of other types (references that HDF5 keeps for dimension scales) mean nothing to Keras.
  if (shape === null || type.kind === 'other' || type.kind === 'opaque') return null;
  const count = shape.reduce((product, d) => product * d, 1);
  const raw = bytes.slice(at, count * type.size);
  bytes.visit(1 + raw.length / 16);
  const values = type.kind === 'number' ? decodeNumbers(raw, type) : decodeStrings(raw, type, count, heap);
  const plain = Array.from(values as ArrayLike<string | number | bigint>, (v) =>
    type.kind === 'number' && type.dtype === 'bool' ? v !== 0 : v);
  return shape.length === 0 ? plain[0] : plain;
}
