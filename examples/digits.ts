/**
 * Trains a convolutional network on handwritten digits, saves it, and draws a few digits with its predictions.
 *
 *   npm run demo
 *   npx tsx examples/digits.ts --help
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as keras from '../src/index.js';
import { loadDigits } from './digits-data.js';
import { drawDigits } from './digits-draw.js';
import { asProgram } from './program.js';

const { layers, ops } = keras;
const saved = path.resolve('digits.keras');

/** The digits at 28x28, a random fifth of them held out (the file is ordered by writer); the same split in every process. */
function split({ images, labels }: ReturnType<typeof loadDigits>): { train: keras.Tensor[]; test: keras.Tensor[] } {
  const heldOut = 360;
  const order = keras.random.shuffle(ops.arange(images.shape[0]), { seed: 7 });
  const [train, test] = ops.split(order, [images.shape[0] - heldOut]);
  const large = ops.image.resize(images, [28, 28]);
  const part = (rows: keras.Tensor): keras.Tensor[] => [ops.take(large, rows, { axis: 0 }), ops.take(labels, rows, { axis: 0 })];
  return { train: part(train), test: part(test) };
}

/** The CNN of the Keras 3 article. */
function makeModel(): keras.Sequential {
  return new keras.Sequential([
    keras.Input({ shape: [28, 28, 1] }),
    new layers.Conv2D(32, 3, { activation: 'relu' }),
    new layers.MaxPooling2D(2),
    new layers.Conv2D(64, 3, { activation: 'relu' }),
    new layers.MaxPooling2D(2),
    new layers.Flatten(),
    new layers.Dense(1024, 'relu'),
    new layers.Dropout(0.5),
    new layers.Dense(10, 'softmax'),
  ]);
}

async function train(epochs: number, batch_size: number): Promise<void> {
  keras.utils.set_random_seed(1);
  const { train: [x_train, y_train], test: [x_test, y_test] } = split(loadDigits());

  const model = makeModel();
  model.summary();
  model.compile({
    // The rate falls by 30% every four epochs, so that training ends calmly.
    optimizer: new keras.optimizers.Adam({ learning_rate: new keras.optimizers.schedules.ExponentialDecay(1e-3, 180, 0.7) }),
    loss: 'sparse_categorical_crossentropy',
    metrics: ['accuracy'],
  });
  await model.fit(x_train, y_train, { epochs, batch_size });
  const [, accuracy] = (await model.evaluate(x_test, y_test, { verbose: 0 })) as number[];
  console.log(`\nAccuracy on ${x_test.shape[0]} held-out digits: ${(100 * accuracy).toFixed(2)}%`);
  await model.save(saved);
  console.log(`Saved to ${path.relative('.', saved)}. Now a new process loads it:\n`);
  if (accuracy < 0.98) process.exitCode = 1;
}

async function show(): Promise<void> {
  const model = await keras.models.load_model(saved) as keras.Model;
  const { test: [x_test, y_test] } = split(loadDigits());
  const some = ops.slice(x_test, [0, 0, 0, 0], [6, 28, 28, 1]);
  const probabilities = await model.predict(some, { verbose: 0 });
  drawDigits(ops.image.resize(some, [8, 8]), probabilities, Array.from((y_test.dataSync() as Int32Array).slice(0, 6)));
}

await asProgram(import.meta.url, 'Trains a convolutional network on handwritten digits, and draws some with its predictions.',
  { epochs: 15, batch_size: 32, show: false }, async (flags) => {
    if (flags.show) return show();
    await train(flags.epochs, flags.batch_size);
    execFileSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), '--show'], { stdio: 'inherit' });
  });
