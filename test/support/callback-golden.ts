/** Trainings with callbacks against Python Keras: history, printed lines, files, final weights. */
import { expect } from 'chai';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from '../../src/index.js';
import { loadGolden, type GoldenTensor, type GoldenValue } from '../golden/golden.js';
import { argumentOf, expectTensor } from '../golden/tensors.js';
import { captured } from './capture.js';
import { withoutBuildConfig } from './without-build-config.js';

export interface CallbackCase {
  label: string;
  callbacks: [class_name: string, options: Record<string, unknown>][];
  fit: Record<string, unknown>;
  optimizer: unknown;
  metrics: string[];
  before: Record<string, string>;
  start: { value: GoldenTensor }[];
  history: Record<string, GoldenTensor>;
  keys: string[];
  epochs: number[];
  printed: string;
  files: string[];
  texts: Record<string, string>;
  final: GoldenTensor[];
}

interface Family {
  cases: CallbackCase[];
  model: Record<string, unknown>;
  x: GoldenValue;
  y: GoldenValue;
}

const SCHEDULES: Record<string, (epoch: number, rate: number) => number> = {
  halve: (epoch, rate) => (epoch % 2 ? rate / 2 : rate),
  'by epoch': (epoch) => 1 / (epoch + 2),
};

/** Ends training from outside, as a user would. */
class Stop extends keras.callbacks.Callback {
  readonly #at: number;
  constructor({ epoch }: { epoch: number }) {
    super();
    this.#at = epoch;
  }
  override on_epoch_end(epoch: number): void {
    if (epoch === this.#at) this.model.stop_training = true;
  }
}

function make([name, options]: CallbackCase['callbacks'][0], folder: string): keras.callbacks.Callback {
  const values = Object.fromEntries(Object.entries(options).map(([key, value]) => [key,
    key === 'schedule' ? SCHEDULES[value as string] : typeof value === 'string' ? value.replace('DIR', folder) : value]));
  if (name === 'Stop') return new Stop(values as { epoch: number });
  const Class = keras.callbacks[name as 'EarlyStopping'] as new (o: object) => keras.callbacks.Callback;
  return new Class(values);
}

export const filesIn = (folder: string): string[] => (readdirSync(folder, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).toSorted();

/** A folder for one test. */
export function temporaryFolder(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'keras-callbacks-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

const TOLERANCE = { rtol: 2e-4, atol: 2e-5 };

/** One test for each row of a family. */
export function testCallbackFamily(family: string, after?: (row: CallbackCase, folder: string, model: keras.Model) => unknown): void {
  const { cases, model: json, x, y } = loadGolden<CallbackCase>('callbacks', family) as unknown as Family;
  for (const row of cases) {
    it(`${family}: ${row.label}`, async () => {
      using folder = temporaryFolder();
      for (const [name, text] of Object.entries(row.before)) writeFileSync(join(folder.path, name), text);
      mkdirSync(folder.path, { recursive: true });
      const model = keras.saving.deserialize_keras_object(withoutBuildConfig(json)) as keras.Model;
      model.set_weights(row.start.map(({ value }) => argumentOf(value) as keras.Tensor));
      model.compile({ optimizer: keras.optimizers.deserialize(row.optimizer), loss: 'sparse_categorical_crossentropy',
        metrics: row.metrics });
      let history: keras.callbacks.History | undefined;
      const printed = await captured('stdout', async () => {
        history = await model.fit(argumentOf(x), argumentOf(y), { shuffle: false, verbose: 0, ...row.fit,
          callbacks: row.callbacks.map((spec) => make(spec, folder.path)) });
      });
      expect(history!.epoch, 'epochs').to.deep.equal(row.epochs);
      expect(Object.keys(history!.history), 'keys').to.deep.equal(row.keys);
      for (const [name, values] of Object.entries(row.history)) {
        const data = Float32Array.from(history!.history[name]);
        expectTensor(new keras.NDArray(data, [data.length]), { ...values, dtype: 'float32' }, name, TOLERANCE);
      }
      expect(numbersRounded(printed.replaceAll(folder.path, 'DIR'))).to.equal(numbersRounded(row.printed));
      expect(filesIn(folder.path)).to.deep.equal(row.files);
      for (const [name, text] of Object.entries(row.texts)) {
        expect(numbersRounded(readFileSync(join(folder.path, name), 'utf8')), name).to.equal(numbersRounded(text));
      }
      row.final.forEach((weight, i) => expectTensor(model.weights[i].value, weight, model.weights[i].path, TOLERANCE));
      await after?.(row, folder.path, model);
    });
  }
}

/** Last digits of float32 sums are not the same on all machines. */
const numbersRounded = (text: string): string =>
  text.replaceAll(/\d+\.\d{6,}/g, (number) => Number(number).toPrecision(4));
