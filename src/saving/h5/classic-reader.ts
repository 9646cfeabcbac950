/**
 * Reads HDF5's classic layout: version 0 and 1 superblocks, version 1 object headers, groups as symbol tables,
 * contiguous or compact data. h5py writes it by default, so every weights file of Keras has it.
 *
 * Why not a library: jsfive 0.4.2 rounds 64-bit integers, refuses bfloat16, complex and compact data, drops
 * attributes in dense storage without a word, gives each number as a JavaScript value, and follows a crafted B-tree
 * without bound; h5wasm takes 0.2 s and 40 MB to start. Here arrays are views on the file's own bytes, and every
 * step is bounded by the file's size. Anything that is not classic raises `H5UnsupportedLayout`, and h5wasm reads it.
 */
import { Bytes } from './bytes.js';
import { readDatatype, type StoredType } from './datatype.js';
import { decodeStrings, GlobalHeap, hostArray } from './elements.js';
import {
  checkAttributes, hasFillValue, MESSAGE, readAttributes, readDataspace, readMessages, readStorage, type Messages,
} from './object-header.js';
import {
  checkedSize, H5Error, H5_LIMITS, H5UnsupportedLayout,
  type H5Array, type H5Attribute, type H5Dataset, type H5Group, type H5Node,
} from './types.js';

const SIGNATURE = '\x89HDF\r\n\x1a\n';
const SOFT_LINK = 2;

/** Whether bytes begin as an HDF5 file does. */
export const looksLikeH5 = (head: Uint8Array): boolean =>
  Buffer.from(head.subarray(0, SIGNATURE.length)).toString('latin1') === SIGNATURE;

/** Reads the tree of a file. Values are read from `array` later, when asked for. */
export function readClassic(array: Uint8Array): H5Group {
  return new ClassicReader(new Bytes(array)).root();
}

class ClassicReader {
  readonly #bytes: Bytes;
  readonly #heap: GlobalHeap;
  #objects = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
    this.#heap = new GlobalHeap(bytes);
  }

  root(): H5Group {
    const bytes = this.#bytes;
    bytes.expectSignature(0, SIGNATURE);
    const version = bytes.u8(8);
    if (version > 1) throw new H5UnsupportedLayout(`superblock version ${version}`);
    if (bytes.u8(13) !== 8 || bytes.u8(14) !== 8) throw new H5UnsupportedLayout('addresses of other than 8 bytes');
    const at = version === 0 ? 24 : 28;
    if (bytes.u64(at) !== 0) throw new H5UnsupportedLayout('a base address');
    const end = bytes.u64(at + 16);
    if (end > bytes.length) {
      throw new H5Error(`The file is cut short: it was ${end} bytes when written, and has ${bytes.length}.`);
    }
    const node = this.#object('', bytes.u64(at + 40), 0, new Set());
    if (node.kind !== 'group') throw new H5Error('The file is damaged: its root is not a group.');
    return node;
  }

  /** The group or dataset whose header is at `at`; `above` holds the headers of the groups it lies in. */
  #object(path: string, at: number, depth: number, above: ReadonlySet<number>): H5Node {
    if (depth > H5_LIMITS.depth) throw new H5Error(`The file nests groups more than ${H5_LIMITS.depth} deep.`);
    if (above.has(at)) throw new H5Error(`The file is damaged: group '${path}' contains itself.`);
    const messages = readMessages(this.#bytes, at);
    checkAttributes(this.#bytes, messages);
    const table = messages.get(MESSAGE.symbolTable)?.[0];
    if (table === undefined) return this.#dataset(path, messages);
    const children = new Map<string, H5Node>();
    const inside = new Set(above).add(at);
    for (const link of this.#links(this.#bytes.u64(table), this.#bytes.u64(table + 8))) {
      const childPath = path ? `${path}/${link.name}` : link.name;
      if (++this.#objects > H5_LIMITS.objects) throw new H5Error(`The file has over ${H5_LIMITS.objects} objects.`);
      const child: H5Node = link.target === undefined
        ? this.#object(childPath, link.address, depth + 1, inside)
        : { kind: 'link', path: childPath, target: link.target };
      children.set(link.name, child);
    }
    const lazy = this.#attributesOf(messages);
    return {
      kind: 'group', path, children,
      get attributes() {
        return lazy();
      },
    };
  }

  /** Attributes are read when asked for: crafted objects could share a large one many times over. */
  #attributesOf(messages: Messages): () => ReadonlyMap<string, H5Attribute> {
    let cached: ReadonlyMap<string, H5Attribute> | undefined;
    return () => {
      try {
        return (cached ??= readAttributes(this.#bytes, this.#heap, messages));
      } catch (error) {
        if (!(error instanceof H5UnsupportedLayout)) throw error;
        throw new H5Error(`The file is damaged: its attributes have ${error.message}.`);
      }
    };
  }

  /** The links of a group, from its B-tree and local heap. */
  *#links(tree: number, heap: number): Generator<{ name: string; address: number; target?: string }> {
    const bytes = this.#bytes;
    bytes.expectSignature(heap, 'HEAP');
    const [names, namesSize] = [bytes.u64(heap + 24), bytes.u64(heap + 8)];
    bytes.slice(names, namesSize);
    const text = (offset: number): string => {
      if (offset >= namesSize) throw new H5Error('The file is damaged: a name lies outside of its heap.');
      const name = bytes.text(names + offset, Math.min(namesSize - offset, H5_LIMITS.name));
      bytes.visit(1 + name.length / 16);
      return name;
    };
    const seen = new Set<number>();
    const pending = [tree];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (seen.has(at)) throw new H5Error('The file is damaged: a B-tree meets itself.');
      seen.add(at);
      bytes.expectSignature(at, 'TREE');
      bytes.visit(bytes.u16(at + 6));
      const children = Array.from({ length: bytes.u16(at + 6) }, (_, i) => bytes.u64(at + 32 + 16 * i));
      if (bytes.u8(at + 5) > 0) {
        pending.push(...children.toReversed());
        continue;
      }
      for (const leaf of children) {
        bytes.expectSignature(leaf, 'SNOD');
        for (let i = 0, entry = leaf + 8; i < bytes.u16(leaf + 6); i++, entry += 40) {
          const soft = bytes.u32(entry + 16) === SOFT_LINK;
          yield {
            name: text(bytes.u64(entry)),
            address: bytes.u64(entry + 8),
            ...(soft && { target: text(bytes.u32(entry + 24)) }),
          };
        }
      }
    }
  }

  #dataset(path: string, messages: Messages): H5Dataset {
    const [bytes, heap] = [this.#bytes, this.#heap];
    const space = messages.get(MESSAGE.dataspace)?.[0];
    const datatype = messages.get(MESSAGE.datatype)?.[0];
    if (space === undefined || datatype === undefined) {
      throw new H5Error(`The file is damaged: '${path}' is neither a group nor a dataset.`);
    }
    const shape = readDataspace(bytes, space) ?? [0];
    const lazy = this.#attributesOf(messages);
    const type = asKerasType(readDatatype(bytes, datatype), lazy);
    const storage = readStorage(bytes, messages);
    if (storage.at === undefined && storage.size > 0 && hasFillValue(bytes, messages)) {
      throw new H5UnsupportedLayout('a fill value');
    }
    return {
      kind: 'dataset', path, shape, dtype: dtypeName(type),
      get attributes() {
        return lazy();
      },
      read: (): H5Array => {
        requireReadable(path, type);
        const count = checkedSize(path, shape, type.size, bytes.length);
        const size = count * type.size;
        if (storage.at !== undefined && storage.size < size) {
          throw new H5Error(`Dataset '${path}' is cut short: ${size} bytes expected, ${storage.size} stored.`);
        }
        const raw = storage.at === undefined ? new Uint8Array(size) : bytes.slice(storage.at, size);
        const isText = type.kind !== 'number';
        const data = isText ? decodeStrings(raw, type, count, heap) : hostArray(raw, type);
        return { shape, dtype: isText ? 'string' : type.dtype, data };
      },
    };
  }
}

/** Keras marks its bfloat16 arrays, which HDF5 keeps as opaque pairs of bytes, with an attribute. */
export function asKerasType(type: StoredType, attributes: () => ReadonlyMap<string, H5Attribute>): StoredType {
  const marked = type.kind === 'opaque' && type.size === 2 && attributes().get('dtype') === 'bfloat16';
  return marked ? { kind: 'number', dtype: 'bfloat16', size: 2, littleEndian: true } : type;
}

export function dtypeName(type: StoredType): string {
  if (type.kind === 'number') return type.dtype;
  if (type.kind === 'opaque') return `opaque, ${type.size} bytes`;
  return type.kind === 'other' ? type.description : 'string';
}

type ReadableType = Exclude<StoredType, { kind: 'opaque' | 'other' }>;

/** Throws for an element type that no Keras dtype stands for. */
export function requireReadable(path: string, type: StoredType): asserts type is ReadableType {
  if (type.kind === 'opaque' || type.kind === 'other') {
    throw new H5Error(
      `Dataset '${path}' holds elements of type '${dtypeName(type)}' (${type.size} bytes each), ` +
      'for which Keras has no dtype. Expected integers, floats, bool, complex64 or strings.');
  }
}

