/** LambdaCallback: a callback made of functions. */
import { kerasExport } from '../saving/registration.js';
import { Callback, type Logs } from './callback.js';

export interface LambdaCallbackOptions {
  on_epoch_begin?: (epoch: number, logs?: Logs) => void | Promise<void>;
  on_epoch_end?: (epoch: number, logs?: Logs) => void | Promise<void>;
  on_train_begin?: (logs?: Logs) => void | Promise<void>;
  on_train_end?: (logs?: Logs) => void | Promise<void>;
  on_train_batch_begin?: (batch: number, logs?: Logs) => void | Promise<void>;
  on_train_batch_end?: (batch: number, logs?: Logs) => void | Promise<void>;
}

/**
 * Calls the functions it is given. Source: keras.callbacks.LambdaCallback.
 *
 * @example
 * new keras.callbacks.LambdaCallback({ on_epoch_end: (epoch, logs) => console.log(epoch, logs) });
 */
export class LambdaCallback extends Callback {
  constructor(functions: LambdaCallbackOptions = {}) {
    super();
    for (const [name, fn] of Object.entries(functions)) {
      if (!(name in Callback.prototype)) {
        throw new TypeError(`LambdaCallback has no argument '${name}'. Known: on_epoch_begin, ` +
          'on_epoch_end, on_train_begin, on_train_end, on_train_batch_begin, on_train_batch_end.');
      }
      Object.defineProperty(this, name, { value: fn, configurable: true });
    }
  }
}
kerasExport(LambdaCallback, 'keras.callbacks.LambdaCallback');
