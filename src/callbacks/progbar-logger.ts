/** ProgbarLogger: the progress bar of fit, evaluate and predict. */
import { kerasExport } from '../saving/registration.js';
import { writeOut } from '../utils/interactive-logging.js';
import { Progbar } from '../utils/progbar.js';
import { Callback, type BatchKind, type CallbackParams, type Logs } from './callback.js';

/**
 * Prints metrics to stdout, with a progress bar when verbose is 1. Source: keras.callbacks.ProgbarLogger.
 * @example
 * await model.fit(x, y, { callbacks: [new keras.callbacks.ProgbarLogger()], verbose: 1 });
 */
export class ProgbarLogger extends Callback {
  #bar: Progbar | undefined;
  #seen = 0;
  #target: number | null | undefined;
  /** Validation inside fit belongs to the epoch's line. */
  #inFit = false;

  override set_params(params: CallbackParams): void {
    super.set_params(params);
    this.#target = params.steps;
  }

  override get _isForOneProcess(): boolean {
    return true;
  }

  override _followsBatches(): boolean {
    return false;
  }

  /** Whether the bar would be redrawn now: the values of a step are read from the device only then. */
  override _wantsBatch(kind: BatchKind): boolean {
    return this.params.verbose === 1 && !(kind === 'test' && this.#inFit) &&
      (this.#bar ??= this.#makeBar()).due(this.#seen + 1);
  }

  override _passBatch(kind: BatchKind, batch: number): void {
    if (!(kind === 'test' && this.#inFit)) this.#update(batch, {});
  }

  override on_train_begin(): void {
    this.#inFit = true;
    this.#reset();
  }

  override on_train_end(): void {
    this.#inFit = false;
  }

  override on_test_begin(): void {
    if (!this.#inFit) this.#reset();
  }

  override on_predict_begin(): void {
    this.#reset();
  }

  override on_epoch_begin(epoch: number): void {
    this.#reset();
    const { epochs = 1, verbose } = this.params;
    if (verbose && epochs > 1) writeOut(`Epoch ${epoch + 1}/${epochs}\n`);
  }

  override on_train_batch_end(batch: number, logs?: Logs): void {
    this.#update(batch, logs);
  }

  override on_test_batch_end(batch: number, logs?: Logs): void {
    if (!this.#inFit) this.#update(batch, logs);
  }

  override on_predict_batch_end(batch: number): void {
    this.#update(batch, {});
  }

  override on_epoch_end(_epoch: number, logs?: Logs): void {
    this.#finish(logs);
  }

  override on_test_end(logs?: Logs): void {
    if (!this.#inFit) this.#finish(logs);
  }

  override on_predict_end(logs?: Logs): void {
    this.#finish(logs);
  }

  #reset(): void {
    this.#seen = 0;
    // The clock of the line starts here.
    this.#bar = this.#makeBar();
  }

  #makeBar(): Progbar {
    return new Progbar({ target: this.#target ?? null, verbose: this.params.verbose, stateless_metrics: [] });
  }

  #update(batch: number, logs: Logs | undefined): void {
    this.#bar ??= this.#makeBar();
    this.#seen = batch + 1;
    this.#bar.update(this.#seen, logs, { finalize: false });
  }

  #finish(logs: Logs | undefined): void {
    this.#bar ??= this.#makeBar();
    // The length of a generator is known once it has ended.
    this.#target ??= this.#seen;
    this.#bar.target = this.#target;
    this.#bar.update(this.#target, logs, { finalize: true });
  }
}
kerasExport(ProgbarLogger, 'keras.callbacks.ProgbarLogger');
