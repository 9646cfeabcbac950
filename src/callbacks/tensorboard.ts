/** TensorBoard: event files that TensorBoard shows. */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { toTensor } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import type { Variable } from '../engine/variable.js';
import { image_data_format } from '../backend/config.js';
import { Embedding } from '../layers/core/embedding.js';
import type { Model } from '../models/model.js';
import { stringifyJSON } from '../saving/json.js';
import { pathOf, type FilePath } from '../saving/files.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ArgumentError, requireNonNegative, requirePositiveInteger } from '../utils/checks.js';
import { Callback, type BatchKind, type Logs } from './callback.js';
import { logRates } from './optimizer-rates.js';
import { EventWriter } from './tensorboard/event-writer.js';
import { graphDefOf } from './tensorboard/graph.js';
import { histogramSummary, imageSummary, modelSummary, scalarSummary } from './tensorboard/summaries.js';

export interface TensorBoardOptions {
  /** Folder of the event files. Default `logs`. */
  log_dir?: FilePath;
  /** Every how many epochs histograms of the weights are written; 0 (default) for none. */
  histogram_freq?: number;
  /** Whether the model and the graph of its training step are written. Default true. */
  write_graph?: boolean;
  /** Whether weights are written as images too, with their histograms. Default false. */
  write_images?: boolean;
  /** Whether steps a second are written. Default false. */
  write_steps_per_second?: boolean;
  /** 'epoch' (default), 'batch', or a number of batches: when losses and metrics are written besides at the end of epochs. */
  update_freq?: 'epoch' | 'batch' | number;
  /** Every how many epochs the weights of Embedding layers are written for the projector; 0 (default) for none. */
  embeddings_freq?: number;
  /** Files with labels of the rows of embeddings: one for all, or by name of layer. Default null. */
  embeddings_metadata?: string | Readonly<Record<string, string>> | null;
}
/** `profile_batch` stands here for its place; see the constructor. */
const ARGUMENTS = ['log_dir', 'histogram_freq', 'write_graph', 'write_images', 'write_steps_per_second', 'update_freq',
  'profile_batch', 'embeddings_freq', 'embeddings_metadata'] as const;
type AllOptions = TensorBoardOptions & { profile_batch?: 0 };

/**
 * Writes what happens in training for TensorBoard (`pip install tensorboard`, `tensorboard --logdir logs`): losses, metrics
 * and learning rates of epochs and batches, histograms and images of weights, the model and the graph of its step,
 * embeddings. Events of training are in the folder `train`, those of validation in `validation`.
 * Source: keras.callbacks.TensorBoard.
 *
 * @throws ArgumentError for `profile_batch` other than 0: TensorFlow's profiler is not reached from here
 * @example
 * const board = new keras.callbacks.TensorBoard('logs', { histogram_freq: 1, update_freq: 10 });
 * await model.fit(x, y, { epochs: 2, verbose: 0, callbacks: [board] });
 */
export class TensorBoard extends Callback {
  readonly log_dir: string;
  readonly histogram_freq: number;
  readonly write_graph: boolean;
  readonly write_images: boolean;
  readonly write_steps_per_second: boolean;
  readonly update_freq: 'epoch' | number;
  readonly embeddings_freq: number;
  readonly embeddings_metadata: string | Readonly<Record<string, string>> | null;
  #writers = new Map<'train' | 'validation', EventWriter>();
  #batch = 0;
  #batchStart = 0;
  #epochStart = 0;
  #stepsBefore = 0;
  #graphIsDue = false;

  constructor(...args: ConstructorArgs<AllOptions, typeof ARGUMENTS>) {
    super();
    const options = namedArguments<TensorBoardOptions & { profile_batch?: unknown }>('TensorBoard', ARGUMENTS, args, [],
      ['embeddings_metadata']);
    const { update_freq = 'epoch', profile_batch = 0 } = options;
    this.log_dir = pathOf(options.log_dir ?? 'logs');
    this.histogram_freq = requireNonNegative('TensorBoard', 'histogram_freq', options.histogram_freq ?? 0);
    this.write_graph = options.write_graph ?? true;
    this.write_images = options.write_images ?? false;
    this.write_steps_per_second = options.write_steps_per_second ?? false;
    this.update_freq = update_freq === 'batch' ? 1 : update_freq === 'epoch' ? 'epoch'
      : requirePositiveInteger('TensorBoard', 'update_freq', update_freq);
    this.embeddings_freq = requireNonNegative('TensorBoard', 'embeddings_freq', options.embeddings_freq ?? 0);
    this.embeddings_metadata = options.embeddings_metadata ?? null;
    if (profile_batch !== 0) {
      throw new ArgumentError(`TensorBoard: the argument 'profile_batch' can only be 0, received ${JSON.stringify(profile_batch)}: ` +
        'TensorFlow\'s profiler is not part of its C API. Node\'s own, node --cpu-prof, shows the JavaScript side.');
    }
  }

  #writer(kind: 'train' | 'validation'): EventWriter {
    let writer = this.#writers.get(kind);
    if (!writer) this.#writers.set(kind, (writer = new EventWriter(join(this.log_dir, kind))));
    return writer;
  }

  async #flush(): Promise<void> {
    for (const writer of this.#writers.values()) await writer.flush();
  }

  // ---- begin and end ----

  override get _isForOneProcess(): boolean {
    return true;
  }

  override set_model(model: Model): void {
    super.set_model(model);
    this.#writers.clear();
    this.#graphIsDue = this.write_graph;
  }

  override async on_train_begin(): Promise<void> {
    this.#batch = 0;
    const { model } = this;
    if (this.write_graph && model._graph) await this.#writer('train').writeSummary(0, modelSummary('keras', model.to_json()));
    if (this.embeddings_freq) await this.#configureProjector();
    await this.#flush();
  }

  override on_train_end(): Promise<void> {
    return this.#flush();
  }

  override async on_test_end(logs: Logs = {}): Promise<void> {
    const { optimizer } = this.model;
    if (optimizer) {
      const step = tidy(() => toTensor(optimizer.iterations).item());
      const values = Object.entries(logs).map(([name, value]) => scalarSummary(`evaluation_${name}_vs_iterations`, value));
      await this.#writer('validation').writeSummary(step, ...values);
    }
    await this.#flush();
  }

  // ---- batches ----

  override _followsBatches(kind: BatchKind): boolean {
    return kind === 'train' && this.update_freq !== 'epoch';
  }

  override _wantsBatch(kind: BatchKind): boolean {
    return kind === 'train' && this.#isRecorded();
  }

  #isRecorded(): boolean {
    return this.update_freq !== 'epoch' && this.#batch % this.update_freq === 0;
  }

  override on_train_batch_begin(): void {
    this.#batch += 1;
    this.#batchStart = performance.now();
  }

  override async on_train_batch_end(_batch: number, logs: Logs = {}): Promise<void> {
    if (!this.#isRecorded()) return;
    const values = Object.entries(logs).map(([name, value]) => scalarSummary(`batch_${name}`, value));
    if (this.write_steps_per_second) {
      values.push(scalarSummary('batch_steps_per_second', 1000 / (performance.now() - this.#batchStart)));
    }
    await this.#writer('train').writeSummary(this.#batch, ...values);
  }

  // ---- epochs ----

  #steps(): number {
    const { optimizer } = this.model;
    return optimizer ? tidy(() => toTensor(optimizer.iterations).item()) : 0;
  }

  override on_epoch_begin(): void {
    if (!this.write_steps_per_second) return;
    this.#stepsBefore = this.#steps();
    this.#epochStart = performance.now();
  }

  override async on_epoch_end(epoch: number, logs: Logs = {}): Promise<void> {
    await this.#writeTrainGraph();
    const isValidation = (name: string): boolean => name.startsWith('val_');
    const train = Object.fromEntries(Object.entries(logs).filter(([name]) => !isValidation(name)));
    logRates(this.model, train);
    if (this.write_steps_per_second) {
      train.steps_per_second = (this.#steps() - this.#stepsBefore) * 1000 / (performance.now() - this.#epochStart);
    }
    const summaries = (values: [string, number][]) => values.map(([name, value]) => scalarSummary(`epoch_${name}`, value));
    await this.#writer('train').writeSummary(epoch, ...summaries(Object.entries(train)));
    const validation = Object.entries(logs).filter(([name]) => isValidation(name));
    if (validation.length > 0) {
      await this.#writer('validation').writeSummary(epoch,
        ...summaries(validation.map(([name, value]) => [name.slice('val_'.length), value])));
    }
    if (this.histogram_freq && epoch % this.histogram_freq === 0) await this.#writeWeights(epoch);
    if (this.embeddings_freq && epoch % this.embeddings_freq === 0) await this.#writeEmbeddings(epoch);
    await this.#flush();
  }

  /** Known once a step has been traced. */
  async #writeTrainGraph(): Promise<void> {
    const graph = this.#graphIsDue ? this.model._trainGraph : undefined;
    if (!graph) return;
    this.#graphIsDue = false;
    await this.#writer('train').writeGraph(graphDefOf(graph));
  }

  async #writeWeights(epoch: number): Promise<void> {
    for (const weight of this.model.layers.flatMap((layer) => layer.weights)) {
      const name = weight.path.replaceAll(':', '_');
      const values = valuesOf(weight);
      await this.#writer('train').writeSummary(epoch, histogramSummary(`${name}/histogram`, values));
      const image = this.write_images ? asImages(weight.shape, values) : undefined;
      if (image) await this.#writer('train').writeSummary(epoch, imageSummary(`${name}/image`, image.pixels, image.shape));
    }
  }

  // ---- embeddings ----

  #embeddings(): Embedding[] {
    return this.model.layers.filter((layer): layer is Embedding => layer instanceof Embedding);
  }

  /** The projector reads values from tables with tabs, which `#writeEmbeddings` writes. */
  async #configureProjector(): Promise<void> {
    const layers = this.#embeddings();
    const metadata = this.embeddings_metadata;
    const unknown = metadata && typeof metadata !== 'string'
      ? Object.keys(metadata).filter((name) => !layers.some((layer) => layer.name === name)) : [];
    if (unknown.length > 0) {
      throw new ArgumentError(`TensorBoard: 'embeddings_metadata' names ${unknown.join(', ')}, and the model has no Embedding layers ` +
        `of these names. It has: ${layers.map(({ name }) => name).join(', ') || 'none'}.`);
    }
    const entries = layers.map(({ name }) => {
      const labels = typeof metadata === 'string' ? metadata : metadata?.[name];
      const lines = [`tensor_name: ${stringifyJSON(name)}`, `tensor_path: ${stringifyJSON(tableOf(name))}`,
        ...(labels === undefined ? [] : [`metadata_path: ${stringifyJSON(labels)}`])];
      return `embeddings {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
    });
    await mkdir(this.log_dir, { recursive: true });
    await writeFile(join(this.log_dir, 'projector_config.pbtxt'), entries.join(''));
  }

  async #writeEmbeddings(epoch: number): Promise<void> {
    await mkdir(join(this.log_dir, 'train'), { recursive: true });
    for (const layer of this.#embeddings()) {
      const [weight] = layer.weights;
      const values = valuesOf(weight);
      const [rows, columns] = weight.shape;
      const lines = Array.from({ length: rows }, (_, i) => `${values.slice(i * columns, (i + 1) * columns).join('\t')}\n`);
      await writeFile(join(this.log_dir, tableOf(layer.name)), lines.join(''));
    }
    await this.model.save_weights(join(this.log_dir, 'train', `keras_embedding.ckpt-${epoch}.weights.h5`));
  }
}
kerasExport(TensorBoard, 'keras.callbacks.TensorBoard');

const tableOf = (layer: string): string => `embeddings-${basename(layer)}.tsv`;

const valuesOf = (weight: Variable): Float32Array =>
  tidy(() => Float32Array.from(weight.value.dataSync() as ArrayLike<number>, Number));

interface Images {
  pixels: Float32Array;
  shape: number[];
}

/**
 * A weight as images: vectors as a line, matrices as one image with the long side across, three axes as an image for each
 * of the last; others only where they can be taken for images.
 */
function asImages(full: readonly number[], pixels: Float32Array): Images | undefined {
  const shape = full.filter((size) => size !== 1);
  if (shape.length === 1) return { pixels, shape: [1, shape[0], 1, 1] };
  if (shape.length === 2) {
    const [rows, columns] = shape;
    if (rows <= columns) return { pixels, shape: [1, rows, columns, 1] };
    const turned = Float32Array.from(pixels, (_, i) => pixels[(i % rows) * columns + Math.floor(i / rows)]);
    return { pixels: turned, shape: [1, columns, rows, 1] };
  }
  if (shape.length === 3) {
    if (image_data_format() === 'channels_first') return { pixels, shape: [...shape, 1] };
    const [rows, columns, kernels] = shape;
    const area = rows * columns;
    return { pixels: Float32Array.from(pixels, (_, i) => pixels[(i % area) * kernels + Math.floor(i / area)]),
      shape: [kernels, rows, columns, 1] };
  }
  return shape.length === 4 && [1, 3, 4].includes(shape[3]) ? { pixels, shape } : undefined;
}
