/**
 * Several processes train one model of digits together. The program is that of one process, but for its first two lines; a
 * worker that is killed comes back, and training goes on from the last backup.
 *
 *   npx keras-node launch --workers 2 --restart 3 examples/distributed.js          (a program of your own)
 *   npx tsx src/cli/main.ts launch --workers 2 examples/distributed.ts --epochs 5   (in a clone of this repository)
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from '../src/index.js';
import { loadDigits } from './digits-data.js';
import { asProgram, type Outcome } from './program.js';

const { distribution, layers } = keras;
const FLAGS = { epochs: 5, samples: 1797, batch: 64, seed: 1 };

export async function main({ epochs, samples, batch, seed }: typeof FLAGS): Promise<Outcome & { accuracy: number }> {
  if (process.env.KERAS_DISTRIBUTION_JOB_ADDRESSES) distribution.initialize();
  distribution.set_distribution(new distribution.DataParallel());
  const isFirst = (distribution.distribution()?.process_id ?? 0) === 0;

  keras.utils.set_random_seed(seed);
  const { images, labels } = loadDigits();
  const x = new keras.NDArray((images.data as Float32Array).slice(0, samples * 64), [samples, 8, 8, 1]);
  const y = new keras.NDArray((labels.data as Int32Array).slice(0, samples), [samples]);
  const model = new keras.Sequential([
    keras.Input({ shape: [8, 8, 1] }),
    new layers.Conv2D(16, 3, { activation: 'relu', padding: 'same' }),
    // Its statistics are those of the whole batch, of which each process sees a part.
    new layers.BatchNormalization({ synchronized: true }),
    new layers.MaxPooling2D(2),
    new layers.Flatten(),
    new layers.Dense(10, 'softmax'),
  ]);
  model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });

  // Every process is given all data, and takes its rows of each batch. The callback writes in process 0 alone.
  const backup = new keras.callbacks.BackupAndRestore(join(tmpdir(), 'keras-node-digits-backup'));
  const { history } = await model.fit(x, y, { batch_size: batch, epochs, verbose: 2, callbacks: [backup] });
  const { accuracy } = await model.evaluate(x, y, { batch_size: 256, verbose: 0, return_dict: true }) as { accuracy: number };
  if (isFirst) console.log(`accuracy on the training data: ${accuracy.toFixed(3)}`);
  distribution.set_distribution(null);
  return { first: history.loss[0], last: history.loss.at(-1)!, accuracy };
}

await asProgram(import.meta.url, 'Trains a model of digits in several processes.', FLAGS, main);
