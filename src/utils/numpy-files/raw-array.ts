/** Arrays from bytes as NumPy lays them out. */
import { NDArray } from '../../engine/convert.js';
import { viewBytes, type DType } from '../../engine/dtype.js';
import { fromHalfBits } from '../../engine/half.js';
import { formatShape, sizeOf } from '../../engine/shape.js';

/** A file of NumPy's is damaged, or holds what is not read here. */
export class NumpyFileError extends Error {
  override name = 'NumpyFileError';
}

type Numeric = Exclude<DType, 'string'>;

/** NumPy's kinds of elements with their sizes in bytes. */
const DTYPES: Readonly<Record<string, Numeric>> = {
  b1: 'bool', u1: 'uint8', u2: 'uint16', u4: 'uint32', u8: 'uint64', i1: 'int8', i2: 'int16', i4: 'int32', i8: 'int64',
  f2: 'float16', f4: 'float32', f8: 'float64', c8: 'complex64',
};

/** How NumPy writes a dtype: `<f4`, `|b1`. */
export function descrOf(dtype: DType): string {
  const kind = Object.keys(DTYPES).find((key) => DTYPES[key] === dtype);
  if (kind === undefined) {
    throw new NumpyFileError(`NumPy's files have no dtype ${dtype}. Cast the array first, bfloat16 to float32.`);
  }
  return `${kind.endsWith('1') ? '|' : '<'}${kind}`;
}

/** The elements of an array on disk. */
export interface RawArray {
  /** NumPy's name of the dtype, such as `<f4`. */
  descr: string;
  shape: readonly number[];
  /** Whether the first axis moves fastest. */
  fortranOrder: boolean;
  bytes: Uint8Array;
}

/** The array that bytes stand for. @throws NumpyFileError for dtypes that there are not here, and too few or many bytes */
export function arrayFromBytes({ descr, shape, fortranOrder, bytes }: RawArray): NDArray {
  const [, order, kind, digits] = /^([<>|=]?)([a-zA-Z])(\d*)$/.exec(descr) ?? [];
  const dtype = DTYPES[`${kind}${digits}`];
  const isText = kind === 'U' || kind === 'S';
  if (dtype === undefined && !isText) {
    throw new NumpyFileError(`Arrays of NumPy's dtype '${descr}' are not read. Cast it in Python first, for instance to float32.`);
  }
  const itemBytes = kind === 'c' ? 8 : Number(digits) * (kind === 'U' ? 4 : 1);
  const size = sizeOf(shape);
  if (bytes.length !== size * itemBytes) {
    throw new NumpyFileError(`An array of shape ${formatShape(shape)} and dtype '${descr}' takes ${size * itemBytes} bytes, ` +
      `received ${bytes.length}: the file is damaged, or cut short.`);
  }
  const places = fortranOrder && shape.length > 1 ? fortranPlaces(shape) : undefined;
  // A copy, aligned and of its own, in the order of rows and of this machine.
  const own = new Uint8Array(bytes.length);
  if (places) places.forEach((from, to) => own.set(bytes.subarray(from * itemBytes, (from + 1) * itemBytes), to * itemBytes));
  else own.set(bytes);
  const unit = kind === 'U' || kind === 'c' ? 4 : itemBytes;
  if (order === '>' && unit > 1) for (let at = 0; at < own.length; at += unit) own.subarray(at, at + unit).reverse();
  if (isText) return new NDArray(textsOf(own, kind, itemBytes, size), shape, 'string');
  const bits = viewBytes(dtype, own.buffer);
  return new NDArray(dtype === 'float16' ? fromHalfBits(bits as Uint16Array, dtype) : bits, shape, dtype);
}

/** Where the elements of rows lie in an array of columns. */
function fortranPlaces(shape: readonly number[]): number[] {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  return Array.from({ length: sizeOf(shape) }, (_, index) => {
    let [rest, place] = [index, 0];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += (rest % shape[axis]) * strides[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    return place;
  });
}

/** Texts of fixed length: four bytes a character, or bytes of UTF-8; padded with zeros. */
function textsOf(bytes: Uint8Array, kind: string, itemBytes: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const item = bytes.slice(i * itemBytes, (i + 1) * itemBytes);
    const text = kind === 'S' ? Buffer.from(item).toString('utf8')
      : Array.from(new Uint32Array(item.buffer), (code) => String.fromCodePoint(Math.min(code, 0x10ffff))).join('');
    return text.replace(/\0+$/, '');
  });
}
