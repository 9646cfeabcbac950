/** History: the record that `fit` returns. */
import { kerasExport } from '../saving/registration.js';
import { Callback, type Logs } from './callback.js';

/**
 * Losses and metrics of each epoch. Source: keras.callbacks.History.
 *
 * @example
 * const history = await model.fit(x, y, { epochs: 3, verbose: 0 });
 * history.history.loss.length; // 3
 */
export class History extends Callback {
  epoch: number[] = [];
  history: Record<string, number[]> = {};

  override on_train_begin(): void {
    this.epoch = [];
  }

  override on_epoch_end(epoch: number, logs: Logs = {}): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs)) (this.history[name] ??= []).push(value);
    this.model.history = this;
  }
}
kerasExport(History, 'keras.callbacks.History');
