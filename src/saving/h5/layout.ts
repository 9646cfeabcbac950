/**
 * Lays an HDF5 file out in the form that h5py writes by default: version 0 superblock, groups as symbol tables, contiguous
 * arrays. Values of large arrays are not looked at: they are named as pieces of the file, and go there from where they are.
 *
 * What an object refers to is placed before it, so that each is written once; the superblock, which comes first, has room
 * kept for it. Format: "HDF5 File Format Specification" 2.0, sections II.A, III.A, C, D and E.
 */
import { bytesPerElement, type DType } from '../../engine/dtype.js';
import {
  attributeMessage, datasetMessages, groupMessage, objectHeader, padded, STRING_BYTES, UNDEFINED_ADDRESS, type Message,
  type WritableAttribute,
} from './messages.js';
import { StringHeap } from './string-heap.js';

/** A dataset: its contents, or nothing where they stay where they are, and the layout leaves room for them. */
export interface LaidOutDataset {
  path: string;
  shape: readonly number[];
  dtype: DType;
  data?: Uint8Array | readonly string[];
}
/** A piece of the new file: bytes, or the place of a large array, by its number among the datasets. */
export type Piece = Uint8Array | { dataset: number };
export interface WrittenAttribute {
  path: string;
  name: string;
  value: WritableAttribute;
}

const SUPERBLOCK_BYTES = 96;
/** Names in a node of a symbol table, and nodes under a node of its tree: HDF5's defaults, twice the numbers in the superblock. */
const SYMBOLS = 8;
const BRANCHES = 32;
const TREE_NODE_BYTES = 24 + 8 * (2 * BRANCHES + 1);
/** Ends the list of free blocks in the memory of names. */
const NO_FREE_BLOCK = 1;

interface Group {
  children: Map<string, Group | number>;
}
/** A part of a symbol table: where it lies, and where among the group's names its last is. */
interface Branch {
  address: number;
  last: number;
}

/** The pieces of a file, in order. */
export function layOut(
  groups: Iterable<string>, datasets: readonly LaidOutDataset[], attributes: readonly WrittenAttribute[],
): { pieces: Piece[]; byteLength: number } {
  const marks = datasets.filter(({ dtype }) => dtype === 'bfloat16').map(({ path }) => ({ path, name: 'dtype', value: 'bfloat16' }));
  return new Layout(datasets, [...marks, ...attributes]).write(treeOf(groups, datasets));
}

function treeOf(groups: Iterable<string>, datasets: readonly LaidOutDataset[]): Group {
  const root: Group = { children: new Map() };
  const groupAt = (path: string): Group => {
    let at = root;
    for (const part of path === '' ? [] : path.split('/')) {
      if (!at.children.has(part)) at.children.set(part, { children: new Map() });
      at = at.children.get(part) as Group;
    }
    return at;
  };
  for (const path of groups) groupAt(path);
  datasets.forEach(({ path }, number) => {
    const cut = path.lastIndexOf('/');
    groupAt(path.slice(0, Math.max(cut, 0))).children.set(path.slice(cut + 1), number);
  });
  return root;
}

class Layout {
  readonly #datasets: readonly LaidOutDataset[];
  readonly #attributes = new Map<string, WrittenAttribute[]>();
  readonly #strings: StringHeap;
  readonly #pieces: Piece[] = [];
  #at = SUPERBLOCK_BYTES;

  /** @param attributes With Keras's mark of its bfloat16 arrays. */
  constructor(datasets: readonly LaidOutDataset[], attributes: readonly WrittenAttribute[]) {
    this.#datasets = datasets;
    for (const attribute of attributes) {
      const list = this.#attributes.get(attribute.path);
      if (list) list.push(attribute);
      else this.#attributes.set(attribute.path, [attribute]);
    }
    const texts = [...datasets.map(({ data }) => data), ...attributes.map(({ value }) => value)]
      .flatMap((values) => (values instanceof Uint8Array ? [] : values)).filter((value) => typeof value === 'string');
    this.#strings = new StringHeap(texts, (collection) => this.#place(collection));
  }

  write(root: Group): { pieces: Piece[]; byteLength: number } {
    const { header, tree, names } = this.#group(root, '');
    const superblock = Buffer.alloc(SUPERBLOCK_BYTES);
    superblock.write('\x89HDF\r\n\x1a\n', 'latin1');
    superblock.set([0, 0, 0, 0, 0, 8, 8, 0, SYMBOLS / 2, 0, BRANCHES / 2, 0], 8);
    // Base, free space, end of the file, driver; the root's name, header, kind and, for that kind, its tree and names.
    const words = [0, UNDEFINED_ADDRESS, this.#at, UNDEFINED_ADDRESS, 0, header, 1, tree, names];
    words.forEach((word, i) => superblock.writeBigUInt64LE(BigInt(word), 24 + 8 * i));
    return { pieces: joined([superblock, ...this.#pieces]), byteLength: this.#at };
  }

  /** Puts bytes at the end of what there is. Gives their address. */
  #place(body: Uint8Array): number {
    const at = this.#at;
    const whole = body.length % 8 === 0 ? body : padded(body);
    this.#pieces.push(whole);
    this.#at += whole.length;
    return at;
  }

  #group({ children }: Group, path: string): { header: number; tree: number; names: number } {
    // 1. what is in the group, in the order of the names' bytes
    const members = [...children].map(([name, child]) => ({
      name: Buffer.from(`${name}\0`),
      header: typeof child === 'number' ? this.#dataset(child) : this.#group(child, path ? `${path}/${name}` : name).header,
    })).toSorted((a, b) => Buffer.compare(a.name, b.name));
    // 2. the names, behind an empty one
    const segment = Buffer.concat([Buffer.alloc(8), ...members.map(({ name }) => padded(name))]);
    const head = Buffer.alloc(32);
    head.write('HEAP');
    [segment.length, NO_FREE_BLOCK, this.#at + 32].forEach((word, i) => head.writeBigUInt64LE(BigInt(word), 8 + 8 * i));
    const names = this.#place(Buffer.concat([head, segment]));
    // 3. the table of symbols, and the tree over it
    let offset = 8;
    const symbols = members.map(({ name, header }) => {
      const place = offset;
      offset += Math.ceil(name.length / 8) * 8;
      return { place, header };
    });
    const tree = this.#tree(chunked(symbols, SYMBOLS).map((part) => this.#symbols(part)));
    return { header: this.#header([groupMessage(tree, names)], path), tree, names };
  }

  #symbols(symbols: readonly { place: number; header: number }[]): Branch {
    const node = Buffer.alloc(8 + 40 * SYMBOLS);
    node.write('SNOD\x01');
    node.writeUInt16LE(symbols.length, 6);
    symbols.forEach(({ place, header }, i) => {
      node.writeBigUInt64LE(BigInt(place), 8 + 40 * i);
      node.writeBigUInt64LE(BigInt(header), 16 + 40 * i);
    });
    return { address: this.#place(node), last: symbols.at(-1)!.place };
  }

  #tree(leaves: readonly Branch[]): number {
    let branches = leaves;
    for (let level = 0; ; level++) {
      // An empty group has a tree of one empty node.
      const nodes = branches.length > 0 ? chunked(branches, BRANCHES) : [[]];
      const first = this.#at;
      const addressOf = (i: number): bigint => (i < 0 || i === nodes.length ? UNDEFINED_ADDRESS : BigInt(first + i * TREE_NODE_BYTES));
      let before = 0;
      branches = nodes.map((part, i) => {
        const node = Buffer.alloc(TREE_NODE_BYTES);
        node.write('TREE');
        node[5] = level;
        node.writeUInt16LE(part.length, 6);
        // Neighbours; then, by turns, a name and the address under which lie those after it, up to and with the next.
        const words = [addressOf(i - 1), addressOf(i + 1), before, ...part.flatMap(({ address, last }) => [address, last])];
        words.forEach((word, k) => node.writeBigUInt64LE(BigInt(word), 8 + 8 * k));
        before = part.at(-1)?.last ?? 0;
        return { address: this.#place(node), last: before };
      });
      if (branches.length === 1) return branches[0].address;
    }
  }

  #dataset(number: number): number {
    const { path, shape, dtype, data } = this.#datasets[number];
    const size = shape.reduce((n, d) => n * d, dtype === 'string' ? STRING_BYTES : bytesPerElement(dtype));
    const address = this.#at;
    if (data !== undefined) this.#place(data instanceof Uint8Array ? data : Buffer.concat(data.map((text) => this.#strings.place(text))));
    else {
      this.#pieces.push({ dataset: number });
      this.#at += size;
      if (size % 8 !== 0) this.#place(Buffer.alloc(8 - (size % 8)));
    }
    return this.#header(datasetMessages(dtype, shape, address, size), path);
  }

  #header(messages: readonly Message[], path: string): number {
    const attributes = (this.#attributes.get(path) ?? []).map(({ name, value }) =>
      attributeMessage(name, value, (text) => this.#strings.place(text)));
    return this.#place(objectHeader([...messages, ...attributes]));
  }
}

const chunked = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));

/** Pieces with neighbouring bytes made one. */
function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  let bytes: Uint8Array[] = [];
  const flush = (): void => {
    if (bytes.length > 0) result.push(Buffer.concat(bytes));
    bytes = [];
  };
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) bytes.push(piece);
    else {
      flush();
      result.push(piece);
    }
  }
  flush();
  return result;
}
