/** Copies arrays from the device into host memory ahead of their turn in a file. */
import { bytesPerElement, type HostData } from '../../engine/dtype.js';
import type { VariableSnapshot } from '../../engine/variable.js';
import type { H5Array } from './types.js';

/** An array, or a variable's value on the device. */
export type Source = H5Array | VariableSnapshot;

/** Bytes that are copied ahead: while the file is being laid out, and while what comes before them is being written. */
const AHEAD = 2 ** 26;

export const sizeOf = ({ shape, dtype }: Source): number => shape.reduce((n, d) => n * d, bytesPerElement(dtype));

/** Copies the snapshots among arrays, in order, and lets go of each when it has its copy. Each array is taken once. */
export class Copies {
  readonly #arrays: readonly Source[];
  readonly #started = new Map<number, Promise<HostData>>();
  readonly #taken = new Set<number>();
  #next = 0;
  /** Bytes of copies that nobody has taken yet. */
  #waiting = 0;

  constructor(arrays: readonly Source[]) {
    this.#arrays = arrays;
    this.#goAhead();
  }

  /** The values of the array of this number. */
  async take(number: number): Promise<HostData> {
    const array = this.#arrays[number];
    if (!('read' in array)) return array.data;
    const copy = this.#started.get(number) ?? copyOf(array);
    this.#taken.add(number);
    if (this.#started.delete(number)) this.#waiting -= sizeOf(array);
    const data = await copy;
    this.#goAhead();
    return data;
  }

  #goAhead(): void {
    for (; this.#next < this.#arrays.length; this.#next++) {
      const array = this.#arrays[this.#next];
      if (!('read' in array) || this.#taken.has(this.#next)) continue;
      if (this.#waiting > 0 && this.#waiting + sizeOf(array) > AHEAD) return;
      this.#waiting += sizeOf(array);
      const copy = copyOf(array);
      copy.catch(() => {}); // nobody may come for it
      this.#started.set(this.#next, copy);
    }
  }
}

/** Off this thread, where the device can. */
async function copyOf(snapshot: VariableSnapshot): Promise<HostData> {
  const data = await snapshot.readAsync();
  snapshot.dispose();
  return data;
}
