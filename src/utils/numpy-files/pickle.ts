/**
 * Reads Python's pickles of plain data and NumPy's arrays, as the datasets have them; no code in them is ever run: the few
 * functions that a pickle may name are listed here, and stand for reading an array.
 *
 * Source of the format: CPython, Lib/pickletools.py; of the arrays: NumPy, `ndarray.__reduce__` and `__setstate__`. The list
 * of names is the one of keras/src/datasets/npz_utils.py.
 */
import type { NDArray } from '../../engine/convert.js';
import { sizeOf } from '../../engine/shape.js';
import { arrayFromBytes, NumpyFileError } from './raw-array.js';

/** Numbers, texts, bytes, lists and tuples as arrays, dicts as maps with texts as keys. */
export type Pickled =
  | null | boolean | number | bigint | string | Uint8Array | Pickled[] | Map<string, Pickled> | PickledArray | PickledDType | Global;

const GLOBALS = ['numpy ndarray', 'numpy dtype', 'numpy.core.multiarray _reconstruct', 'numpy._core.multiarray _reconstruct'] as const;
type Global = { readonly global: (typeof GLOBALS)[number] };

/** numpy.dtype, with its byte order. */
class PickledDType {
  readonly kind: string;
  order = '|';

  constructor(kind: string) {
    this.kind = kind;
  }
}

/** numpy.ndarray: numbers, or, of dtype object, a list of anything. */
export class PickledArray {
  /** Undefined until its state has been read. */
  contents: NDArray | Pickled[] | undefined;
}

const MARK = Symbol('mark');
type Item = Pickled | typeof MARK;

const isGlobal = (value: unknown): value is Global => typeof value === 'object' && value !== null && 'global' in value;

/** The value in a pickle. @throws NumpyFileError for damaged ones, and those with anything but data */
export function readPickle(bytes: Uint8Array): Pickled {
  return new Unpickler(bytes).run();
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
const damaged = (why: string): NumpyFileError => new NumpyFileError(`The pickle is damaged: ${why}.`);

class Unpickler {
  readonly #bytes: Buffer;
  readonly #stack: Item[] = [];
  readonly #memo = new Map<number, Pickled>();
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  run(): Pickled {
    for (;;) {
      const code = this.take(1)[0];
      if (code === 0x2e) return this.pop();
      const rule = RULES.get(code);
      if (!rule) throw damaged(`the opcode 0x${code.toString(16)} at byte ${this.#at - 1} is not one of plain data`);
      rule(this);
    }
  }

  /** The next bytes. */
  take(size: number): Buffer {
    if (size < 0 || this.#at + size > this.#bytes.length) throw damaged('it is cut short');
    return this.#bytes.subarray(this.#at, (this.#at += size));
  }

  /** An unsigned number of 1, 2, 4 or 8 bytes. */
  unsigned(size: number): number {
    const bytes = this.take(size);
    return size === 8 ? Number(bytes.readBigUInt64LE()) : bytes.readUIntLE(0, size);
  }

  /** Up to the end of the line. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw damaged('it is cut short');
    const line = this.take(end - this.#at).toString('utf8');
    this.#at = end + 1;
    return line;
  }

  push(value: Item): void {
    this.#stack.push(value);
  }

  pop(): Pickled {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) throw damaged('a value is missing');
    return value;
  }

  /** The last value, which stays. */
  top(): Pickled {
    const value = this.#stack.at(-1);
    if (value === undefined || value === MARK) throw damaged('a value is missing');
    return value;
  }

  /** The values behind the last mark. */
  marked(): Pickled[] {
    const from = this.#stack.lastIndexOf(MARK);
    if (from < 0) throw damaged('a mark is missing');
    const values = this.#stack.splice(from);
    return values.slice(1) as Pickled[];
  }

  memoize(place = this.#memo.size): void {
    this.#memo.set(place, this.top());
  }

  recall(place: number): void {
    const value = this.#memo.get(place);
    if (value === undefined) throw damaged(`it refers to value ${place}, which is not there`);
    this.push(value);
  }
}

/** Bytes of Python 2 and 3 as keys, too. */
function keyOf(value: Pickled): string {
  if (value instanceof Uint8Array) return text(value);
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw damaged('a key of a dict is neither text nor a number');
}

function setItems(target: Pickled, items: readonly Pickled[]): void {
  if (!(target instanceof Map) || items.length % 2 !== 0) throw damaged('items are set on what is no dict');
  for (let i = 0; i < items.length; i += 2) target.set(keyOf(items[i]), items[i + 1]);
}

function append(target: Pickled, items: readonly Pickled[]): void {
  if (!Array.isArray(target)) throw damaged('items are added to what is no list');
  for (const item of items) target.push(item);
}

function globalOf(module: Pickled, name: Pickled): Global {
  const wanted = GLOBALS.find((known) => known === `${String(module)} ${String(name)}`);
  if (wanted) return { global: wanted };
  throw new NumpyFileError(`The file names ${String(module)}.${String(name)}, which no dataset of Keras's does. ` +
    'It is refused: it may be damaged, or malicious.');
}

/** The only two calls that there are: an empty array, and a dtype. */
function reduce(callee: Pickled, args: Pickled): PickledArray | PickledDType {
  if (!isGlobal(callee) || !Array.isArray(args)) throw damaged('it calls what is no function');
  if (callee.global.endsWith('_reconstruct')) return new PickledArray();
  const [kind] = args;
  if (callee.global !== 'numpy dtype' || kind === undefined) throw damaged(`it calls ${callee.global}`);
  return new PickledDType(kind instanceof Uint8Array ? text(kind) : String(kind));
}

const numbersOf = (value: Pickled): number[] => {
  if (!Array.isArray(value) || !value.every((d) => Number.isSafeInteger(d) && (d as number) >= 0)) throw damaged('a shape is no tuple of sizes');
  return value as number[];
};

/** Gives an array or a dtype its state. */
function build(target: Pickled, state: Pickled): void {
  if (!Array.isArray(state)) throw damaged('a state is no tuple');
  if (target instanceof PickledDType) {
    const order = state[1];
    target.order = order instanceof Uint8Array ? text(order) : String(order);
    return;
  }
  const [, dims, dtype, isFortran, contents] = state;
  if (!(target instanceof PickledArray) || !(dtype instanceof PickledDType)) throw damaged('a state is given to what has none');
  const shape = numbersOf(dims);
  if (Array.isArray(contents)) {
    if (dtype.kind !== 'O' && dtype.kind !== 'O8') throw damaged('a list stands for an array of numbers');
    if (shape.length !== 1 || contents.length !== sizeOf(shape)) throw damaged('an array of objects has another size than its list');
    target.contents = contents;
  } else if (contents instanceof Uint8Array) {
    target.contents = arrayFromBytes({ descr: `${dtype.order}${dtype.kind}`, shape, fortranOrder: isFortran === true, bytes: contents });
  } else throw damaged('an array has no contents');
}

function longOf(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  return narrow(bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, value));
}

const narrow = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

/** A whole number on a line; `01` and `00` are how protocol 0 writes True and False. */
function lineNumber(line: string): Pickled {
  if (line === '01' || line === '00') return line === '01';
  if (!/^-?\d{1,1000}L?$/.test(line)) throw damaged(`'${line.slice(0, 40)}' is no number`);
  return narrow(BigInt(line.replace('L', '')));
}

type Rule = (u: Unpickler) => void;
const code = (letter: string): number => letter.charCodeAt(0);
/** Numbers of the memo come on lines or in bytes. */
const placeOf = (line: string): number => {
  const place = Number(line);
  if (!Number.isSafeInteger(place)) throw damaged(`'${line.slice(0, 40)}' is no place`);
  return place;
};

/** What each opcode of plain data does. */
const RULES = new Map<number, Rule>([
  // how the pickle is laid out
  [0x80, (u) => void u.take(1)],
  [0x95, (u) => void u.take(8)],
  [code('('), (u) => u.push(MARK)],
  [code('0'), (u) => void u.pop()],
  [code('1'), (u) => void u.marked()],
  // what has been read before
  [code('p'), (u) => u.memoize(placeOf(u.line()))],
  [code('q'), (u) => u.memoize(u.unsigned(1))],
  [code('r'), (u) => u.memoize(u.unsigned(4))],
  [0x94, (u) => u.memoize()],
  [code('g'), (u) => u.recall(placeOf(u.line()))],
  [code('h'), (u) => u.recall(u.unsigned(1))],
  [code('j'), (u) => u.recall(u.unsigned(4))],
  // None, True and False, numbers
  [code('N'), (u) => u.push(null)],
  [0x88, (u) => u.push(true)],
  [0x89, (u) => u.push(false)],
  [code('I'), (u) => u.push(lineNumber(u.line()))],
  [code('L'), (u) => u.push(lineNumber(u.line()))],
  [code('J'), (u) => u.push(u.take(4).readInt32LE())],
  [code('K'), (u) => u.push(u.unsigned(1))],
  [code('M'), (u) => u.push(u.unsigned(2))],
  [0x8a, (u) => u.push(longOf(u.take(u.unsigned(1))))],
  [code('F'), (u) => u.push(Number(u.line()))],
  [code('G'), (u) => u.push(u.take(8).readDoubleBE())],
  // bytes, which are the texts of Python 2, and texts
  [code('U'), (u) => u.push(u.take(u.unsigned(1)))],
  [code('T'), (u) => u.push(u.take(u.unsigned(4)))],
  [code('C'), (u) => u.push(u.take(u.unsigned(1)))],
  [code('B'), (u) => u.push(u.take(u.unsigned(4)))],
  [0x8e, (u) => u.push(u.take(u.unsigned(8)))],
  [code('V'), (u) => u.push(u.line())],
  [0x8c, (u) => u.push(text(u.take(u.unsigned(1))))],
  [code('X'), (u) => u.push(text(u.take(u.unsigned(4))))],
  [0x8d, (u) => u.push(text(u.take(u.unsigned(8))))],
  // tuples, lists and dicts
  [code(')'), (u) => u.push([])],
  [code('t'), (u) => u.push(u.marked())],
  [0x85, (u) => u.push([u.pop()])],
  [0x86, (u) => u.push([u.pop(), u.pop()].toReversed())],
  [0x87, (u) => u.push([u.pop(), u.pop(), u.pop()].toReversed())],
  [code(']'), (u) => u.push([])],
  [code('l'), (u) => u.push(u.marked())],
  [code('a'), (u) => {
    const item = u.pop();
    append(u.top(), [item]);
  }],
  [code('e'), (u) => {
    const items = u.marked();
    append(u.top(), items);
  }],
  [code('}'), (u) => u.push(new Map())],
  [code('d'), (u) => {
    const items = u.marked();
    u.push(new Map());
    setItems(u.top(), items);
  }],
  [code('s'), (u) => {
    const value = u.pop();
    const key = u.pop();
    setItems(u.top(), [key, value]);
  }],
  [code('u'), (u) => {
    const items = u.marked();
    setItems(u.top(), items);
  }],
  // NumPy's arrays
  [code('c'), (u) => u.push(globalOf(u.line(), u.line()))],
  [0x93, (u) => {
    const name = u.pop();
    u.push(globalOf(u.pop(), name));
  }],
  [code('R'), (u) => {
    const args = u.pop();
    u.push(reduce(u.pop(), args));
  }],
  [code('b'), (u) => {
    const state = u.pop();
    build(u.top(), state);
  }],
]);
