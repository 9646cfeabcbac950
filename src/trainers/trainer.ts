/** Training: fit, evaluate and predict, and their forms for single batches. */
import { CallbackList } from '../callbacks/callback-list.js';
import type { Logs } from '../callbacks/callback.js';
import type { History } from '../callbacks/history.js';
import { trainingGroup, trainingShard } from '../distribution/current.js';
import type { NDArray } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import { StatelessScope } from '../engine/stateless-scope.js';
import { mapStructure } from '../engine/structure.js';
import { Tensor, TracedValueError } from '../engine/tensor.js';
import type { Model } from '../models/model.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import { computeOutputSpec } from '../ops/symbolic.js';
import { hostRandom } from '../random/host-random.js';
import { make_default_seed } from '../random/seed-generator.js';
import type { NamedForms } from '../utils/arguments.js';
import { filterTracebacks } from '../utils/traceback.js';
import { agree, explained, shareVariables } from './agreement.js';
import { Compilable, type Kind } from './compilable.js';
import {
  DataError, freeBatch, makeBatchSource, ReadAhead, toBatch, train_validation_split, type Batch, type BatchSource,
} from './data/index.js';
import { freeAll, readLogs, sortedLogs, type StepResult } from './logs.js';
import { limitedEpochs, limitedSteps } from './limits.js';
import { LossWatch } from './loss-watch.js';
import * as o from './options.js';
import { concatenateOutputs, readOutputs } from './predictions.js';
import { stepInput, StepQueue } from './step-queue.js';

export { NotCompiledError } from './compilable.js';

/** What evaluate gives: one figure, several in order, or by name. */
export type LossAndMetrics = number | number[] | Logs;

/** Where a training stands: a callback that resumes one sets it in `on_train_begin`. */
export interface FitProgress {
  /** The epoch under way, from 0. */
  epoch: number;
  /** Steps of it that are done. */
  step: number;
  /** Seed of the order of samples. */
  seed: number;
  /** Values of the metrics' variables after these steps; null at the start of an epoch. */
  metrics: NDArray[] | null;
}

/** Adds training to layers; every Model is one. */
export abstract class Trainer extends Compilable {
  /** Set it to true in a callback to end training after the running batch. */
  stop_training = false;
  /** The same for `evaluate`. */
  stop_evaluating = false;
  /** The same for `predict`. */
  stop_predicting = false;
  /** Losses and metrics of the last `fit`. */
  history: History | null = null;
  /** Where the running `fit` stands. */
  _progress: FitProgress | null = null;

  /** Whether the model can be called; one whose own train_step does all may have no `call`. */
  protected abstract get hasComputation(): boolean;

  /** Makes all weights from the shapes of a batch, so that the step sees them. */
  #symbolicBuild({ x }: Batch): void {
    if (!this.hasComputation || this._flatten_layers().every((layer) => layer.built)) return;
    const specs = mapStructure((leaf) => (leaf instanceof Tensor
      ? new KerasTensor([null, ...leaf.shape.slice(1)], leaf.dtype) : leaf), x);
    try {
      computeOutputSpec((inputs) => this.forward(inputs, false), [specs]);
    } catch (error) {
      // A call that reads values wants some.
      if (!(error instanceof TracedValueError)) throw error;
      tidy(() => void this.forward(x, false));
    }
    this._clear_losses();
  }

  /** The metrics of a resumed epoch as they were. Those of `compile` are made by the first batch they see. */
  #restoreMetrics({ x, y, sample_weight }: Batch): void {
    const values = this._progress?.metrics;
    // Where several processes train together, the first has read them, and all need variables for them.
    if (!values && !trainingGroup()) return;
    tidy(() => new StatelessScope().run(() => {
      const outputs = this.forward(x, false);
      this.compute_loss(x, y, outputs, sample_weight, { training: false });
      this.compute_metrics(x, y, outputs, sample_weight);
      this._clear_losses();
    }));
    const variables = this.metrics.flatMap((metric) => metric.variables);
    if (values && variables.length === values.length) variables.forEach((variable, i) => variable.assign(values[i]));
  }

  /** Whether this process may have other values than those it trains with. */
  #mayDiffer = true;

  /** Compares what the processes of a group are about to do, and takes over what the first of them goes by. */
  async #meet(where: string, source: BatchSource, settings = ''): Promise<void> {
    const group = trainingGroup();
    if (!group) return;
    if (trainingShard()!.isOwn && source.num_batches === null) {
      throw new DataError(`${where}: where each process is given data of its own (auto_shard_dataset: false), all need the same ` +
        'number of steps: pass it, since the data does not tell.');
    }
    this.#mayDiffer = true;
    const { num_batches, batch_size } = source;
    const progress = this._progress;
    const numbers = progress ? [progress.seed, progress.epoch, progress.step] : [];
    const { numbers: [seed, epoch, step] } = await agree(group, { where, numbers, facts: {
      'the numbers of batches': String(num_batches), 'the batch sizes': String(batch_size), 'the settings': settings } });
    if (progress) Object.assign(progress, { seed, epoch, step });
  }

  /** Before the first step all processes of a group get the state of the first. */
  async #shareState(kind: Kind, isResumed: boolean): Promise<void> {
    const group = trainingGroup();
    if (!group || !this.#mayDiffer) return;
    const { optimizer } = this;
    if (kind === 'train' && optimizer && !optimizer.built) optimizer.build(this.trainable_variables);
    const ofMetrics = this.metrics.flatMap((metric) => metric.variables);
    const state = new Set([...this.variables.filter((variable) => !ofMetrics.includes(variable)),
      ...(kind === 'train' ? optimizer?.variables ?? [] : []), ...(isResumed ? ofMetrics : [])]);
    await agree(group, { where: `the first step of a ${this.constructor.name}`, facts: {
      'the weights of the model': this.variables.filter((variable) => !ofMetrics.includes(variable))
        .map(({ dtype, shape, trainable }) => `${dtype}[${shape.join()}]${trainable ? '' : ' frozen'}`).join(' '),
      'the variables of the optimizer': kind === 'train' ? `${optimizer?.constructor.name}, ${optimizer?.variables.length} variables` : '',
    } });
    await shareVariables(group, [...state]);
    this.#mayDiffer = false;
  }

  #stopped(kind: Kind): boolean {
    return { train: this.stop_training, test: this.stop_evaluating, predict: this.stop_predicting }[kind];
  }

  /**
   * Runs one epoch of steps; `visit` sees the result of each execution, which it must free. Where no callback looks
   * at single batches, the next executions are asked for before the running one is done.
   */
  async #epoch(
    kind: Kind, source: BatchSource, callbacks: CallbackList,
    visit: (result: unknown, last: number) => Promise<void> | void,
  ): Promise<void> {
    // Steps of a resumed epoch that are done already.
    const first = kind === 'train' ? this._progress?.step ?? 0 : 0;
    let isFirst = true;
    const queue = new StepQueue({
      fn: this.stepFunction(kind), size: this.steps_per_execution, first,
      mayRunAhead: !callbacks.followsBatches(kind),
      // How many, each of several processes would decide for itself.
      mayRunInRow: kind !== 'test' && !trainingGroup(),
      begin: callbacks[`on_${kind}_batch_begin`],
      visit: async (result, last, next) => {
        if (kind === 'train' && this._progress) this._progress.step = next;
        await visit(result, last);
      },
    });
    try {
      for await (const batch of new ReadAhead(source.epoch(), source.readAhead)) {
        if (isFirst) await this.#prepareEpoch(kind, batch, first > 0);
        isFirst = false;
        await queue.add(batch);
        if (this.#stopped(kind)) break;
      }
      if (!this.#stopped(kind)) await queue.finish();
    } catch (error) {
      await explained(trainingGroup(), Promise.reject(error as Error));
    } finally {
      await queue.close();
    }
  }

  /** What the first batch of an epoch is needed for. */
  async #prepareEpoch(kind: Kind, batch: Batch, isResumed: boolean): Promise<void> {
    try {
      this.#symbolicBuild(batch);
      if (isResumed) this.#restoreMetrics(batch);
      await this.#shareState(kind, isResumed);
    } catch (error) {
      freeBatch(batch);
      throw error;
    }
  }

  /**
   * Trains for some epochs. `fit(x, y, {epochs, batch_size, ...})`. Resolves to the History.
   * x and y: tensors, typed arrays, NDArrays, nested arrays, structures of them; or x is a generator of
   * batches, or a function that makes one. Source: keras.Model.fit.
   */
  async fit(...args: NamedForms<o.FitArguments, typeof o.FIT>): Promise<History> {
    this.requireCompiled('fit');
    const options = o.dataArguments<o.FitArguments>('fit()', o.FIT, args);
    const { initial_epoch, validation_freq, shuffle, epochs: wanted } = o.fitSettings(options);
    const epochs = limitedEpochs(wanted);
    const progress: FitProgress = { epoch: initial_epoch, step: 0, seed: make_default_seed(), metrics: null };
    const { batch_size = null } = options;
    this.noteTrainableChanges();
    let { x, y, sample_weight, validation_data } = options;
    if (options.validation_split && isMissing(validation_data)) {
      const { train, validation } = train_validation_split([x, y, sample_weight], options.validation_split);
      [x, y, sample_weight] = train;
      validation_data = validation;
    }
    let random: (() => number) | undefined;
    const source = makeBatchSource(x, y, sample_weight, {
      batch_size, steps: limitedSteps(options.steps_per_epoch), shuffle, class_weight: options.class_weight,
      random: () => (random ??= hostRandom(progress.seed))(), shard: trainingShard(),
    });
    const validation = isMissing(validation_data) ? undefined
      : makeBatchSource(...o.validationParts(validation_data), {
        batch_size: options.validation_batch_size ?? batch_size, steps: limitedSteps(options.validation_steps), shard: trainingShard() });
    const level = o.verbosity('fit()', options.verbose);
    const callbacks = options.callbacks instanceof CallbackList ? options.callbacks
      : new CallbackList(options.callbacks,
        { add_history: true, add_progbar: level !== 0, verbose: level, epochs,
        steps: source.num_batches, model: this as unknown as Model });

    this.stop_training = false;
    this._progress = progress;
    const watch = new LossWatch(this);
    try {
      await callbacks.on_train_begin();
      await this.#meet('fit()', source, `epochs ${epochs}, batches of validation ${validation?.num_batches}`);
      if (progress.epoch > initial_epoch || progress.step > 0) {
        await source.skip(progress.epoch - initial_epoch, progress.step);
      }
      let logs: Logs = {};
      for (let { epoch } = progress; epoch < epochs && !this.stop_training; epoch++) {
        progress.epoch = epoch;
        this.reset_metrics();
        await source.on_epoch_begin();
        await callbacks.on_epoch_begin(epoch);
        const read = (values: Logs, step?: number): Promise<void> | undefined => {
          watch.see(values, epoch, step);
          return step === undefined ? undefined : callbacks.on_train_batch_end(step, values);
        };
        logs = await this.#steps('train', source, callbacks, read);
        await source.on_epoch_end();
        Object.assign(progress, { epoch: epoch + 1, step: 0, metrics: null });
        if (validation && o.shouldValidate(epoch, validation_freq)) {
          const values = await this.#evaluate(validation, callbacks);
          for (const [name, value] of Object.entries(values)) logs[`val_${name}`] = value;
          logs = sortedLogs(logs);
        }
        await callbacks.on_epoch_end(epoch, logs);
        const group = trainingGroup();
        if (group) this.stop_training = (await agree(group, { where: 'the end of an epoch', flag: this.stop_training })).any;
      }
      if (epochs > initial_epoch) this.optimizer?.finalize_variable_values(this.trainable_variables);
      await callbacks.on_train_end(logs);
    } finally {
      this._progress = null;
      await source.close();
      await validation?.close();
    }
    return this.history!;
  }

  /** An epoch of training or evaluation. Logs are read from the device at its end, and for callbacks. */
  async #steps(
    kind: 'train' | 'test', source: BatchSource, callbacks: CallbackList,
    read: (logs: Logs, step?: number) => Promise<void> | undefined,
  ): Promise<Logs> {
    let logs: Logs = {};
    let last: StepResult | undefined;
    await this.#epoch(kind, source, callbacks, async (result, step) => {
      if (last) freeAll(last);
      last = result as StepResult;
      if (!callbacks.wantsBatchLogs(kind, step)) return callbacks.passBatch(kind, step);
      logs = readLogs(last);
      last = undefined;
      await read(logs, step);
    });
    if (last) {
      logs = readLogs(last);
      await read(logs);
    }
    return { ...logs };
  }

  async #evaluate(source: BatchSource, callbacks: CallbackList): Promise<Logs> {
    this.stop_evaluating = false;
    this.reset_metrics();
    await source.on_epoch_begin();
    await callbacks.on_test_begin();
    const logs = await this.#steps('test', source, callbacks,
      (values, step) => (step === undefined ? undefined : callbacks.on_test_batch_end(step, values)));
    await source.on_epoch_end();
    await callbacks.on_test_end(logs);
    return logs;
  }

  /**
   * Loss and metrics on data: a number, a list with the loss first, or with `return_dict` an object by name.
   * Source: keras.Model.evaluate.
   */
  async evaluate(...args: NamedForms<o.EvaluateArguments, typeof o.EVALUATE>): Promise<LossAndMetrics> {
    this.requireCompiled('evaluate');
    const options = o.dataArguments<o.EvaluateArguments>('evaluate()', o.EVALUATE, args);
    const source = makeBatchSource(options.x, options.y, options.sample_weight, {
      batch_size: options.batch_size, steps: limitedSteps(options.steps), shard: trainingShard() });
    try {
      await this.#meet('evaluate()', source);
      const logs = await this.#evaluate(source, this.#callbacks('evaluate()', options, source));
      return options.return_dict ? logs : this.inOrder(logs);
    } finally {
      await source.close();
    }
  }

  #callbacks(
    method: string, options: Pick<o.FitArguments, 'callbacks' | 'verbose'>, source: BatchSource,
  ): CallbackList {
    if (options.callbacks instanceof CallbackList) return options.callbacks;
    const level = o.verbosity(method, options.verbose);
    return new CallbackList(options.callbacks, { add_progbar: level !== 0, verbose: level, epochs: 1,
      steps: source.num_batches, model: this as unknown as Model });
  }

  /**
   * The model's outputs for data, batch by batch, as NDArrays in the structure of the outputs.
   * Source: keras.Model.predict.
   */
  async predict(...args: NamedForms<o.PredictArguments, typeof o.PREDICT>): Promise<NDArray> {
    const options = o.dataArguments<o.PredictArguments>('predict()', o.PREDICT, args);
    const source = makeBatchSource(options.x, undefined, undefined,
      { batch_size: options.batch_size, steps: limitedSteps(options.steps), shard: trainingShard() });
    const callbacks = this.#callbacks('predict()', options, source);
    const results: unknown[] = [];
    this.stop_predicting = false;
    try {
      await this.#meet('predict()', source);
      await callbacks.on_predict_begin();
      await source.on_epoch_begin();
      await this.#epoch('predict', source, callbacks, async (result, step) => {
        const outputs = readOutputs(result);
        results.push(outputs);
        if (callbacks.wantsBatchLogs('predict', step)) await callbacks.on_predict_batch_end(step, { outputs });
        else callbacks.passBatch('predict', step);
      });
      await source.on_epoch_end();
      await callbacks.on_predict_end();
    } finally {
      await source.close();
    }
    return concatenateOutputs(results) as NDArray;
  }

  // ---- single batches ----

  async #onBatch(kind: Kind, { x, y, sample_weight, class_weight }: o.BatchArguments): Promise<unknown> {
    const batch = toBatch([x, y, sample_weight], class_weight, trainingShard());
    try {
      const fn = this.stepFunction(kind);
      const input = stepInput(batch);
      // To look through all layers takes a while, and a step that has been traced has seen them.
      if (!fn.hasTraced(input)) this.#symbolicBuild(batch);
      await this.#shareState(kind, false);
      if (kind !== 'predict') this.reset_metrics();
      return await explained(trainingGroup(), fn.run([input], true));
    } finally {
      freeBatch(batch);
    }
  }

  async #logsOnBatch(kind: 'train' | 'test', options: o.BatchArguments): Promise<LossAndMetrics> {
    const logs = readLogs(await this.#onBatch(kind, options) as StepResult);
    return options.return_dict ? logs : this.inOrder(logs);
  }

  /** One training step: loss and metrics of this batch. Source: keras.Model.train_on_batch. */
  async train_on_batch(
    ...args: NamedForms<o.BatchArguments, typeof o.TRAIN_ON_BATCH>
  ): Promise<LossAndMetrics> {
    this.requireCompiled('train_on_batch');
    return this.#logsOnBatch('train',
      o.dataArguments<o.BatchArguments>('train_on_batch()', o.TRAIN_ON_BATCH, args));
  }

  /** Loss and metrics of one batch. Source: keras.Model.test_on_batch. */
  async test_on_batch(
    ...args: NamedForms<o.BatchArguments, typeof o.TEST_ON_BATCH>
  ): Promise<LossAndMetrics> {
    this.requireCompiled('test_on_batch');
    return this.#logsOnBatch('test',
      o.dataArguments<o.BatchArguments>('test_on_batch()', o.TEST_ON_BATCH, args));
  }

  /** The outputs for one batch. Source: keras.Model.predict_on_batch. */
  async predict_on_batch(x: unknown): Promise<NDArray> {
    return readOutputs(await this.#onBatch('predict', { x })) as NDArray;
  }
}
filterTracebacks(Trainer, 'fit', 'evaluate', 'predict', 'train_on_batch', 'test_on_batch', 'predict_on_batch');

const isMissing = (value: unknown): boolean => value === undefined || value === null;
