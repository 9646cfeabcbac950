/**
 * Addresses in an HDF5 file that is being written: small structures in front, then strings, then arrays. Structures
 * that hold addresses known only later are patched when everything has its place.
 */
import type { NumericArray } from '../../engine/dtype.js';

/** A structure of known size and address, still to be filled in. */
export class Place {
  readonly address: number;
  readonly bytes: Uint8Array;

  constructor(address: number, size: number) {
    this.address = address;
    this.bytes = new Uint8Array(size);
  }

  view(): DataView {
    return new DataView(this.bytes.buffer);
  }
}

/** HDF5 aligns its structures to 8 bytes. */
export const aligned = (size: number): number => 8 * Math.ceil(size / 8);

/** References to strings in the global heap: 16 bytes each, filled in when the heap has its place. */
export class StringReferences {
  readonly #strings: readonly string[];
  readonly #heap: StringHeap;

  constructor(strings: readonly string[], heap: StringHeap) {
    this.#strings = strings;
    this.#heap = heap;
  }

  get byteLength(): number {
    return 16 * this.#strings.length;
  }

  /** Writes the references to `target`, now or as soon as addresses are known. */
  into(target: Uint8Array): void {
    this.#strings.forEach((text, i) => this.#heap.add(text, target.subarray(16 * i, 16 * i + 16)));
  }
}

/** The global heap: collections of at most 65535 strings. */
class StringHeap {
  readonly #collections: { size: number; texts: { text: Buffer; reference: Uint8Array }[] }[] = [];

  add(text: string, reference: Uint8Array): void {
    const bytes = Buffer.from(text);
    if (bytes.length === 0) return; // a length of zero needs no place
    let collection = this.#collections.at(-1);
    if (!collection || collection.texts.length === 0xffff) {
      this.#collections.push((collection = { size: 16, texts: [] }));
    }
    collection.texts.push({ text: bytes, reference });
    collection.size += 16 + aligned(bytes.length);
  }

  place(reserve: (size: number) => Place): void {
    for (const { size, texts } of this.#collections) {
      // The library reads no collection below 4096 bytes; what remains is marked as free, with a header of its own.
      const total = Math.max(4096, size + 16);
      const place = reserve(total);
      const view = place.view();
      place.bytes.set([...Buffer.from('GCOL'), 1]);
      view.setBigUint64(8, BigInt(total), true);
      let at = 16;
      texts.forEach(({ text, reference }, i) => {
        view.setUint16(at, i + 1, true);
        view.setUint16(at + 2, 1, true);
        view.setBigUint64(at + 8, BigInt(text.length), true);
        place.bytes.set(text, at + 16);
        at += 16 + aligned(text.length);
        const target = new DataView(reference.buffer, reference.byteOffset, 16);
        target.setUint32(0, text.length, true);
        target.setBigUint64(4, BigInt(place.address), true);
        target.setUint32(12, i + 1, true);
      });
      view.setBigUint64(at + 8, BigInt(total - at), true);
    }
  }
}

interface PlacedData {
  bytes: () => Uint8Array;
  byteLength: number;
  placed: (address: number) => void;
}

/** Hands out addresses from the front of the file. */
export class Layout {
  #end = 0;
  readonly #places: Place[] = [];
  readonly #data: PlacedData[] = [];
  readonly #heap = new StringHeap();
  readonly #last: (() => void)[] = [];

  /** Length of the whole file; known once everything is placed. */
  get byteLength(): number {
    return this.#end;
  }

  reserve(size: number): Place {
    const place = new Place(this.#end, aligned(size));
    this.#places.push(place);
    this.#end += place.bytes.length;
    return place;
  }

  strings(strings: readonly string[]): StringReferences {
    return new StringReferences(strings, this.#heap);
  }

  /** Places an array behind all structures, and tells its address then. */
  data(data: NumericArray | StringReferences, placed: (address: number) => void): void {
    if (data instanceof StringReferences) {
      const references = new Uint8Array(data.byteLength);
      data.into(references);
      this.#data.push({ bytes: () => references, byteLength: references.length, placed });
      return;
    }
    const { buffer, byteOffset, byteLength } = data;
    this.#data.push({ bytes: () => new Uint8Array(buffer, byteOffset, byteLength), byteLength, placed });
  }

  /** Runs when all addresses are known. */
  onEnd(work: () => void): void {
    this.#last.push(work);
  }

  finish(): { byteLength: number; chunks: () => Generator<Uint8Array> } {
    this.#heap.place((size) => this.reserve(size));
    for (const data of this.#data) {
      data.placed(this.#end);
      this.#end += aligned(data.byteLength);
    }
    for (const work of this.#last) work();
    const [places, arrays] = [this.#places, this.#data];
    return {
      byteLength: this.#end,
      *chunks() {
        yield Buffer.concat(places.map((place) => place.bytes));
        for (const { bytes, byteLength } of arrays) {
          yield bytes();
          const padding = aligned(byteLength) - byteLength;
          if (padding > 0) yield new Uint8Array(padding);
        }
      },
    };
  }
}
