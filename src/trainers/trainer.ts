/** Training: compile, fit, evaluate, predict and their steps. */
import { CallbackList } from '../callbacks/callback-list.js';
import type { Logs } from '../callbacks/callback.js';
import type { History } from '../callbacks/history.js';
import { apply } from '../engine/apply.js';
import { NDArray, scalarTensor } from '../engine/convert.js';
import { variable_gradients } from '../engine/gradients.js';
import { flatten, mapStructure } from '../engine/structure.js';
import { Tensor } from '../engine/tensor.js';
import { Layer, LayerError, type LayerOptions } from '../layers/layer.js';
import { ownedBy } from '../layers/tracking.js';
import type { Model } from '../models/model.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import { computeOutputSpec } from '../ops/symbolic.js';
import { Mean, type Metric } from '../metrics/index.js';
import * as optimizers from '../optimizers/index.js';
import { hostRandom } from '../random/host-random.js';
import { namedArguments, type NamedForms } from '../utils/arguments.js';
import { requirePositiveInteger } from '../utils/checks.js';
import { CompileLoss } from './compile-loss.js';
import { CompileMetrics } from './compile-metrics.js';
import { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
import { makeBatchSource, train_validation_split, unpack_x_y_sample_weight, type Batch, type BatchSource } from './data/index.js';
import { toBatch } from './data/generator-source.js';
import { freeAll, readLogs, type StepResult } from './logs.js';
import * as o from './options.js';
import { concatenateOutputs } from './predictions.js';
import { StepFunction, type StepData } from './step-function.js';

/** A method needs `compile()` or a built model first. */
export class NotCompiledError extends Error {
  override name = 'NotCompiledError';
}

interface Compiled {
  loss: CompileLoss | undefined;
  metrics: CompileMetrics | undefined;
  lossTracker: Mean;
  arguments: o.CompileArguments;
}

type Kind = 'train' | 'test' | 'predict';

/** Adds training to layers; every Model is one. */
export abstract class Trainer extends Layer {
  /** Set it to true in a callback to end training after the running batch. */
  stop_training = false;
  history: History | null = null;
  #optimizer: optimizers.Optimizer | null = null;
  #compiled: Compiled | undefined;
  #functions = new Map<Kind, StepFunction<unknown>>();
  #runEagerly = false;
  #jitCompile: boolean | 'auto' = 'auto';
  #stepsPerExecution = 1;

  constructor(options: LayerOptions = {}) {
    super(options);
  }

  // ---- compile ----

  /**
   * Sets optimizer, loss and metrics. `compile(optimizer, loss, ...)` or `compile({optimizer, loss, metrics, ...})`.
   * Source: keras.Model.compile.
   */
  compile(...args: NamedForms<o.CompileArguments, typeof o.COMPILE>): void {
    const options = namedArguments<o.CompileArguments>('compile()', o.COMPILE, args, [], o.STRUCTURED);
    this.#optimizer = optimizers.get(options.optimizer ?? 'rmsprop');
    const names = (this as unknown as { output_names?: string[] }).output_names;
    this.#compiled = {
      loss: options.loss === null || options.loss === undefined ? undefined : new CompileLoss(options.loss, options.loss_weights, names),
      metrics: options.metrics || options.weighted_metrics
        ? new CompileMetrics(options.metrics, options.weighted_metrics, names) : undefined,
      lossTracker: new Mean({ name: 'loss' }),
      arguments: options,
    };
    this.#runEagerly = options.run_eagerly ?? false;
    this.#jitCompile = options.jit_compile ?? 'auto';
    this.#stepsPerExecution = requirePositiveInteger('compile()', 'steps_per_execution', options.steps_per_execution ?? 1);
    this.stop_training = false;
    this.#dropFunctions();
  }

  #dropFunctions(): void {
    for (const fn of this.#functions.values()) fn.dispose();
    this.#functions.clear();
  }

  get compiled(): boolean {
    return this.#compiled !== undefined;
  }

  get optimizer(): optimizers.Optimizer | null {
    return this.#optimizer;
  }

  set optimizer(value: unknown) {
    this.#optimizer = value === null || value === undefined ? null : optimizers.get(value);
    this.#dropFunctions();
  }

  /** The loss as it was given to compile. */
  get loss(): unknown {
    return this.#compiled?.arguments.loss ?? null;
  }

  get run_eagerly(): boolean {
    return this.#runEagerly;
  }

  set run_eagerly(value: boolean) {
    this.#runEagerly = value;
    this.#dropFunctions();
  }

  get jit_compile(): boolean | 'auto' {
    return this.#jitCompile;
  }

  set jit_compile(value: boolean | 'auto') {
    this.#jitCompile = value;
    this.#dropFunctions();
  }

  get steps_per_execution(): number {
    return this.#stepsPerExecution;
  }

  override get metrics(): Metric[] {
    const { lossTracker, metrics, loss } = this.#compiled ?? {};
    const inner = this.sublayers.filter((layer) => !(layer instanceof Trainer)).flatMap((layer) => layer.metrics);
    return [...new Set([...(lossTracker ? [lossTracker] : []), ...(metrics?.metrics ?? []), ...(loss?.metrics ?? []),
      ...ownedBy(this).metrics, ...inner])];
  }

  get metrics_names(): string[] {
    return this.metrics.map((metric) => metric.name);
  }

  reset_metrics(): void {
    for (const metric of this.metrics) metric.reset_state();
  }

  #requireCompiled(method: string): Compiled {
    if (!this.#compiled) {
      throw new NotCompiledError(`Call compile() before ${method}() on ${this.constructor.name} '${this.name}'.`);
    }
    return this.#compiled;
  }

  /** The arguments of compile for a file; null when they were not given. */
  get_compile_config(): Record<string, unknown> | null {
    if (!this.#compiled) return null;
    const given = this.#compiled.arguments;
    return serialize_keras_object({
      optimizer: this.#optimizer, loss: given.loss ?? null, loss_weights: given.loss_weights ?? null,
      metrics: given.metrics ?? null, weighted_metrics: given.weighted_metrics ?? null,
      run_eagerly: this.#runEagerly, steps_per_execution: this.#stepsPerExecution,
      jit_compile: this.#jitCompile === true,
    }) as Record<string, unknown>;
  }

  /** Compiles as `get_compile_config` recorded it, and builds the optimizer. */
  compile_from_config(config: Record<string, unknown>): void {
    const known = Object.entries(config).filter(([key]) => (o.COMPILE as readonly string[]).includes(key));
    const options = Object.fromEntries(known.map(([key, value]) => [key, deserialize_keras_object(value) ?? undefined])) as o.CompileArguments;
    // What Python decided for its own backend says nothing here.
    this.compile({ ...options, jit_compile: 'auto' });
    if (this.built) this.#optimizer?.build(this.trainable_variables);
  }

  // ---- steps, made to be overridden ----

  /** The total loss of a batch: the compiled losses, and those the layers added. */
  compute_loss(_x: unknown, y: unknown, y_pred: unknown, sample_weight?: unknown, _options: { training?: boolean } = {}): Tensor {
    const parts: Tensor[] = [];
    const compiled = this.#compiled?.loss?.call(y, y_pred, sample_weight);
    if (compiled) parts.push(compiled);
    for (const loss of this.losses) {
      const scalar = loss.ndim === 0 ? loss : apply('reduce_sum', [loss], { axes: loss.shape.map((_, i) => i), keepdims: false });
      parts.push(scalar.dtype === 'float32' ? scalar : apply('cast', [scalar], { dtype: 'float32' }));
    }
    if (parts.length === 0) {
      throw new NotCompiledError(`There is no loss to compute for '${this.name}': pass a loss to compile(), ` +
        'add one with add_loss, or override compute_loss.');
    }
    return parts.reduce((a, b) => apply('add', [a, b]));
  }

  /** Updates the compiled metrics with a batch and gives the results so far, by name. */
  compute_metrics(_x: unknown, y: unknown, y_pred: unknown, sample_weight?: unknown): StepResult {
    if (y !== undefined) this.#compiled?.metrics?.update_state(y, y_pred, sample_weight);
    return this.get_metrics_result();
  }

  /** Results of all metrics by name. */
  get_metrics_result(): StepResult {
    const { lossTracker, metrics, loss } = this.#compiled ?? {};
    const compiled = new Set<Metric>(metrics?.metrics);
    const results: StepResult = {};
    const put = (metric: Metric): void => {
      const result = metric.result();
      if (result instanceof Tensor) results[metric.name] = result;
      else Object.assign(results, result);
    };
    if (lossTracker) put(lossTracker);
    Object.assign(results, metrics?.result());
    for (const metric of loss?.metrics ?? []) put(metric);
    for (const metric of this.metrics) {
      if (metric !== lossTracker && !compiled.has(metric) && !loss?.metrics.includes(metric as Mean)) put(metric);
    }
    return results;
  }

  /** One step of training. Override it for other ways to train; it runs compiled. Gives the logs. */
  train_step(data: StepData): StepResult {
    const [x, y, sample_weight] = unpack_x_y_sample_weight([...data]);
    const variables = this.trainable_variables;
    const optimizer = this.#optimizer!;
    const [[, loss, y_pred], gradients] = variable_gradients((): [Tensor, Tensor, unknown] => {
      const outputs = this.#forward(x, true);
      const total = this.compute_loss(x, y, outputs, sample_weight, { training: true });
      return [optimizer.scale_loss(total), total, outputs];
    }, variables);
    this.#trackLoss(loss, x);
    optimizer.apply(gradients, variables);
    return this.compute_metrics(x, y, y_pred, sample_weight);
  }

  /** One step of evaluation. Gives the logs. */
  test_step(data: StepData): StepResult {
    const [x, y, sample_weight] = unpack_x_y_sample_weight([...data]);
    const y_pred = this.#forward(x, false);
    if (this.#compiled?.loss || this.losses.length > 0) {
      this.#trackLoss(this.compute_loss(x, y, y_pred, sample_weight, { training: false }), x);
    }
    return this.compute_metrics(x, y, y_pred, sample_weight);
  }

  /** One step of prediction. Gives the outputs. */
  predict_step(data: StepData): unknown {
    return this.#forward(data[0], false);
  }

  #forward(x: unknown, training: boolean): unknown {
    return (this as unknown as (inputs: unknown, options: object) => unknown)(x, { training });
  }

  #trackLoss(loss: Tensor, x: unknown): void {
    const [first] = flatten(x) as Tensor[];
    this.#compiled?.lossTracker.update_state(loss, { sample_weight: scalarTensor(first.shape[0] ?? 1, 'float32') });
  }

  // ---- loops ----

  #function(kind: Kind): StepFunction<unknown> {
    let fn = this.#functions.get(kind);
    if (!fn) {
      const step: (data: StepData) => unknown = kind === 'train' ? (d) => this.train_step(d)
        : kind === 'test' ? (d) => this.test_step(d) : (d) => this.predict_step(d);
      fn = new StepFunction(step, {
        name: `${kind}_step`, run_eagerly: this.#runEagerly, jit_compile: this.#jitCompile,
        afterTrace: () => this._clear_losses(),
      });
      this.#functions.set(kind, fn);
    }
    return fn;
  }

  /** Makes all weights from the shapes of a batch, so that the step sees them. */
  #symbolicBuild({ x }: Batch): void {
    if (this.built && this._flatten_layers(false).every((layer) => layer.built)) return;
    const specs = mapStructure((leaf) => (leaf instanceof Tensor
      ? new KerasTensor([null, ...leaf.shape.slice(1)], leaf.dtype) : leaf), x);
    computeOutputSpec((inputs) => this.#forward(inputs, false), [specs]);
    this._clear_losses();
  }

  /** Runs one epoch of steps; `visit` sees each result, which it must free. Gives the number of batches done. */
  async #epoch(
    kind: Kind, source: BatchSource, callbacks: CallbackList, visit: (result: unknown, last: number) => Promise<void> | void,
  ): Promise<void> {
    const fn = this.#function(kind);
    let group: Batch[] = [];
    let done = 0;
    const begin = callbacks[`on_${kind}_batch_begin`];
    const flush = async (): Promise<void> => {
      const batches = group;
      group = [];
      await begin(done);
      const data = batches.map(({ x, y, sample_weight }) => (sample_weight === undefined
        ? (y === undefined ? [x] : [x, y]) : [x, y, sample_weight]));
      const result = await fn.run(data);
      for (const { owned } of batches) for (const tensor of owned) tensor.dispose();
      done += batches.length;
      // Keras numbers a group of steps as if it were full.
      await visit(result, done - batches.length + this.#stepsPerExecution - 1);
    };
    for await (const batch of source.epoch()) {
      if (done === 0 && group.length === 0) this.#symbolicBuild(batch);
      group.push(batch);
      if (group.length === this.#stepsPerExecution) await flush();
      if (this.stop_training && kind === 'train') return;
    }
    if (group.length > 0) await flush();
  }

  /**
   * Trains for some epochs. `fit(x, y, {epochs, batch_size, ...})`. Resolves to the History.
   * x and y: tensors, typed arrays, NDArrays, nested arrays, structures of them, or a generator of batches (or a
   * function that makes one). Source: keras.Model.fit.
   */
  async fit(...args: NamedForms<o.FitArguments, typeof o.FIT>): Promise<History> {
    this.#requireCompiled('fit');
    const options = namedArguments<o.FitArguments>('fit()', o.FIT, args, [], o.STRUCTURED);
    const { epochs = 1, initial_epoch = 0, validation_freq = 1, batch_size = null, verbose = 'auto' } = options;
    let { x, y, sample_weight, validation_data } = options;
    if (options.validation_split && validation_data === undefined) {
      const { train, validation } = train_validation_split([x, y, sample_weight], options.validation_split);
      [x, y, sample_weight] = train;
      validation_data = validation;
    }
    const random = hostRandom();
    const source = makeBatchSource(x, y, sample_weight, {
      batch_size, steps: options.steps_per_epoch, shuffle: options.shuffle ?? true, class_weight: options.class_weight, random });
    const validation = validation_data === undefined || validation_data === null ? undefined
      : makeBatchSource(...validationParts(validation_data), {
        batch_size: options.validation_batch_size ?? batch_size, steps: options.validation_steps });
    const level = verbose === 'auto' ? 1 : verbose;
    const callbacks = options.callbacks instanceof CallbackList ? options.callbacks
      : new CallbackList(options.callbacks, { add_history: true, add_progbar: level !== 0, verbose: level, epochs,
        steps: source.num_batches, model: this as unknown as Model });

    this.stop_training = false;
    await callbacks.on_train_begin();
    let epochLogs: Logs = {};
    for (let epoch = initial_epoch; epoch < epochs; epoch++) {
      this.reset_metrics();
      await callbacks.on_epoch_begin(epoch);
      let last: StepResult | undefined;
      await this.#epoch('train', source, callbacks, async (result, step) => {
        if (last) freeAll(last);
        last = result as StepResult;
        if (!callbacks.wantsBatchLogs('train')) return;
        const logs = readLogs(last);
        last = undefined;
        epochLogs = logs;
        await callbacks.on_train_batch_end(step, logs);
      });
      epochLogs = last ? readLogs(last) : { ...epochLogs };
      source.on_epoch_end();
      if (validation && shouldValidate(epoch, validation_freq)) {
        const logs = await this.#evaluate(validation, callbacks);
        for (const [name, value] of Object.entries(logs)) epochLogs[`val_${name}`] = value;
      }
      await callbacks.on_epoch_end(epoch, epochLogs);
      if (this.stop_training) break;
    }
    if (epochs > initial_epoch) this.#optimizer?.finalize_variable_values(this.trainable_variables);
    await callbacks.on_train_end(epochLogs);
    return this.history!;
  }

  async #evaluate(source: BatchSource, callbacks: CallbackList): Promise<Logs> {
    this.reset_metrics();
    await callbacks.on_test_begin();
    let logs: Logs = {};
    let last: StepResult | undefined;
    await this.#epoch('test', source, callbacks, async (result, step) => {
      if (last) freeAll(last);
      last = result as StepResult;
      if (!callbacks.wantsBatchLogs('test')) return;
      logs = readLogs(last);
      last = undefined;
      await callbacks.on_test_batch_end(step, logs);
    });
    if (last) logs = readLogs(last);
    await callbacks.on_test_end(logs);
    return logs;
  }

  /**
   * Loss and metrics on data: a number, a list in the order of `metrics_names`, or with `return_dict` an object.
   * Source: keras.Model.evaluate.
   */
  async evaluate(...args: NamedForms<o.EvaluateArguments, typeof o.EVALUATE>): Promise<number | number[] | Logs> {
    this.#requireCompiled('evaluate');
    const options = namedArguments<o.EvaluateArguments>('evaluate()', o.EVALUATE, args, [], o.STRUCTURED);
    const source = makeBatchSource(options.x, options.y, options.sample_weight, {
      batch_size: options.batch_size, steps: options.steps });
    const logs = await this.#evaluate(source, this.#callbacks(options, source));
    return options.return_dict ? logs : this.#inOrder(logs);
  }

  #callbacks(options: { callbacks?: o.FitArguments['callbacks']; verbose?: o.Verbose }, source: BatchSource): CallbackList {
    if (options.callbacks instanceof CallbackList) return options.callbacks;
    const level = options.verbose === undefined || options.verbose === 'auto' ? 1 : options.verbose;
    return new CallbackList(options.callbacks, { add_progbar: level !== 0, verbose: level, epochs: 1,
      steps: source.num_batches, model: this as unknown as Model });
  }

  /** Values in the order of the metrics, then what is left by name; a single one by itself. */
  #inOrder(logs: Logs): number | number[] {
    const names = this.metrics.map((metric) => metric.name);
    const order = [...names.filter((name) => name in logs), ...Object.keys(logs).toSorted().filter((name) => !names.includes(name))];
    const values = order.map((name) => logs[name]);
    return values.length === 1 ? values[0] : values;
  }

  /**
   * The model's outputs for data, batch by batch, as NDArrays in the structure of the outputs.
   * Source: keras.Model.predict.
   */
  async predict(...args: NamedForms<o.PredictArguments, typeof o.PREDICT>): Promise<NDArray> {
    const options = namedArguments<o.PredictArguments>('predict()', o.PREDICT, args, [], o.STRUCTURED);
    const source = makeBatchSource(options.x, undefined, undefined, { batch_size: options.batch_size, steps: options.steps });
    const callbacks = this.#callbacks(options, source);
    await callbacks.on_predict_begin();
    const results: unknown[] = [];
    await this.#epoch('predict', source, callbacks, async (result, step) => {
      results.push(mapStructure((leaf) => (leaf instanceof Tensor
        ? new NDArray(leaf.dataSync(), leaf.shape, leaf.dtype) : leaf), result));
      freeAll(result);
      if (callbacks.wantsBatchLogs('predict')) await callbacks.on_predict_batch_end(step);
    });
    await callbacks.on_predict_end();
    return concatenateOutputs(results) as NDArray;
  }

  // ---- single batches ----

  async #onBatch(kind: Kind, data: readonly [unknown, unknown?, unknown?], class_weight?: o.BatchArguments['class_weight']): Promise<unknown> {
    let batch: Batch;
    if (class_weight) {
      const [only] = makeBatchSource(data[0], data[1], data[2], { batch_size: Number.MAX_SAFE_INTEGER, class_weight }).epoch() as Iterable<Batch>;
      batch = only;
    } else batch = toBatch([...data]);
    this.#symbolicBuild(batch);
    const { x, y, sample_weight, owned } = batch;
    const result = await this.#function(kind).run([sample_weight === undefined ? (y === undefined ? [x] : [x, y]) : [x, y, sample_weight]]);
    for (const tensor of owned) tensor.dispose();
    return result;
  }

  /** One training step on a batch: loss and metrics so far. Source: keras.Model.train_on_batch. */
  async train_on_batch(...args: NamedForms<o.BatchArguments, typeof o.TRAIN_ON_BATCH>): Promise<number | number[] | Logs> {
    this.#requireCompiled('train_on_batch');
    const options = namedArguments<o.BatchArguments>('train_on_batch()', o.TRAIN_ON_BATCH, args, [], o.STRUCTURED);
    if (options.class_weight && options.sample_weight) throw new LayerError('train_on_batch() takes sample_weight or class_weight, not both.');
    const logs = readLogs(await this.#onBatch('train', [options.x, options.y, options.sample_weight], options.class_weight) as StepResult);
    return options.return_dict ? logs : this.#inOrder(logs);
  }

  /** Loss and metrics so far, with this batch. Source: keras.Model.test_on_batch. */
  async test_on_batch(...args: NamedForms<o.BatchArguments, typeof o.TEST_ON_BATCH>): Promise<number | number[] | Logs> {
    this.#requireCompiled('test_on_batch');
    const options = namedArguments<o.BatchArguments>('test_on_batch()', o.TEST_ON_BATCH, args, [], o.STRUCTURED);
    const logs = readLogs(await this.#onBatch('test', [options.x, options.y, options.sample_weight]) as StepResult);
    return options.return_dict ? logs : this.#inOrder(logs);
  }

  /** The outputs for one batch. Source: keras.Model.predict_on_batch. */
  async predict_on_batch(x: unknown): Promise<NDArray> {
    const result = await this.#onBatch('predict', [x]);
    const outputs = mapStructure((leaf) => (leaf instanceof Tensor ? new NDArray(leaf.dataSync(), leaf.shape, leaf.dtype) : leaf), result);
    freeAll(result);
    return outputs as NDArray;
  }
}

const shouldValidate = (epoch: number, frequency: number | readonly number[]): boolean =>
  (typeof frequency === 'number' ? (epoch + 1) % frequency === 0 : frequency.includes(epoch + 1));

function validationParts(data: unknown): [x: unknown, y: unknown, sample_weight: unknown] {
  if (Array.isArray(data) && (data.length === 2 || data.length === 3)) return [data[0], data[1], data[2]];
  if (Array.isArray(data)) {
    throw new LayerError(`validation_data must be [x, y] or [x, y, sample_weight], received ${data.length} elements.`);
  }
  return [data, undefined, undefined];
}

