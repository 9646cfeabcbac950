/** Batches read, and brought to the device, before their turn comes. */
import type { Batch } from './batch-source.js';

export const freeBatch = ({ owned }: Batch): void => owned.forEach((tensor) => tensor.dispose());

/**
 * Reads up to `depth` batches while the last one is being worked on. An error of the source is thrown when the batches
 * before it have been taken. At the end, also an early one, batches that nobody took are freed.
 */
export class ReadAhead implements AsyncIterableIterator<Batch> {
  readonly #batches: Iterator<Batch> | AsyncIterator<Batch>;
  readonly #depth: number;
  readonly #ready: Batch[] = [];
  #reading: Promise<void> | undefined;
  #isScheduled = false;
  #hasEnded = false;
  #isClosed = false;
  #failure: { error: unknown } | undefined;

  constructor(batches: Iterable<Batch> | AsyncIterable<Batch>, depth: number) {
    this.#batches = Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
    this.#depth = depth;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Batch>> {
    if (this.#ready.length === 0 && !this.#hasEnded) await this.#read();
    const batch = this.#ready.shift();
    if (batch) {
      this.#readSoon();
      return { value: batch, done: false };
    }
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure.error;
    return { value: undefined, done: true };
  }

  /** In the next turn: by then the step that the last batch was for is under way. */
  #readSoon(): void {
    if (this.#isScheduled || this.#depth === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      void this.#fill();
    });
  }

  async #fill(): Promise<void> {
    while (this.#ready.length < this.#depth && !this.#hasEnded) await this.#read();
  }

  #read(): Promise<void> {
    return this.#reading ??= this.#readOne().finally(() => (this.#reading = undefined));
  }

  async #readOne(): Promise<void> {
    try {
      const { value, done } = await this.#batches.next();
      if (done) this.#hasEnded = true;
      else if (this.#isClosed) freeBatch(value);
      else this.#ready.push(value);
    } catch (error) {
      this.#hasEnded = true;
      this.#failure = { error };
    }
  }

  async return(): Promise<IteratorResult<Batch>> {
    this.#isClosed = this.#hasEnded = true;
    for (const batch of this.#ready.splice(0)) freeBatch(batch);
    const closing = Promise.resolve(this.#batches.return?.());
    // A source that is waited for may never answer; it is told to end when it does.
    if (this.#reading) closing.catch(() => undefined);
    else await closing;
    return { value: undefined, done: true };
  }
}
