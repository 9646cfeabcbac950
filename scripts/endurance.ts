/**
 * Memory over a long life of a process: many steps of training, then many models loaded and dropped.
 *
 *     npm run build && node --import tsx scripts/endurance.ts --steps 100000 --cycles 1000
 *
 * One line for each tenth; ends with an error when memory grew. What counts is the last tenth against the second: the
 * first fills caches and allocators. `--dispose` frees the variables of each model instead of dropping it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';

const { steps, cycles, dispose } = await yargs(hideBin(process.argv)).strict()
  .option('steps', { type: 'number', default: 100_000, describe: 'Steps of training' })
  .option('cycles', { type: 'number', default: 1000, describe: 'Models loaded and dropped' })
  .option('dispose', { type: 'boolean', default: false, describe: 'Free the variables of each model' })
  .parseAsync();

const keras = await import(new URL('../dist/index.js', import.meta.url).href) as typeof import('../src/index.js');
const { layers } = keras;

/** A leak of 1 kB a step would be 80 MB over what is compared; allocators breathe by a few. */
const ALLOWED_MB = 10;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

interface Sample {
  rss: number;
  heap: number;
  tensors: number;
  bytes: number;
}

/** Sizes in MB once everything unreachable is gone; finalizers run between turns of the event loop. */
async function sample(): Promise<Sample> {
  for (let i = 0; i < 4; i++) {
    collect();
    await wait(10);
  }
  const { rss, heapUsed } = process.memoryUsage();
  const { tensors, bytes } = keras.backend.memory();
  return { rss: rss / 1e6, heap: heapUsed / 1e6, tensors, bytes: bytes / 1e6 };
}

let hasGrown = false;

async function watch(name: string, turns: number, call: (count: number) => Promise<void>): Promise<void> {
  if (turns < 10) return;
  const samples: Sample[] = [];
  const begin = performance.now();
  for (let tenth = 1; tenth <= 10; tenth++) {
    await call(Math.floor(turns * tenth / 10) - Math.floor(turns * (tenth - 1) / 10));
    const { rss, heap, tensors, bytes } = await sample();
    samples.push({ rss, heap, tensors, bytes });
    console.log(`${name} ${Math.floor(turns * tenth / 10)}: RSS ${rss.toFixed(1)} MB, heap ${heap.toFixed(1)} MB, ` +
      `${tensors} tensors of ${bytes.toFixed(2)} MB, ${((performance.now() - begin) / 1e3).toFixed(0)} s`);
  }
  const [second, last] = [samples[1], samples[9]];
  const more = { rss: last.rss - second.rss, heap: last.heap - second.heap, tensors: last.tensors - second.tensors };
  console.log(`${name}: RSS ${more.rss.toFixed(1)} MB, heap ${more.heap.toFixed(1)} MB and ${more.tensors} tensors more`);
  if (more.rss > ALLOWED_MB || more.heap > ALLOWED_MB || more.tensors > 0) hasGrown = true;
}

function network(): InstanceType<typeof keras.Sequential> {
  const model = new keras.Sequential([keras.Input({ shape: [16] }), new layers.Dense(32, 'relu'), new layers.Dropout(0.2),
    new layers.BatchNormalization(), new layers.Dense(4, 'softmax')]);
  model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
  return model;
}

const BATCH = 8;
const STEPS_AN_EPOCH = 100;
const rows = BATCH * STEPS_AN_EPOCH;
const x = new keras.NDArray(Float32Array.from({ length: rows * 16 }, (_, i) => Math.sin(i)), [rows, 16]);
const y = Int32Array.from({ length: rows }, (_, i) => i % 4);
const few = new keras.NDArray((x.data as Float32Array).slice(0, 16 * BATCH), [BATCH, 16]);

const model = network();
await watch('step', steps, async (count) => {
  const epochs = Math.max(1, Math.round(count / STEPS_AN_EPOCH));
  await model.fit(x, y, { batch_size: BATCH, epochs, verbose: 0, validation_data: [few, y.slice(0, BATCH)] });
});

const folder = mkdtempSync(join(tmpdir(), 'keras-endurance-'));
try {
  const file = join(folder, 'model.keras');
  await model.save(file);
  const variablesOf = ({ variables, optimizer }: typeof model) => [...variables, ...(optimizer?.variables ?? [])];
  await watch('load', cycles, async (count) => {
    for (let i = 0; i < count; i++) {
      const loaded = await keras.saving.load_model(file) as typeof model;
      await loaded.predict(few, { verbose: 0 });
      await loaded.train_on_batch(few, y.slice(0, BATCH));
      if (dispose) for (const variable of variablesOf(loaded)) variable.dispose();
    }
  });
} finally {
  rmSync(folder, { recursive: true });
}
if (hasGrown) {
  console.error('Memory has grown.');
  process.exitCode = 1;
}
