/**
 * Reads with jsfive the files that h5py writes by default, and so Keras: version 0 superblock, groups as symbol tables,
 * contiguous data, attributes in the object headers.
 *
 * jsfive gives the tree, the attributes and the places of the arrays, which then are views on the file's bytes: as
 * JavaScript numbers, as jsfive gives them, they would take eight times the time and lose int64's last bits. It says
 * nothing of what it does not know (dense attributes, shared messages) and takes float16 for any type of two bytes, so
 * that the headers are looked at first. Whatever is in another form is left to h5wasm.
 */
import { File, type DataObjects, type Dataset, type Group, type Message } from 'jsfive';
import { Budget, type PlainDataset, type PlainGroup, type PlainNode, type Values } from './plain-tree.js';
import { H5Error, H5_LIMITS, type H5Attribute } from './types.js';

/** The file is in a form that jsfive does not read exactly. */
export class NotForJsfive extends Error {
  override name = 'NotForJsfive';
}

/** Messages of object headers. Format: "HDF5 File Format Specification", section IV.A. */
const MESSAGE = {
  dataspace: 0x01, datatype: 0x03, fillValue: 0x05, externalFiles: 0x07, layout: 0x08, attribute: 0x0c, symbolTable: 0x11,
} as const;
/** Messages that say that links, attributes or values lie where jsfive does not look, or not as they are. */
const FOREIGN = [0x02, 0x06, 0x0b, 0x15];
const SHARED = 2;
const CONTIGUOUS = 1;
const [INTEGER, FLOAT, STRING, OPAQUE, VARIABLE] = [0, 1, 3, 5, 9];
const UNDEFINED_ADDRESS = 2n ** 64n - 1n;
/** Properties of the floats that a Keras dtype stands for, as the message has them from its second byte on. */
const IEEE: Record<string, string> = {
  '<f2': '200f0002000000000010000a05000a0f000000', '<f4': '201f000400000000002000170800177f000000',
  '<f8': '203f000800000000004000340b0034ff030000',
};

/** Reads a file. @throws NotForJsfive where h5wasm must. */
export function readWithJsfive(bytes: Uint8Array): PlainGroup {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 96) throw new H5Error('The file is cut short.');
  const end = view.getBigUint64(40, true);
  if (view.getUint8(8) !== 0 || view.getBigUint64(24, true) !== 0n) throw new NotForJsfive('the superblock');
  if (end > bytes.length) {
    throw new H5Error(`The file is cut short: it was ${end} bytes when written, and has ${bytes.length}.`);
  }
  try {
    const file = new File(bytes.buffer as ArrayBuffer);
    return new TreeReader(view).group(file, '', 0, new Set());
  } catch (cause) {
    if (cause instanceof H5Error || cause instanceof NotForJsfive) throw cause;
    // What jsfive refuses may be damage or a form that it lacks. h5wasm knows.
    throw new NotForJsfive(String(cause), { cause });
  }
}

class TreeReader {
  readonly #view: DataView;
  readonly #budget: Budget;
  readonly #datasets = new Map<number, PlainDataset>();

  constructor(view: DataView) {
    this.#view = view;
    this.#budget = new Budget(view.byteLength);
  }

  /** A group; `above` holds the headers of those that it lies in. */
  group(group: Group, path: string, depth: number, above: ReadonlySet<number>): PlainGroup {
    const { _dataobjects: objects, _links: links } = group;
    requirePlain(objects);
    if (objects.find_msg_type(MESSAGE.symbolTable).length !== 1) throw new NotForJsfive(`group '${path}'`);
    if (above.has(objects.offset)) throw new H5Error(`The file is damaged: group '${path}' contains itself.`);
    const inside = new Set(above).add(objects.offset);
    const children = new Map<string, PlainNode>();
    for (const [name, target] of Object.entries(links)) {
      this.#budget.object(depth);
      if (name === '' || name.includes('/') || name.length > H5_LIMITS.name) {
        throw new H5Error(`The file is damaged: a name in group '${path}'.`);
      }
      const childPath = path ? `${path}/${name}` : name;
      children.set(name, typeof target === 'string' ? { kind: 'link', target } : this.#node(group, name, childPath, depth, inside));
    }
    return { kind: 'group', attributes: this.#attributes(objects), children };
  }

  #node(group: Group, name: string, path: string, depth: number, inside: ReadonlySet<number>): PlainNode {
    const known = this.#datasets.get(group._links[name] as number);
    if (known) return known;
    const child = group.get(name);
    if ('_links' in child) return this.group(child, path, depth + 1, inside);
    const dataset = this.#dataset(child, path);
    this.#datasets.set(child._dataobjects.offset, dataset);
    return dataset;
  }

  #attributes(objects: DataObjects): Map<string, H5Attribute> {
    const found = new Map<string, H5Attribute>();
    for (const message of objects.find_msg_type(MESSAGE.attribute)) {
      const at = message.get('offset_to_message')!;
      const padded = (n: number): number => 8 * Math.ceil(n / 8);
      const [version, nameSize] = [this.#view.getUint8(at), this.#view.getUint16(at + 2, true)];
      if (version !== 1) throw new NotForJsfive('an attribute');
      const datatype = at + 8 + padded(nameSize);
      const dataspace = datatype + padded(this.#view.getUint16(at + 4, true));
      const kind = this.#view.getUint8(datatype) & 0x0f;
      if (![INTEGER, FLOAT, STRING, VARIABLE].includes(kind) || this.#view.getUint8(dataspace) !== 1) {
        throw new NotForJsfive('an attribute');
      }
      this.#requireRoom(this.#view, dataspace);
      const [name, value] = objects.unpack_attribute(at);
      found.set(name, Array.isArray(value) ? value.map(plainValue) : plainValue(value));
    }
    return found;
  }

  /** An attribute's values lie within its message, so that their number is bounded by 64 KB. */
  #requireRoom(view: DataView, dataspace: number): void {
    const rank = view.getUint8(dataspace + 1);
    let count = 1n;
    for (let i = 0; i < rank; i++) count *= view.getBigUint64(dataspace + 8 + 8 * i, true);
    if (count > 0xffffn) throw new H5Error('The file is damaged: an attribute of too many values.');
  }

  #dataset({ _dataobjects: objects }: Dataset, path: string): PlainDataset {
    requirePlain(objects);
    const [layout] = objects.find_msg_type(MESSAGE.layout);
    const [datatype] = objects.find_msg_type(MESSAGE.datatype);
    const [dataspace] = objects.find_msg_type(MESSAGE.dataspace);
    if (!layout || !datatype || !dataspace) {
      throw new H5Error(`The file is damaged: '${path}' is neither a group nor a dataset.`);
    }
    if (objects.find_msg_type(MESSAGE.externalFiles).length > 0) throw new NotForJsfive('values in another file');
    const attributes = this.#attributes(objects);
    const { dtype, size } = this.#typeOf(objects, datatype, attributes);
    if (this.#view.getUint8(placeOf(dataspace)) !== 1) throw new NotForJsfive('a dataspace');
    const { shape } = objects;
    return { kind: 'dataset', attributes, shape, dtype, values: this.#values(path, objects, layout, shape, dtype, size) };
  }

  #typeOf(objects: DataObjects, message: Message, attributes: ReadonlyMap<string, H5Attribute>): { dtype: string; size: number } {
    const at = placeOf(message);
    const kind = this.#view.getUint8(at) & 0x0f;
    const size = this.#view.getUint32(at + 4, true);
    // Keras's mark for its bfloat16 arrays, which HDF5 keeps as opaque pairs of bytes.
    if (kind === OPAQUE && size === 2 && attributes.get('dtype') === 'bfloat16') return { dtype: 'bfloat16', size };
    if (![INTEGER, FLOAT, STRING, VARIABLE].includes(kind)) throw new NotForJsfive('a type of elements');
    const type = objects.dtype;
    if (type[0] === 'VLEN_STRING') return { dtype: 'string', size: 16 };
    if (typeof type !== 'string') throw new NotForJsfive('a type of elements');
    if (kind === STRING) return { dtype: 'string', size };
    const [order, letter] = type;
    const isExact = kind === INTEGER ? this.#view.getUint32(at + 8, true) === size << 19 : this.#isIEEE(at, type);
    if (order !== '<' || !isExact) throw new NotForJsfive('a type of elements');
    return { dtype: `${{ i: 'int', u: 'uint', f: 'float' }[letter]!}${8 * size}`, size };
  }

  #isIEEE(at: number, type: string): boolean {
    return Buffer.from(this.#view.buffer, this.#view.byteOffset + at + 1, 19).toString('hex') === IEEE[type];
  }

  #values(
    path: string, objects: DataObjects, layout: Message, shape: number[], dtype: string, elementBytes: number,
  ): Values {
    const [version, , kind, properties] = objects._get_data_message_properties(placeOf(layout));
    if (version !== 3 || kind !== CONTIGUOUS) throw new NotForJsfive('a form of storage');
    const why = this.#budget.refusal(path, shape, elementBytes);
    if (why !== undefined) return { kind: 'refused', why };
    const size = shape.reduce((n, d) => n * d, elementBytes);
    if (size === 0) return dtype === 'string' ? { kind: 'strings', strings: [] } : { kind: 'bytes', bytes: new ArrayBuffer(0) };
    const address = this.#view.getBigUint64(properties, true);
    // Never written: zeros, or a fill value, which h5wasm knows.
    if (address === UNDEFINED_ADDRESS) throw new NotForJsfive('values that were never written');
    const [at, stored] = [Number(address), Number(this.#view.getBigUint64(properties + 8, true))];
    if (stored < size || at + size > this.#view.byteLength) {
      throw new H5Error(`Dataset '${path}' is cut short: it takes ${size} bytes from byte ${at} on.`);
    }
    return dtype === 'string'
      ? { kind: 'strings', strings: objects.get_data().map((value) => plainValue(value) as string) }
      : { kind: 'in-file', at, size };
  }
}

const placeOf = (message: Message): number => message.get('offset_to_message')!;

function requirePlain(objects: DataObjects): void {
  const foreign = objects._header.get('version') !== 1 || objects.msgs.some((message) =>
    FOREIGN.includes(message.get('type')!) || (message.get('flags')! & SHARED) !== 0);
  if (foreign) throw new NotForJsfive('an object header');
}

/** Strings of fixed length end at their first zero byte; integers beyond 2^53 have lost their last bits. */
function plainValue(value: unknown): string | number {
  if (typeof value === 'string') return value.replace(/\0.*$/s, '');
  if (typeof value !== 'number' || (Number.isInteger(value) && !Number.isSafeInteger(value))) throw new NotForJsfive('a value');
  return value;
}
