/** LearningRateScheduler: the learning rate of each epoch by a function. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import { printMessage } from '../utils/interactive-logging.js';
import { pythonFloat } from '../utils/python-format.js';
import { Callback, type Logs } from './callback.js';
import { logRates, rateOf, ratedOptimizers } from './optimizer-rates.js';

export interface LearningRateSchedulerOptions {
  /** Gives the rate of an epoch (from 0); the second argument is the present rate. */
  schedule: (epoch: number, learning_rate: number) => number;
  /** 1 prints the rate of each epoch. Default 0. */
  verbose?: 0 | 1;
}
const ARGUMENTS = ['schedule', 'verbose'] as const;

/**
 * Sets the learning rate before each epoch. The rates are in the history as `learning_rate`.
 * Source: keras.callbacks.LearningRateScheduler.
 *
 * @throws ArgumentError when the function gives no number
 * @example
 * const halve = new keras.callbacks.LearningRateScheduler((epoch, rate) => (epoch < 2 ? rate : rate / 2));
 * await model.fit(x, y, { epochs: 3, verbose: 0, callbacks: [halve] });
 */
export class LearningRateScheduler extends Callback {
  readonly schedule: LearningRateSchedulerOptions['schedule'];
  readonly verbose: number;

  constructor(...args: ConstructorArgs<LearningRateSchedulerOptions, typeof ARGUMENTS>) {
    super();
    const { schedule, verbose = 0 } =
      namedArguments<LearningRateSchedulerOptions>('LearningRateScheduler', ARGUMENTS, args, []);
    if (typeof schedule !== 'function') {
      throw new ArgumentError('LearningRateScheduler: the argument \'schedule\' must be a function of the epoch and the present ' +
        `rate, received ${JSON.stringify(schedule) ?? 'undefined'}. A schedule of steps goes into the optimizer instead.`);
    }
    this.schedule = schedule;
    this.verbose = verbose;
  }

  override on_epoch_begin(epoch: number): void {
    for (const { optimizer, label } of ratedOptimizers(this.model)) {
      const rate = this.schedule(epoch, rateOf(optimizer));
      if (typeof rate !== 'number') {
        throw new ArgumentError(`The schedule of LearningRateScheduler must give a number, received ${String(rate)} for epoch ${epoch}.`);
      }
      optimizer.learning_rate = rate;
      if (this.verbose > 0) {
        printMessage(`\nEpoch ${epoch + 1}: LearningRateScheduler setting ${label}learning rate to ${pythonFloat(rate)}.`);
      }
    }
  }

  override on_epoch_end(_epoch: number, logs: Logs = {}): void {
    logRates(this.model, logs);
  }
}
kerasExport(LearningRateScheduler, 'keras.callbacks.LearningRateScheduler');
