/**
 * Trains models of several kinds on the same data, alone or as one of several processes: `training-job.ts <folder>`.
 * Weights, losses and predictions go into a file of the folder.
 */
import fs from 'node:fs';
import os from 'node:os';
import * as keras from '../../src/index.js';
import { trainWithOptimizers } from './optimizer-cases.js';

const { DataParallel, distribution, initialize, set_distribution } = keras.distribution;

/** Numbers that look random and are the same in all processes. */
function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) / 2 ** 24 - 0.5;
  });
}

const SAMPLES = 27;
const x = new keras.NDArray(numbers(SAMPLES * 6, 1), [SAMPLES, 6]);
const y = new keras.NDArray(Int32Array.from({ length: SAMPLES }, (_, i) => (i * 7) % 3), [SAMPLES], 'int32');
const weights = numbers(SAMPLES, 3).map((v) => v + 1);
const steps = new keras.NDArray(Int32Array.from({ length: SAMPLES * 5 }, (_, i) => (i % 5 < 1 + ((i / 5) | 0) % 5 ? 1 + (i % 4) : 0)), [SAMPLES, 5], 'int32');

const valuesOf = (model: keras.Model): number[] => model.weights.flatMap((weight) => [...(weight.dataSync() as Float32Array)]);

function dense(seed: number): keras.Sequential {
  // Weights that differ from process to process: those of the first must win.
  const id = distribution()?.process_id ?? 0;
  const initializer = (n: number) => new keras.initializers.GlorotUniform({ seed: seed + n + id });
  return new keras.Sequential([
    keras.Input([6]),
    new keras.layers.Dense(5, { activation: 'tanh', kernel_initializer: initializer(0) }),
    new keras.layers.Dense(3, { kernel_initializer: initializer(1), kernel_regularizer: 'l2' }),
  ]);
}

const crossentropy = (options = {}): keras.losses.Loss =>
  new keras.losses.SparseCategoricalCrossentropy({ from_logits: true, ...options });

async function plain(
  results: Record<string, unknown>, name: string, optimizer: keras.Optimizer, options: object = {}, loss = crossentropy(),
): Promise<keras.Model> {
  const model = dense(5);
  model.compile({ optimizer, loss, metrics: ['accuracy'], weighted_metrics: ['accuracy'] });
  // Batches of 8, the last of 3; shuffled, in an order that process 0 draws.
  const history = await model.fit(x, y, { batch_size: 8, epochs: 3, verbose: 0, validation_data: [x, y], shuffle: false, ...options });
  results[name] = { weights: valuesOf(model), history: history.history };
  return model;
}

/** A generator of whole batches of which the last has one row: fewer than there are processes. */
function* batches(): Generator<unknown> {
  for (const [from, to] of [[0, 13], [13, 26], [26, 27]]) {
    yield [new keras.NDArray(x.data.slice(from * 6, to * 6) as Float32Array, [to - from, 6]),
      new keras.NDArray(y.data.slice(from, to) as Int32Array, [to - from], 'int32')];
  }
}

/** A model whose train_step is its own: two optimizers. */
class Two extends keras.Model {
  left = new keras.layers.Dense(2, { kernel_initializer: new keras.initializers.GlorotUniform({ seed: 1 }) });
  right = new keras.layers.Dense(2, { kernel_initializer: new keras.initializers.GlorotUniform({ seed: 2 }) });
  optimizers = [new keras.optimizers.SGD(0.1), new keras.optimizers.Adam(0.01)];

  override call(inputs: keras.Tensor): keras.Tensor {
    return keras.ops.add(this.left(inputs) as keras.Tensor, this.right(inputs) as keras.Tensor);
  }

  override train_step([inputs]: readonly unknown[]): Record<string, keras.Tensor> {
    const logs: Record<string, keras.Tensor> = {};
    [this.left, this.right].forEach((layer, i) => {
      const [loss, gradients] = keras.variable_gradients(
        () => keras.ops.mean(keras.ops.square(keras.ops.subtract(this.call(inputs as keras.Tensor), 1))), layer.trainable_variables);
      this.optimizers[i].apply(gradients, layer.trainable_variables);
      logs[`loss_${i}`] = loss;
    });
    return logs;
  }
}

/** A training that one process alone wants to stop after its first epoch. */
async function stopping(part: number): Promise<keras.callbacks.History> {
  const model = dense(5);
  model.compile({ optimizer: 'sgd', loss: crossentropy() });
  const stop = new keras.callbacks.LambdaCallback({ on_epoch_end: () => void (model.stop_training = part === 0) });
  return model.fit(x, y, { epochs: 4, verbose: 0, callbacks: [stop] });
}
const stoppedAfter = ({ epoch }: keras.callbacks.History): number => epoch.length;

/** Addresses on which this process listens, in the kernel's hexadecimal form. */
function listening(): string[] {
  const own = new Set(fs.readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [/^socket:\[(\d+)\]$/.exec(fs.readlinkSync(`/proc/self/fd/${fd}`))?.[1]];
    } catch {
      return [];
    }
  }));
  return ['tcp', 'tcp6'].flatMap((name) => fs.readFileSync(`/proc/self/net/${name}`, 'utf8').split('\n').slice(1)
    .map((line) => line.trim().split(/\s+/)).filter((columns) => columns[3] === '0A' && own.has(columns[9]))
    .map((columns) => columns[1]));
}

export async function train(folder: string): Promise<void> {
  const results: Record<string, unknown> = {};
  // The seed of process 0 is the one that counts.
  keras.utils.set_random_seed(7 + (distribution()?.process_id ?? 0));
  const first = await plain(results, 'sgd', new keras.optimizers.SGD({ learning_rate: 0.1, momentum: 0.9 }));
  await plain(results, 'adam', new keras.optimizers.Adam(0.01), { sample_weight: weights });
  results.evaluate = await first.evaluate(x, y, { batch_size: 8, verbose: 0 });
  results.predict = [...(await first.predict(x, { batch_size: 8, verbose: 0 })).data as Float32Array];
  await plain(results, 'sum', new keras.optimizers.SGD(0.01), {}, crossentropy({ reduction: 'sum' }));
  await plain(results, 'weighted', new keras.optimizers.SGD(0.1), { sample_weight: weights }, crossentropy({ reduction: 'mean_with_sample_weight' }));
  await plain(results, 'clipped', new keras.optimizers.Adam({ learning_rate: 0.01, global_clipnorm: 0.1, use_ema: true }));

  const shuffled = dense(5);
  shuffled.compile({ optimizer: 'sgd', loss: crossentropy(), steps_per_execution: 2 });
  const calls: number[] = [];
  await shuffled.fit(x, y, { batch_size: 8, epochs: 2, verbose: 0, callbacks: [
    new keras.callbacks.LambdaCallback({ on_epoch_end: (epoch) => void calls.push(epoch) }),
    new keras.callbacks.CSVLogger(`${folder}/log-${process.pid}.csv`), new keras.callbacks.ModelCheckpoint(`${folder}/model-${process.pid}.keras`)] });
  results.shuffled = { weights: valuesOf(shuffled), calls };

  const generated = dense(5);
  generated.compile({ optimizer: new keras.optimizers.SGD(0.1), loss: crossentropy(), metrics: ['accuracy'] });
  const { history } = await generated.fit(batches, { epochs: 2, verbose: 0 });
  results.generator = { weights: valuesOf(generated), history };

  const normalized = new keras.Sequential([keras.Input([6]),
    new keras.layers.Dense(4, { kernel_initializer: new keras.initializers.GlorotUniform({ seed: 3 }) }),
    new keras.layers.BatchNormalization({ synchronized: true }), new keras.layers.Dense(3, { kernel_initializer: 'ones' })]);
  normalized.compile({ optimizer: new keras.optimizers.SGD(0.1), loss: crossentropy() });
  await normalized.fit(x, y, { batch_size: 8, epochs: 2, verbose: 0, shuffle: false });
  results.normalized = { weights: valuesOf(normalized) };

  const masked = new keras.Sequential([keras.Input([5], { dtype: 'int32' } as object),
    new keras.layers.Embedding(5, 4, { mask_zero: true, embeddings_initializer: new keras.initializers.RandomUniform({ seed: 4 }) }),
    new keras.layers.Dense(3, { kernel_initializer: new keras.initializers.GlorotUniform({ seed: 5 }) })]);
  masked.compile({ optimizer: new keras.optimizers.SGD(0.5), loss: crossentropy(), steps_per_execution: 2 });
  const labels = new keras.NDArray(Int32Array.from(steps.data as Int32Array, (v) => v % 3), [SAMPLES, 5], 'int32');
  const onMasks = await masked.fit(steps, labels, { batch_size: 8, epochs: 2, verbose: 0, shuffle: false });
  results.masked = { weights: valuesOf(masked), history: onMasks.history };

  const two = new Two();
  two.compile({ optimizer: 'sgd' });
  const own = await two.fit(x, { batch_size: 8, epochs: 2, verbose: 0, shuffle: false });
  results.two = { weights: valuesOf(two), history: own.history };

  const eager = dense(5);
  eager.compile({ optimizer: new keras.optimizers.SGD(0.1), loss: crossentropy(), run_eagerly: true });
  results.losses = [await eager.train_on_batch(x, y), await eager.train_on_batch(x, y), await eager.test_on_batch(x, y)];
  results.eager = { weights: valuesOf(eager) };
  if (distribution()) set_distribution(new DataParallel({ auto_shard_dataset: false }));
  const { num_processes: parts = 1, process_id: part = 0 } = distribution() ?? {};
  const [begin, end] = [part, part + 1].map((n) => Math.floor((n * SAMPLES) / parts));
  const given = dense(5);
  given.compile({ optimizer: new keras.optimizers.SGD(0.1), loss: crossentropy(), metrics: ['accuracy'] });
  const ofOwn = await given.fit(new keras.NDArray(x.data.slice(begin * 6, end * 6) as Float32Array, [end - begin, 6]),
    new keras.NDArray(y.data.slice(begin, end) as Int32Array, [end - begin], 'int32'), { batch_size: SAMPLES, epochs: 2, verbose: 0 });
  results.own = { weights: valuesOf(given), history: ofOwn.history };

  results.stopped = stoppedAfter(await stopping(part));
  const exact = dense(5);
  exact.compile({ optimizer: 'sgd', loss: crossentropy(), jit_compile: true });
  results.refusal = await exact.fit(x, y, { verbose: 0 }).then(() => 'none', (error: Error) => error.message);
  results.listening = listening();
  results.networks = Object.keys(os.networkInterfaces());
  await trainWithOptimizers(results);

  const { num_processes = 1, process_id = 0 } = distribution() ?? {};
  fs.writeFileSync(`${folder}/results-${num_processes}-${process_id}.json`, JSON.stringify(results));
}

if (process.env.KERAS_DISTRIBUTION_JOB_ADDRESSES) {
  initialize();
  set_distribution(new DataParallel());
  void train(process.argv[2]);
}
