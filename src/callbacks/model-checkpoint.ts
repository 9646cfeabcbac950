/** ModelCheckpoint: saves the model, or its weights, as training goes on. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathOf, type FilePath } from '../saving/files.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import { printMessage } from '../utils/interactive-logging.js';
import { formatTemplate } from '../utils/python-format.js';
import type { BatchKind, Logs } from './callback.js';
import { MonitorCallback, type MonitorOptions } from './monitor-callback.js';
import { SaveFrequency, type SaveFreq } from './save-frequency.js';

export interface ModelCheckpointOptions extends MonitorOptions {
  /**
   * Where to save: a name that ends in `.keras` or `.h5`, or in `.weights.h5` with `save_weights_only`. It may hold `{epoch}`
   * (from 1), `{batch}` (from 1, where batches count) and names in the logs, with Python's formats:
   * `model-{epoch:02d}-{val_loss:.2f}.keras`.
   */
  filepath: FilePath;
  /** 1 prints what is saved. Default 0. */
  verbose?: 0 | 1;
  /** Whether to save only when the watched figure is the best so far. Default false. */
  save_best_only?: boolean;
  /** Whether to save weights and the optimizer's state without the architecture. Default false. */
  save_weights_only?: boolean;
  /** 'epoch' (default), or a number of batches. */
  save_freq?: SaveFreq;
  /** A value that must be beaten for the first save with `save_best_only`. Default null. */
  initial_value_threshold?: number | null;
}
const ARGUMENTS = ['filepath', 'monitor', 'verbose', 'save_best_only', 'save_weights_only', 'mode', 'save_freq',
  'initial_value_threshold'] as const;

/**
 * Saves at the end of each epoch, or every so many batches. Files are replaced in one step, so that a crash leaves
 * the last good one; folders are made. Source: keras.callbacks.ModelCheckpoint.
 *
 * @throws ArgumentError for a name of another ending
 * @example
 * const checkpoint = new keras.callbacks.ModelCheckpoint('best.keras', { monitor: 'loss', save_best_only: true });
 * await model.fit(x, y, { epochs: 2, verbose: 0, callbacks: [checkpoint] });
 */
export class ModelCheckpoint extends MonitorCallback {
  readonly filepath: string;
  readonly verbose: number;
  readonly save_best_only: boolean;
  readonly save_weights_only: boolean;
  readonly save_freq: SaveFreq;
  readonly #frequency: SaveFrequency;
  #epoch = 0;

  constructor(...args: ConstructorArgs<ModelCheckpointOptions, typeof ARGUMENTS>) {
    const options = namedArguments<ModelCheckpointOptions>('ModelCheckpoint', ARGUMENTS, args, []);
    super('ModelCheckpoint', options, options.initial_value_threshold ?? null, 0);
    this.filepath = pathOf(options.filepath);
    this.verbose = options.verbose ?? 0;
    this.save_best_only = options.save_best_only ?? false;
    this.save_weights_only = options.save_weights_only ?? false;
    this.save_freq = options.save_freq ?? 'epoch';
    this.#frequency = new SaveFrequency('ModelCheckpoint', this.save_freq);
    const wanted = this.save_weights_only ? /\.weights\.h5$/ : /(\.keras|(?<!\.weights)\.h5)$/;
    if (typeof this.filepath !== 'string' || !wanted.test(this.filepath)) {
      const endings = this.save_weights_only ? '.weights.h5' : '.keras or .h5 (.weights.h5 is for weights alone)';
      throw new ArgumentError(`ModelCheckpoint: the argument 'filepath' must end in ${endings}` +
        `${this.save_weights_only ? ' with save_weights_only' : ''}, received ${JSON.stringify(this.filepath)}.`);
    }
  }

  override get _isForOneProcess(): boolean {
    return true;
  }

  override _followsBatches(kind: BatchKind): boolean {
    return kind === 'train' && this.save_freq !== 'epoch';
  }

  override _wantsBatch(kind: BatchKind, batch: number): boolean {
    return kind === 'train' && this.#frequency.wouldSave(batch);
  }

  override _passBatch(kind: BatchKind, batch: number): void {
    if (kind === 'train') this.#frequency.saveAfter(batch);
  }

  override on_epoch_begin(epoch: number): void {
    this.#epoch = epoch;
  }

  override async on_train_batch_end(batch: number, logs: Logs = {}): Promise<void> {
    if (this.#frequency.saveAfter(batch)) await this.#save(this.#epoch, batch, logs);
  }

  override async on_epoch_end(epoch: number, logs: Logs = {}): Promise<void> {
    if (this.save_freq === 'epoch') await this.#save(epoch, undefined, logs);
  }

  async #save(epoch: number, batch: number | undefined, logs: Logs): Promise<void> {
    const path = this.#pathFor(epoch, batch, logs);
    if (!this.#isWanted(epoch, logs, path)) return;
    await mkdir(dirname(path), { recursive: true });
    if (this.save_weights_only) await this.model.save_weights(path);
    else await this.model.save(path);
    if (this.verbose > 0) printMessage(`\nEpoch ${epoch + 1}: finished saving model to ${path}`);
  }

  #pathFor(epoch: number, batch: number | undefined, logs: Logs): string {
    const integers = { epoch: epoch + 1, ...(batch === undefined || 'batch' in logs ? {} : { batch: batch + 1 }) };
    return formatTemplate(this.filepath, { integers, floats: logs });
  }

  #isWanted(epoch: number, logs: Logs, path: string): boolean {
    const say = (what: string): void => {
      if (this.verbose > 0) printMessage(`\nEpoch ${epoch + 1}: ${what}`);
    };
    if (!this.save_best_only) {
      say(`saving model to ${path}`);
      return true;
    }
    const current = this.watched(logs, 'Saving only the best model');
    // Better a model that may not be the best than none.
    if (current === undefined) return true;
    const best = this.best === null ? 'None' : this.best.toFixed(5);
    if (!this.isImprovement(current, this.best)) {
      say(`${this.monitor} did not improve from ${best}`);
      return false;
    }
    say(`${this.monitor} improved from ${best} to ${current.toFixed(5)}, saving model to ${path}`);
    this.best = current;
    return true;
  }
}
kerasExport(ModelCheckpoint, 'keras.callbacks.ModelCheckpoint');
