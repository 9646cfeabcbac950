/**
 * One of several processes that train together until something happens to process 1: `fault-job.ts <fault> [folder]`.
 * Without a fault, or with `restart` when it was started again, training comes to its end and prints the weights.
 */
import * as keras from '../../src/index.js';

type Fault = 'none' | 'kill' | 'freeze' | 'throw' | 'missing' | 'model' | 'call' | 'restart';
const [fault, folder] = process.argv.slice(2) as [Fault, string | undefined];
const index = Number(process.env.KERAS_DISTRIBUTION_PROCESS_ID ?? 0);
const attempt = Number(process.env.KERAS_DISTRIBUTION_ATTEMPT ?? 0);

const SAMPLES = 40;
const x = new keras.NDArray(Float32Array.from({ length: SAMPLES * 4 }, (_, i) => Math.sin(i * i)), [SAMPLES, 4]);
const y = new keras.NDArray(Float32Array.from({ length: SAMPLES }, (_, i) => Math.cos(i)), [SAMPLES, 1]);

/** What happens in the second epoch, in the middle of a step of the others. */
class Happen extends keras.callbacks.Callback {
  #epoch = 0;

  override on_epoch_begin(epoch: number): void {
    this.#epoch = epoch;
  }

  override on_train_batch_begin(batch: number): void {
    if (index !== 1 || attempt > 0 || this.#epoch !== 1 || batch !== 3) return;
    console.log(`at ${Date.now()}: ${fault}`);
    if (fault === 'kill' || fault === 'restart') process.kill(process.pid, 'SIGKILL');
    if (fault === 'freeze') process.kill(process.pid, 'SIGSTOP');
    if (fault === 'throw') throw new Error('a mistake of its own');
  }
}

async function main(): Promise<void> {
  if (fault === 'missing' && index === 1) return;
  if (process.env.KERAS_DISTRIBUTION_JOB_ADDRESSES) {
    keras.distribution.initialize();
    keras.distribution.set_distribution(new keras.distribution.DataParallel());
  }
  keras.utils.set_random_seed(3);
  const units = fault === 'model' && index === 1 ? 6 : 5;
  const model = new keras.Sequential([keras.Input([4]), new keras.layers.Dense(units, 'tanh'), new keras.layers.Dense(1)]);
  model.compile({ optimizer: new keras.optimizers.Adam(0.01), loss: 'mse' });
  if (fault === 'call' && index === 1) {
    await model.evaluate(x, y, { batch_size: 8, verbose: 0 });
    return;
  }
  const backup = folder ? [new keras.callbacks.BackupAndRestore(folder, { save_freq: 2 })] : [];
  await model.fit(x, y, { batch_size: 8, epochs: 3, verbose: 0, callbacks: [...backup, new Happen()] });
  console.log(`weights ${JSON.stringify(model.weights.flatMap((weight) => [...(weight.dataSync() as Float32Array)]))}`);
}

main().catch((error: Error) => {
  console.error(`at ${Date.now()}: ${error.name}: ${error.message}`);
  process.exit(1);
});
