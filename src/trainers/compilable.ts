/** What `compile` sets, and the steps of training, evaluation and prediction that follow from it. */
import { notice } from '../utils/notice.js';
import type { Logs } from '../callbacks/callback.js';
import { apply } from '../engine/apply.js';
import { trainingGroup } from '../distribution/current.js';
import { context } from '../engine/context.js';
import { scalarTensor } from '../engine/convert.js';
import { variable_gradients } from '../engine/gradients.js';
import type { Graph } from '../engine/graph.js';
import { flatten, isPlainObject } from '../engine/structure.js';
import { Tensor } from '../engine/tensor.js';
import { Layer } from '../layers/layer.js';
import { ownedBy } from '../layers/tracking.js';
import { Mean, type Metric } from '../metrics/index.js';
import * as optimizers from '../optimizers/index.js';
import { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
import { namedArguments, type NamedForms } from '../utils/arguments.js';
import { getRandomSeed } from '../utils/rng-utils.js';
import { requirePositiveInteger } from '../utils/checks.js';
import { CompileLoss } from './compile-loss.js';
import { CompileMetrics } from './compile-metrics.js';
import { unpack_x_y_sample_weight } from './data/index.js';
import type { StepResult } from './logs.js';
import * as o from './options.js';
import { replicatedStep } from './replicated-step.js';
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
  /** Whether each layer trained: what is frozen later waits for the next compile. */
  trainable: Map<Layer, boolean>;
}

export type Kind = 'train' | 'test' | 'predict';

/** Adds `compile` and steps that can be overridden to layers. The loops are in trainer.ts. */
export abstract class Compilable extends Layer {
  #optimizer: optimizers.Optimizer | null = null;
  /** Whether the optimizer that was given is inside one that scales the loss. */
  #isWrapped = false;
  #compiled: Compiled | undefined;
  #functions = new Map<Kind, StepFunction<unknown>>();
  #runEagerly = false;
  #jitCompile: boolean | 'auto' = 'auto';
  #stepsPerExecution = 1;

  // ---- compile ----

  /**
   * Sets optimizer, loss and metrics: `compile(optimizer, loss, {metrics})` or `compile({optimizer, loss})`.
   * Source: keras.Model.compile.
   */
  compile(...args: NamedForms<o.CompileArguments, typeof o.COMPILE>): void {
    // An object in the first place is the config of an optimizer, or all arguments by name.
    const isConfig = isPlainObject(args[0]) && 'class_name' in args[0];
    const options = namedArguments<o.CompileArguments>('compile()', o.COMPILE, args, [],
      isConfig ? o.STRUCTURED : o.STRUCTURED.filter((name) => name !== 'optimizer'));
    const { loss, metrics, weighted_metrics } = options;
    const { run_eagerly = false, jit_compile = 'auto', steps_per_execution = 1, auto_scale_loss = true } = options;
    o.requireChoice('compile()', 'run_eagerly', run_eagerly, [true, false]);
    o.requireChoice('compile()', 'jit_compile', jit_compile, [true, false, 'auto']);
    o.requireChoice('compile()', 'auto_scale_loss', auto_scale_loss, [true, false]);
    const optimizer = optimizers.get(options.optimizer ?? 'rmsprop');
    const isScaled = auto_scale_loss && this.dtype_policy.name === 'mixed_float16' &&
      !(optimizer instanceof optimizers.LossScaleOptimizer);
    this.#isWrapped = isScaled;
    this.#optimizer = isScaled ? new optimizers.LossScaleOptimizer(optimizer, { name: 'loss_scale_optimizer' }) : optimizer;
    const names = (this as unknown as { output_names?: string[] }).output_names;
    this.#compiled = {
      loss: loss === null || loss === undefined ? undefined
        : new CompileLoss(loss, options.loss_weights, names),
      metrics: metrics || weighted_metrics ? new CompileMetrics(metrics, weighted_metrics, names) : undefined,
      lossTracker: new Mean({ name: 'loss' }),
      arguments: options,
      trainable: new Map(this._flatten_layers().map((layer) => [layer, layer.trainable])),
    };
    this.#runEagerly = run_eagerly;
    this.#jitCompile = jit_compile;
    this.#stepsPerExecution = requirePositiveInteger('compile()', 'steps_per_execution', steps_per_execution);
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

  /** What is faster is found out by timing; after `set_random_seed` nothing may depend on that. */
  get #jitMode(): boolean | 'auto' {
    return this.#jitCompile === 'auto' && getRandomSeed() !== null ? false : this.#jitCompile;
  }

  get steps_per_execution(): number {
    return this.#stepsPerExecution;
  }

  /** The loss, all compiled metrics as one, losses of single outputs, then metrics that layers own. */
  override get metrics(): Metric[] {
    const { lossTracker, metrics, loss } = this.#compiled ?? {};
    // Metrics of a model inside are its own affair.
    const inner = this._flatten_layers(false).filter((layer) => !(layer instanceof Compilable));
    return [...new Set([...(lossTracker ? [lossTracker] : []), ...(metrics ? [metrics] : []),
      ...(loss?.metrics ?? []),
      ...[this, ...inner].flatMap((layer) => ownedBy(layer).metrics)])];
  }

  get metrics_names(): string[] {
    return this.metrics.map((metric) => metric.name);
  }

  reset_metrics(): void {
    for (const metric of this.metrics) metric.reset_state();
  }

  protected requireCompiled(method: string): void {
    if (this.#compiled) return;
    throw new NotCompiledError(`${this.constructor.name} '${this.name}' is not compiled: ` +
      `call compile({optimizer, loss}) before ${method}().`);
  }

  /** Freezing after compile() has no effect on steps that are compiled already. */
  protected noteTrainableChanges(): void {
    const { trainable } = this.#compiled!;
    const changed = [...trainable.keys()].filter((layer) => layer.trainable !== trainable.get(layer));
    if (changed.length === 0) return;
    for (const layer of changed) trainable.set(layer, layer.trainable);
    notice(`'trainable' of ${changed.map(({ name }) => name).join(', ')} has changed since '${this.name}' ` +
      'was compiled. Call compile() again for it to take effect.');
  }

  /** The arguments of compile for a file; null when they were not given. */
  get_compile_config(): Record<string, unknown> | null {
    if (!this.#compiled) return null;
    const given = this.#compiled.arguments;
    // What compile() wrapped, it wraps again.
    const optimizer = this.#isWrapped && this.#optimizer instanceof optimizers.LossScaleOptimizer
      ? this.#optimizer.inner_optimizer : this.#optimizer;
    return serialize_keras_object({
      optimizer, loss: given.loss ?? null, loss_weights: given.loss_weights ?? null,
      metrics: given.metrics ?? null, weighted_metrics: given.weighted_metrics ?? null,
      run_eagerly: this.#runEagerly, steps_per_execution: this.#stepsPerExecution,
      jit_compile: this.#jitCompile === true,
    }) as Record<string, unknown>;
  }

  /** Compiles as `get_compile_config` recorded it, and builds the optimizer. */
  compile_from_config(config: Record<string, unknown>): void {
    const known = Object.entries(config).filter(([key]) => (o.COMPILE as readonly string[]).includes(key));
    const revived = known.map(([key, value]) => [key, deserialize_keras_object(value) ?? undefined]);
    const options = Object.fromEntries(revived) as o.CompileArguments;
    // What Python decided for its own backend says nothing here.
    this.compile({ ...options, jit_compile: 'auto' });
    if (this.built) this.#optimizer?.build(this.trainable_variables);
  }

  // ---- steps, made to be overridden ----

  /** The total loss of a batch: the compiled losses, and those the layers added. */
  compute_loss(
    _x: unknown, y: unknown, y_pred: unknown, sample_weight?: unknown, _options: { training?: boolean } = {},
  ): Tensor {
    const parts: Tensor[] = [];
    const compiled = this.#compiled?.loss?.call(y, y_pred, sample_weight);
    if (compiled) parts.push(compiled);
    for (const loss of this.losses) {
      const scalar = loss.ndim === 0 ? loss
        : apply('reduce_sum', [loss], { axes: loss.shape.map((_, i) => i), keepdims: false });
      parts.push(scalar.dtype === 'float32' ? scalar : apply('cast', [scalar], { dtype: 'float32' }));
    }
    if (parts.length === 0) {
      throw new NotCompiledError(`There is no loss to compute for '${this.name}': ` +
        'pass a loss to compile(), add one with add_loss, or override compute_loss.');
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
    const results: StepResult = {};
    for (const metric of this.metrics) {
      const result = metric.result();
      if (result instanceof Tensor) results[metric.name] = result;
      else Object.assign(results, result);
    }
    return results;
  }

  /** Values in the order of the metrics, then what is left by name; a single one by itself. */
  protected inOrder(logs: Logs): number | number[] {
    const names = this.metrics.flatMap((metric) => (metric instanceof CompileMetrics
      ? metric.metrics.map(({ name }) => name) : [metric.name]));
    const others = Object.keys(logs).toSorted().filter((name) => !names.includes(name));
    const values = [...names.filter((name) => name in logs), ...others].map((name) => logs[name]);
    return values.length === 1 ? values[0] : values;
  }

  /** One step of training. Override it for other ways to train; it runs compiled. Gives the logs. */
  train_step(data: StepData): StepResult {
    const [x, y, sample_weight] = unpack_x_y_sample_weight([...data]);
    const variables = this.trainable_variables;
    const optimizer = this.#optimizer!;
    // The factor of the loss may be a variable of the optimizer.
    if (!optimizer.built) optimizer.build(variables);
    const [[, loss, y_pred], gradients] = variable_gradients((): [Tensor, Tensor, unknown] => {
      const outputs = this.forward(x, true);
      const total = this.compute_loss(x, y, outputs, sample_weight, { training: true });
      return [optimizer.scale_loss(total), total, outputs];
    }, variables);
    this.#trackLoss(loss, x);
    // Where several processes train together, metrics go along with the gradients.
    const logs = context.replica && this.compute_metrics(x, y, y_pred, sample_weight);
    optimizer.apply(gradients, variables);
    return logs ?? this.compute_metrics(x, y, y_pred, sample_weight);
  }

  /** One step of evaluation. Gives the logs. */
  test_step(data: StepData): StepResult {
    const [x, y, sample_weight] = unpack_x_y_sample_weight([...data]);
    const y_pred = this.forward(x, false);
    const hasOwnLoss = this.compute_loss !== Compilable.prototype.compute_loss;
    if (hasOwnLoss || this.#compiled?.loss || this.losses.length > 0) {
      this.#trackLoss(this.compute_loss(x, y, y_pred, sample_weight, { training: false }), x);
    }
    return this.compute_metrics(x, y, y_pred, sample_weight);
  }

  /** One step of prediction. Gives the outputs. */
  predict_step(data: StepData): unknown {
    return this.forward(data[0], false);
  }

  protected forward(x: unknown, training: boolean): unknown {
    return (this as unknown as (inputs: unknown, options: object) => unknown)(x, { training });
  }

  #trackLoss(loss: Tensor, x: unknown): void {
    const [first] = flatten(x) as Tensor[];
    const sample_weight = scalarTensor(first.shape[0] ?? 1, 'float32');
    this.#compiled?.lossTracker.update_state(loss, { sample_weight });
  }

  /** The traced step of training, once there is one. */
  get _trainGraph(): Graph | undefined {
    return this.#functions.get('train')?.graph;
  }

  protected stepFunction(kind: Kind): StepFunction<unknown> {
    let fn = this.#functions.get(kind);
    if (!fn) {
      const step: (data: StepData) => unknown = kind === 'train' ? (d) => this.train_step(d)
        : kind === 'test' ? (d) => this.test_step(d) : (d) => this.predict_step(d);
      const owner = `${this.constructor.name} '${this.name}'`;
      const group = trainingGroup();
      const shared = group && replicatedStep(group, kind, step, () => this.get_metrics_result());
      if (group && this.#jitCompile === true) {
        throw new TypeError(`${owner} is compiled with jit_compile, but XLA cannot add up over processes: leave it out to train in several.`);
      }
      fn = new StepFunction((data, share) => (shared && share !== undefined ? shared(data, share) : step(data)), {
        name: `${kind}_step`, owner, run_eagerly: this.#runEagerly,
        // Which way is faster each process would find for itself, and they must run the same.
        jit_compile: group ? false : this.#jitMode, hoist: kind !== 'train' && !group, joins: kind === 'predict',
        afterTrace: () => this._clear_losses(),
      });
      this.#functions.set(kind, fn);
    }
    return fn;
  }
}
