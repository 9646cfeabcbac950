/**
 * One of several processes that train together, until something happens to process 1: `fault-job.ts <fault> <folder>`.
 * When all are started again, training goes on to its end and prints the weights.
 */
import * as keras from '../../src/index.js';

const index = Number(process.env.KERAS_DISTRIBUTION_PROCESS_ID);
const attempt = Number(process.env.KERAS_DISTRIBUTION_ATTEMPT);

const SAMPLES = 40;
const x = new keras.NDArray(Float32Array.from({ length: SAMPLES * 4 }, (_, i) => Math.sin(i * i)), [SAMPLES, 4]);
const y = new keras.NDArray(Float32Array.from({ length: SAMPLES }, (_, i) => Math.cos(i)), [SAMPLES, 1]);

/** What happens in the second epoch, while the others are in a step. */
class Happen extends keras.callbacks.Callback {
  readonly #signal: 'SIGKILL' | 'SIGSTOP';
  #epoch = 0;

  constructor(signal: 'SIGKILL' | 'SIGSTOP') {
    super();
    this.#signal = signal;
  }

  override on_epoch_begin(epoch: number): void {
    this.#epoch = epoch;
  }

  override on_train_batch_begin(batch: number): void {
    if (index === 1 && attempt === 0 && this.#epoch === 1 && batch === 3) process.kill(process.pid, this.#signal);
  }
}

function compiled(units: number): keras.Model {
  const model = new keras.Sequential([keras.Input([4]), new keras.layers.Dense(units, 'tanh'), new keras.layers.Dense(1)]);
  model.compile({ optimizer: new keras.optimizers.Adam(0.01), loss: 'mse' });
  return model;
}

/** Trains, and gives the weights. */
export async function train(...callbacks: keras.callbacks.Callback[]): Promise<number[]> {
  keras.utils.set_random_seed(3);
  const model = compiled(5);
  await model.fit(x, y, { batch_size: 8, epochs: 3, verbose: 0, callbacks });
  return model.weights.flatMap((weight) => [...(weight.dataSync() as Float32Array)]);
}

const say = (error: Error): void => console.log(`${error.name}: ${error.message}`);

/** What the processes do differently is told to all of them, and does no harm to what comes next. */
async function disagree(): Promise<void> {
  const options = { batch_size: 8, verbose: 0 } as const;
  await (index === 1 ? compiled(5).evaluate(x, y, options) : compiled(5).fit(x, y, options)).catch(say);
  await compiled(index === 1 ? 6 : 5).fit(x, y, options).catch(say);
  await compiled(5).fit(x, y, { ...options, batch_size: index === 1 ? 4 : 8 }).catch(say);
}

/** A generator that ends earlier in process 1 than in the others, which wait for it in a step. */
async function diverge(): Promise<void> {
  function* batches(): Generator<unknown> {
    for (let i = 0; i < (index === 1 ? 2 : 5); i++) yield [x, y];
  }
  await compiled(5).fit(batches, { verbose: 0 }).catch(say);
  // What comes next says so, too.
  await compiled(5).evaluate(x, y, { verbose: 0 }).catch(say);
}

async function main(fault: string, folder: string): Promise<void> {
  if (fault === 'missing' && index === 1) return;
  keras.distribution.initialize();
  keras.distribution.set_distribution(new keras.distribution.DataParallel());
  if (fault === 'diverge') return diverge();
  if (fault === 'kill' && attempt === 0) await disagree();
  const weights = await train(new keras.callbacks.BackupAndRestore(folder, { save_freq: 2 }),
    new Happen(fault === 'kill' ? 'SIGKILL' : 'SIGSTOP'));
  console.log(`weights ${JSON.stringify(weights)}`);
}

if (process.env.KERAS_DISTRIBUTION_JOB_ADDRESSES) {
  main(process.argv[2], process.argv[3]).catch((error: Error) => {
    say(error);
    process.exit(1);
  });
}
