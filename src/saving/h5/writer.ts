/**
 * Writes HDF5 files in the classic layout, as h5py does by default: version 0 superblock, groups as symbol tables,
 * contiguous arrays, attributes in the object headers.
 *
 * Why not h5wasm: version 0.10.3 has no way to write float16, bfloat16 or bool, takes 0.2 s and 40 MB to start, and
 * holds the whole file in memory beside the arrays. Here all addresses are computed first, so that the file streams
 * out from front to back, arrays as they stand in memory. The tests read what is written with jsfive and h5wasm.
 */
import { bytesPerElement, type DType, type NumericArray } from '../../engine/dtype.js';
import { writeDatatype } from './datatype.js';
import { aligned, Layout, type Place } from './layout.js';
import { MESSAGE } from './object-header.js';
import { H5_LIMITS, type H5Array } from './types.js';

/** What an attribute may be set to: a text, a number, a flag, or a list of texts or numbers. */
export type WritableAttribute = string | number | boolean | readonly string[] | readonly number[];

interface GroupNode {
  children: Map<string, Node>;
  attributes: Map<string, WritableAttribute>;
}
interface DatasetNode {
  array: H5Array;
  attributes: Map<string, WritableAttribute>;
}
type Node = GroupNode | DatasetNode;

const isGroup = (node: Node): node is GroupNode => 'children' in node;

/** Largest body of one header message: its length has 16 bits. */
const MESSAGE_LIMIT = 0xffff - 7;

/** Builds an HDF5 file in memory structures; `finish` says how many bytes it takes and yields them. */
export class H5Writer {
  readonly #root: GroupNode = { children: new Map(), attributes: new Map() };

  /** Makes the group at `path` and those above it, where they do not exist. */
  createGroup(path: string): void {
    this.#group(path);
  }

  /** Adds an array. It is read when the file is written, and must not change until then. */
  createDataset(path: string, array: H5Array): void {
    const cut = path.lastIndexOf('/');
    const parent = this.#group(path.slice(0, Math.max(cut, 0)));
    const name = checkName(path.slice(cut + 1), path);
    if (parent.children.has(name)) throw new Error(`H5Writer: '${path}' exists already.`);
    const elements = array.shape.reduce((product, d) => product * d, 1) * (array.dtype === 'complex64' ? 2 : 1);
    if (array.data.length !== elements) {
      throw new Error(`H5Writer: '${path}' has shape [${array.shape.join(', ')}], which takes ${elements} elements, ` +
        `but ${array.data.length} were given.`);
    }
    const attributes = new Map<string, WritableAttribute>();
    // Keras's mark for a type that HDF5 has no name for.
    if (array.dtype === 'bfloat16') attributes.set('dtype', 'bfloat16');
    parent.children.set(name, { array, attributes });
  }

  /** Sets an attribute of the group or dataset at `path` ('' for the file itself). */
  setAttribute(path: string, name: string, value: WritableAttribute): void {
    let node: Node | undefined = this.#root;
    for (const part of path ? path.split('/') : []) node = node && isGroup(node) ? node.children.get(part) : undefined;
    if (!node) throw new Error(`H5Writer: there is no '${path}' to set the attribute '${name}' of.`);
    node.attributes.set(name, value);
  }

  #group(path: string): GroupNode {
    let group = this.#root;
    for (const part of path ? path.split('/') : []) {
      let next = group.children.get(checkName(part, path));
      if (!next) group.children.set(part, (next = { children: new Map(), attributes: new Map() }));
      if (!isGroup(next)) throw new Error(`H5Writer: '${part}' in '${path}' is an array, not a group.`);
      group = next;
    }
    return group;
  }

  /** Lays the file out. The chunks may be iterated once for each writing. */
  finish(): { byteLength: number; chunks: () => Generator<Uint8Array> } {
    const layout = new Layout();
    const superblock = layout.reserve(96);
    const root = placeGroup(layout, this.#root);
    layout.onEnd(() => {
      const view = superblock.view();
      superblock.bytes.set(Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'));
      superblock.bytes.set([8, 8], 13);
      view.setUint16(16, SYMBOLS_PER_LEAF / 2, true);
      view.setUint16(18, CHILDREN_PER_NODE / 2, true);
      setAddress(view, 32, undefined);
      setAddress(view, 40, layout.byteLength);
      setAddress(view, 48, undefined);
      writeSymbol(view, 56, 0, root);
    });
    return layout.finish();
  }
}

function checkName(name: string, path: string): string {
  if (name === '' || name === '.' || name.includes('\0') || Buffer.byteLength(name) > H5_LIMITS.name) {
    throw new Error(`H5Writer: '${path}' is no path in an HDF5 file: names are not empty and not '.'.`);
  }
  return name;
}

function setAddress(view: DataView, at: number, address: number | undefined): void {
  view.setBigUint64(at, address === undefined ? 2n ** 64n - 1n : BigInt(address), true);
}

// ---------------------------------------------------------------------------------------------------------
// Groups: a B-tree of leaves of up to 8 links each, names in a heap

const SYMBOLS_PER_LEAF = 8;
const CHILDREN_PER_NODE = 32;

interface PlacedObject {
  header: Place;
  /** For a group: where its B-tree and heap are. */
  table?: [tree: Place, heap: Place];
}

function writeSymbol(view: DataView, at: number, nameOffset: number, object: PlacedObject): void {
  setAddress(view, at, nameOffset);
  setAddress(view, at + 8, object.header.address);
  if (!object.table) return;
  view.setUint32(at + 16, 1, true);
  setAddress(view, at + 24, object.table[0].address);
  setAddress(view, at + 32, object.table[1].address);
}

function placeGroup(layout: Layout, group: GroupNode): PlacedObject {
  // 1. what is inside, and the names in the order of their bytes
  const names = [...group.children.keys()]
    .map((name) => ({ name, text: Buffer.from(`${name}\0`) }))
    .toSorted((a, b) => Buffer.compare(a.text, b.text));
  const objects = names.map(({ name }) => {
    const child = group.children.get(name)!;
    return isGroup(child) ? placeGroup(layout, child) : placeDataset(layout, child);
  });

  // 2. the heap of names; offset 0 is the empty name, which bounds the B-tree on the left
  const offsets: number[] = [];
  let size = 8;
  for (const { text } of names) {
    offsets.push(size);
    size += aligned(text.length);
  }
  const heap = layout.reserve(32 + size);
  heap.bytes.set(Buffer.from('HEAP'));
  setAddress(heap.view(), 8, size);
  setAddress(heap.view(), 16, 1); // no free room
  setAddress(heap.view(), 24, heap.address + 32);
  names.forEach(({ text }, i) => heap.bytes.set(text, 32 + offsets[i]));

  // 3. leaves of links
  let level: TreeEntry[] = [];
  for (let first = 0; first < names.length; first += SYMBOLS_PER_LEAF) {
    const leaf = layout.reserve(8 + 40 * SYMBOLS_PER_LEAF);
    const last = Math.min(first + SYMBOLS_PER_LEAF, names.length);
    leaf.bytes.set([...Buffer.from('SNOD'), 1]);
    leaf.view().setUint16(6, last - first, true);
    for (let i = first; i < last; i++) writeSymbol(leaf.view(), 8 + 40 * (i - first), offsets[i], objects[i]);
    level.push({ place: leaf, lastName: offsets[last - 1] });
  }

  // 4. B-tree nodes over them, up to one root
  let height = 0;
  do {
    level = placeTreeLevel(layout, level, height++);
  } while (level.length > 1);

  // 5. the header
  const table: [Place, Place] = [level[0].place, heap];
  const symbolTable = new Uint8Array(16);
  const view = new DataView(symbolTable.buffer);
  setAddress(view, 0, table[0].address);
  setAddress(view, 8, heap.address);
  const messages: Message[] = [{ type: MESSAGE.symbolTable, body: symbolTable }];
  return { header: placeHeader(layout, messages, group.attributes), table };
}

interface TreeEntry {
  place: Place;
  /** Heap offset of the greatest name below. */
  lastName: number;
}

function placeTreeLevel(layout: Layout, entries: TreeEntry[], height: number): TreeEntry[] {
  const nodes: TreeEntry[] = [];
  for (let first = 0; first < Math.max(entries.length, 1); first += CHILDREN_PER_NODE) {
    const inside = entries.slice(first, first + CHILDREN_PER_NODE);
    const node = layout.reserve(24 + 16 * CHILDREN_PER_NODE + 8);
    const view = node.view();
    node.bytes.set(Buffer.from('TREE'));
    view.setUint8(5, height);
    view.setUint16(6, inside.length, true);
    setAddress(view, 8, nodes.at(-1)?.place.address);
    setAddress(view, 16, undefined);
    const left = nodes.at(-1);
    if (left) setAddress(left.place.view(), 16, node.address);
    setAddress(view, 24, left?.lastName ?? 0);
    inside.forEach((entry, i) => {
      setAddress(view, 32 + 16 * i, entry.place.address);
      setAddress(view, 40 + 16 * i, entry.lastName);
    });
    nodes.push({ place: node, lastName: inside.at(-1)?.lastName ?? 0 });
  }
  return nodes;
}

// ---------------------------------------------------------------------------------------------------------
// Datasets, attributes and headers

interface Message {
  type: number;
  body: Uint8Array;
  /** Called with the body's final place, where it holds an address known only later. */
  patch?: (body: Uint8Array) => void;
}

function placeDataset(layout: Layout, { array, attributes }: DatasetNode): PlacedObject {
  const { shape, dtype } = array;
  const storage = new Uint8Array(18);
  storage.set([3, 1]);
  const view = new DataView(storage.buffer);
  const size = array.data.length === 0 ? 0 : array.shape.reduce((n, d) => n * d, 1) * storedBytes(dtype);
  setAddress(view, 2, undefined);
  setAddress(view, 10, size);
  const messages: Message[] = [
    { type: MESSAGE.dataspace, body: dataspace(shape) },
    { type: MESSAGE.datatype, body: writeDatatype(dtype) },
    { type: MESSAGE.fillValue, body: Uint8Array.of(2, 2, 2, 1, 0, 0, 0, 0) }, // zeros, as h5py writes it
    {
      type: MESSAGE.layout,
      body: storage,
      patch: (body) => {
        if (size === 0) return;
        const data = dtype === 'string' ? layout.strings(array.data as string[]) : (array.data as NumericArray);
        layout.data(data, (address) => setAddress(new DataView(body.buffer, body.byteOffset), 2, address));
      },
    },
  ];
  return { header: placeHeader(layout, messages, attributes) };
}

const storedBytes = (dtype: DType): number => (dtype === 'string' ? 16 : bytesPerElement(dtype));

function dataspace(shape: readonly number[]): Uint8Array {
  const body = new Uint8Array(8 + 8 * shape.length);
  body.set([1, shape.length]);
  shape.forEach((d, i) => setAddress(new DataView(body.buffer), 8 + 8 * i, d));
  return body;
}

function placeHeader(layout: Layout, messages: Message[], attributes: Map<string, WritableAttribute>): Place {
  const all = [...messages, ...[...attributes].map(([name, value]) => attribute(layout, name, value))];
  const size = all.reduce((sum, { body }) => sum + 8 + aligned(body.length), 0);
  const header = layout.reserve(16 + size);
  const view = header.view();
  view.setUint8(0, 1);
  view.setUint16(2, all.length, true);
  view.setUint32(4, 1, true);
  view.setUint32(8, size, true);
  let at = 16;
  for (const { type, body, patch } of all) {
    view.setUint16(at, type, true);
    view.setUint16(at + 2, aligned(body.length), true);
    header.bytes.set(body, at + 8);
    patch?.(header.bytes.subarray(at + 8, at + 8 + body.length));
    at += 8 + aligned(body.length);
  }
  return header;
}

function attribute(layout: Layout, name: string, value: WritableAttribute): Message {
  const list = Array.isArray(value) ? (value as readonly (string | number)[]) : [value as string | number | boolean];
  const dtype = attributeType(list);
  const shape = Array.isArray(value) ? [list.length] : [];
  const nameBytes = Buffer.from(`${name}\0`);
  const datatype = writeDatatype(dtype);
  const space = dataspace(shape);
  const head = new Uint8Array(8);
  head[0] = 1;
  [nameBytes, datatype, space].forEach((part, i) => new DataView(head.buffer).setUint16(2 + 2 * i, part.length, true));
  const values = new Uint8Array(list.length * storedBytes(dtype));
  const body = Buffer.concat([head, ...[nameBytes, datatype, space].map(pad8), values]);
  if (body.length > MESSAGE_LIMIT) {
    throw new Error(`H5Writer: attribute '${name}' takes ${body.length} bytes; HDF5 allows ${MESSAGE_LIMIT}. ` +
      'Split it over several attributes.');
  }
  return {
    type: MESSAGE.attribute,
    body,
    patch: (placed) => {
      const target = placed.subarray(placed.length - values.length);
      if (dtype === 'string') layout.strings(list as string[]).into(target);
      else if (dtype === 'float64') target.set(new Uint8Array(Float64Array.from(list as number[]).buffer));
      else if (dtype === 'int64') target.set(new Uint8Array(BigInt64Array.from(list.map(BigInt)).buffer));
      else target.set(list.map(Number));
    },
  };
}

function attributeType(list: readonly (string | number | boolean)[]): 'string' | 'bool' | 'int64' | 'float64' {
  if (list.every((v) => typeof v === 'string')) return 'string';
  if (list.every((v) => typeof v === 'boolean')) return 'bool';
  return list.every((v) => Number.isSafeInteger(v)) ? 'int64' : 'float64';
}

function pad8(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(aligned(bytes.length));
  padded.set(bytes);
  return padded;
}
