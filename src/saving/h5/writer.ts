/** Builds HDF5 files: what is to be in one is collected, then laid out by h5wasm in a thread, then written piece by piece. */
import { bytesOf, type NumericArray } from '../../engine/dtype.js';
import { byteLengthOf } from '../../engine/shape.js';
import type { VariableSnapshot } from '../../engine/variable.js';
import type { FileContents } from '../file-bytes.js';
import { Copies, type Source } from './copies.js';
import type { WritableAttribute, WriteReply, WrittenDataset } from './plain-tree.js';
import { SparseFile } from './sparse-file.js';
import { askThread } from './thread.js';
import { H5_LIMITS, type H5Array } from './types.js';

export type { WritableAttribute } from './plain-tree.js';

/** HDF5 keeps an attribute in one message, whose length has 16 bits. A string in it takes 16 bytes. */
const ATTRIBUTE_BYTES = 64_000;

/** What is to be in a file. Where it holds snapshots, it is disposed when it was written, or will not be. */
export class H5Writer implements Disposable {
  readonly #groups = new Set<string>();
  readonly #arrays = new Map<string, Source>();
  readonly #parts: H5Writer[] = [];
  #copies: Copies | undefined;
  readonly #attributes: { path: string; name: string; value: WritableAttribute }[] = [];

  /** Makes the group at `path` and those above it, where they do not exist. */
  createGroup(path: string): void {
    let at = '';
    for (const part of path ? path.split('/') : []) {
      at = at ? `${at}/${checkName(part, path)}` : checkName(part, path);
      if (this.#arrays.has(at)) throw new Error(`H5Writer: '${part}' in '${path}' is an array, not a group.`);
      this.#groups.add(at);
    }
  }

  /**
   * Adds an array. It is read when the file is written, and must not change until then; a small one on the device is read
   * at once.
   */
  createDataset(path: string, source: Source): void {
    const array = 'read' in source && byteLengthOf(source) < SparseFile.LARGE ? readOnce(source) : source;
    const cut = path.lastIndexOf('/');
    this.createGroup(path.slice(0, Math.max(cut, 0)));
    checkName(path.slice(cut + 1), path);
    if (this.#arrays.has(path) || this.#groups.has(path)) throw new Error(`H5Writer: '${path}' exists already.`);
    const elements = array.shape.reduce((product, d) => product * d, 1) * (array.dtype === 'complex64' ? 2 : 1);
    if ('data' in array && array.data.length !== elements) {
      throw new Error(`H5Writer: '${path}' has shape [${array.shape.join(', ')}], which takes ${elements} elements, ` +
        `but ${array.data.length} were given.`);
    }
    this.#arrays.set(path, array);
  }

  /** Sets an attribute of the group or dataset at `path` ('' for the file itself). */
  setAttribute(path: string, name: string, value: WritableAttribute): void {
    if (path !== '' && !this.#groups.has(path) && !this.#arrays.has(path)) {
      throw new Error(`H5Writer: there is no '${path}' to set the attribute '${name}' of.`);
    }
    const bytes = Array.isArray(value) ? value.length * (typeof value[0] === 'string' ? 16 : 8) : 16;
    if (bytes > ATTRIBUTE_BYTES) {
      throw new Error(`H5Writer: attribute '${name}' takes ${bytes} bytes; HDF5 allows ${ATTRIBUTE_BYTES}. ` +
        'Split it over several attributes.');
    }
    this.#attributes.push({ path, name, value });
  }

  /** The arrays in order, with their shapes and sizes. */
  listing(): { path: string; shape: readonly number[]; bytes: number }[] {
    return [...this.#arrays].map(([path, array]) => ({ path, shape: array.shape, bytes: byteLengthOf(array) }));
  }

  /**
   * Divides what is to be written into parts of at most so many bytes of arrays, in order, each with the groups that its
   * arrays are in, and their attributes.
   */
  split(limit: number): H5Writer[] {
    const parts: H5Writer[] = [];
    let room = -1;
    for (const [path, array] of this.#arrays) {
      const bytes = byteLengthOf(array);
      if (bytes > limit) {
        throw new Error(`The array '${path}' takes ${bytes} bytes, and cannot go into shards of ${Math.floor(limit)} bytes. ` +
          'Make max_shard_size larger.');
      }
      if (room < bytes) {
        parts.push(new H5Writer());
        room = limit;
      }
      parts.at(-1)!.createDataset(path, array);
      room -= bytes;
    }
    for (const part of parts) {
      for (const { path, name, value } of this.#attributes) {
        if (path === '' || part.#groups.has(path) || part.#arrays.has(path)) part.setAttribute(path, name, value);
      }
    }
    this.#parts.push(...parts);
    return parts.length > 0 ? parts : [this];
  }

  /** Lays the file out. */
  async finish(): Promise<FileContents> {
    const arrays = [...this.#arrays.values()];
    const copies = (this.#copies = new Copies(arrays));
    const datasets = [...this.#arrays].map(([path, array]): WrittenDataset =>
      ({ path, shape: array.shape, dtype: array.dtype, ...smallContents(array) }));
    const patience = 10 * H5_LIMITS.patience + arrays.length + this.#groups.size;
    const { pieces, byteLength } = await askThread<WriteReply>(
      { kind: 'write', groups: [...this.#groups], datasets, attributes: this.#attributes }, [], patience);
    return {
      byteLength,
      async *chunks() {
        for (const piece of pieces) {
          yield piece instanceof Uint8Array ? piece : bytesOf((await copies.take(piece.dataset)) as NumericArray);
        }
      },
    };
  }

  /** Lets go of what is on the device. */
  [Symbol.dispose](): void {
    for (const array of this.#arrays.values()) if ('read' in array) array.dispose();
    this.#copies?.[Symbol.dispose]();
    for (const part of this.#parts) part[Symbol.dispose]();
  }
}

function readOnce(snapshot: VariableSnapshot): H5Array {
  const { shape, dtype } = snapshot;
  const data = snapshot.read();
  snapshot.dispose();
  return { shape, dtype, data };
}

/** The contents of arrays that go into the layout; those of large ones do not. */
function smallContents(array: Source): { data?: Uint8Array | readonly string[] } {
  if (!('data' in array)) return {};
  if (array.dtype === 'string') return { data: array.data as readonly string[] };
  return byteLengthOf(array) >= SparseFile.LARGE ? {} : { data: bytesOf(array.data as NumericArray) };
}

function checkName(name: string, path: string): string {
  if (name === '' || name === '.' || name.includes('\0') || Buffer.byteLength(name) > H5_LIMITS.name) {
    throw new Error(`H5Writer: '${path}' is no path in an HDF5 file: names are not empty and not '.'.`);
  }
  return name;
}
