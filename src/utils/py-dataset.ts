/** PyDataset: data that gives its batches by number. */
import { kerasExport } from '../saving/registration.js';
import { declareAbstract } from './abstract.js';
import { namedArguments, type ConstructorArgs } from './arguments.js';
import { ArgumentError, requirePositiveInteger } from './checks.js';

export interface PyDatasetOptions {
  /** How many batches are asked for at the same time; 0 asks for each when its turn comes. Default 1. */
  workers?: number;
  /** How many batches may wait, or be under way, at most. Default 10. */
  max_queue_size?: number;
}
/** `use_multiprocessing` stands here for its place; see the constructor. */
const ARGUMENTS = ['workers', 'use_multiprocessing', 'max_queue_size'] as const;
type AllOptions = PyDatasetOptions & { use_multiprocessing?: false };

/** What `__getitem__` gives: `[x]`, `[x, y]` or `[x, y, sample_weight]`, or a promise of it. */
export type PyDatasetBatch = unknown;

/**
 * Base of data sets that give batch `index` from 0 to `num_batches - 1`: derive from it, and define `__getitem__` and
 * `__len__` (or `num_batches`, where null means endless). Reading may be asynchronous: several batches are then read at
 * once, while the model trains. `fit` shuffles the order of batches unless told otherwise.
 * Source: keras.utils.PyDataset, keras.utils.Sequence.
 *
 * @example
 * class Squares extends keras.utils.PyDataset {
 *   __len__() { return 3; }
 *   async __getitem__(index) {
 *     const x = [[index], [index + 0.5]];
 *     return [x, x.map(([value]) => [value * value])];
 *   }
 * }
 * new Squares({ workers: 4 }).num_batches; // 3
 */
export abstract class PyDataset {
  workers: number;
  max_queue_size: number;

  /** @throws ArgumentError for `use_multiprocessing: true` */
  constructor(...args: ConstructorArgs<AllOptions, typeof ARGUMENTS>) {
    const { workers = 1, max_queue_size = 10, use_multiprocessing = false } =
      namedArguments<PyDatasetOptions & { use_multiprocessing?: boolean }>(new.target.name, ARGUMENTS, args, []);
    if (use_multiprocessing) {
      throw new ArgumentError(`${new.target.name}: the argument 'use_multiprocessing' cannot be true: objects of JavaScript do ` +
        'not pass to other processes. For heavy work give it to node:worker_threads in __getitem__, and return the promise.');
    }
    if (!(Number.isInteger(workers) && workers >= 0)) {
      throw new ArgumentError(`${new.target.name}: the argument 'workers' must be an integer >= 0, received ${JSON.stringify(workers)}.`);
    }
    this.workers = workers;
    this.max_queue_size = requirePositiveInteger(new.target.name, 'max_queue_size', max_queue_size);
  }

  /** One batch. */
  abstract __getitem__(index: number): PyDatasetBatch | Promise<PyDatasetBatch>;

  /** Number of batches; or override `num_batches`. */
  __len__?(): number;

  /** Number of batches an epoch; null for an endless one. */
  get num_batches(): number | null {
    if (this.__len__) return this.__len__();
    throw new ArgumentError(`${this.constructor.name} does not say how many batches it has: define __len__(), or the getter ` +
      'num_batches (null for endless data).');
  }

  get use_multiprocessing(): false {
    return false;
  }

  /** Called before each epoch. */
  on_epoch_begin(): void | Promise<void> {}

  /** Called after each epoch: the place to change the order of samples. */
  on_epoch_end(): void | Promise<void> {}

  /** The batches in order. */
  async *[Symbol.asyncIterator](): AsyncGenerator<PyDatasetBatch> {
    const end = this.num_batches ?? Infinity;
    for (let index = 0; index < end; index++) yield await this.__getitem__(index);
  }
}
declareAbstract(PyDataset, '__getitem__');
kerasExport(PyDataset, 'keras.utils.PyDataset', 'keras.utils.Sequence');
