/** Runs steps: compiled and off the JavaScript thread, or eagerly when asked for or needed. */
import { notice } from '../utils/notice.js';
import type { Graph } from '../engine/graph.js';
import { jit, type Compiled } from '../engine/jit.js';
import { restartOrdinals } from '../engine/ordinals.js';
import { tidy } from '../engine/scope.js';
import { Tensor, TracedValueError } from '../engine/tensor.js';
import { flatten } from '../engine/structure.js';
import { turn } from './logs.js';
import { joinOutputs } from './predictions.js';

/** One batch as a step receives it: [x], [x, y] or [x, y, sample_weight]. */
export type StepData = readonly unknown[];

/** What a run gets of one batch: its data, or of a batch that several processes share their part of it. */
export type StepInput = StepData | { data: StepData; share: string };

export interface StepFunctionOptions {
  /** `train_step` and its like, and the model it is of: for errors. */
  name: string;
  owner: string;
  run_eagerly: boolean;
  /** 'auto' falls back to eager execution when the step cannot be traced. */
  jit_compile: boolean | 'auto';
  /** Keep what depends on weights alone from step to step: for steps that leave them as they are. */
  hoist: boolean;
  /** Several steps give the results of all, joined along their first axis: predictions. Else, that of the last. */
  joins: boolean;
  /** Called after each trace: forgets what belongs to it. */
  afterTrace(): void;
}

/** A step failed on values of its batch. */
export class StepError extends Error {
  override name = 'StepError';
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/label value of .* outside the valid range/,
    'a label is no class number. Labels of sparse_categorical_crossentropy go from ' +
    '0 to the number of classes - 1, which is the last dimension of the predictions.'],
  [/indices.* is not in \[0, /, 'an index is out of range. Inputs of Embedding go from 0 to input_dim - 1.'],
];

/** Longest time that eager steps keep the event loop waiting, in milliseconds. */
const MAX_BLOCK = 8;

/** A call of a compiled function takes some 0.1 ms of its own. */
const SHORT_STEP = 1.5;
const STEPS_IN_ROW = 8;
/** Where results are joined, several steps are a graph of so many times the nodes, which is made after so many single ones. */
const JOINED = { nodes: 64, after: 100 };

export class StepFunction<R> {
  readonly #step: (data: StepData, share?: string) => R;
  readonly #options: StepFunctionOptions;
  readonly #compiled: Compiled<[batches: readonly StepInput[]], R>;
  #eager: boolean;
  #lastTurn = 0;
  #hasRunCompiled = false;
  /** Milliseconds of the fastest compiled step so far, and when the last one ended. */
  #fastest = Infinity;
  #lastDone = 0;
  #runs = 0;

  constructor(step: (data: StepData, share?: string) => R, options: StepFunctionOptions) {
    this.#step = step;
    this.#options = options;
    this.#eager = options.run_eagerly;
    this.#compiled = jit((batches: readonly StepInput[]) => {
      try {
        return this.#all(batches);
      } finally {
        options.afterTrace();
      }
    }, { name: options.name, jit_compile: options.jit_compile, hoist: options.hoist });
  }

  /** The steps one after the other. */
  #all(batches: readonly StepInput[]): R {
    const { name, owner, joins } = this.#options;
    restartOrdinals();
    const results = batches.map((batch) => ('share' in batch ? this.#step(batch.data, batch.share) : this.#step(batch)));
    if (results.some((result) => result instanceof Promise)) {
      throw new TypeError(`${name} of ${owner} returned a promise. Steps are ` +
        'synchronous: they compute with ops and return tensors; await values in callbacks instead.');
    }
    return joins && results.length > 1 ? joinOutputs(results) as R : results.at(-1)!;
  }

  /** The graph of the first signature; none while the steps are eager. */
  get graph(): Graph | undefined {
    return this.#eager ? undefined : this.#compiled.graphs[0];
  }

  /** Whether a step has been traced on a batch like this. */
  hasTraced(batch: StepInput): boolean {
    return this.runsInBackground && this.#compiled.hasTraced([batch]);
  }

  /** Whether steps are known to run off the JavaScript thread, so that others may be asked for meanwhile. */
  get runsInBackground(): boolean {
    return this.#hasRunCompiled && !this.#eager;
  }

  /**
   * How many steps of the same shapes are worth one call: more than one where a step is so short that the call itself
   * counts. Only where nobody looks between them.
   */
  get stepsInRow(): number {
    if (!this.runsInBackground || this.#fastest >= SHORT_STEP) return 1;
    const isWorth = !this.#options.joins || (this.#runs >= JOINED.after && this.graph!.nodes.length <= JOINED.nodes);
    return isWorth ? STEPS_IN_ROW : 1;
  }

  /** Steps of batches that have the same shapes as one call. */
  async runInRow(batches: readonly StepInput[]): Promise<R> {
    try {
      if (this.#options.joins) return await this.#compiled.runAsync(batches);
      return await this.#compiled.runInRow(batches.map((data) => [[data]]));
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** @param isAlone whether the caller asks for nothing more until this is done */
  async run(batches: readonly StepInput[], isAlone = false): Promise<R> {
    if (!this.#eager) {
      const { name, owner, jit_compile } = this.#options;
      const called = performance.now();
      try {
        const result = await (isAlone ? this.#compiled.runAlone(batches) : this.#compiled.runAsync(batches));
        const now = performance.now();
        // A step that was asked for ahead began when the one before it was done.
        if (this.#hasRunCompiled) this.#fastest = Math.min(this.#fastest, now - Math.max(called, this.#lastDone));
        this.#lastDone = now;
        this.#hasRunCompiled = true;
        this.#runs++;
        return result;
      } catch (error) {
        if (!(error instanceof TracedValueError) || jit_compile === true) throw this.#explain(error);
        notice(`${name} of ${owner} reads values of tensors, so it runs without compilation, ` +
          `which is slower: ${firstLine(error.message)}`);
        this.#eager = true;
      }
    }
    const result = this.#runEagerly(batches);
    for (const leaf of flatten(result)) if (leaf instanceof Tensor) leaf.collectWhenUnreachable();
    if (performance.now() - this.#lastTurn > MAX_BLOCK) {
      await turn();
      this.#lastTurn = performance.now();
    }
    return result;
  }

  #runEagerly(batches: readonly StepInput[]): R {
    try {
      return tidy(() => this.#all(batches));
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** Values that only the device can check fail there without a word about the model. */
  #explain(error: unknown): unknown {
    const text = error instanceof Error ? error.message : '';
    const hint = HINTS.find(([pattern]) => pattern.test(text))?.[1];
    if (hint === undefined) return error;
    const { name, owner } = this.#options;
    return new StepError(`${name} of ${owner} failed: ${hint} (${firstLine(text)})`, { cause: error });
  }

  dispose(): void {
    this.#compiled.dispose();
  }
}

const firstLine = (text: string): string => text.split('\n')[0];
