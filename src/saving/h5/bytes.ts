/** Reading little-endian numbers from a file in memory, with every access checked against its end. */
import { H5Error } from './types.js';

/** HDF5's "no address": all bits set. */
export const UNDEFINED_ADDRESS = Infinity;

export class Bytes {
  readonly #view: DataView;
  readonly #array: Uint8Array;
  #visits = 0;

  constructor(array: Uint8Array) {
    this.#array = array;
    this.#view = new DataView(array.buffer, array.byteOffset, array.byteLength);
  }

  get length(): number {
    return this.#array.byteLength;
  }

  /**
   * Counts steps of parsing. A sound file is walked once, and nothing in it is smaller than 8 bytes, so that a file
   * that keeps us busy for longer has been made to.
   */
  visit(steps = 1): void {
    this.#visits += steps;
    if (this.#visits > 100_000 + this.length / 4) {
      throw new H5Error('The file is damaged: its structures refer to each other without end.');
    }
  }

  #check(at: number, size: number): void {
    if (!(at >= 0 && at + size <= this.#array.byteLength)) {
      throw new H5Error(
        `The file is damaged or cut short: it refers to byte ${at + size}, and has ${this.#array.byteLength}.`);
    }
  }

  u8(at: number): number {
    this.#check(at, 1);
    return this.#view.getUint8(at);
  }

  u16(at: number): number {
    this.#check(at, 2);
    return this.#view.getUint16(at, true);
  }

  u32(at: number): number {
    this.#check(at, 4);
    return this.#view.getUint32(at, true);
  }

  /** An address or a size; `Infinity` for the undefined address and for anything beyond 2^53. */
  u64(at: number): number {
    this.#check(at, 8);
    const high = this.#view.getUint32(at + 4, true);
    return high >= 0x200000 ? UNDEFINED_ADDRESS : high * 2 ** 32 + this.#view.getUint32(at, true);
  }

  slice(at: number, size: number): Uint8Array {
    this.#check(at, size);
    return this.#array.subarray(at, at + size);
  }

  /** ASCII signatures: `TREE`, `SNOD`, `HEAP`, ... */
  expectSignature(at: number, signature: string): void {
    const found = Buffer.from(this.slice(at, signature.length)).toString('latin1');
    if (found !== signature) {
      throw new H5Error(`The file is damaged: expected ${signature} at byte ${at}, found ${JSON.stringify(found)}.`);
    }
  }

  /** The UTF-8 text from `at` up to the next zero byte, within `limit` bytes. */
  text(at: number, limit: number): string {
    const room = this.slice(at, Math.min(limit, this.length - at));
    const end = room.indexOf(0);
    return Buffer.from(end < 0 ? room : room.subarray(0, end)).toString('utf8');
  }
}
