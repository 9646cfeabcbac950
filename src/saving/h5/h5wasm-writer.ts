/**
 * Lays an HDF5 file out with h5wasm, in the form that h5py writes by default: version 0 superblock, groups as symbol
 * tables, contiguous arrays.
 *
 * HDF5 never sees the values of large arrays. It is told that they lie somewhere, and `SparseFile` notes where it puts
 * them; the writer's thread then sends them there from where they are. So a file takes no more memory than its arrays,
 * and arrays may be larger than the memory of WebAssembly.
 */
import { bytesPerElement, type DType } from '../../engine/dtype.js';
import { byteLengthOf } from '../../engine/shape.js';
import { guard, loadH5wasm, type H5wasm } from './h5wasm.js';
import type { Piece, WritableAttribute, WriteReply, WriteRequest, WrittenDataset } from './plain-tree.js';
import { SparseFile } from './sparse-file.js';
import { needsStandIn, replaceStandIns, standInName } from './stand-ins.js';
import { H5Error } from './types.js';

type Module = H5wasm['Module'];
type Metadata = Parameters<Module['create_dataset']>[3];

let written = 0;

/** Lays a file out and tells of which pieces it consists. */
export async function layOut({ groups, datasets, attributes }: WriteRequest): Promise<WriteReply> {
  const { Module } = await loadH5wasm();
  const name = `new-${++written}.h5`;
  const file = new SparseFile(Module.FS, name);
  try {
    // The oldest format that can hold what is written is what all readers know.
    const { H5F_ACC_TRUNC, H5F_LIBVER_EARLIEST, H5F_LIBVER_V110 } = Module;
    const id = guard('HDF5 cannot make a file', () =>
      Module.open(`/${name}`, H5F_ACC_TRUNC, false, H5F_LIBVER_EARLIEST, H5F_LIBVER_V110));
    for (const path of groups) guard(`Group '${path}' cannot be written`, () => Module.create_group(id, path));
    datasets.forEach((dataset, number) => {
      const write = (): void =>
        guard(`Dataset '${dataset.path}' cannot be written`, () => writeDataset(Module, id, dataset));
      if (dataset.data) write();
      else if (file.receive(number, write) !== byteLengthOf(dataset)) {
        throw new H5Error(`HDF5 did not write dataset '${dataset.path}' as a whole.`);
      }
    });
    for (const { path, name: attribute, value } of attributes) {
      guard(`Attribute '${attribute}' of '${path}' cannot be written`, () => writeAttribute(Module, id, path, attribute, value));
    }
    guard('HDF5 cannot finish the file', () => Module.close_file(id));
    return piecesOf(file, datasets.filter(({ dtype }) => needsStandIn(dtype)).length);
  } finally {
    Module.FS.unlink(`/${name}`);
  }
}

function piecesOf(file: SparseFile, standIns: number): WriteReply {
  const pieces: Piece[] = [];
  let replaced = 0;
  const parts = [
    ...file.large.map(({ array, at }) => ({ at, piece: { dataset: array } as Piece })),
    ...[...file.stretches()].map(({ at, bytes }) => {
      replaced += replaceStandIns(bytes);
      return { at, piece: bytes as Piece };
    }),
  ];
  for (const { piece } of parts.toSorted((a, b) => a.at - b.at)) pieces.push(piece);
  if (replaced !== standIns) throw new H5Error(`${standIns} arrays of small types were written, ${replaced} found.`);
  return { pieces, byteLength: file.byteLength };
}

function metadataOf(module: Module, dtype: DType, shape: readonly number[]): Metadata {
  const t = module.H5T_class_t;
  const base = (type: number, size: number, signed = false): Metadata => ({
    type, size, signed, vlen: false, littleEndian: true, shape: shape.map(BigInt), maxshape: shape.map(BigInt), chunks: null,
    total_size: shape.reduce((n, d) => n * d, 1),
  } as Metadata);
  const size = bytesPerElement(dtype);
  const compound = (...members: [name: string, type: number, size: number][]): Metadata => {
    let offset = 0;
    const list = members.map(([name, type, bytes]) => ({ ...base(type, bytes), name, offset: (offset += bytes) - bytes }));
    return { ...base(t.H5T_COMPOUND.value, size), compound_type: { members: list as never, nmembers: list.length } };
  };
  if (needsStandIn(dtype)) return compound([standInName(dtype), t.H5T_INTEGER.value, size]);
  if (dtype === 'complex64') return compound(['r', t.H5T_FLOAT.value, 4], ['i', t.H5T_FLOAT.value, 4]);
  if (dtype === 'string') return { ...base(t.H5T_STRING.value, 16), vlen: true, cset: 1 };
  const isFloat = dtype === 'float32' || dtype === 'float64';
  return base(isFloat ? t.H5T_FLOAT.value : t.H5T_INTEGER.value, size, !dtype.startsWith('uint'));
}

function writeDataset(module: Module, file: bigint, { path, shape, dtype, data }: WrittenDataset): void {
  const metadata = metadataOf(module, dtype, shape);
  if (Array.isArray(data)) module.create_vlen_str_dataset(file, path, data, metadata);
  else withBytes(module, data as Uint8Array | undefined, (at) => module.create_dataset(file, path, at, metadata));
  if (dtype === 'bfloat16') writeAttribute(module, file, path, 'dtype', 'bfloat16'); // Keras's mark
}

function writeAttribute(module: Module, file: bigint, path: string, name: string, value: WritableAttribute): void {
  const list = Array.isArray(value) ? (value as readonly (string | number)[]) : [value as string | number];
  const shape = Array.isArray(value) ? [list.length] : [];
  const at = path || '/';
  // An empty list has no type; NumPy's, and so h5py's, is float64.
  if (list.length > 0 && list.every((item) => typeof item === 'string')) {
    module.create_vlen_str_attribute(file, at, name, list, metadataOf(module, 'string', shape));
    return;
  }
  const whole = list.length > 0 && list.every(Number.isSafeInteger);
  const numbers = whole ? BigInt64Array.from(list.map(BigInt)) : Float64Array.from(list as number[]);
  withBytes(module, new Uint8Array(numbers.buffer), (pointer) =>
    module.create_attribute(file, at, name, pointer, metadataOf(module, whole ? 'int64' : 'float64', shape)));
}

/** Has bytes in the memory of WebAssembly for a moment. Without bytes any place will do: nothing is read from it. */
function withBytes(module: Module, bytes: Uint8Array | undefined, use: (pointer: bigint) => void): void {
  const pointer = module._malloc(Math.max(bytes?.length ?? 0, 1));
  try {
    if (bytes) module.HEAPU8.set(bytes, pointer);
    use(BigInt(pointer));
  } finally {
    module._free(pointer);
  }
}
