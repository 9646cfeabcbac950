/** Raw bytes of a dataset or attribute to the values they stand for. */
import { viewBytes, type HostData, type NumericArray } from '../../engine/dtype.js';
import { fromHalfBits } from '../../engine/half.js';
import type { Bytes } from './bytes.js';
import type { StoredType } from './datatype.js';
import { H5Error } from './types.js';

type NumberType = Extract<StoredType, { kind: 'number' }>;
type StringType = Extract<StoredType, { kind: 'fixed-string' | 'variable-string' }>;

/** Element bits as a host array: a view where the file's bytes are aligned and little-endian, a copy elsewhere. */
export function hostArray(raw: Uint8Array, type: NumberType): NumericArray {
  const { dtype, size, littleEndian } = type;
  const item = dtype === 'complex64' ? 4 : size;
  const shared = littleEndian && raw.byteOffset % item === 0 && raw.buffer instanceof ArrayBuffer;
  if (shared) {
    const HostArray = viewBytes(dtype, new ArrayBuffer(0)).constructor as new (
      buffer: ArrayBufferLike, offset: number, length: number) => NumericArray;
    return new HostArray(raw.buffer, raw.byteOffset, raw.byteLength / item);
  }
  const copy = new Uint8Array(raw);
  if (!littleEndian) for (let at = 0; at < copy.length; at += size) copy.subarray(at, at + size).reverse();
  return viewBytes(dtype, copy.buffer);
}

/** Numbers as JavaScript reads them, for attributes: half types widened. */
export function decodeNumbers(raw: Uint8Array, type: NumberType): HostData {
  const bits = hostArray(raw, type);
  const half = type.dtype === 'float16' || type.dtype === 'bfloat16';
  return half ? fromHalfBits(bits as Uint16Array, type.dtype as 'float16' | 'bfloat16') : bits;
}

/** Strings: of fixed length, cut at the first zero byte, or of variable length in the file's global heap. */
export function decodeStrings(raw: Uint8Array, type: StringType, count: number, heap: GlobalHeap): string[] {
  const strings: string[] = [];
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  for (let i = 0; i < count; i++) {
    const at = i * type.size;
    if (type.kind === 'fixed-string') {
      const room = raw.subarray(at, at + type.size);
      const end = room.indexOf(0);
      strings.push(Buffer.from(end < 0 ? room : room.subarray(0, end)).toString('utf8'));
    } else {
      const length = view.getUint32(at, true);
      const collection = Number(view.getBigUint64(at + 4, true));
      strings.push(length === 0 ? '' : heap.text(collection, view.getUint32(at + 12, true), length));
    }
  }
  return strings;
}

/** The strings of variable length of a file, which lie in collections apart from what refers to them. */
export class GlobalHeap {
  readonly #file: Bytes;
  readonly #collections = new Map<number, Map<number, { at: number; size: number }>>();

  constructor(file: Bytes) {
    this.#file = file;
  }

  /** The text of object `index` in the collection at `address`. */
  text(address: number, index: number, length: number): string {
    const object = this.#collection(address).get(index);
    if (!object || length > object.size) {
      throw new H5Error(`The file is damaged: a string is missing from the heap at byte ${address}.`);
    }
    this.#file.visit(1 + length / 16);
    return Buffer.from(this.#file.slice(object.at, length)).toString('utf8');
  }

  #collection(address: number): Map<number, { at: number; size: number }> {
    let objects = this.#collections.get(address);
    if (objects) return objects;
    this.#file.expectSignature(address, 'GCOL');
    objects = new Map();
    const end = address + this.#file.u64(address + 8);
    for (let p = address + 16; p + 16 <= end; ) {
      this.#file.visit();
      const size = this.#file.u64(p + 8);
      const index = this.#file.u16(p);
      if (index === 0) break; // object 0 is the free space at the end
      objects.set(index, { at: p + 16, size });
      p += 16 + 8 * Math.ceil(size / 8);
    }
    this.#collections.set(address, objects);
    return objects;
  }
}
