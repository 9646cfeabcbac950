/** The base of callbacks: methods that fit, evaluate and predict call on the way. */
import { kerasExport } from '../saving/registration.js';
import type { Model } from '../models/model.js';

/** Losses and metrics by name. */
export type Logs = Record<string, number>;

/** What `predict` tells of a batch: the model's outputs, as NDArrays in their structure. */
export interface PredictLogs {
  outputs: unknown;
}

export interface CallbackParams {
  epochs?: number;
  /** Steps an epoch; null when not known before the first epoch ends. */
  steps: number | null;
  verbose: number;
}

/** What a batch is of. */
export type BatchKind = 'train' | 'test' | 'predict';

/**
 * Base of callbacks. Override the methods you need; each may return a promise, which is waited for.
 * `on_batch_begin` and `on_batch_end` are those of training. Source: keras.callbacks.Callback.
 *
 * @example
 * class Report extends keras.callbacks.Callback {
 *   on_epoch_end(epoch, logs) {
 *     console.log(epoch, logs.loss);
 *   }
 * }
 */
export class Callback {
  params: CallbackParams = { steps: null, verbose: 0 };
  #model: Model | null = null;

  set_params(params: CallbackParams): void {
    this.params = params;
  }

  set_model(model: Model): void {
    this.#model = model;
  }

  /** The model being trained. */
  get model(): Model {
    if (!this.#model) {
      throw new Error(`${this.constructor.name} has no model: it is set when training begins.`);
    }
    return this.#model;
  }

  /** Whether one process of several that train together is enough, the first: what writes files, prints or sends. */
  get _isForOneProcess(): boolean {
    return false;
  }

  /** Whether the hooks of batches must be called before the next batch runs. */
  _followsBatches(kind: BatchKind): boolean {
    const hooks: (keyof Callback)[] = [`on_${kind}_batch_begin`, `on_${kind}_batch_end`];
    if (kind === 'train') hooks.push('on_batch_begin', 'on_batch_end');
    return hooks.some((hook) => this[hook] !== Callback.prototype[hook]);
  }

  /**
   * Whether the values of this batch are wanted: else they need not be read from the device, and `_passBatch` is
   * called instead of the hook.
   */
  _wantsBatch(kind: BatchKind, _batch: number): boolean {
    const hook = `on_${kind}_batch_end` as const;
    return this[hook] !== Callback.prototype[hook] ||
      (kind === 'train' && this.on_batch_end !== Callback.prototype.on_batch_end);
  }

  /** A batch of which no callback wanted the values. */
  _passBatch(_kind: BatchKind, _batch: number): void {}

  on_batch_begin(_batch: number, _logs?: Logs): void | Promise<void> {}
  on_batch_end(_batch: number, _logs?: Logs): void | Promise<void> {}
  on_epoch_begin(_epoch: number, _logs?: Logs): void | Promise<void> {}
  on_epoch_end(_epoch: number, _logs?: Logs): void | Promise<void> {}
  on_train_begin(_logs?: Logs): void | Promise<void> {}
  on_train_end(_logs?: Logs): void | Promise<void> {}
  on_train_batch_begin(batch: number, logs?: Logs): void | Promise<void> {
    return this.on_batch_begin(batch, logs);
  }

  on_train_batch_end(batch: number, logs?: Logs): void | Promise<void> {
    return this.on_batch_end(batch, logs);
  }

  on_test_begin(_logs?: Logs): void | Promise<void> {}
  on_test_end(_logs?: Logs): void | Promise<void> {}
  on_test_batch_begin(_batch: number, _logs?: Logs): void | Promise<void> {}
  on_test_batch_end(_batch: number, _logs?: Logs): void | Promise<void> {}
  on_predict_begin(_logs?: Logs): void | Promise<void> {}
  on_predict_end(_logs?: Logs): void | Promise<void> {}
  on_predict_batch_begin(_batch: number, _logs?: Logs): void | Promise<void> {}
  on_predict_batch_end(_batch: number, _logs?: PredictLogs): void | Promise<void> {}
}
kerasExport(Callback, 'keras.callbacks.Callback');
