/** The digits models that Python and Node wrote for each other. */
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import * as keras from '../../src/index.js';
import { goldenPath, loadGolden, type GoldenTensor } from '../golden/golden.js';
import { expectTensor, tensorOf } from '../golden/tensors.js';

interface PythonDigits {
  labels: GoldenTensor;
  optimizer_iterations: number;
  pixels: GoldenTensor;
  predictions: GoldenTensor;
}

const load = async (name: string): Promise<keras.Model> => await keras.models.load_model(goldenPath('digits', name)) as keras.Model;

describe('digits between Python and Node', () => {
  it('a file from Python predicts as there, and trains on', async () => {
    const [row] = loadGolden<PythonDigits>('digits', 'python_digits').cases;
    const model = await load('python_digits.keras');
    const pixels = keras.ops.divide(keras.ops.cast(tensorOf(row.pixels), 'float32'), 16);
    const images = keras.ops.image.resize(pixels, [28, 28]);
    const predictions = await model.predict(images, { verbose: 0 });
    expectTensor(predictions, row.predictions, 'predictions', { rtol: 0, atol: 1e-5 });
    expect(Number(keras.ops.convert_to_numpy(model.optimizer!.iterations).data[0])).to.equal(row.optimizer_iterations);
    await model.fit(images, tensorOf(row.labels), { verbose: 0 });
  });

  it('a file from Node, checked by Python, still predicts the same', async () => {
    const { inputs, predictions } = JSON.parse(readFileSync(goldenPath('digits', 'from_node', 'node_digits.json'), 'utf8')) as Record<string, GoldenTensor>;
    const model = await load('from_node/node_digits.keras');
    expectTensor(await model.predict(tensorOf(inputs), { verbose: 0 }), predictions, 'predictions', { rtol: 0, atol: 1e-5 });
  });
});
