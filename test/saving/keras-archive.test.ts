import { expect } from 'chai';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from '../../src/index.js';
import { archiveBytes, ArchiveReader } from '../../src/saving/archive.js';
import { resetNames } from '../../src/utils/naming.js';
import { openH5 } from '../../src/saving/h5/reader.js';
import type { H5Group } from '../../src/saving/h5/types.js';
import { closeTo, equalTo, goldenPath, isGoldenTensor, loadGolden, type GoldenTensor, type GoldenValue } from '../golden/golden.js';

interface SavedCase {
  file: string;
  inputs: GoldenValue;
  predictions: GoldenValue;
  weights: { name: string; path: string; value: GoldenTensor }[];
  archive: { names: string[]; config: unknown; weights_file: { path: string; dtype?: string; shape?: number[]; attributes?: object }[] };
  optimizer_variables?: { name: string; value: GoldenTensor }[];
  x?: GoldenTensor;
  y?: GoldenTensor;
  evaluate?: Record<string, number>;
}

const { layers } = keras;

/** Golden tensors as arrays of this library, at any depth. */
function toArrays(value: GoldenValue): unknown {
  if (isGoldenTensor(value)) {
    const data = value.dtype === 'int32' ? Int32Array.from(value.data as number[]) : Float32Array.from(value.data as number[]);
    return new keras.NDArray(data, value.shape);
  }
  if (Array.isArray(value)) return value.map(toArrays);
  return Object.fromEntries(Object.entries(value as Record<string, GoldenValue>).map(([k, v]) => [k, toArrays(v)]));
}

const asActual = (array: keras.NDArray): { shape: readonly number[]; dtype: string; data: ArrayLike<number | bigint> } =>
  ({ shape: array.shape, dtype: array.dtype, data: array.data as Float32Array });

function comparePredictions(actual: unknown, expected: GoldenValue, what: string): void {
  if (isGoldenTensor(expected)) {
    closeTo(asActual(actual as keras.NDArray), expected, { rtol: 0, atol: 1e-5 }, what);
  } else {
    for (const [key, part] of Object.entries(expected as Record<string, GoldenValue>)) {
      comparePredictions((actual as Record<string, unknown>)[key], part, `${what}.${key}`);
    }
  }
}

function compareWeights(model: keras.Model, expected: SavedCase['weights']): void {
  expect(model.weights.map((w) => w.name)).to.deep.equal(expected.map(({ name }) => name));
  model.get_weights().forEach((weight, i) => equalTo(asActual(weight), expected[i].value, expected[i].path));
}

/**
 * A config without what need not be equal: Python counts shared objects by memory addresses, and not all of them; and
 * it writes down masks that are none, and that a functional model needs no shape to be built.
 */
function comparable(config: unknown): unknown {
  if (Array.isArray(config)) return config.map(comparable);
  if (typeof config !== 'object' || config === null) return config;
  return Object.fromEntries(Object.entries(config)
    .filter(([key, value]) => key !== 'shared_object_id' && !(key === 'mask' && value === null) &&
      JSON.stringify(value) !== '{"input_shape":null}')
    .map(([key, value]) => [key, comparable(value)]));
}

function listing(group: H5Group): object[] {
  return [...group.children.values()].flatMap((node) => {
    if (node.kind === 'dataset') return [{ path: node.path, dtype: node.dtype, shape: [...node.shape] }];
    if (node.kind === 'link') throw new Error('a link');
    const own = node.attributes.size > 0 ? [{ path: node.path, attributes: Object.fromEntries(node.attributes) }] : [];
    return [...own, ...listing(node)];
  });
}

/** Lines to compare listings by; the steps that an optimizer counts are int64 in Python, and may be int32 here. */
const sorted = (items: object[]): string[] =>
  items.map((item) => JSON.stringify(item).replace('int64', 'int32')).toSorted();

async function errorOf(work: () => Promise<unknown>): Promise<Error> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error');
}

const load = keras.saving.load_model;

const small = (): keras.Model =>
  new keras.Sequential([keras.Input([3]), new layers.Dense(4, 'relu'), new layers.Dense(2)], { name: 'small' });

describe('saving/keras-archive', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keras-saving-'));
  });
  after(() => rm(folder, { recursive: true }));

  const archives = ['attentive_archives', 'keras_archives', 'recurrent_archives'].flatMap((family) => loadGolden<SavedCase>('saved', family).cases);
  for (const saved of archives) {
    describe(`${saved.file}, saved by Python`, () => {
      it('opens with its weights and predicts the same', async () => {
        const model = await load(goldenPath('saved', saved.file));
        compareWeights(model, saved.weights);
        comparePredictions(await model.predict(toArrays(saved.inputs), { verbose: 0 }), saved.predictions, saved.file);
      });

      it('is the same when saved again: config, names and arrays', async () => {
        // Layers inside of others are numbered by how many there are in the process.
        resetNames();
        const model = await load(goldenPath('saved', saved.file));
        await model.save(at(saved.file));
        await using archive = await ArchiveReader.open(at(saved.file));
        expect(archive.members).to.deep.equal(saved.archive.names);
        const config: unknown = JSON.parse(Buffer.from(await archive.read('config.json')).toString());
        expect(comparable(config)).to.deep.equal(comparable(saved.archive.config));
        const weights = await openH5(await archive.read('model.weights.h5'), saved.file);
        expect(sorted(listing(weights.root))).to.deep.equal(sorted(saved.archive.weights_file));
        compareWeights(await load(at(saved.file)), saved.weights);
      });
    });
  }

  it('goes on training where Python stopped: optimizer state, metrics and loss', async () => {
    const saved = loadGolden<SavedCase>('saved', 'keras_archives').cases.find(({ file }) => file === 'mlp.keras')!;
    const model = await load(goldenPath('saved', 'mlp.keras'));
    expect(model.optimizer!.variables).to.have.length(saved.optimizer_variables!.length);
    model.optimizer!.variables.forEach((variable, i) => {
      // Not the dtype: Python counts steps in int64, which not every backend here has.
      const data = variable.value.dataSync() as Float32Array;
      equalTo({ shape: variable.shape, data }, saved.optimizer_variables![i].value, saved.optimizer_variables![i].name);
    });
    const [x, y] = [toArrays(saved.x!), toArrays(saved.y!)];
    const logs = await model.evaluate(x, y, { verbose: 0, return_dict: true }) as unknown as Record<string, number>;
    for (const [key, value] of Object.entries(saved.evaluate!)) expect(logs[key], key).to.be.closeTo(value, 1e-5);
    await model.save(at('trained.keras'));
    const copy = await load(at('trained.keras'));
    await model.train_on_batch(x, y);
    await copy.train_on_batch(x, y);
    model.get_weights().forEach((w, i) => expect(copy.get_weights()[i].tolist()).to.deep.equal(w.tolist()));
  });

  it('leaves compile out with compile: false', async () => {
    const model = await load(goldenPath('saved', 'mlp.keras'), { compile: false });
    expect(model.compiled).to.equal(false);
    expect((await load(goldenPath('saved', 'mlp.keras'), null, false)).compiled).to.equal(false);
  });

  it('loads bytes, URLs and folders', async () => {
    const model = small();
    await model.save(at('a.keras'));
    await keras.saving.save_model(model, at('folder'), { zipped: false });
    expect((await readdir(at('folder'))).toSorted()).to.deep.equal(['config.json', 'metadata.json', 'model.weights.h5']);
    for (const source of [await readFile(at('a.keras')), new URL(`file://${at('a.keras')}`), at('folder')]) {
      const copy = await load(source);
      expect(copy.get_weights().map((w) => w.tolist())).to.deep.equal(model.get_weights().map((w) => w.tolist()));
    }
  });

  it('saves the state of the moment of the call', async () => {
    const model = small();
    const before = model.get_weights();
    const saving = keras.saving.save_model(model, at('moment.keras'));
    model.set_weights(before.map((w) => keras.ops.zeros(w.shape)));
    await saving;
    expect((await load(at('moment.keras'))).get_weights()[0].tolist()).to.deep.equal(before[0].tolist());
  });

  describe('custom objects', () => {
    class Scale extends keras.Layer {
      factor?: keras.Variable;
      words: string[] = [];

      override build(shape: (number | null)[]): void {
        this.factor = this.add_weight({ shape: [shape.at(-1)!], initializer: 'ones', name: 'factor' });
      }

      override call(x: unknown): unknown {
        return keras.ops.multiply(x as keras.Tensor, this.factor!);
      }

      save_assets(folder_: string): void {
        writeFileSync(join(folder_, 'words.txt'), this.words.join('\n'));
      }

      load_assets(folder_: string): void {
        this.words = readFileSync(join(folder_, 'words.txt'), 'utf8').split('\n');
      }
    }
    const save = async (name: string): Promise<void> => {
      const scale = new Scale();
      const model = new keras.Sequential([keras.Input([2]), scale], { name: 'scaled' });
      scale.words = ['größer', 'b'];
      model.set_weights([new keras.NDArray(Float32Array.of(2, 3), [2])]);
      await model.save(at(name));
    };

    it('come back with their weights and files', async () => {
      await save('custom.keras');
      for (const options of [{ custom_objects: { Scale } }]) {
        const model = await load(at('custom.keras'), options);
        expect(model.layers[0]).to.be.instanceOf(Scale);
        expect((model.layers[0] as Scale).words).to.deep.equal(['größer', 'b']);
        expect(model.get_weights()[0].tolist()).to.deep.equal([2, 3]);
      }
      const scoped = await keras.saving.custom_object_scope({ Scale }, () => load(at('custom.keras')));
      expect(scoped.layers[0]).to.be.instanceOf(Scale);
    });

    it('are asked for with their place in the model', async () => {
      await save('unknown.keras');
      const error = await errorOf(() => load(at('unknown.keras')));
      expect(error).to.be.instanceOf(keras.saving.DeserializationError);
      expect(error.message).to.match(/class 'Scale'.*Sequential 'scaled' > Scale 'scale/s);
    });
  });

  describe('refuses', () => {
    it('names that are none of a model', async () => {
      for (const name of ['model', 'model.weights.h5', 'model.txt']) {
        expect((await errorOf(() => small().save(at(name)))).message).to.match(new RegExp(`${name}.*\\.keras`));
        expect(existsSync(at(name))).to.equal(false);
      }
      expect((await errorOf(() => small().save_weights(at('model.keras')))).message).to.match(/\.weights\.h5/);
    });

    it('to overwrite when told so', async () => {
      await writeFile(at('there.keras'), 'precious');
      expect((await errorOf(() => small().save(at('there.keras'), { overwrite: false }))).message).to.match(/overwrite is false/);
      expect(await readFile(at('there.keras'), 'utf8')).to.equal('precious');
    });

    it('to save or load the weights of an unbuilt model', async () => {
      const model = new keras.Sequential([new layers.Dense(2)], { name: 'unbuilt' });
      expect((await errorOf(() => model.save_weights(at('u.weights.h5')))).message).to.match(/'unbuilt'.*not built/);
      expect((await errorOf(() => model.load_weights(at('u.weights.h5')))).message).to.match(/'unbuilt'.*not built/);
    });

    it('files that hold no model', async () => {
      const metadata = { name: 'metadata.json', contents: Buffer.from('{}') };
      const cases: [string, string | undefined, RegExp][] = [
        ['no config', undefined, /no member 'config.json'/],
        ['bad JSON', '{"class_name": ', /config.json of 'x.keras' is not valid JSON|config.json/],
        ['another thing', '[1, 2]', /describes no model/],
        ['a loss', JSON.stringify(keras.saving.serialize_keras_object(new keras.losses.MeanSquaredError())), /is no model/],
      ];
      for (const [what, config, expected] of cases) {
        const members = config === undefined ? [metadata] : [metadata, { name: 'config.json', contents: Buffer.from(config) }];
        expect((await errorOf(async () => load(await archiveBytes(members)))).message, what).to.match(expected);
      }
    });

    it('other formats, by their names', async () => {
      await small().save_weights(at('only.weights.h5'));
      expect((await errorOf(() => load(at('only.weights.h5')))).message).to.match(/load_weights/);
      expect((await errorOf(() => load(at('missing.keras')))).message).to.match(/no file.*missing.keras/);
      expect((await errorOf(() => load(folder))).message).to.match(/without a config.json/);
      await writeFile(at('page.weights.h5'), '<!DOCTYPE html><html>');
      expect((await errorOf(() => small().load_weights(at('page.weights.h5')))).message).to.match(/HTML/);
    });

    it('unknown options', async () => {
      expect((await errorOf(() => small().save(at('o.keras'), { format: 'h5' } as object))).message).to.match(/'format'/);
      await small().save(at('o.keras'));
      expect((await errorOf(() => load(at('o.keras'), { safemode: true } as object))).message).to.match(/'safemode'/);
    });
  });
});
