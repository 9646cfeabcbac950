/** When callbacks that save do so: at the end of epochs, or every so many batches. */
import { ArgumentError } from '../utils/checks.js';

export type SaveFreq = 'epoch' | number;

/** Counts batches over the epochs. Batches may come in groups, of which only the last number is seen. */
export class SaveFrequency {
  readonly #freq: SaveFreq;
  #sinceSaving = 0;
  #last: number | undefined;

  constructor(owner: string, freq: SaveFreq) {
    if (freq !== 'epoch' && !(Number.isInteger(freq) && freq > 0)) {
      throw new ArgumentError(`${owner}: the argument 'save_freq' must be 'epoch' or a positive number of batches, ` +
        `received ${JSON.stringify(freq)}.`);
    }
    this.#freq = freq;
  }

  #countWith(batch: number): number {
    // The number starts again with each epoch.
    const isNewEpoch = this.#last === undefined || batch <= this.#last;
    return this.#sinceSaving + (isNewEpoch ? batch + 1 : batch - this.#last!);
  }

  /** Whether it is time to save once this batch is done. */
  wouldSave(batch: number): boolean {
    return this.#freq !== 'epoch' && this.#countWith(batch) >= this.#freq;
  }

  /** The same, and counts the batch. */
  saveAfter(batch: number): boolean {
    const isDue = this.wouldSave(batch);
    this.#sinceSaving = isDue ? 0 : this.#countWith(batch);
    this.#last = batch;
    return isDue;
  }
}
