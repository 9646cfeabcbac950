import { expect } from 'chai';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as keras from '../../src/index.js';
import { openH5 } from '../../src/saving/h5/reader.js';
import type { H5Group } from '../../src/saving/h5/types.js';
import { H5Writer } from '../../src/saving/h5/writer.js';
import { readArrays, readNames, writeLegacyWeights, writeNames } from '../../src/saving/legacy/h5-weights.js';
import { modernConfig, warnOfChanges } from '../../src/saving/legacy/modern-config.js';
import { goldenPath } from '../golden/golden.js';

const { layers } = keras;
const valuesOf = (model: keras.Model): unknown[] => model.get_weights().map((w) => w.tolist());

const digits = (name = 'small', units = 4): keras.Model => new keras.Sequential(
  [keras.Input([3]), new layers.Dense(units, 'relu', { name: 'one' }), new layers.BatchNormalization({ name: 'norm' }),
    new layers.Dense(2, { name: 'two' })], { name });

async function errorOf(work: () => Promise<unknown>): Promise<Error> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error');
}

/** What Node is told to warn of meanwhile. */
async function warningsOf(work: () => unknown): Promise<string[]> {
  const warnings: string[] = [];
  const note = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', note);
  await work();
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  process.off('warning', note);
  return warnings;
}

describe('saving: whole models and old weights in .h5 files', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keras-h5-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('writes a model with its compilation and optimizer, and reads them back', async () => {
    const model = digits();
    model.compile({ optimizer: new keras.optimizers.Adam(0.01), loss: 'mse', metrics: ['mae'] });
    const [x, y] = [keras.ops.ones([8, 3]), keras.ops.ones([8, 2])];
    await model.fit(x, y, { epochs: 2, verbose: 0 });
    await model.save(at('model.h5'));
    const copy = await keras.saving.load_model(at('model.h5'));
    expect(valuesOf(copy)).to.deep.equal(valuesOf(model));
    expect(copy.optimizer!.get_config()).to.deep.include({ learning_rate: model.optimizer!.get_config().learning_rate });
    await model.train_on_batch(x, y);
    await copy.train_on_batch(x, y);
    expect(valuesOf(copy)).to.deep.equal(valuesOf(model));
    const bytes = await keras.saving.load_model(await readFile(at('model.h5')), { compile: false });
    expect(bytes.compiled).to.equal(false);
  });

  it('leaves the optimizer out when told so', async () => {
    const model = digits();
    model.compile('sgd', 'mse');
    await model.save(at('bare.h5'), { include_optimizer: false });
    const { root } = await openH5(new Uint8Array(await readFile(at('bare.h5'))), 'bare.h5');
    expect([...root.children.keys()]).to.deep.equal(['model_weights']);
    expect(root.attributes.has('training_config')).to.equal(false);
    expect((await errorOf(() => model.save(at('bare.keras'), { include_optimizer: false }))).message).to.match(/\.h5/);
  });

  it('takes custom objects for the compilation, too', async () => {
    class Twice extends keras.losses.Loss {
      override call(y_true: keras.Tensor, y_pred: keras.Tensor): keras.Tensor {
        return keras.ops.multiply(keras.ops.abs(keras.ops.subtract(y_true, y_pred)), 2);
      }
    }
    const model = digits();
    model.compile({ optimizer: 'sgd', loss: new Twice() });
    await model.save(at('custom.h5'));
    const copy = await keras.saving.load_model(at('custom.h5'), { custom_objects: { Twice } });
    expect(copy.get_compile_config()!.loss).to.deep.include({ class_name: 'Twice' });
  });

  it('says what an .h5 file lacks', async () => {
    await digits().save_weights(at('only.weights.h5'));
    expect((await errorOf(() => keras.saving.load_model(at('only.weights.h5')))).message).to.match(/load_weights/);
    await writeFile(at('page.h5'), '<!DOCTYPE html><html>');
    expect((await errorOf(() => keras.saving.load_model(at('page.h5')))).message).to.match(/HTML/);
    expect((await errorOf(() => keras.saving.load_model(at('none.h5')))).message).to.match(/none\.h5/);
  });

  describe('weights of Keras 2', () => {
    const path = goldenPath('corpus', 'tf_keras-2.21.0', 'mlp_weights.h5');
    const mlp = (names: [string, string], units = 5): keras.Model => new keras.Sequential(
      [keras.Input([4]), new layers.Dense(units, { name: names[0] }), new layers.Dense(3, { name: names[1] })]);

    it('are loaded in order, whatever the layers are called', async () => {
      const expected = await keras.saving.load_model(goldenPath('corpus', 'tf_keras-2.21.0', 'mlp.h5'));
      const model = mlp(['x', 'y']);
      await model.load_weights(path);
      expect(valuesOf(model)).to.deep.equal(valuesOf(expected));
    });

    it('are reported where they lie beside the groups of a whole model', async () => {
      const model = mlp(['x', 'y']);
      const writer = new H5Writer();
      writeLegacyWeights(writer, 'model_weights', model, '3.15.1');
      writer.createDataset('elsewhere/kernel:0', { shape: [2], dtype: 'float32', data: new Float32Array(2) });
      const { chunks } = await writer.finish();
      await writeFile(at('beside.h5'), Buffer.concat(await Readable.from(chunks()).toArray() as Uint8Array[]));
      const [message] = await warningsOf(() => mlp(['x', 'y']).load_weights(at('beside.h5')));
      expect(message).to.match(/holds 1 arrays that the model has no place for:\n {2}elsewhere\/kernel:0$/);
    });

    it('are loaded by name, others left alone', async () => {
      const expected = await keras.saving.load_model(goldenPath('corpus', 'tf_keras-2.21.0', 'mlp.h5'));
      const model = mlp(['other', 'dense_1']);
      const before = valuesOf(model);
      await model.load_weights(path, { by_name: true });
      expect(valuesOf(model)).to.deep.equal([...before.slice(0, 2), ...valuesOf(expected).slice(2)]);
    });

    it('are reported where no list of weights names them, or no layer takes them', async () => {
      const source = await openH5(await readFile(path), 'mlp_weights.h5');
      const writer = new H5Writer();
      const layersIn = readNames(source.root, 'layer_names');
      writeNames(writer, '', 'layer_names', layersIn);
      for (const layer of layersIn) {
        const group = source.root.children.get(layer) as H5Group;
        const arrays = readArrays(group);
        writer.createGroup(layer);
        writeNames(writer, layer, 'weight_names', arrays.map(({ name }) => name));
        for (const { name, value } of arrays) writer.createDataset(`${layer}/${name}`, value);
      }
      const stray = { shape: [2], dtype: 'float32' as const, data: new Float32Array(2) };
      writer.createDataset('dense/unlisted:0', stray);
      writer.createDataset('removed/kernel:0', stray);
      const { chunks } = await writer.finish();
      await writeFile(at('stray.h5'), Buffer.concat(await Readable.from(chunks()).toArray() as Uint8Array[]));
      expect(await warningsOf(() => mlp(['x', 'y']).load_weights(at('stray.h5')))).to.satisfy(([message, ...more]: string[]) =>
        more.length === 0 && /holds 2 arrays that the model has no place for/.test(message) && message.includes('dense/unlisted:0') &&
        message.includes('removed/kernel:0'));
      const [byName] = await warningsOf(() => mlp(['other', 'dense_1']).load_weights(path, { by_name: true }));
      expect(byName).to.match(/holds 2 arrays/).and.include('dense/kernel').and.not.include('dense_1/kernel');
    });

    it('that do not fit are named, or skipped', async () => {
      const model = mlp(['x', 'y'], 6);
      const error = await errorOf(() => model.load_weights(path));
      expect(error.message).to.match(/Dense 'x'.*\[4, 6\].*\[4, 5\]/);
      await model.load_weights(path, { skip_mismatch: true });
      const more = new keras.Sequential([keras.Input([4]), new layers.Dense(5)]);
      expect((await errorOf(() => more.load_weights(path))).message).to.match(/2 layers \(dense, dense_1\)/);
    });

    it('alone can be loaded by name', async () => {
      await digits().save_weights(at('new.weights.h5'));
      const error = await errorOf(() => digits().load_weights(at('new.weights.h5'), { by_name: true }));
      expect(error.message).to.match(/by_name/);
    });
  });

  describe('shards', () => {
    it('that Python wrote are read', async () => {
      const model = await keras.saving.load_model(goldenPath('corpus', '3.15.1', 'mlp.keras'));
      const before = model.get_weights();
      for (const variable of model.weights) variable.assign(keras.ops.zeros(variable.shape));
      await model.load_weights(goldenPath('corpus', '3.15.1', 'mlp_shards.weights.json'));
      expect(model.get_weights().map((w) => w.tolist())).to.deep.equal(before.map((w) => w.tolist()));
    });

    it('hold the weights in parts, with an index of them', async () => {
      const model = digits('sharded', 40);
      await model.save_weights(at('parts.weights.json'), { max_shard_size: 600 / 2 ** 30 });
      const names = (await readdir(folder)).filter((name) => name.startsWith('parts_'));
      expect(names).to.have.length.above(2);
      const index = JSON.parse(await readFile(at('parts.weights.json'), 'utf8')) as
        { metadata: { total_size: number }; weight_map: Record<string, string | string[]> };
      expect(index.metadata.total_size).to.equal(4 * model.count_params());
      expect(new Set(Object.values(index.weight_map).flat())).to.deep.equal(new Set(names));
      const copy = digits('copy', 40);
      await copy.load_weights(at('parts.weights.json'));
      expect(valuesOf(copy)).to.deep.equal(valuesOf(model));
    });

    it('get their names to the end where a kill has cut that short', async () => {
      const [old, fresh] = [digits('before', 40), digits('after', 40)];
      const save = (model: typeof old, name: string): Promise<void> => model.save_weights(at(`${name}.weights.json`), { max_shard_size: 600 / 2 ** 30 });
      await save(fresh, 'cut');
      const files = (await readdir(folder)).filter((name) => name.startsWith('cut')).toSorted();
      const bytes = await Promise.all(files.map((name) => readFile(at(name))));
      await save(old, 'cut');
      // The first file has its name, the others have not.
      const temporary = files.map((_, i) => `.${String(i).padStart(12, '0')}.keras-tmp`);
      const renames = JSON.stringify(files.map((name, i) => [temporary[i], name]));
      await Promise.all(files.map((name, i) => writeFile(at(i === 0 ? name : temporary[i]), bytes[i])));
      await writeFile(at('.cut.weights.json.keras-renames'), renames);
      const copy = digits('copy', 40);
      expect(await warningsOf(() => copy.load_weights(at('cut.weights.json')))).to.deep.equal([]);
      expect(valuesOf(copy)).to.deep.equal(valuesOf(fresh));
      expect((await readdir(folder)).filter((name) => name.startsWith('.'))).to.be.empty;
      // A stranger's list reaches nothing outside of the folder, and no file of another kind.
      const strange = [[temporary[0], '../cut.h5'], [files[0], 'cut.h5'], [temporary[0], '..'], [temporary[0], 'a/b'], ['', ''], [], [temporary[0], 1]];
      for (const text of [...strange.map((pair) => JSON.stringify([pair])), '', '{}', '[', 'null']) {
        await writeFile(at('.cut.weights.json.keras-renames'), text);
        expect((await errorOf(() => copy.load_weights(at('cut.weights.json')))).message).to.match(/damaged/);
      }
      await rm(at('.cut.weights.json.keras-renames'));
    });

    it('that do not agree with their index are reported', async () => {
      const model = digits('disagreeing', 40);
      await model.save_weights(at('odd.weights.json'), { max_shard_size: 600 / 2 ** 30 });
      expect(await warningsOf(() => model.load_weights(at('odd.weights.json')))).to.deep.equal([]);
      // 1. a shard of an earlier saving
      await copyFile(at('odd_00000.weights.h5'), at('odd_00099.weights.h5'));
      const [left] = await warningsOf(() => model.load_weights(at('odd.weights.json')));
      expect(left).to.match(/do not agree:\n {2}'odd_00099.weights.h5' is not in the index, and not read$/);
      await rm(at('odd_00099.weights.h5'));
      // 2. arrays that are in none
      const index = JSON.parse(await readFile(at('odd.weights.json'), 'utf8')) as { weight_map: Record<string, string> };
      index.weight_map['/layers/gone/vars'] = 'odd_00000.weights.h5';
      await writeFile(at('odd.weights.json'), JSON.stringify(index));
      const [gone] = await warningsOf(() => model.load_weights(at('odd.weights.json')));
      expect(gone).to.match(/do not agree:\n {2}'odd_00000.weights.h5' should hold 'layers\/gone\/vars', and does not$/);
    });

    it('refuse arrays that are larger, and names outside of the folder', async () => {
      const error = await errorOf(() => digits().save_weights(at('no.weights.json'), { max_shard_size: 10 / 2 ** 30 }));
      expect(error.message).to.match(/max_shard_size/);
      for (const name of ['../x.weights.h5', '/etc/x.weights.h5', 'x', 7]) {
        await writeFile(at('bad.weights.json'), JSON.stringify({ weight_map: { '/vars': name } }));
        expect((await errorOf(() => digits().load_weights(at('bad.weights.json')))).message).to.match(/beside it/);
      }
      await writeFile(at('bad.weights.json'), '[]');
      expect((await errorOf(() => digits().load_weights(at('bad.weights.json')))).message).to.match(/weight_map/);
    });
  });
});

describe('saving: configs of Keras 2', () => {
  it('reads the forms of old versions', () => {
    const model = keras.saving.deserialize_keras_object(modernConfig({
      class_name: 'Sequential',
      config: [
        { class_name: 'Dense', config: { output_dim: 3, init: 'glorot_uniform', batch_input_shape: [null, 2], bias: true } },
        { class_name: 'Dropout', config: { p: 0.25 } },
        { class_name: 'BatchNormalization', config: { axis: [1] } },
      ],
    })) as keras.Model;
    expect(model.layers.map((layer) => layer.constructor.name)).to.deep.equal(['Dense', 'Dropout', 'BatchNormalization']);
    expect(model.output_shape).to.deep.equal([null, 3]);
    expect(model.layers[1].get_config()).to.deep.include({ rate: 0.25 });
  });

  it('warns of an activation that computes otherwise today', async () => {
    const warnings = await warningsOf(() => {
      warnOfChanges({ activation: 'hard_sigmoid' }, '2.15.0', '\'old.h5\'');
      warnOfChanges({ activation: 'hard_sigmoid' }, '3.0.0', '\'new.h5\'');
      warnOfChanges({ activation: 'sigmoid' }, '2.15.0', '\'other.h5\'');
    });
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(/'old\.h5'.*hard_sigmoid/);
  });

  it('finds what a name means by where it stands', () => {
    const config = modernConfig({
      class_name: 'Dense', config: { units: 2, kernel_initializer: { class_name: 'Identity', config: { gain: 2 } } },
    }) as { config: { kernel_initializer: object } };
    expect(config).to.deep.include({ module: 'keras.layers' });
    expect(config.config.kernel_initializer).to.deep.include({ module: 'keras.initializers', class_name: 'Identity' });
  });
});
