import '@tensorflow/tfjs-backend-cpu';
import * as tfc from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from '../../src/index.js';
import { goldenPath, type GoldenTensor } from '../golden/golden.js';

const { layers } = keras;

/** The browser's loader, on files. */
async function openInBrowser(folder: string): Promise<tfl.LayersModel> {
  const json = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')) as tfc.io.ModelJSON;
  return tfl.loadLayersModel({
    load: () => tfc.io.getModelArtifactsForJSON(json, async (manifest) => {
      const paths = manifest.flatMap((group) => group.paths);
      const shards = await Promise.all(paths.map((path) => readFile(join(folder, path))));
      const bytes = new Uint8Array(Buffer.concat(shards));
      return [manifest.flatMap((group) => group.weights), bytes.buffer];
    }),
  });
}

/** What `tf.LayersModel.save` hands to a handler, on files. */
async function saveFromBrowser(model: tfl.LayersModel, folder: string, includeOptimizer = false): Promise<void> {
  await model.save(tfc.io.withSaveHandler(async (artifacts) => {
    const paths = ['weights.bin'];
    const { modelTopology, trainingConfig, weightSpecs: weights, weightData } = artifacts;
    await writeFile(join(folder, paths[0]), new Uint8Array(weightData as ArrayBuffer));
    await writeFile(join(folder, 'model.json'), JSON.stringify({ modelTopology, trainingConfig, weightsManifest: [{ paths, weights }] }));
    return { modelArtifactsInfo: tfc.io.getModelArtifactsInfoForJSON(artifacts) };
  }), { includeOptimizer });
}

async function errorOf(work: () => Promise<unknown>): Promise<Error> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error');
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  expect(actual.length, what).to.equal(expected.length);
  Array.from(actual).forEach((value, i) => expect(value, `${what}, element ${i}`).to.be.closeTo(expected[i], 2e-5));
}

interface Case {
  file: string;
  inputs: GoldenTensor[];
  outputs: GoldenTensor[];
}
const corpus = (JSON.parse(readFileSync(goldenPath('corpus', '3.15.1', 'corpus.json'), 'utf8')) as { cases: Case[] }).cases;

describe('saving: layers-models of TensorFlow.js', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keras-tfjs-'));
    await tfc.setBackend('cpu');
  });
  after(() => rm(folder, { recursive: true }));

  for (const name of ['mlp', 'cnn', 'branches', 'nested']) {
    it(`${name}: what Python saved goes on to the browser, and back`, async () => {
      const saved = corpus.find(({ file }) => file === `${name}.keras`)!;
      const model = await keras.saving.load_model(goldenPath('corpus', '3.15.1', saved.file));
      await keras.saving.save_tfjs_model(model, at(name));
      const browser = await openInBrowser(at(name));
      const inputs = saved.inputs.map(({ data, shape, dtype }) => tfc.tensor(data as number[], shape, dtype as 'float32'));
      const outputs = [browser.predict(inputs.length > 1 ? inputs : inputs[0])].flat() as tfc.Tensor[];
      outputs.forEach((output, i) => expectClose(output.dataSync(), saved.outputs[i].data as number[], name));
      const copy = await keras.saving.load_model(at(name));
      expect(copy.get_weights().map((w) => w.tolist())).to.deep.equal(model.get_weights().map((w) => w.tolist()));
    });
  }

  it('the layers that both have compute the same', async () => {
    const x = keras.Input({ shape: [8, 8, 2] });
    const image = [
      new layers.ZeroPadding2D(1), new layers.DepthwiseConv2D(3, { depth_multiplier: 2 }), new layers.PReLU(),
      new layers.Conv2DTranspose(3, 3, { strides: 2, padding: 'same' }), new layers.LeakyReLU(0.2), new layers.AveragePooling2D(2),
      new layers.SeparableConv2D(2, 3), new layers.ELU(), new layers.UpSampling2D(2), new layers.Cropping2D(1),
      new layers.LayerNormalization(), new layers.BatchNormalization(), new layers.GaussianNoise(0.1), new layers.Permute([2, 1, 3]),
      new layers.Reshape([10, 20]), new layers.Conv1D(4, 3, { strides: 2 }), new layers.MaxPooling1D(2), new layers.ReLU({ max_value: 2 }),
      new layers.Softmax(), new layers.GlobalAveragePooling1D(), new layers.RepeatVector(2), new layers.Flatten(),
    ];
    const names = ['elu', 'gelu', 'linear', 'log_softmax', 'mish', 'relu', 'relu6', 'selu', 'sigmoid', 'silu', 'softmax', 'softplus',
      'softsign', 'swish', 'tanh'];
    const features = image.reduce<unknown>((value, layer) => (layer as (v: unknown) => unknown)(value), x);
    const heads = names.map((activation) => new layers.Dense(2, { activation, kernel_regularizer: 'l2' })(features as keras.Tensor));
    const model = new keras.Model(x, new layers.Concatenate()(heads as unknown as keras.Tensor[]));
    await keras.saving.save_tfjs_model(model, at('zoo'));
    const browser = await openInBrowser(at('zoo'));
    const given = tfc.randomNormal([2, 8, 8, 2], 0, 1, 'float32', 5);
    const ours = await model.predict(new keras.NDArray(given.dataSync() as Float32Array, [2, 8, 8, 2]), { verbose: 0 }) as keras.NDArray;
    expectClose((browser.predict(given) as tfc.Tensor).dataSync(), ours.data as Float32Array, 'zoo');
    const copy = await keras.saving.load_tfjs_model(at('zoo'));
    expect(copy.get_weights().map((w) => w.tolist())).to.deep.equal(model.get_weights().map((w) => w.tolist()));
  });

  it('recurrent layers, too', async () => {
    const x = keras.Input({ shape: [5, 3] });
    const each = new layers.TimeDistributed(new layers.Dense(2))(x);
    const both = new layers.Bidirectional(new layers.LSTM(2, { return_sequences: true }))(each);
    const simple = new layers.SimpleRNN(3, { return_sequences: true })(both);
    const model = new keras.Model(x, new layers.GRU(2, { reset_after: false })(simple));
    await keras.saving.save_tfjs_model(model, at('recurrent'));
    const browser = await openInBrowser(at('recurrent'));
    const given = tfc.randomNormal([2, 5, 3], 0, 1, 'float32', 6);
    const ours = await model.predict(new keras.NDArray(given.dataSync() as Float32Array, [2, 5, 3]), { verbose: 0 }) as keras.NDArray;
    expectClose((browser.predict(given) as tfc.Tensor).dataSync(), ours.data as Float32Array, 'recurrent');
    const copy = await keras.saving.load_tfjs_model(at('recurrent'));
    expect(copy.get_weights().map((w) => w.tolist())).to.deep.equal(model.get_weights().map((w) => w.tolist()));
  });

  it('opens what the browser saved', async () => {
    const input = tfl.input({ shape: [6, 6, 1] });
    const convolved = tfl.layers.conv2d({ filters: 2, kernelSize: 3, activation: 'relu', biasInitializer: 'randomNormal' }).apply(input);
    const normalized = tfl.layers.batchNormalization({}).apply(convolved);
    const flat = tfl.layers.flatten().apply(normalized);
    const output = tfl.layers.add().apply([tfl.layers.dense({ units: 3 }).apply(flat) as tfl.SymbolicTensor,
      tfl.layers.dense({ units: 3, activation: 'tanh' }).apply(flat) as tfl.SymbolicTensor]);
    const browser = tfl.model({ inputs: input, outputs: output as tfl.SymbolicTensor });
    await saveFromBrowser(browser, folder);
    const x = tfc.randomNormal([2, 6, 6, 1], 0, 1, 'float32', 3);
    const model = await keras.saving.load_tfjs_model(at('model.json'));
    const given = new keras.NDArray(x.dataSync() as Float32Array, [2, 6, 6, 1]);
    const predicted = await model.predict(given, { verbose: 0 }) as keras.NDArray;
    expectClose(predicted.data as Float32Array, (browser.predict(x) as tfc.Tensor).dataSync(), 'predictions');
  });

  it('compiles as the browser did', async () => {
    const settings: [tfc.Optimizer, string, object][] = [
      [tfc.train.adam(0.02, 0.8, 0.95, 1e-4), 'Adam', { learning_rate: 0.02, beta_1: 0.8, beta_2: 0.95, epsilon: 1e-4 }],
      [tfc.train.momentum(0.1, 0.7, true), 'SGD', { learning_rate: 0.1, momentum: 0.7, nesterov: true }],
      [tfc.train.rmsprop(0.01, 0.8), 'RMSprop', { learning_rate: 0.01, rho: 0.8, momentum: 0, centered: false }],
      [tfc.train.adagrad(0.03, 0.2), 'Adagrad', { learning_rate: 0.03, initial_accumulator_value: 0.2 }],
    ];
    for (const [optimizer, name, expected] of settings) {
      const browser = tfl.sequential({ layers: [tfl.layers.dense({ units: 2, inputShape: [3], activation: 'softmax' })] });
      browser.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
      await browser.fit(tfc.ones([4, 3]), tfc.ones([4, 2]), { verbose: 0 });
      await saveFromBrowser(browser, folder, true);
      const model = await keras.saving.load_model(folder);
      expect(model.compiled, name).to.equal(true);
      expect(model.optimizer!.constructor.name).to.equal(name);
      for (const [key, value] of Object.entries(expected)) {
        const found = (model.optimizer!.get_config() as Record<string, unknown>)[key];
        if (typeof value === 'number') expect(found, key).to.be.closeTo(value, 1e-6);
        else expect(found, key).to.equal(value);
      }
      const history = await model.fit(keras.ops.ones([4, 3]), keras.ops.ones([4, 2]), { verbose: 0 });
      expect(Object.keys(history.history)).to.have.members(['loss', 'accuracy']);
      expect((await keras.saving.load_model(folder, { compile: false })).compiled).to.equal(false);
    }
  });

  it('reads quantized weights', async () => {
    const model = new keras.Sequential([keras.Input([2]), new layers.Dense(3, { name: 'dense' })], { name: 'small' });
    await model.save(at('model.json'));
    const json = JSON.parse(await readFile(at('model.json'), 'utf8')) as { weightsManifest: { weights: object[]; paths: string[] }[] };
    const kernel = { name: 'dense/kernel', shape: [2, 3], dtype: 'float32' };
    const bias = { name: 'dense/bias', shape: [3], dtype: 'float32', quantization: { dtype: 'float16', original_dtype: 'float32' } };
    const half = Uint16Array.of(0x3c00, 0xc000, 0x3800);
    for (const [dtype, stored] of [['uint8', Uint8Array.of(0, 1, 2, 3, 4, 255)], ['uint16', Uint16Array.of(0, 1, 2, 3, 4, 65535)]] as const) {
      const quantization = { dtype, min: -0.5, scale: 0.25, original_dtype: 'float32' };
      json.weightsManifest[0].weights = [{ ...kernel, quantization }, bias];
      json.weightsManifest[0].paths = ['a.bin', 'b.bin'];
      const bytes = Buffer.concat([new Uint8Array(stored.buffer), new Uint8Array(half.buffer)]);
      // A shard ends within a weight.
      await writeFile(at('a.bin'), bytes.subarray(0, 5));
      await writeFile(at('b.bin'), bytes.subarray(5));
      await writeFile(at('model.json'), JSON.stringify(json));
      const [k, b] = (await keras.saving.load_model(folder)).get_weights();
      expect([...(k.data as Float32Array)]).to.deep.equal(Array.from(stored, (q) => q * 0.25 - 0.5));
      expect([...(b.data as Float32Array)]).to.deep.equal([1, -2, 0.5]);
    }
  });

  describe('refuses, with the name of the layer,', () => {
    const cases: [string, () => keras.Model, RegExp][] = [
      ['layers that it lacks', () => new keras.Sequential([keras.Input([4, 2]), new layers.Flatten(), new layers.UnitNormalization({ name: 'unit' })]),
        /'unit' \(UnitNormalization\)/],
      ['options that it would ignore', () => new keras.Sequential([keras.Input([4]), new layers.ReLU({ negative_slope: 0.5, name: 'leaky' })]),
        /'leaky'.*'negative_slope'/],
      ['activations that it lacks', () => new keras.Sequential([keras.Input([4]), new layers.Dense(2, 'hard_sigmoid', { name: 'hard' })]),
        /hard_sigmoid.*'hard'/],
      ['convolutions of the past alone', () => new keras.Sequential([keras.Input([4, 2]), new layers.Conv1D(2, 2, { padding: 'causal', name: 'past' })]),
        /'past'.*causal/],
      ['attention', () => {
        const x = keras.Input({ shape: [3, 4] });
        return new keras.Model(x, new layers.MultiHeadAttention(2, 2, { name: 'heads' })(x, x));
      }, /'heads' \(MultiHeadAttention\)/],
      ['the newer kind of gated recurrent units', () => new keras.Sequential([keras.Input([3, 2]), new layers.GRU(2, { name: 'units' })]),
        /'units'.*'reset_after' false; here it is true/],
      ['ops in the graph', () => {
        const x = keras.Input({ shape: [3] });
        return new keras.Model(x, keras.ops.sin(x) as unknown);
      }, /Sin/],
    ];
    for (const [what, make, expected] of cases) {
      it(what, async () => {
        const error = await errorOf(() => keras.saving.save_tfjs_model(make(), at('refused')));
        expect(error).to.be.instanceOf(keras.saving.BrowserModelError);
        expect(error.message).to.match(expected);
        expect(await readdir(folder)).to.not.include('refused');
      });
    }
  });

  it('says what is wrong with files', async () => {
    const topology = { class_name: 'Sequential', config: { name: 's', layers: [
      { class_name: 'Dense', config: { units: 1, batch_input_shape: [null, 1], name: 'dense' } }] } };
    const weights = [{ name: 'dense/kernel', shape: [1, 1], dtype: 'float32' }, { name: 'dense/bias', shape: [1], dtype: 'float32' }];
    await writeFile(at('w.bin'), new Uint8Array(8));
    const check = async (content: unknown, expected: RegExp): Promise<void> => {
      await writeFile(at('model.json'), JSON.stringify(content));
      expect((await errorOf(() => keras.saving.load_tfjs_model(folder))).message).to.match(expected);
    };
    await check({}, /no modelTopology/);
    await check({ modelTopology: { node: [] } }, /graph-model/);
    await check({ modelTopology: topology }, /weightsManifest/);
    await check({ modelTopology: topology, weightsManifest: [{ paths: ['../w.bin'], weights }] }, /beside it/);
    await check({ modelTopology: topology, weightsManifest: [{ paths: ['none.bin'], weights }] }, /no shard.*none\.bin/);
    await check({ modelTopology: topology, weightsManifest: [{ paths: ['w.bin'], weights: [{ ...weights[0], shape: [1e9, 1e9] }] }] }, /hold 8 bytes/);
    await check({ modelTopology: topology, weightsManifest: [{ paths: ['w.bin'], weights: [{ ...weights[0], dtype: 'x' }] }] }, /describes a weight/);
    await check({ modelTopology: topology, weightsManifest: [{ paths: ['w.bin'], weights: [weights[0], { ...weights[1], name: 'other' }] }] },
      /no weight 'dense\/bias'/);
  });
});
