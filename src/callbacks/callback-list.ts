/** The callbacks of one call of fit, evaluate or predict, called in order. */
import { kerasExport } from '../saving/registration.js';
import { trainingGroup } from '../distribution/current.js';
import type { Model } from '../models/model.js';
import { Callback, type BatchKind, type CallbackParams, type Logs, type PredictLogs } from './callback.js';
import { History } from './history.js';
import { ProgbarLogger } from './progbar-logger.js';

type Hook = Exclude<Extract<keyof Callback, `on_${string}`>, never>;

export interface CallbackListOptions extends Partial<CallbackParams> {
  add_history?: boolean;
  add_progbar?: boolean;
  model?: Model | null;
}

/**
 * Several callbacks as one. Source: keras.callbacks.CallbackList.
 * @example
 * const list = new keras.callbacks.CallbackList([new keras.callbacks.TerminateOnNaN()], { add_history: true, model });
 * list.callbacks.length; // 2
 */
export class CallbackList {
  readonly callbacks: Callback[];

  constructor(callbacks: Callback | readonly Callback[] | null = null, options: CallbackListOptions = {}) {
    this.callbacks = callbacks === null ? [] : [callbacks].flat();
    for (const callback of this.callbacks) {
      if (!(callback instanceof Callback)) {
        throw new TypeError('callbacks must hold instances of keras.callbacks.Callback, received ' +
          `${JSON.stringify(callback) ?? String(callback)}. ` +
          'For functions there is keras.callbacks.LambdaCallback.');
      }
    }
    const { add_history, add_progbar, model, ...params } = options;
    const isFirst = (trainingGroup()?.index ?? 0) === 0;
    if (!isFirst) this.callbacks = this.callbacks.filter((callback) => !callback._isForOneProcess);
    if (isFirst && add_progbar && !this.callbacks.some((callback) => callback instanceof ProgbarLogger)) {
      this.callbacks.push(new ProgbarLogger());
    }
    const hasHistory = this.callbacks.some((callback) => callback instanceof History);
    if (add_history && !hasHistory) this.callbacks.push(new History());
    if (model) this.set_model(model);
    this.set_params({ verbose: 0, steps: null, ...params });
  }

  set_params(params: CallbackParams): void {
    for (const callback of this.callbacks) callback.set_params(params);
  }

  set_model(model: Model): void {
    const history = this.callbacks.find((callback) => callback instanceof History);
    if (history) model.history = history;
    for (const callback of this.callbacks) callback.set_model(model);
  }

  /** Whether a callback must be called before the next batch runs; the progress bar only looks now and then. */
  followsBatches(kind: BatchKind): boolean {
    return this.callbacks.some((callback) => callback._followsBatches(kind));
  }

  /** Whether a callback would look at the logs of this step; else they need not be read from the device. */
  wantsBatchLogs(kind: BatchKind, batch: number): boolean {
    return this.callbacks.some((callback) => callback._wantsBatch(kind, batch));
  }

  /** Counts a batch of which no callback looks at the logs. */
  passBatch(kind: BatchKind, batch: number): void {
    for (const callback of this.callbacks) callback._passBatch(kind, batch);
  }

  async #all(hook: Hook, ...args: unknown[]): Promise<void> {
    for (const callback of this.callbacks) {
      const pending = (callback[hook] as (...a: unknown[]) => void | Promise<void>).apply(callback, args);
      if (pending instanceof Promise) await pending;
    }
  }

  on_batch_begin = (batch: number, logs?: Logs): Promise<void> => this.#all('on_batch_begin', batch, logs);
  on_batch_end = (batch: number, logs?: Logs): Promise<void> => this.#all('on_batch_end', batch, logs);
  on_epoch_begin = (epoch: number, logs?: Logs): Promise<void> => this.#all('on_epoch_begin', epoch, logs);
  on_epoch_end = (epoch: number, logs?: Logs): Promise<void> => this.#all('on_epoch_end', epoch, logs);
  on_train_begin = (logs?: Logs): Promise<void> => this.#all('on_train_begin', logs);
  on_train_end = (logs?: Logs): Promise<void> => this.#all('on_train_end', logs);
  on_train_batch_begin = (batch: number, logs?: Logs): Promise<void> =>
    this.#all('on_train_batch_begin', batch, logs);
  on_train_batch_end = (batch: number, logs?: Logs): Promise<void> =>
    this.#all('on_train_batch_end', batch, logs);
  on_test_begin = (logs?: Logs): Promise<void> => this.#all('on_test_begin', logs);
  on_test_end = (logs?: Logs): Promise<void> => this.#all('on_test_end', logs);
  on_test_batch_begin = (batch: number, logs?: Logs): Promise<void> =>
    this.#all('on_test_batch_begin', batch, logs);
  on_test_batch_end = (batch: number, logs?: Logs): Promise<void> =>
    this.#all('on_test_batch_end', batch, logs);
  on_predict_begin = (logs?: Logs): Promise<void> => this.#all('on_predict_begin', logs);
  on_predict_end = (logs?: Logs): Promise<void> => this.#all('on_predict_end', logs);
  on_predict_batch_begin = (batch: number, logs?: Logs): Promise<void> =>
    this.#all('on_predict_batch_begin', batch, logs);
  on_predict_batch_end = (batch: number, logs?: PredictLogs): Promise<void> =>
    this.#all('on_predict_batch_end', batch, logs);
}
kerasExport(CallbackList, 'keras.callbacks.CallbackList');
