/**
 * Reads with h5wasm what jsfive does not read, or not exactly: newer file formats, chunks, filters, other byte orders,
 * bool, complex64, dense attributes.
 */
import type { Entity, Group } from 'h5wasm';
import { guard, loadH5wasm, takeComplaint, type H5wasm } from './h5wasm.js';
import { Budget, unknownType, type PlainDataset, type PlainGroup, type PlainNode, type Values } from './plain-tree.js';
import { H5Error, type H5Attribute } from './types.js';

type Module = H5wasm['Module'];
type Metadata = ReturnType<Module['get_dataset_metadata']>;

let opened = 0;

/** Reads a file in h5wasm's own memory: it has no way to the disk, and so follows no link out of the file. */
export async function readWithH5wasm(bytes: Uint8Array): Promise<PlainGroup> {
  const h5wasm = await loadH5wasm();
  const name = `file-${++opened}.h5`;
  const { FS } = h5wasm.Module;
  // The last flag lends our bytes instead of copying them.
  guard('The file cannot be held in memory', () => FS.createDataFile('/', name, bytes, true, false, true));
  let file: InstanceType<H5wasm['File']> | undefined;
  try {
    file = guard('HDF5 cannot open the file', () => {
      const handle = new h5wasm.File(`/${name}`, 'r');
      if (handle.file_id < 0n) throw new H5Error('HDF5 cannot open the file: it is damaged or no HDF5 file.');
      return handle;
    });
    return new TreeReader(h5wasm, file, bytes.length).group(file, '', 0);
  } finally {
    try {
      file?.close();
      if (FS.analyzePath(`/${name}`).exists) FS.unlink(`/${name}`);
    } catch {
      // A damaged file may fail to close; it was only read, and nothing more is wanted of it.
    }
    takeComplaint();
  }
}

class TreeReader {
  readonly #library: H5wasm;
  readonly #file: InstanceType<H5wasm['File']>;
  readonly #budget: Budget;

  constructor(h5wasm: H5wasm, file: InstanceType<H5wasm['File']>, fileBytes: number) {
    this.#library = h5wasm;
    this.#file = file;
    this.#budget = new Budget(fileBytes);
  }

  group(group: Group, path: string, depth: number): PlainGroup {
    const children = new Map<string, PlainNode>();
    for (const key of guard(`Group '${path}' cannot be read`, () => group.keys())) {
      this.#budget.object(depth);
      const childPath = path ? `${path}/${key}` : key;
      children.set(key, guard(`'${childPath}' cannot be read`, () => this.#node(group, key, childPath, depth)));
    }
    return { kind: 'group', attributes: this.#attributes(path), children };
  }

  #node(group: Group, key: string, path: string, depth: number): PlainNode {
    const { Module, Group: GroupClass, Dataset } = this.#library;
    // Asked first, because get() follows a soft link.
    const target = group.get_link(path);
    if (target) return { kind: 'link', target };
    if (group.get_type(path) === Module.H5G_UDLINK) return { kind: 'link', target: 'another file' };
    const entity: Entity | null = group.get(key);
    if (entity instanceof GroupClass) return this.group(entity, path, depth + 1);
    if (entity instanceof Dataset) return this.#dataset(path);
    throw new H5Error(`'${path}' is neither a group nor a dataset.`);
  }

  #attributes(path: string): Map<string, H5Attribute> {
    const { Module, Attribute } = this.#library;
    const id = this.#file.file_id;
    return guard(`The attributes of '${path}' cannot be read`, () => {
      const found = new Map<string, H5Attribute>();
      for (const name of Module.get_attribute_names(id, path || '/')) {
        const attribute = new Attribute(id, path || '/', name);
        const { type, enum_type } = attribute.metadata;
        const raw = readable(type, Module) ? attribute.value : null;
        const isBool = isBoolEnum(enum_type);
        const plain = (v: unknown): string | number | bigint | boolean =>
          isBool ? Boolean(v) : (v as string | number | bigint);
        const isList = Array.isArray(raw) || ArrayBuffer.isView(raw);
        const list = isList ? Array.from(raw as ArrayLike<unknown>, plain) : undefined;
        found.set(name, raw === null ? null : (list ?? plain(raw)));
      }
      return found;
    });
  }

  #dataset(path: string): PlainDataset {
    const { Module } = this.#library;
    const metadata = Module.get_dataset_metadata(this.#file.file_id, path);
    const attributes = this.#attributes(path);
    const shape = metadata.shape ?? [0];
    const dtype = dtypeOf(metadata, attributes, Module);
    const values = this.#values(path, dtype, metadata);
    return { kind: 'dataset', attributes, shape, dtype: dtype ?? describeType(metadata), values };
  }

  #values(path: string, dtype: string | undefined, metadata: Metadata): Values {
    const { shape, size, virtual_sources } = metadata;
    if (dtype === undefined) return { kind: 'refused', why: unknownType(path, describeType(metadata), size) };
    if (virtual_sources?.length) {
      return { kind: 'refused', why: `Dataset '${path}' takes its values from other files. Such files are not read.` };
    }
    const why = this.#budget.refusal(path, shape ?? [0], size);
    if (why !== undefined) return { kind: 'refused', why };
    if (dtype === 'string') {
      const value = new this.#library.Dataset(this.#file.file_id, path).value;
      return { kind: 'strings', strings: [value].flat() as string[] };
    }
    return { kind: 'bytes', bytes: this.#bytes(path, (shape ?? [0]).reduce((n, d) => n * d, size)) };
  }

  /** The elements of a dataset as little-endian bytes. `Dataset.value` would refuse the types of 16 bits. */
  #bytes(path: string, size: number): ArrayBuffer {
    const { Module } = this.#library;
    const { _malloc: malloc, _free: free } = Module;
    if (size === 0) return new ArrayBuffer(0);
    const pointer = malloc(size);
    if (pointer === 0) throw new H5Error(`no memory for ${size} bytes`);
    try {
      const status = Module.get_dataset_data(this.#file.file_id, path, null, null, null, BigInt(pointer));
      if (status < 0) throw new H5Error(`Dataset '${path}' is damaged, or its values lie in another file.`);
      return Module.HEAPU8.slice(pointer, pointer + size).buffer as ArrayBuffer;
    } finally {
      free(pointer);
    }
  }
}

function readable(type: number, { H5T_class_t: t }: Module): boolean {
  return [t.H5T_INTEGER, t.H5T_FLOAT, t.H5T_STRING, t.H5T_ENUM].some(({ value }) => value === type);
}

function isBoolEnum(type: Metadata['enum_type']): boolean {
  return type?.nmembers === 2 && type.members['FALSE'] === 0 && type.members['TRUE'] === 1;
}

/** The Keras dtype that the elements of a dataset are; undefined where there is none. */
function dtypeOf(metadata: Metadata, attributes: ReadonlyMap<string, H5Attribute>, module: Module): string | undefined {
  const { type, size, signed, enum_type, compound_type } = metadata;
  const t = module.H5T_class_t;
  const isInteger = type === t.H5T_INTEGER.value || type === t.H5T_ENUM.value;
  if (isInteger && isBoolEnum(enum_type)) return 'bool';
  if (isInteger && [1, 2, 4, 8].includes(size)) return `${signed ? 'int' : 'uint'}${8 * size}`;
  if (type === t.H5T_FLOAT.value && [2, 4, 8].includes(size)) return `float${8 * size}`;
  if (type === t.H5T_STRING.value) return 'string';
  // Keras's mark for its bfloat16 arrays, which HDF5 keeps as opaque pairs of bytes.
  if (type === t.H5T_OPAQUE.value && size === 2 && attributes.get('dtype') === 'bfloat16') return 'bfloat16';
  const parts = compound_type?.members.map((m) => `${m.name}:${m.type}:${m.size}`).join();
  return parts === `r:${t.H5T_FLOAT.value}:4,i:${t.H5T_FLOAT.value}:4` ? 'complex64' : undefined;
}

/** HDF5's classes of types, by number. */
const CLASSES = [
  'integer', 'float', 'time', 'string', 'bitfield', 'opaque', 'compound', 'reference', 'enum', 'variable length', 'array',
];
const describeType = ({ type }: Metadata): string => CLASSES[type] ?? `class ${type}`;
