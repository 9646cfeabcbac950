import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from '../../src/index.js';
import { goldenPath, loadGolden, type GoldenTensor } from '../golden/golden.js';
import { expectTensor, tensorOf } from '../golden/tensors.js';
import { describeBackends } from '../support/backends.js';

const { layers, ops } = keras;
const path = goldenPath('exported', 'python_model');

interface Case {
  endpoint: string;
  input: GoldenTensor;
  outputs: Record<string, GoldenTensor>;
}

describeBackends('TFSMLayer', (backend) => {
  if (backend !== 'tensorflow') return;
  const { cases } = loadGolden<Case>('exported', 'saved_models');

  for (const { endpoint, input, outputs } of cases) {
    it(`runs the endpoint '${endpoint}' of a SavedModel that Python wrote`, () => {
      const result = new layers.TFSMLayer(path, { call_endpoint: endpoint })(tensorOf(input)) as keras.Tensor | Record<string, keras.Tensor>;
      for (const [name, expected] of Object.entries(outputs)) {
        expectTensor(result instanceof keras.Tensor ? result : result[name], expected, name, { rtol: 1e-5, atol: 1e-5 });
      }
    });
  }

  it('has the variables of the function as weights, those that train first', () => {
    const layer = new layers.TFSMLayer(path, 'shifted');
    expect(layer.trainable_weights.map(({ name }) => name).toSorted())
      .to.deep.equal(['norm_beta', 'norm_gamma', 'scores_bias', 'scores_kernel']);
    expect(layer.non_trainable_weights.map(({ name }) => name).toSorted()).to.deep.equal(['norm_moving_mean', 'norm_moving_variance']);
    const frozen = new layers.TFSMLayer(path, { trainable: false });
    expect(frozen.trainable_weights).to.deep.equal([]);
  });

  it('uses another endpoint in training, where it is told to', () => {
    const layer = new layers.TFSMLayer(path, 'shifted', 'shifted');
    const x = tensorOf(cases[2].input);
    expectTensor(layer(x, { training: true }) as keras.Tensor, cases[2].outputs.output, 'training', { rtol: 1e-5, atol: 1e-5 });
  });

  it('is part of a model whose other layers train', async () => {
    const x = keras.Input({ shape: [3] });
    const features = new layers.TFSMLayer(path, 'shifted', { trainable: false })(x) as keras.KerasTensor;
    expect(features.shape).to.deep.equal([null, 2]);
    const model = new keras.Model(x, new layers.Dense(1)(features));
    model.compile({ optimizer: 'sgd', loss: 'mse', run_eagerly: true });
    const { history } = await model.fit(ops.ones([8, 3]), ops.ones([8, 1]), { epochs: 3, verbose: 0 });
    expect(history.loss[2]).to.be.lessThan(history.loss[0] as number);

    const training = new keras.Sequential([keras.Input({ shape: [3] }), new layers.TFSMLayer(path, 'shifted')]);
    training.compile({ optimizer: 'sgd', loss: 'mse', run_eagerly: true });
    let message = '';
    await training.fit(ops.ones([8, 3]), ops.ones([8, 2]), { verbose: 0 }).catch((error: unknown) => {
      ({ message } = error as Error);
    });
    expect(message).to.match(/has no gradient\. Set its trainable to false/);
  });

  it('is refused in files, unless these are trusted', () => {
    const config = new layers.TFSMLayer(path, 'shifted', { name: 'python' }).get_config();
    expect(config).to.include({ filepath: path, call_endpoint: 'shifted', call_training_endpoint: null, name: 'python' });
    expect(() => layers.TFSMLayer.from_config(config)).to.throw(/which may do anything that TensorFlow can do/);
    expect(layers.TFSMLayer.from_config(config, null, false).name).to.equal('python');
  });

  it('says what is wrong with inputs and files', async () => {
    const layer = new layers.TFSMLayer(path);
    expect(() => layer(ops.ones([2, 5, 4]))).to.throw(/takes 'features' of shape \[null, null, 3\], received \[2, 5, 4\]/);
    expect(() => layer([ops.ones([2, 5, 3]), ops.ones([1])])).to.throw(/takes \*, received \[\*, \*\]/);
    const folder = await mkdtemp(join(tmpdir(), 'keras-tfsm-'));
    try {
      expect(() => new layers.TFSMLayer(folder)).to.throw(/is no SavedModel/);
      await writeFile(join(folder, 'saved_model.pb'), new Uint8Array([255, 255, 255, 1, 2, 3]));
      expect(() => new layers.TFSMLayer(folder)).to.throw(/is damaged/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
