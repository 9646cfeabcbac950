/** EarlyStopping: ends training when a figure has stopped to improve. */
import type { NDArray } from '../engine/convert.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { requireNonNegative } from '../utils/checks.js';
import { printMessage } from '../utils/interactive-logging.js';
import type { Logs } from './callback.js';
import { MonitorCallback, type MonitorOptions } from './monitor-callback.js';

export interface EarlyStoppingOptions extends MonitorOptions {
  /** Change that counts as an improvement. Default 0: any. */
  min_delta?: number;
  /** Epochs without improvement after which training ends. Default 0. */
  patience?: number;
  /** 1 prints why training ended. Default 0. */
  verbose?: 0 | 1;
  /** Value to be beaten: improvements that do not reach it do not reset the patience. Default null. */
  baseline?: number | null;
  /** Whether the model ends with the weights of its best epoch. Default false: with those of the last. */
  restore_best_weights?: boolean;
  /** Epochs at the start (from 0) that are not watched. Default 0. */
  start_from_epoch?: number;
}
const ARGUMENTS = ['monitor', 'min_delta', 'patience', 'verbose', 'mode', 'baseline', 'restore_best_weights',
  'start_from_epoch'] as const;

/**
 * Ends training when the watched figure has not improved for `patience` epochs. With `restore_best_weights` the model
 * has the best epoch's weights in the end, whether patience ran out, the epochs did, or something else set
 * `model.stop_training`. Source: keras.callbacks.EarlyStopping.
 *
 * @throws MonitorError in the first epoch when `mode` is 'auto' and the metric does not tell which way is better
 * @example
 * const stop = new keras.callbacks.EarlyStopping({ monitor: 'loss', patience: 3, restore_best_weights: true });
 * const history = await model.fit(x, y, { epochs: 50, verbose: 0, callbacks: [stop] });
 */
export class EarlyStopping extends MonitorCallback {
  readonly patience: number;
  readonly verbose: number;
  readonly baseline: number | null;
  readonly restore_best_weights: boolean;
  readonly start_from_epoch: number;
  /** Epochs since the last improvement. */
  wait = 0;
  /** The epoch (from 0) that ran out of patience; 0 while none did. */
  stopped_epoch = 0;
  best_epoch = 0;
  best_weights: NDArray[] | null = null;

  constructor(...args: ConstructorArgs<EarlyStoppingOptions, typeof ARGUMENTS>) {
    const options = namedArguments<EarlyStoppingOptions>('EarlyStopping', ARGUMENTS, args, []);
    super('EarlyStopping', options, null, options.min_delta ?? 0);
    this.patience = requireNonNegative('EarlyStopping', 'patience', options.patience ?? 0);
    this.verbose = options.verbose ?? 0;
    this.baseline = options.baseline ?? null;
    this.restore_best_weights = options.restore_best_weights ?? false;
    this.start_from_epoch = requireNonNegative('EarlyStopping', 'start_from_epoch', options.start_from_epoch ?? 0);
  }

  /** A callback may serve several calls of fit. */
  override on_train_begin(): void {
    this.wait = 0;
    this.stopped_epoch = 0;
    this.best = null;
    this.best_weights = null;
    this.best_epoch = 0;
  }

  override on_epoch_end(epoch: number, logs: Logs = {}): void {
    const current = this.get_monitor_value(logs);
    if (current === undefined || epoch < this.start_from_epoch) return;
    // Even NaN, which improves on nothing, is the best there is in the first epoch.
    if (this.restore_best_weights && this.best_weights === null) this.#remember(epoch);
    this.wait += 1;
    if (this.isImprovement(current, this.best)) {
      this.best = current;
      this.#remember(epoch);
      if (this.baseline === null || this.isImprovement(current, this.baseline)) this.wait = 0;
      return;
    }
    if (this.wait >= this.patience && epoch > 0) {
      this.stopped_epoch = epoch;
      this.model.stop_training = true;
    }
  }

  /** The watched value; undefined, with a notice, when it is not in the logs. Override it to watch something else. */
  get_monitor_value(logs: Logs): number | undefined {
    return this.watched(logs, 'EarlyStopping');
  }

  #remember(epoch: number): void {
    this.best_epoch = epoch;
    if (this.restore_best_weights) this.best_weights = this.model.get_weights();
  }

  override on_train_end(): void {
    if (this.stopped_epoch > 0 && this.verbose > 0) printMessage(`Epoch ${this.stopped_epoch + 1}: early stopping`);
    if (this.best_weights === null) return;
    if (this.verbose > 0) {
      printMessage(`Restoring model weights from the end of the best epoch: ${this.best_epoch + 1}.`);
    }
    this.model.set_weights(this.best_weights);
  }
}
kerasExport(EarlyStopping, 'keras.callbacks.EarlyStopping');
