/** BackupAndRestore: a training that was killed goes on where it was. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NDArray } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import type { Variable } from '../engine/variable.js';
import type { Model } from '../models/model.js';
import { syncToDisk, writeFileAtomically } from '../saving/atomic-file.js';
import { parseJSON, stringifyJSON } from '../saving/json.js';
import { pathOf, type FilePath } from '../saving/files.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import { Callback, type BatchKind } from './callback.js';
import { SaveFrequency, type SaveFreq } from './save-frequency.js';

export interface BackupAndRestoreOptions {
  /** Folder of the backup, of this training alone. */
  backup_dir: FilePath;
  /** 'epoch' (default), or a number of batches. */
  save_freq?: SaveFreq;
  /** Whether the backup before the last is kept too, for the case that the last is damaged. Default false. */
  double_checkpoint?: boolean;
  /** Whether the folder is removed when training has ended. Default true. */
  delete_checkpoint?: boolean;
}
const ARGUMENTS = ['backup_dir', 'save_freq', 'double_checkpoint', 'delete_checkpoint'] as const;

const WEIGHTS = 'latest.weights.h5';
const METADATA = 'training_metadata.json';
/** What is being written; it takes the place of the others when it is whole. */
const NEXT_WEIGHTS = 'next.weights.h5';
const NEXT_METADATA = 'next.json';

/** The value of a variable. */
interface Stored {
  shape: readonly number[];
  /** Integers as text: they may have 64 bits. */
  data: (number | string)[];
}

/** Keras's file, with what it takes to go on in the middle of an epoch. */
interface Metadata {
  epoch: number;
  /** The last batch that was done, as Keras counts. */
  batch: number;
  step?: number;
  seed?: number;
  metrics?: Stored[] | null;
  /** States of random numbers, which files of weights do not hold. */
  seeds?: Stored[];
  /** Digest of the weights file that this belongs to. */
  weights?: string;
}

/** The files of a backup do not belong together, or are damaged. */
export class BackupError extends Error {
  override name = 'BackupError';
}

/**
 * Backs the weights, the optimizer's state and the place in the data up. When the program is killed and started again,
 * `fit` with the same arguments goes on behind the last backup, in the middle of an epoch too, and ends with the same
 * weights as without the fault: samples keep their order, and metrics what they have counted.
 *
 * A kill at any moment leaves a backup that is whole. Data from generators is read again up to the place, and
 * dropped. The history holds the epochs since the restart. Source: keras.callbacks.BackupAndRestore.
 *
 * @throws BackupError when the backup is damaged, and there is no other
 * @example
 * const backup = new keras.callbacks.BackupAndRestore('backup', { save_freq: 100 });
 * await model.fit(x, y, { epochs: 2, verbose: 0, callbacks: [backup] });
 */
export class BackupAndRestore extends Callback {
  readonly backup_dir: string;
  readonly save_freq: SaveFreq;
  readonly double_checkpoint: boolean;
  readonly delete_checkpoint: boolean;
  readonly #frequency: SaveFrequency;
  #lastBatch = 0;
  #isDue = false;

  constructor(...args: ConstructorArgs<BackupAndRestoreOptions, typeof ARGUMENTS>) {
    super();
    const { backup_dir, save_freq = 'epoch', double_checkpoint = false, delete_checkpoint = true } =
      namedArguments<BackupAndRestoreOptions>('BackupAndRestore', ARGUMENTS, args, []);
    if (!backup_dir) throw new ArgumentError('BackupAndRestore: the argument \'backup_dir\' must be the path of a folder, received none.');
    this.backup_dir = pathOf(backup_dir);
    this.save_freq = save_freq;
    this.double_checkpoint = double_checkpoint;
    this.delete_checkpoint = delete_checkpoint;
    this.#frequency = new SaveFrequency('BackupAndRestore', save_freq);
  }

  override get _isForOneProcess(): boolean {
    return true;
  }

  override _followsBatches(kind: BatchKind): boolean {
    return kind === 'train' && this.save_freq !== 'epoch';
  }

  /** No values of batches are needed. */
  override _wantsBatch(): boolean {
    return false;
  }

  #path(name: string): string {
    return join(this.backup_dir, name);
  }

  // ---- restoring ----

  override async on_train_begin(): Promise<void> {
    const { model } = this;
    if (!model.built) {
      throw new ArgumentError(`BackupAndRestore needs a model that is built before fit(): '${model.name}' is not. ` +
        'Call it on a batch of data, or call build(input_shape), first.');
    }
    if (!existsSync(this.#path(WEIGHTS))) return;
    const metadata = await this.#restore().catch((cause: unknown) => this.#restorePrevious(cause));
    const progress = model._progress!;
    progress.epoch = metadata.epoch;
    progress.step = metadata.step ?? 0;
    progress.seed = metadata.seed ?? progress.seed;
    progress.metrics = metadata.metrics?.map(toArray) ?? null;
    const seeds = seedStates(model);
    if (metadata.seeds?.length === seeds.length) seeds.forEach((variable, i) => variable.assign(toArray(metadata.seeds![i])));
  }

  async #restorePrevious(cause: unknown): Promise<Metadata> {
    if (!existsSync(this.#path(`${WEIGHTS}.bkp`))) throw cause;
    await copyFile(this.#path(`${WEIGHTS}.bkp`), this.#path(WEIGHTS));
    await copyFile(this.#path(`${METADATA}.bkp`), this.#path(METADATA));
    return this.#restore();
  }

  async #restore(): Promise<Metadata> {
    const { model } = this;
    const weights = await readFile(this.#path(WEIGHTS));
    const metadata = await this.#metadataOf(digestOf(weights));
    // The state of an optimizer is loaded into variables that are there.
    model.optimizer?.build(model.trainable_variables);
    await model.load_weights(this.#path(WEIGHTS));
    return metadata;
  }

  /** A kill may have come when the weights had their name and the metadata not yet. */
  async #metadataOf(digest: string): Promise<Metadata> {
    const found: Metadata[] = [];
    for (const name of [METADATA, NEXT_METADATA]) {
      if (!existsSync(this.#path(name))) continue;
      found.push(parseJSON(await readFile(this.#path(name), 'utf8'), this.#path(name)) as Metadata);
    }
    // Python's backups hold no digest.
    const belonging = found.find(({ weights }) => weights === digest) ?? found.find(({ weights }) => weights === undefined);
    if (belonging) return belonging;
    throw new BackupError(`The backup in '${this.backup_dir}' is damaged: '${WEIGHTS}' is not the file that '${METADATA}' is about. ` +
      'Remove the folder to train from the start.');
  }

  // ---- backing up ----

  override _passBatch(kind: BatchKind, batch: number): void {
    if (kind === 'train') this.#count(batch);
  }

  #count(batch: number): void {
    this.#lastBatch = batch;
    if (this.#frequency.saveAfter(batch)) this.#isDue = true;
  }

  override async on_train_batch_begin(): Promise<void> {
    // Behind the last batch of an epoch the backup is that of the epoch's end.
    if (this.#isDue) await this.#save();
  }

  override on_train_batch_end(batch: number): void {
    this.#count(batch);
  }

  override async on_epoch_end(): Promise<void> {
    this.#lastBatch = 0;
    if (this.save_freq === 'epoch' || this.#isDue) await this.#save();
  }

  async #save(): Promise<void> {
    this.#isDue = false;
    const { model } = this;
    await mkdir(this.backup_dir, { recursive: true });
    if (this.double_checkpoint) await this.#keepPrevious();
    const { epoch, step, seed } = model._progress!;
    const metrics = step === 0 ? null : model.metrics.flatMap((metric) => metric.variables).map(toStored);
    const seeds = seedStates(model).map(toStored);
    const metadata: Metadata = { epoch, batch: this.#lastBatch, step, seed, metrics, seeds };
    await model.save_weights(this.#path(NEXT_WEIGHTS));
    metadata.weights = digestOf(await readFile(this.#path(NEXT_WEIGHTS)));
    await writeFileAtomically(this.#path(NEXT_METADATA), (file) => file.appendFile(stringifyJSON(metadata)));
    // A backup is there for power cuts, too.
    for (const name of [NEXT_WEIGHTS, NEXT_METADATA]) await syncToDisk(this.#path(name));
    await rename(this.#path(NEXT_WEIGHTS), this.#path(WEIGHTS));
    await rename(this.#path(NEXT_METADATA), this.#path(METADATA));
    await syncToDisk(this.backup_dir);
  }

  async #keepPrevious(): Promise<void> {
    for (const name of [WEIGHTS, METADATA]) {
      if (existsSync(this.#path(name))) await copyFile(this.#path(name), this.#path(`${name}.bkp`));
    }
  }

  override async on_train_end(): Promise<void> {
    if (this.delete_checkpoint) await rm(this.backup_dir, { recursive: true, force: true });
  }
}
kerasExport(BackupAndRestore, 'keras.callbacks.BackupAndRestore');

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Variables of a model that are no weights and belong to no metric. */
function seedStates(model: Model): Variable[] {
  const others = new Set([...model.weights, ...model.metrics.flatMap((metric) => metric.variables)]);
  return model.variables.filter((variable) => !others.has(variable));
}

const toStored = ({ shape, dtype, value }: Variable): Stored => tidy(() => (
  { shape, data: Array.from(value.dataSync() as ArrayLike<number | bigint>, (item) => (dtype.startsWith('float') ? Number(item) : String(item))) }));

const toArray = ({ shape, data }: Stored): NDArray => new NDArray(
  typeof data[0] === 'string' ? BigInt64Array.from(data.map(BigInt)) : Float64Array.from(data as number[]), shape);
