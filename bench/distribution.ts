/**
 * What a step costs in two processes against one, by the size of the model, and what that predicts for 8 hosts on a
 * network of 10 Gbit/s.
 *
 *     npx tsx bench/distribution.ts
 *
 * Both processes share this machine, so that each has half of its cores: what is compared is a step on half a batch in
 * each of two with a step on a whole batch in one of half the cores. A second pair of figures is the collective alone.
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { apply } from '../src/engine/apply.js';
import * as keras from '../src/index.js';

const WIDTHS = [8, 128, 512, 1280];
const BATCH = 64;
const FEATURES = 128;
const STEPS = 30;
const EPOCHS = 6;
/** Of the prediction. */
const HOSTS = 8;
const BYTES_PER_MS = 10e9 / 8 / 1000;
/** Milliseconds for a message between hosts of one network. */
const LATENCY = 0.1;

interface Row {
  parameters: number;
  step: number;
  collective: number;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

function modelOf(width: number): keras.Model {
  const { layers } = keras;
  const model = new keras.Sequential([keras.Input([FEATURES]), new layers.Dense(width, 'relu'), new layers.Dense(width, 'relu'), new layers.Dense(1)]);
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  return model;
}

/** Milliseconds of a step of fit: the median of the epochs behind the first. */
async function stepTime(model: keras.Model): Promise<number> {
  const x = keras.random.normal([BATCH * STEPS, FEATURES], { seed: 1 });
  const y = keras.random.normal([BATCH * STEPS, 1], { seed: 2 });
  const times: number[] = [];
  let begin = 0;
  const watch = new keras.callbacks.LambdaCallback({
    on_epoch_begin: () => void (begin = performance.now()),
    on_epoch_end: () => void times.push((performance.now() - begin) / STEPS),
  });
  await model.fit(x, y, { batch_size: BATCH, epochs: EPOCHS, verbose: 0, shuffle: false, callbacks: [watch] });
  return median(times.slice(1));
}

async function collectiveTime(size: number, elements: number): Promise<number> {
  const reduce = keras.jit((x: keras.Tensor) => apply('all_reduce', [x], { size, ordinal: 0 }));
  const x = keras.ops.ones([elements]);
  const times: number[] = [];
  for (let i = 0; i < 30; i++) {
    const begin = performance.now();
    (await reduce.runAsync(x)).dispose();
    times.push(performance.now() - begin);
  }
  return median(times.slice(5));
}

async function work(): Promise<void> {
  const { distribution } = keras;
  distribution.initialize();
  distribution.set_distribution(new distribution.DataParallel());
  const { num_processes, process_id } = distribution.distribution()!;
  const rows: Row[] = [];
  for (const width of WIDTHS) {
    const model = modelOf(width);
    const parameters = model.count_params();
    rows.push({ parameters, step: await stepTime(model), collective: await collectiveTime(num_processes, parameters) });
  }
  if (process_id === 0) console.log(`rows ${JSON.stringify(rows)}`);
}

/** Runs this file in so many processes. */
function rowsOf(workers: number): Row[] {
  const cli = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath,
    ['--import', 'tsx', cli, 'launch', '--workers', String(workers), fileURLToPath(import.meta.url)], {
      encoding: 'utf8',
      env: { ...process.env, KERAS_NODE_QUIET: '1', TF_NUM_INTRAOP_THREADS: String(Math.max(1, availableParallelism() >> 1)) },
    });
  const line = stdout.split('\n').find((text) => text.startsWith('[0] rows '));
  if (!line) throw new Error(`The measurement failed: ${stderr}`);
  return JSON.parse(line.slice(9)) as Row[];
}

function report(): void {
  const one = rowsOf(1);
  const two = rowsOf(2);
  console.log('| parameters | step, 1 process | step, 2 processes | collective | ' +
    `${HOSTS} hosts: collective | ${HOSTS} hosts: speed |`);
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const [i, { parameters, step, collective }] of two.entries()) {
    // A ring sends 2 (n - 1) / n of the values over each link, in 2 (n - 1) messages; what it costs besides is measured.
    const sent = (2 * (HOSTS - 1) / HOSTS) * parameters * 4;
    const network = sent / BYTES_PER_MS + 2 * (HOSTS - 1) * LATENCY;
    const predicted = collective + network;
    // Each host computes a batch of its own: as many times the rows, in the time of a step and the collective.
    const speed = HOSTS * one[i].step / (one[i].step + predicted);
    const ms = (value: number): string => `${value.toFixed(2)} ms`;
    console.log(`| ${parameters} | ${ms(one[i].step)} | ${ms(step)} | ${ms(collective)} | ${ms(predicted)} | ${speed.toFixed(1)} x |`);
  }
}

if (process.env.KERAS_DISTRIBUTION_JOB_ADDRESSES) await work();
else report();
