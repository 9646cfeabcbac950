/** Copies arrays from the device into host memory ahead of their turn in a file. */
import type { HostData } from '../../engine/dtype.js';
import { byteLengthOf } from '../../engine/shape.js';
import type { VariableSnapshot } from '../../engine/variable.js';
import type { H5Array } from './types.js';

/** An array, or a variable's value on the device. */
export type Source = H5Array | VariableSnapshot;

/** Bytes that are copied, one array after the other, while the file is being laid out. */
const AHEAD = 2 ** 26;

/**
 * Copies the snapshots among arrays and lets go of each when it has its copy. From the first taking on, one array is copied
 * while the one before it is being written. Each array is taken once.
 */
export class Copies {
  readonly #arrays: readonly Source[];
  readonly #waiting = new Map<number, Promise<HostData>>();
  readonly #taken = new Set<number>();
  #next = 0;

  constructor(arrays: readonly Source[]) {
    this.#arrays = arrays;
    void this.#goAhead();
  }

  /** The values of the array of this number. */
  async take(number: number): Promise<HostData> {
    this.#taken.add(number);
    const array = this.#arrays[number];
    const copy = this.#waiting.get(number) ?? ('read' in array ? copyOf(array) : array.data);
    this.#waiting.delete(number);
    const data = await copy;
    if (this.#waiting.size === 0) this.#startNext();
    return data;
  }

  async #goAhead(): Promise<void> {
    for (let bytes = 0; bytes < AHEAD && this.#taken.size === 0; ) {
      const number = this.#startNext();
      if (number === undefined) return;
      bytes += byteLengthOf(this.#arrays[number]);
      // A failure is that of its taking.
      await this.#waiting.get(number)!.catch(() => {});
    }
  }

  /** Starts the copy of the next snapshot that nobody has asked for; gives its number. */
  #startNext(): number | undefined {
    while (this.#next < this.#arrays.length) {
      const number = this.#next++;
      const array = this.#arrays[number];
      if (!('read' in array) || this.#taken.has(number)) continue;
      const copy = copyOf(array);
      copy.catch(() => {}); // nobody may come for it
      this.#waiting.set(number, copy);
      return number;
    }
    return undefined;
  }
}

/** Off this thread, where the device can. */
async function copyOf(snapshot: VariableSnapshot): Promise<HostData> {
  const data = await snapshot.readAsync();
  snapshot.dispose();
  return data;
}
