import { expect } from 'chai';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from '../../src/index.js';
import { archiveBytes, ArchiveReader } from '../../src/saving/archive.js';
import { writeContents } from '../../src/saving/files.js';
import { H5Writer } from '../../src/saving/h5/writer.js';
import { stringifyJSON } from '../../src/saving/json.js';
import { goldenPath } from '../golden/golden.js';

type Config = Record<string, unknown>;
interface ModelConfig extends Config {
  config: { layers: (Config & { class_name: string; config: Config })[] };
}

async function errorOf(work: () => Promise<unknown>): Promise<Error> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error');
}

/** The archive mlp.keras with a config that says something else. */
async function changed(change: (config: ModelConfig) => unknown): Promise<Uint8Array> {
  await using archive = await ArchiveReader.open(goldenPath('saved', 'mlp.keras'));
  const config = JSON.parse(Buffer.from(await archive.read('config.json')).toString()) as ModelConfig;
  const result = change(config) ?? config;
  return archiveBytes([
    { name: 'config.json', contents: Buffer.from(typeof result === 'string' ? result : JSON.stringify(result)) },
    { name: 'model.weights.h5', contents: await archive.read('model.weights.h5') },
  ]);
}

const dense = ({ config }: ModelConfig): Config => config.layers.find((layer) => layer.class_name === 'Dense')!.config;

describe('saving: configs made to do harm', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keras-hostile-'));
  });
  after(() => rm(folder, { recursive: true }));

  for (const units of [1e8, 1e12, 1e300]) {
    it(`a .keras file whose config asks for ${units} units is refused before they are made`, async () => {
      const before = process.memoryUsage().rss;
      const bytes = await changed((config) => void (dense(config).units = units));
      expect((await errorOf(() => keras.saving.load_model(bytes))).message).to.match(/kernel' of shape.*the weights in the file take/);
      expect(process.memoryUsage().rss - before).to.be.below(2e8);
    });
  }

  it('so are .h5 files and layers-models', async () => {
    const model_config = { class_name: 'Sequential', config: { layers: [
      { class_name: 'Dense', config: { name: 'dense', units: 1e10, batch_input_shape: [null, 10] } }] } };
    const writer = new H5Writer();
    writer.setAttribute('', 'model_config', stringifyJSON(model_config));
    await writeContents(join(folder, 'huge.h5'), await writer.finish());
    const weightsManifest = [{ paths: ['w.bin'], weights: [{ name: 'dense/kernel', shape: [1], dtype: 'float32' }] }];
    await writeFile(join(folder, 'w.bin'), new Uint8Array(4));
    await writeFile(join(folder, 'model.json'), JSON.stringify({ modelTopology: { model_config }, weightsManifest }));
    for (const path of [join(folder, 'huge.h5'), folder]) {
      expect((await errorOf(() => keras.saving.load_model(path))).message).to.match(/kernel' of shape.*the weights in the file take/);
    }
  });

  it('an optimizer counts, too', async () => {
    // Within what the weights may expand to, and beyond it with Adam's two copies.
    const bytes = await changed((config) => {
      dense(config).units = 2e6;
      config.config.layers = config.config.layers.slice(0, 2);
      (config.compile_config as Config).metrics = null;
    });
    expect((await errorOf(() => keras.saving.load_model(bytes))).message).to.match(/the weights in the file take/);
    expect((await errorOf(() => keras.saving.load_model(bytes, { compile: false }))).message).to.match(/do not fit/);
  });

  it('objects that contain themselves by their ids', async () => {
    const bytes = await changed((config) => {
      const layer = config.config.layers[1];
      layer.shared_object_id = 7;
      layer.config.kernel_initializer = { class_name: 'Dense', module: 'keras.layers', registered_name: null, config: null, shared_object_id: 7 };
    });
    expect(await errorOf(() => keras.saving.load_model(bytes))).to.be.instanceOf(keras.saving.DeserializationError);
  });

  it('objects within objects without end', async () => {
    const open = '{"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "s", "layers": [';
    for (const depth of [180, 100_000]) {
      const bytes = await changed(() => open.repeat(depth) + ']}}'.repeat(depth));
      expect((await errorOf(() => keras.saving.load_model(bytes))).message).to.match(/deep/);
    }
  });

  it('layers that are called on their own results', async () => {
    const tensor = (name: string): Config => ({ class_name: '__keras_tensor__', config: { shape: [null, 1], dtype: 'float32', keras_history: [name, 0, 0] } });
    const layer = (name: string, from: string): Config => ({
      class_name: 'Dense', module: 'keras.layers', registered_name: null, config: { units: 1, name }, name,
      inbound_nodes: [{ args: [tensor(from)], kwargs: {} }],
    });
    const bytes = await changed(() => ({
      class_name: 'Functional', module: 'keras.src.models.functional', registered_name: 'Functional',
      config: { name: 'loop', layers: [layer('a', 'b'), layer('b', 'a')], input_layers: ['a', 0, 0], output_layers: ['b', 0, 0] },
    }));
    expect((await errorOf(() => keras.saving.load_model(bytes))).message).to.match(/loop, or calls that lead nowhere/);
  });

  it('lambdas are refused, and are JavaScript where they are not', async () => {
    const lambda = { class_name: 'Lambda', module: 'keras.layers', registered_name: null, config: {
      name: 'twice', trainable: true, dtype: 'float32', arguments: {},
      function: { class_name: '__lambda__', config: { code: 'bm90IHJ1bg==', defaults: null, closure: null } } } };
    const bytes = await changed((config) => void config.config.layers.push(lambda));
    expect((await errorOf(() => keras.saving.load_model(bytes))).message).to.match(/lambda.*safe_mode: false/s);
    expect((await errorOf(() => keras.saving.load_model(bytes, { safe_mode: false }))).message).to.match(/'twice': \(x\) =>/);
    const twice = (x: keras.Tensor): keras.Tensor => keras.ops.multiply(x, 2);
    const model = await keras.saving.load_model(bytes, { safe_mode: false, custom_objects: { twice } });
    const plain = await keras.saving.load_model(await readFile(goldenPath('saved', 'mlp.keras')));
    const x = keras.ops.ones([1, 4]);
    const [a, b] = [await model.predict(x, { verbose: 0 }), await plain.predict(x, { verbose: 0 })] as keras.NDArray[];
    Array.from(a.data as Float32Array).forEach((value, i) => expect(value).to.be.closeTo(2 * Number(b.data[i]), 1e-6));
  });
});
