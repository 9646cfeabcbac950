/**
 * Reads with h5wasm (the HDF5 library in WebAssembly) what `classic-reader.ts` does not: newer file formats, chunks,
 * filters, dense attributes. It is loaded when the first such file is opened.
 */
import type { Entity, Group } from 'h5wasm';
import { viewBytes, type NumericArray } from '../../engine/dtype.js';
import { asKerasType, dtypeName, requireReadable } from './classic-reader.js';
import { CLASSES, type StoredType } from './datatype.js';
import {
  checkedSize, H5Error, H5_LIMITS,
  type H5Array, type H5Attribute, type H5Dataset, type H5File, type H5Group, type H5Node,
} from './types.js';

type Library = typeof import('h5wasm');
type Metadata = ReturnType<Awaited<Library['ready']>['get_dataset_metadata']>;

/** h5wasm takes 0.3 ms for an object, so that the general limit would mean a minute. */
const OBJECTS = H5_LIMITS.objects / 4;

let library: Promise<Library> | undefined;
let reloads = 0;
let opened = 0;

async function load(): Promise<Library> {
  // After a trap the memory of a WebAssembly module cannot be trusted; a query gives a module of its own.
  const h5wasm = reloads === 0
    ? await import('h5wasm')
    : ((await import(`${import.meta.resolve('h5wasm')}?reload=${reloads}`)) as Library);
  await h5wasm.ready;
  // HDF5 reports most errors on stderr alone: a listing that fails half-way looks like a short one.
  const { tty } = (h5wasm.Module.FS as unknown as Streams).getStream(STDERR);
  tty.ops = { put_char: (_, code) => void (complaints += String.fromCharCode(code)), fsync: () => {} };
  return h5wasm;
}

/** A part of Emscripten's file system that its types leave out. */
interface Streams {
  getStream(fd: number): { tty: { ops: { put_char(terminal: unknown, code: number): void; fsync(): void } } };
}
const STDERR = 2;
let complaints = '';

/** What HDF5 has complained of since the last time: the innermost reason of its error stack. */
function takeComplaint(): string | undefined {
  const reasons = [...complaints.matchAll(/ in \w+\(\): (.*)/g)].map((match) => match[1]);
  const complaint = complaints === '' ? undefined : (reasons.at(-1) ?? firstLine(complaints));
  complaints = '';
  return complaint;
}

/** Opens a file in h5wasm's own memory: it has no way to the disk, and so follows no link out of the file. */
export async function openWithH5wasm(bytes: Uint8Array): Promise<H5File> {
  const h5wasm = await (library ??= load());
  const name = `file-${++opened}.h5`;
  const { FS } = h5wasm.Module;
  const guard = <T>(what: string, work: () => T): T => {
    try {
      const result = work();
      const complaint = takeComplaint();
      if (complaint !== undefined) throw new H5Error(`${what}: ${complaint}`);
      return result;
    } catch (cause) {
      if (cause instanceof H5Error) throw cause;
      const complaint = takeComplaint();
      if (cause instanceof Error && cause.name === 'RuntimeError') {
        library = undefined;
        reloads++;
      }
      throw new H5Error(`${what}: ${complaint ?? firstLine(cause)}`, { cause });
    }
  };
  // The last flag lends our bytes instead of copying them.
  guard('The file cannot be held in memory', () => FS.createDataFile('/', name, bytes, true, false, true));
  let file: InstanceType<Library['File']> | undefined;
  const close = (): void => {
    const open = file;
    file = undefined;
    try {
      open?.close();
      if (FS.analyzePath(`/${name}`).exists) FS.unlink(`/${name}`);
    } catch {
      // A damaged file may fail to close; it was only read, and nothing more is wanted of it.
    }
    takeComplaint();
  };
  try {
    file = guard('HDF5 cannot open the file', () => {
      const handle = new h5wasm.File(`/${name}`, 'r');
      if (handle.file_id < 0n) throw new H5Error('HDF5 cannot open the file: it is damaged or no HDF5 file.');
      return handle;
    });
    const tree = new TreeReader(h5wasm, file, bytes.length, guard);
    return { root: tree.group(file, '', 0), reader: 'h5wasm', close, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

type Guard = <T>(what: string, work: () => T) => T;

class TreeReader {
  readonly #library: Library;
  readonly #file: InstanceType<Library['File']>;
  readonly #fileBytes: number;
  readonly #guard: Guard;
  #objects = 0;

  constructor(h5wasm: Library, file: InstanceType<Library['File']>, fileBytes: number, guard: Guard) {
    this.#library = h5wasm;
    this.#file = file;
    this.#fileBytes = fileBytes;
    this.#guard = guard;
  }

  group(group: Group, path: string, depth: number): H5Group {
    if (depth > H5_LIMITS.depth) throw new H5Error(`The file nests groups more than ${H5_LIMITS.depth} deep.`);
    const children = new Map<string, H5Node>();
    for (const key of this.#guard(`Group '${path}' cannot be read`, () => group.keys())) {
      if (++this.#objects > OBJECTS) throw new H5Error(`The file has over ${OBJECTS} objects.`);
      const childPath = path ? `${path}/${key}` : key;
      children.set(key, this.#guard(`'${childPath}' cannot be read`, () => this.#node(group, key, childPath, depth)));
    }
    const attributes = this.#attributesOf(path);
    return {
      kind: 'group', path, children,
      get attributes() {
        return attributes();
      },
    };
  }

  #node(group: Group, key: string, path: string, depth: number): H5Node {
    const { Module, Group: GroupClass, Dataset } = this.#library;
    // Asked first, because get() follows a soft link.
    const target = group.get_link(path);
    if (target) return { kind: 'link', path, target };
    if (group.get_type(path) === Module.H5G_UDLINK) return { kind: 'link', path, target: 'another file' };
    const entity: Entity | null = group.get(key);
    if (entity instanceof GroupClass) return this.group(entity, path, depth + 1);
    if (entity instanceof Dataset) return this.#dataset(path);
    throw new H5Error(`'${path}' is neither a group nor a dataset.`);
  }

  #attributesOf(path: string): () => ReadonlyMap<string, H5Attribute> {
    let cached: ReadonlyMap<string, H5Attribute> | undefined;
    return () => (cached ??= this.#guard(`The attributes of '${path}' cannot be read`, () => this.#attributes(path)));
  }

  #attributes(path: string): Map<string, H5Attribute> {
    const { Module, Attribute } = this.#library;
    const id = this.#file.file_id;
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
  }

  #dataset(path: string): H5Dataset {
    const { Module } = this.#library;
    const id = this.#file.file_id;
    const metadata = Module.get_dataset_metadata(id, path);
    const attributes = this.#attributesOf(path);
    const type = asKerasType(storedType(metadata, Module), attributes);
    const shape = metadata.shape ?? [0];
    if (metadata.virtual_sources?.length) {
      throw new H5Error(`Dataset '${path}' takes its values from other files. Such files are not read.`);
    }
    return {
      kind: 'dataset', path, shape, dtype: dtypeName(type),
      get attributes() {
        return attributes();
      },
      read: (): H5Array => {
        requireReadable(path, type);
        const count = checkedSize(path, shape, type.size, this.#fileBytes);
        if (type.kind !== 'number') {
          const value = this.#guard(`Dataset '${path}' cannot be read`, () => new this.#library.Dataset(id, path).value);
          return { shape, dtype: 'string', data: [value].flat() as string[] };
        }
        const raw = this.#guard(`Dataset '${path}' cannot be read`, () => this.#bytes(path, count * type.size));
        return { shape, dtype: type.dtype, data: viewBytes(type.dtype, raw) as NumericArray };
      },
    };
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

type Module = Library['Module'];

function readable(type: number, { H5T_class_t: t }: Module): boolean {
  return [t.H5T_INTEGER, t.H5T_FLOAT, t.H5T_STRING, t.H5T_ENUM].some(({ value }) => value === type);
}

function isBoolEnum(type: Metadata['enum_type']): boolean {
  return type?.nmembers === 2 && type.members['FALSE'] === 0 && type.members['TRUE'] === 1;
}

/** h5wasm's description of a type in our words. It hands all numbers over in little-endian order. */
function storedType(metadata: Metadata, module: Module): StoredType {
  const { type, size, signed, vlen, enum_type, compound_type } = metadata;
  const t = module.H5T_class_t;
  const number = (dtype: Extract<StoredType, { kind: 'number' }>['dtype']): StoredType =>
    ({ kind: 'number', dtype, size, littleEndian: true });
  const isInteger = type === t.H5T_INTEGER.value || type === t.H5T_ENUM.value;
  if (isInteger && isBoolEnum(enum_type)) return number('bool');
  if (isInteger && [1, 2, 4, 8].includes(size)) return number(`${signed ? 'int' : 'uint'}${8 * size}` as 'int32');
  if (type === t.H5T_FLOAT.value && [2, 4, 8].includes(size)) return number(`float${8 * size}` as 'float32');
  if (type === t.H5T_STRING.value) return { kind: vlen ? 'variable-string' : 'fixed-string', size };
  if (type === t.H5T_OPAQUE.value) return { kind: 'opaque', size };
  const parts = compound_type?.members.map((m) => `${m.name}:${m.type}:${m.size}`).join();
  if (parts === `r:${t.H5T_FLOAT.value}:4,i:${t.H5T_FLOAT.value}:4`) return number('complex64');
  return { kind: 'other', size, description: CLASSES[type] ?? `class ${type}` };
}

/** h5wasm throws errors, strings and numbers. */
function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.split('\n', 1)[0].slice(0, 200);
}

