/**
 * Writes node_digits.keras and node_digits.json: a small CNN trained here, for Python to open.
 *
 *   npx tsx test/golden/digits/write_node_digits.ts
 *   python test/golden/check_saved.py test/golden/digits/from_node/node_digits.keras test/golden/digits/from_node/node_digits.json
 *
 * The second command's output is recorded in RESULTS.md.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadDigits } from '../../../examples/digits-data.js';
import * as keras from '../../../src/index.js';

const { layers, ops } = keras;
const file = (name: string): string => fileURLToPath(new URL(`from_node/${name}`, import.meta.url));
const plain = ({ dtype, shape, data }: keras.NDArray): object =>
  ({ dtype, shape, data: Array.from(data as Float32Array) });

keras.utils.set_random_seed(3);
const { images, labels } = loadDigits();
const large = ops.image.resize(images, [28, 28]);
const model = new keras.Sequential([
  keras.Input({ shape: [28, 28, 1] }),
  new layers.Conv2D(8, 3, { activation: 'relu' }),
  new layers.MaxPooling2D(2),
  new layers.Conv2D(16, 3, { activation: 'relu' }),
  new layers.MaxPooling2D(2),
  new layers.Flatten(),
  new layers.Dense(16, 'relu'),
  new layers.Dropout(0.25),
  new layers.Dense(10, 'softmax'),
]);
model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
await model.fit(large, labels, { epochs: 5, verbose: 2 });
await model.save(file('node_digits.keras'));
const inputs = new keras.NDArray(ops.slice(large, [0, 0, 0, 0], [6, 28, 28, 1]).dataSync(), [6, 28, 28, 1]);
const predictions = await model.predict(inputs, { verbose: 0 });
writeFileSync(file('node_digits.json'), `${JSON.stringify({ inputs: plain(inputs), predictions: plain(predictions) })}\n`);
