/** Has arrays that lie on the device in host memory when their turn in a file comes. */
import type { View } from '../../backend/backend.js';
import type { HostData, NumericArray } from '../../engine/dtype.js';
import { byteLengthOf } from '../../engine/shape.js';
import type { VariableSnapshot } from '../../engine/variable.js';
import { onceWritten } from '../file-bytes.js';
import type { H5Array } from './types.js';

/** An array, or a variable's value on the device. */
export type Source = H5Array | VariableSnapshot;

/** Bytes that are copied, one array after the other, while the file is being laid out. */
const AHEAD = 2 ** 26;

/**
 * Shows the snapshots among arrays where they lie, until they are written. Those that cannot be shown are copied: from the
 * first taking on, one array while the one before it is being written. Each array is taken once.
 */
export class Copies implements Disposable {
  readonly #arrays: readonly Source[];
  readonly #views = new Map<number, View>();
  readonly #waiting = new Map<number, Promise<HostData>>();
  readonly #taken = new Set<number>();
  #next = 0;

  constructor(arrays: readonly Source[]) {
    this.#arrays = arrays;
    arrays.forEach((array, number) => this.#show(array, number));
    void this.#goAhead();
  }

  #show(array: Source, number: number): void {
    const view = 'read' in array ? array.view() : undefined;
    if (!view) return;
    this.#views.set(number, view);
    (array as VariableSnapshot).dispose();
    onceWritten((view.data as NumericArray).buffer, () => view.release());
  }

  /** Lets go of what is shown still, of arrays that were not written. */
  [Symbol.dispose](): void {
    for (const view of this.#views.values()) view.release();
    this.#views.clear();
  }

  /** The values of the array of this number. */
  async take(number: number): Promise<HostData> {
    this.#taken.add(number);
    const array = this.#arrays[number];
    const shown = this.#views.get(number);
    if (shown) return shown.data;
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
      if (!('read' in array) || this.#taken.has(number) || this.#views.has(number)) continue;
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
