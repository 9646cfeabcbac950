/** ReduceLROnPlateau: a smaller learning rate when a figure has stopped to improve. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ArgumentError, requireNonNegative } from '../utils/checks.js';
import { printMessage } from '../utils/interactive-logging.js';
import { pythonFloat } from '../utils/python-format.js';
import type { Logs } from './callback.js';
import { MonitorCallback, type MonitorOptions } from './monitor-callback.js';
import { logRates, rateOf, ratedOptimizers, type RatedOptimizer } from './optimizer-rates.js';

export interface ReduceLROnPlateauOptions extends MonitorOptions {
  /** The new rate is the old one times this; below 1. Default 0.1. */
  factor?: number;
  /** Epochs without improvement after which the rate is reduced. Default 10. */
  patience?: number;
  /** 1 prints the new rate. Default 0. */
  verbose?: 0 | 1;
  /** Change that counts as an improvement. Default 1e-4. */
  min_delta?: number;
  /** Epochs after a reduction that are not watched. Default 0. */
  cooldown?: number;
  /** The rate does not fall below it. Default 0. */
  min_lr?: number;
}
const ARGUMENTS = ['monitor', 'factor', 'patience', 'verbose', 'mode', 'min_delta', 'cooldown', 'min_lr'] as const;

/**
 * Multiplies the learning rate by `factor` when the watched figure has not improved for `patience` epochs. The rate
 * of each epoch is in the history as `learning_rate`. Source: keras.callbacks.ReduceLROnPlateau.
 *
 * @throws ArgumentError when `factor` is not below 1
 * @example
 * const reduce = new keras.callbacks.ReduceLROnPlateau({ monitor: 'loss', factor: 0.5, patience: 2, min_lr: 1e-4 });
 * await model.fit(x, y, { epochs: 4, verbose: 0, callbacks: [reduce] });
 */
export class ReduceLROnPlateau extends MonitorCallback {
  readonly factor: number;
  readonly patience: number;
  readonly verbose: number;
  readonly cooldown: number;
  readonly min_lr: number;
  /** Epochs that are left of the cooldown. */
  cooldown_counter = 0;
  wait = 0;

  constructor(...args: ConstructorArgs<ReduceLROnPlateauOptions, typeof ARGUMENTS>) {
    const options = namedArguments<ReduceLROnPlateauOptions>('ReduceLROnPlateau', ARGUMENTS, args, []);
    super('ReduceLROnPlateau', options, null, options.min_delta ?? 1e-4);
    const { factor = 0.1, patience = 10, verbose = 0, cooldown = 0, min_lr = 0 } = options;
    if (!(factor < 1)) {
      throw new ArgumentError(`ReduceLROnPlateau: the argument 'factor' must be below 1, received ${factor}.`);
    }
    this.factor = factor;
    this.patience = requireNonNegative('ReduceLROnPlateau', 'patience', patience);
    this.verbose = verbose;
    this.cooldown = requireNonNegative('ReduceLROnPlateau', 'cooldown', cooldown);
    this.min_lr = min_lr;
  }

  override on_train_begin(): void {
    this.best = null;
    this.cooldown_counter = 0;
    this.wait = 0;
  }

  in_cooldown(): boolean {
    return this.cooldown_counter > 0;
  }

  override on_epoch_end(epoch: number, logs: Logs = {}): void {
    logRates(this.model, logs);
    const current = this.watched(logs, 'ReduceLROnPlateau');
    if (current === undefined) return;
    if (this.in_cooldown()) {
      this.cooldown_counter -= 1;
      this.wait = 0;
    }
    if (this.isImprovement(current, this.best)) {
      this.best = current;
      this.wait = 0;
    } else if (!this.in_cooldown()) {
      this.wait += 1;
      if (this.wait < this.patience) return;
      const reduced = ratedOptimizers(this.model).filter((rated) => this.#reduce(rated, epoch));
      if (reduced.length === 0) return;
      this.cooldown_counter = this.cooldown;
      this.wait = 0;
    }
  }

  /** Whether the rate was still above the least. */
  #reduce({ optimizer, label }: RatedOptimizer, epoch: number): boolean {
    const before = rateOf(optimizer);
    if (!(before > Math.fround(this.min_lr))) return false;
    const rate = Math.max(before * this.factor, this.min_lr);
    optimizer.learning_rate = rate;
    if (this.verbose > 0) {
      printMessage(`\nEpoch ${epoch + 1}: ReduceLROnPlateau reducing ${label}learning rate to ${pythonFloat(rate)}.`);
    }
    return true;
  }
}
kerasExport(ReduceLROnPlateau, 'keras.callbacks.ReduceLROnPlateau');
