/** Batches of a PyDataset, several read at once. */
import type { PyDataset } from '../../utils/py-dataset.js';
import { turn } from '../logs.js';
import { shuffleInPlace } from './array-source.js';
import { DataError, type Batch, type BatchSource } from './batch-source.js';
import type { ClassWeight } from './class-weight.js';
import { toBatch } from './generator-source.js';
import { Passes } from './passes.js';
import type { Shard } from './shard.js';

export interface PyDatasetSourceOptions {
  steps?: number | null;
  shuffle?: boolean | 'batch';
  class_weight?: ClassWeight | null;
  random?: () => number;
  shard?: Shard;
}

export class PyDatasetSource implements BatchSource {
  readonly num_batches: number | null;
  readonly batch_size = null;
  readonly readAhead = 1;
  readonly #dataset: PyDataset;
  readonly #options: PyDatasetSourceOptions;
  readonly #passes: Passes<number>;

  constructor(dataset: PyDataset, options: PyDatasetSourceOptions) {
    this.#dataset = dataset;
    this.#options = options;
    const { num_batches } = dataset;
    if (num_batches !== null && !(Number.isInteger(num_batches) && num_batches > 0)) {
      throw new DataError(`${dataset.constructor.name} must have at least one batch, received num_batches ${num_batches}.`);
    }
    const steps = options.steps ?? null;
    this.num_batches = steps ?? num_batches;
    this.#passes = new Passes(() => this.#pass(num_batches), num_batches ?? Infinity, steps);
  }

  *#pass(num_batches: number | null): Generator<number> {
    const { shuffle, random = Math.random } = this.#options;
    if (num_batches === null) {
      for (let index = 0; ; index++) yield index;
    }
    const order = Int32Array.from({ length: num_batches }, (_, i) => i);
    if (shuffle) shuffleInPlace(order, random);
    yield* order;
  }

  async *epoch(): AsyncGenerator<Batch> {
    const { workers, max_queue_size } = this.#dataset;
    const indices = this.#passes.epoch();
    const queue: Promise<unknown>[] = [];
    let active = 0;
    let hasEnded = false;
    const request = (): void => {
      while (!hasEnded && active < Math.max(1, workers) && queue.length < (workers === 0 ? 1 : max_queue_size)) {
        const { value, done } = indices.next();
        if (done) {
          hasEnded = true;
          return;
        }
        active += 1;
        // Each in a turn of its own: batches that are computed at once do not keep the event loop waiting together.
        const batch = turn().then(() => this.#dataset.__getitem__(value)).finally(() => {
          active -= 1;
          if (workers > 0) request();
        });
        // It is thrown when its turn comes.
        batch.catch(() => (hasEnded = true));
        queue.push(batch);
      }
    };
    try {
      for (request(); queue.length > 0; request()) {
        yield toBatch(await queue.shift(), this.#options.class_weight, this.#options.shard);
      }
    } finally {
      hasEnded = true;
      indices.return();
    }
  }

  async skip(epochs: number, steps: number): Promise<void> {
    for (let epoch = 0; epoch < epochs; epoch++) {
      await this.on_epoch_begin();
      this.#passes.skip(1, 0);
      await this.on_epoch_end();
    }
    this.#passes.skip(0, steps);
  }

  async on_epoch_begin(): Promise<void> {
    await this.#dataset.on_epoch_begin();
  }

  async on_epoch_end(): Promise<void> {
    await this.#dataset.on_epoch_end();
  }

  async close(): Promise<void> {}
}
