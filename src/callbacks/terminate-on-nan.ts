/** TerminateOnNaN: ends training when the loss is no number any more. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { printMessage } from '../utils/interactive-logging.js';
import { Callback, type Logs } from './callback.js';

export interface TerminateOnNaNOptions {
  /** Whether `fit` rejects with a NotFiniteLossError instead of ending early. Default false. */
  raise_error?: boolean;
}
const ARGUMENTS = ['raise_error'] as const;

/** The loss of a batch is NaN or infinite. */
export class NotFiniteLossError extends Error {
  override name = 'NotFiniteLossError';
}

/**
 * Ends training after the batch in which the loss became NaN or infinite. The loss of every batch is read from the
 * device for it. Source: keras.callbacks.TerminateOnNaN.
 *
 * @example
 * await model.fit(x, y, { verbose: 0, callbacks: [new keras.callbacks.TerminateOnNaN()] });
 */
export class TerminateOnNaN extends Callback {
  readonly raise_error: boolean;

  constructor(...args: ConstructorArgs<TerminateOnNaNOptions, typeof ARGUMENTS>) {
    super();
    this.raise_error = namedArguments<TerminateOnNaNOptions>('TerminateOnNaN', ARGUMENTS, args, []).raise_error ?? false;
  }

  override on_batch_end(batch: number, { loss }: Logs = {}): void {
    if (loss === undefined || Number.isFinite(loss)) return;
    if (this.raise_error) {
      throw new NotFiniteLossError(`The loss is ${loss} in batch ${batch}, so training ends. Look for NaN or very large ` +
        'numbers in the data, lower the learning rate, or set clipnorm on the optimizer.');
    }
    printMessage(`Batch ${batch}: Invalid loss, terminating training`);
    this.model.stop_training = true;
  }
}
kerasExport(TerminateOnNaN, 'keras.callbacks.TerminateOnNaN');
