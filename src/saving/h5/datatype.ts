/**
 * HDF5 datatype messages, read and written.
 *
 * Format: "HDF5 File Format Specification", section IV.A.2.d. Versions 1 to 3 are read; version 1 is written, as
 * h5py does by default. How NumPy's types map to them is h5py's convention: bool is an enum of FALSE and TRUE over
 * int8, complex64 a compound of `r` and `i`, bfloat16 an opaque pair of bytes (with an attribute `dtype` of Keras's
 * that says which type it is).
 */
import { bytesPerElement, type DType } from '../../engine/dtype.js';
import type { Bytes } from './bytes.js';
import { H5Error, H5UnsupportedLayout } from './types.js';

/** The type of a dataset's or an attribute's elements as the file states it. */
export type StoredType =
  | { kind: 'number'; dtype: Exclude<DType, 'string'>; size: number; littleEndian: boolean }
  | { kind: 'fixed-string'; size: number }
  | { kind: 'variable-string'; size: number }
  | { kind: 'opaque'; size: number }
  | { kind: 'other'; size: number; description: string };

/** HDF5's classes of datatypes, by number. */
export const CLASSES = [
  'integer', 'float', 'time', 'string', 'bitfield', 'opaque', 'compound', 'reference', 'enum', 'variable length',
  'array', 'complex',
];
const NO_CLASS = 15;

/** Reads the message at `at`. Types that Keras has no name for become `other`. */
export function readDatatype(bytes: Bytes, at: number): StoredType {
  const version = bytes.u8(at) >> 4;
  const cls = bytes.u8(at) & 0x0f;
  const flags = bytes.u8(at + 1);
  const size = bytes.u32(at + 4);
  if (version < 1 || version > 3) throw new H5UnsupportedLayout(`datatype message version ${version}`);
  if (size === 0 && cls !== NO_CLASS) throw new H5Error('The file is damaged: a datatype of 0 bytes.');
  const other = (): StoredType => ({ kind: 'other', size, description: CLASSES[cls] ?? `class ${cls}` });
  const littleEndian = (flags & 1) === 0;
  switch (cls) {
    case 0: {
      const dtype = `${flags & 8 ? 'int' : 'uint'}${8 * size}` as Exclude<DType, 'string'>;
      const whole = bytes.u16(at + 8) === 0 && bytes.u16(at + 10) === 8 * size;
      return whole && [1, 2, 4, 8].includes(size) ? { kind: 'number', dtype, size, littleEndian } : other();
    }
    case 1: {
      const dtype = floatType(bytes, at, size);
      return dtype && !(flags & 0x40) ? { kind: 'number', dtype, size, littleEndian } : other();
    }
    case 3:
      return { kind: 'fixed-string', size };
    case 5:
      return { kind: 'opaque', size };
    case 6:
      return isComplex64(bytes, at, size) ? { kind: 'number', dtype: 'complex64', size, littleEndian: true } : other();
    case 8:
      return enumType(bytes, at, version, size) ?? other();
    case 9:
      return (flags & 0x0f) === 1 ? { kind: 'variable-string', size } : other();
    default:
      return other();
  }
}

/** [bits, exponent position, exponent size, mantissa size, exponent bias] of the IEEE types and bfloat16. */
const FLOATS = {
  float16: [16, 10, 5, 10, 15],
  float32: [32, 23, 8, 23, 127],
  float64: [64, 52, 11, 52, 1023],
  bfloat16: [16, 7, 8, 7, 127],
} as const;

function floatType(bytes: Bytes, at: number, size: number): keyof typeof FLOATS | undefined {
  const found = [bytes.u16(at + 10), bytes.u8(at + 12), bytes.u8(at + 13), bytes.u8(at + 15), bytes.u32(at + 16)];
  const aligned = bytes.u16(at + 8) === 0 && bytes.u8(at + 14) === 0;
  const names = Object.keys(FLOATS) as (keyof typeof FLOATS)[];
  return names.find((name) => aligned && FLOATS[name].every((v, i) => v === found[i]) && 8 * size === FLOATS[name][0]);
}

/** h5py's bool, or an enum that stands for its integers. */
function enumType(bytes: Bytes, at: number, version: number, size: number): StoredType | undefined {
  const base = readDatatype(bytes, at + 8);
  if (base.kind !== 'number' || base.size !== size || !/int/.test(base.dtype)) return undefined;
  const members = bytes.u16(at + 1);
  if (members !== 2 || size !== 1) return base;
  const names: string[] = [];
  let position = at + 8 + 12; // the base type's message: 8 bytes and 4 of properties
  for (let i = 0; i < members; i++) {
    const name = bytes.text(position, 64);
    names.push(name);
    const length = Buffer.byteLength(name) + 1;
    position += version < 3 ? 8 * Math.ceil(length / 8) : length;
  }
  const isBool = names.join() === 'FALSE,TRUE' && bytes.u8(position) === 0 && bytes.u8(position + 1) === 1;
  return isBool ? { kind: 'number', dtype: 'bool', size, littleEndian: true } : base;
}

/** A compound of two little-endian float32 named `r` and `i`. */
function isComplex64(bytes: Bytes, at: number, size: number): boolean {
  const version = bytes.u8(at) >> 4;
  if (size !== 8 || bytes.u16(at + 1) !== 2) return false;
  let position = at + 8;
  for (const [name, offset] of [['r', 0], ['i', 4]] as const) {
    if (bytes.text(position, 8) !== name) return false;
    position += version < 3 ? 8 : 2;
    if ((version < 3 ? bytes.u32(position) : bytes.u8(position)) !== offset) return false;
    position += version === 1 ? 32 : version === 2 ? 4 : 1;
    const member = readDatatype(bytes, position);
    if (member.kind !== 'number' || member.dtype !== 'float32' || !member.littleEndian) return false;
    position += 20;
  }
  return true;
}

/** The message for a dtype, as h5py writes it. Strings are of variable length, in UTF-8. */
export function writeDatatype(dtype: DType): Uint8Array {
  switch (dtype) {
    case 'float16':
    case 'float32':
    case 'float64': {
      const [bits, exponentAt, exponentSize, mantissaSize, bias] = FLOATS[dtype];
      const tail = new Uint8Array(12);
      const view = new DataView(tail.buffer);
      view.setUint16(2, bits, true);
      tail.set([exponentAt, exponentSize, 0, mantissaSize], 4);
      view.setUint32(8, bias, true);
      // 0x20: the mantissa's leading bit is implied; then the sign's position.
      return message(1, [0x20, bits - 1], bits / 8, tail);
    }
    case 'bool':
      return message(8, [2, 0], 1, writeDatatype('int8'), Buffer.from('FALSE\0\0\0TRUE\0\0\0\0\0\x01'));
    case 'bfloat16':
      return message(5, [0, 0], 2);
    case 'complex64': {
      const member = (name: string, offset: number): Uint8Array[] => {
        const head = new Uint8Array(40);
        head[0] = name.charCodeAt(0);
        head[8] = offset;
        return [head, writeDatatype('float32')];
      };
      return message(6, [2, 0], 8, ...member('r', 0), ...member('i', 4));
    }
    case 'string':
      return message(9, [1, 1], 16, writeDatatype('uint8'));
    default: {
      const size = bytesPerElement(dtype);
      const precision = new Uint8Array(4);
      precision[2] = 8 * size;
      return message(0, [dtype.startsWith('uint') ? 0 : 8, 0], size, precision);
    }
  }
}

function message(cls: number, flags: [number, number], size: number, ...rest: Uint8Array[]): Uint8Array {
  return Buffer.concat([Uint8Array.of(0x10 | cls, ...flags, 0, size, 0, 0, 0), ...rest]);
}
