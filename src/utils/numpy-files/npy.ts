/** NumPy's files of one array (.npy). Source of the format: NumPy, numpy/lib/_format_impl.py. */
import type { NDArray } from '../../engine/convert.js';
import type { NumericArray } from '../../engine/dtype.js';
import { toBits } from '../../engine/host.js';
import { PickledArray, readPickle, type Pickled } from './pickle.js';
import { arrayFromBytes, descrOf, NumpyFileError } from './raw-array.js';

const MAGIC = '\x93NUMPY';
/** The header ends at a multiple of this many bytes. */
const ALIGNMENT = 64;

interface Header {
  descr: string;
  fortranOrder: boolean;
  shape: number[];
  /** Where the elements begin. */
  end: number;
}

export const looksLikeNpy = (bytes: Uint8Array): boolean => Buffer.from(bytes.subarray(0, 6)).toString('latin1') === MAGIC;

function readHeader(bytes: Uint8Array, name: string): Header {
  if (!looksLikeNpy(bytes) || bytes.length < 12) throw new NumpyFileError(`${name} is no file of a NumPy array.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isFirst = bytes[6] === 1;
  const begin = isFirst ? 10 : 12;
  const end = begin + (isFirst ? view.getUint16(8, true) : view.getUint32(8, true));
  const text = Buffer.from(bytes.subarray(begin, end)).toString('utf8');
  const [descr, order, shape] = [/'descr':\s*'([^']+)'/, /'fortran_order':\s*(True|False)/, /'shape':\s*\(([\d\s,L]*)\)/]
    .map((pattern) => pattern.exec(text)?.[1]);
  if (end > bytes.length || descr === undefined || order === undefined || shape === undefined) {
    throw new NumpyFileError(`${name} has no header of a NumPy array of one dtype, received ${JSON.stringify(text.slice(0, 120))}.`);
  }
  return { descr, fortranOrder: order === 'True', shape: shape.split(',').filter((d) => d.trim() !== '').map((d) => Number.parseInt(d, 10)), end };
}

/** The array in a `.npy` file. @throws NumpyFileError for other files, and arrays of objects */
export function readNpy(bytes: Uint8Array, name: string): NDArray {
  const { end, ...header } = readHeader(bytes, name);
  return arrayFromBytes({ ...header, bytes: bytes.subarray(end) });
}

/** The same, of an array of objects too: a list of what Python's pickle holds. */
export function readNpyOrObjects(bytes: Uint8Array, name: string): NDArray | Pickled[] {
  const { descr, end } = readHeader(bytes, name);
  if (!descr.endsWith('O')) return readNpy(bytes, name);
  const pickled = readPickle(bytes.subarray(end));
  if (pickled instanceof PickledArray && pickled.contents !== undefined) return pickled.contents;
  throw new NumpyFileError(`${name} holds no array of objects.`);
}

/** A `.npy` file of an array. @throws NumpyFileError for dtypes that NumPy does not have */
export function writeNpy(array: NDArray): Uint8Array {
  const { data, shape, dtype } = array;
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const header = `{'descr': '${descrOf(dtype)}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const length = Math.ceil((10 + header.length + 1) / ALIGNMENT) * ALIGNMENT - 10;
  const size = Buffer.alloc(2);
  size.writeUInt16LE(length);
  const bits = toBits(data, dtype, dtype) as NumericArray;
  return Buffer.concat([
    Buffer.from(`${MAGIC}\x01\x00`, 'latin1'), size, Buffer.from(`${header.padEnd(length - 1)}\n`),
    Buffer.from(bits.buffer, bits.byteOffset, bits.byteLength),
  ]);
}
