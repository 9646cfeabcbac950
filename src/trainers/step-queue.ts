/** The steps of an epoch on their way to the device: several at a time, and asked for ahead, where nobody looks between. */
import { sameShape } from '../engine/shape.js';
import { flatten } from '../engine/structure.js';
import { Tensor } from '../engine/tensor.js';
import type { Batch } from './data/index.js';
import { freeBatch } from './data/read-ahead.js';
import { freeAll } from './logs.js';
import type { StepData, StepFunction, StepInput } from './step-function.js';

/** Runs asked for before the running one is done: upload and call of one overlap with the computation of another. */
const RUNS_AHEAD = 2;

export interface StepQueueOptions {
  fn: StepFunction<unknown>;
  /** Steps to a run, as asked for by `steps_per_execution`. */
  size: number;
  /** Number of the first step. */
  first: number;
  /** Whether the next runs may be asked for before the running one is done. */
  mayRunAhead: boolean;
  /** Whether short steps may go to the device several at a time. Their results are then seen as one. */
  mayRunInRow: boolean;
  /** Before a run: the number of its first step. */
  begin(step: number): Promise<void>;
  /** The result of a run, which it must free; the number of its last step as Keras counts, and of the next one. */
  visit(result: unknown, last: number, next: number): Promise<void>;
}

interface Run {
  result: Promise<unknown>;
  batches: readonly Batch[];
  last: number;
  next: number;
}

export class StepQueue {
  readonly #options: StepQueueOptions;
  #waiting: Batch[] = [];
  readonly #underWay: Run[] = [];
  #done: number;
  #hasFailed = false;

  constructor(options: StepQueueOptions) {
    this.#options = options;
    this.#done = options.first;
  }

  /** Takes a batch, and runs what is waiting as soon as there is enough of it. */
  async add(batch: Batch): Promise<void> {
    const { size } = this.#options;
    if (size === 1 && this.#waiting.length > 0 && !haveSameShapes(this.#waiting[0], batch)) await this.#flushRest();
    this.#waiting.push(batch);
    if (this.#waiting.length >= this.#wanted) await this.#flush(this.#waiting.length);
  }

  get #wanted(): number {
    const { fn, size, mayRunAhead, mayRunInRow } = this.#options;
    return size === 1 && mayRunAhead && mayRunInRow ? fn.stepsInRow : size;
  }

  /** Runs what is left, and waits for all. */
  async finish(): Promise<void> {
    await this.#flushRest();
    while (this.#underWay.length > 0) await this.#settle();
  }

  /** What is too few for a run of several goes one by one: a program for each number would take longer to make. */
  async #flushRest(): Promise<void> {
    while (this.#waiting.length > 0) await this.#flush(this.#options.size);
  }

  async #flush(count: number): Promise<void> {
    const { fn, size, begin, mayRunAhead } = this.#options;
    const batches = this.#waiting.splice(0, count);
    const { length } = batches;
    // Keras numbers a run of several steps as if it were full.
    const last = this.#done + Math.max(size, length) - 1;
    try {
      await begin(this.#done);
    } catch (error) {
      batches.forEach(freeBatch);
      throw error;
    }
    const data = batches.map(stepInput);
    const result = length > size ? fn.runInRow(data) : fn.run(data);
    // A failure is thrown when its turn comes to be settled; until then nothing more is asked for.
    result.catch(() => void (this.#hasFailed = true));
    this.#done += length;
    this.#underWay.push({ result, batches, last, next: this.#done });
    const ahead = mayRunAhead && fn.runsInBackground ? RUNS_AHEAD : 0;
    while (this.#underWay.length > (this.#hasFailed ? 0 : ahead)) await this.#settle();
  }

  async #settle(): Promise<void> {
    const { result, batches, last, next } = this.#underWay[0];
    try {
      await this.#options.visit(await result, last, next);
    } finally {
      this.#underWay.shift();
      batches.forEach(freeBatch);
    }
  }

  /** Frees what has not been visited, once it is done. */
  async close(): Promise<void> {
    this.#waiting.splice(0).forEach(freeBatch);
    await Promise.allSettled(this.#underWay.map(({ result }) => result.then(freeAll)));
    for (const { batches } of this.#underWay.splice(0)) batches.forEach(freeBatch);
  }
}

export function stepInput({ x, y, sample_weight, share }: Batch): StepInput {
  const data: StepData = sample_weight === undefined ? (y === undefined ? [x] : [x, y]) : [x, y, sample_weight];
  return share === undefined ? data : { data, share };
}

/** Whether two batches fit one program. */
function haveSameShapes(a: Batch, b: Batch): boolean {
  const [left, right] = [a, b].map((batch) => flatten(stepInput(batch)));
  return left.length === right.length && left.every((leaf, i) => {
    const other = right[i];
    return leaf instanceof Tensor && other instanceof Tensor
      ? leaf.dtype === other.dtype && sameShape(leaf.shape, other.shape) : leaf === other;
  });
}
