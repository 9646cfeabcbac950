/**
 * The strings of an HDF5 file, which lie in collections of their own; where a string stands, there is its place in them.
 *
 * Format: "HDF5 File Format Specification" 2.0, section III.E.
 */
import { STRING_BYTES } from './messages.js';

/** Strings in one collection, whose indices have 16 bits, and bytes of it, beyond which another is begun. */
const STRINGS = 60_000;
const BYTES = 2 ** 20;
const LEAST_BYTES = 4096;
const HEAD = 16;

export class StringHeap {
  /** What stands for a string, for each time that it comes up. */
  readonly #places = new Map<string, Buffer[]>();

  /**
   * @param texts All strings that there will be.
   * @param put Puts a collection into the file, and gives its address.
   */
  constructor(texts: readonly string[], put: (collection: Buffer) => number) {
    let objects: Buffer[] = [];
    let places: Buffer[] = [];
    let size = HEAD;
    const finish = (): void => {
      if (objects.length === 0) return;
      const address = put(collectionOf(objects, size));
      for (const place of places) place.writeBigUInt64LE(BigInt(address), 4);
      [objects, places, size] = [[], [], HEAD];
    };
    for (const text of texts) {
      const bytes = Buffer.from(text);
      const place = Buffer.alloc(STRING_BYTES);
      const equal = this.#places.get(text);
      if (equal) equal.push(place);
      else this.#places.set(text, [place]);
      // An empty string is nowhere.
      if (bytes.length === 0) continue;
      const object = Buffer.alloc(HEAD + 8 * Math.ceil(bytes.length / 8));
      objects.push(object);
      places.push(place);
      object.writeUInt16LE(objects.length, 0);
      object.writeBigUInt64LE(BigInt(bytes.length), 8);
      bytes.copy(object, HEAD);
      place.writeUInt32LE(bytes.length, 0);
      place.writeUInt32LE(objects.length, 12);
      size += object.length;
      if (objects.length === STRINGS || size > BYTES) finish();
    }
    finish();
  }

  /** The bytes that stand for a string. Each has its own: a program that changes one must not change others. */
  place(text: string): Buffer {
    return this.#places.get(text)!.pop()!;
  }
}

/** A collection, ended by an object without a number: the room that is left. */
function collectionOf(objects: readonly Buffer[], used: number): Buffer {
  const size = Math.max(used + HEAD, LEAST_BYTES);
  const head = Buffer.alloc(HEAD);
  head.write('GCOL\x01');
  head.writeBigUInt64LE(BigInt(size), 8);
  const rest = Buffer.alloc(size - used);
  rest.writeBigUInt64LE(BigInt(rest.length), 8);
  return Buffer.concat([head, ...objects, rest]);
}
