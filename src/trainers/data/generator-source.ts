/** Batches from generators and other iterables, synchronous or asynchronous. */
import { NDArray, toTensor, type TensorLike } from '../../engine/convert.js';
import { getDefaultFloat } from '../../engine/dtype.js';
import { flatten, mapStructure } from '../../engine/structure.js';
import { Tensor } from '../../engine/tensor.js';
import { Dataset } from '../../utils/dataset.js';
import { arrayStructure } from './array-source.js';
import { DataError, unpack_x_y_sample_weight, type Batch, type BatchSource } from './batch-source.js';
import { classWeights, type ClassWeight } from './class-weight.js';
import { freeBatch } from './read-ahead.js';
import { cutOf, rowsOf, sliceRows, type Shard } from './shard.js';
import { notice } from '../../utils/notice.js';

type AnyIterable = Iterable<unknown> | AsyncIterable<unknown>;
/** An iterable, or a function that makes a new one for every epoch. */
export type GeneratorInput = AnyIterable | (() => AnyIterable);

export const isGeneratorInput = (value: unknown): value is GeneratorInput => {
  if (typeof value === 'function' && !(value instanceof Tensor)) return true;
  if (value === null || typeof value !== 'object') return false;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return false;
  return Symbol.iterator in value || Symbol.asyncIterator in value;
};

const iterate = (source: AnyIterable): Iterator<unknown> | AsyncIterator<unknown> =>
  Symbol.asyncIterator in source ? source[Symbol.asyncIterator]()
    : (source as Iterable<unknown>)[Symbol.iterator]();

/**
 * Reads batches as they are yielded. With `steps`, an epoch takes that many and the next goes on behind them.
 * Without, an epoch is the whole of the iterable, which is then iterated again (a function is called again).
 */
export class GeneratorSource implements BatchSource {
  num_batches: number | null;
  readonly batch_size = null;
  readonly readAhead = 2;
  readonly #input: GeneratorInput;
  readonly #steps: number | null;
  readonly #classWeight: ClassWeight | null;
  readonly #shard: Shard | undefined;
  #iterator: Iterator<unknown> | AsyncIterator<unknown> | undefined;
  #isReading = false;
  /** Batches of the next epoch that a training which goes on has had already. */
  #toSkip = 0;

  constructor(input: GeneratorInput, steps: number | null, class_weight: ClassWeight | null = null, shard?: Shard) {
    this.#input = input;
    this.#shard = shard;
    this.#classWeight = class_weight;
    this.#steps = steps;
    this.num_batches = steps ?? (input instanceof Dataset ? input.num_batches : null);
  }

  #restart(): void {
    this.#iterator = iterate(typeof this.#input === 'function' ? this.#input() : this.#input);
  }

  async *epoch(): AsyncGenerator<Batch> {
    if (!this.#iterator) this.#restart();
    let taken = 0;
    let isWhole = false;
    try {
      for (; this.#toSkip > 0; this.#toSkip--) {
        if (!(await this.#next()).done) taken += 1;
      }
      while (this.#steps === null || taken < this.#steps) {
        const { done, value } = await this.#next();
        if (done) {
          isWhole = true;
          this.#noteEnd(taken);
          break;
        }
        taken += 1;
        yield toBatch(value, this.#classWeight, this.#shard);
      }
      if (this.#steps === null) this.num_batches = taken;
    } finally {
      if (isWhole) this.#iterator = undefined;
      else if (this.#steps === null) await this.close();
    }
  }

  #noteEnd(taken: number): void {
    if (taken === 0) {
      throw new DataError('The generator of batches yielded nothing for this epoch. ' +
        'A generator can be read once: pass a function that makes a new one, or set steps_per_epoch.');
    }
    if (this.#steps === null) return;
    notice(`The generator ended after ${taken} of ${this.#steps} steps; training goes on with ` +
      'what it gave. Make it yield at least steps_per_epoch * epochs batches, or pass a function that makes a new one.');
  }

  async #next(): Promise<IteratorResult<unknown>> {
    this.#isReading = true;
    try {
      const pending = this.#iterator!.next();
      return pending instanceof Promise ? await pending : pending;
    } finally {
      this.#isReading = false;
    }
  }

  /**
   * Batches that a training which goes on has had are read again, and dropped. Epochs that are iterables of their own
   * need not be read.
   */
  async skip(epochs: number, steps: number): Promise<void> {
    for (let epoch = 0; epoch < epochs && this.#steps !== null; epoch++) {
      this.#toSkip = this.#steps;
      for await (const batch of this.epoch()) freeBatch(batch);
    }
    this.#toSkip = steps;
  }

  on_epoch_begin(): void {}

  on_epoch_end(): void {}

  async close(): Promise<void> {
    const iterator = this.#iterator;
    this.#iterator = undefined;
    // An iterator that was handed over may be read on after this training; one made here is done.
    if (typeof this.#input !== 'function') return;
    const closing = Promise.resolve(iterator?.return?.());
    // A batch that is still waited for may never come.
    if (this.#isReading) closing.catch(() => undefined);
    else await closing;
  }
}

/** One yielded value as tensors; of a shard, its rows alone. */
export function toBatch(value: unknown, class_weight: ClassWeight | null = null, shard?: Shard): Batch {
  const parts = unpack_x_y_sample_weight(value).map(arrayStructure);
  if (parts[0] === undefined) throw new DataError('A batch has no inputs: x is missing.');
  if (class_weight) parts[2] = classWeights(parts[1], parts[2], class_weight);
  const owned: Tensor[] = [];
  const cut = shard && cutOf(shard, rowsOf(flatten(parts[0])[0]));
  const [x, y, sample_weight] = parts.map((part) => (part === undefined ? undefined : mapStructure((given) => {
    const leaf = cut && given !== undefined ? sliceRows(given, cut) : given;
    if (leaf instanceof Tensor && leaf !== given) owned.push(leaf);
    if (leaf instanceof Tensor || leaf === undefined) return leaf;
    const array = leaf as TensorLike;
    const wide = (array instanceof NDArray && array.dtype === 'float64') || array instanceof Float64Array;
    const tensor = toTensor(array, wide ? getDefaultFloat() : undefined);
    owned.push(tensor);
    return tensor;
  }, part)));
  return { x, y, sample_weight, owned, share: cut?.share };
}
