import { expect } from 'chai';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from '../../src/index.js';
import { openH5 } from '../../src/saving/h5/reader.js';
import type { H5Group } from '../../src/saving/h5/types.js';
import { WeightsError } from '../../src/saving/load-report.js';
import { goldenPath } from '../golden/golden.js';

const { layers } = keras;
type Layer = keras.Layer;

interface Recorded {
  /** Groups of variables: the `name` attribute and the keys. */
  groups: Record<string, { name: string; keys: string[] }>;
  /** The value of all elements of each variable, by layer and variable name. */
  values: Record<string, number>;
}
const golden = JSON.parse(readFileSync(goldenPath('saving', 'paths.json'), 'utf8')) as Record<string, Recorded>;

const dense = (name: string): Layer => new layers.Dense(2, { use_bias: false, name });

// The same models as in test/golden/saving/make_paths.py.
class Block extends keras.Layer {
  zeta: Layer;
  _hidden: Layer;
  Upper: Layer;
  items: [Layer, [Layer, Layer], Layer];
  table: { b: Layer; a: Layer; c: { d: Layer } };

  constructor(name: string) {
    super({ name });
    this.zeta = dense(`${name}_zeta`);
    this._hidden = dense(`${name}_hidden`);
    this.Upper = dense(`${name}_upper`);
    this.items = [dense(`${name}_item`), [dense(`${name}_inner_0`), dense(`${name}_inner_1`)], dense(`${name}_last`)];
    this.table = { b: dense(`${name}_b`), a: dense(`${name}_a`), c: { d: dense(`${name}_d`) } };
  }

  allLayers(): Layer[] {
    return [this.zeta, this._hidden, this.Upper, ...this.items.flat(), this.table.b, this.table.a, this.table.c.d];
  }

  override build(input_shape: unknown): void {
    for (const layer of this.allLayers()) layer.build(input_shape);
  }

  override call(x: unknown): unknown {
    return this.allLayers().reduce((y, layer) => layer<unknown, unknown>(y), x);
  }
}

class Subclassed extends keras.Model {
  zulu = dense('zulu');
  alpha = new Block('alpha');
  blocks = [new Block('block_0'), new Block('block_1')];
  again = this.alpha.zeta;
  mixed = [new layers.LayerNormalization({ name: 'norm' }), dense('mixed_0'), new layers.Dropout(0.5, { name: 'drop' }), dense('mixed_1')];

  constructor() {
    super({ name: 'subclassed' });
  }

  override call(x: unknown): unknown {
    const chain = [this.alpha, this.again, ...this.blocks, ...this.mixed, this.zulu] as Layer[];
    return chain.reduce((y, layer) => layer<unknown, unknown>(y), x);
  }
}

class SequentialWithExtra extends keras.Sequential {
  extra = dense('extra');
  alias: Layer;

  constructor() {
    super([keras.Input([2]), dense('first'), dense('second')], { name: 'sequential_with_extra' });
    this.alias = this.layers[0];
    this.extra.build([null, 2]);
  }
}

function functional(): keras.Model {
  const x = keras.Input([2], { name: 'x' });
  const inner_x = keras.Input([2], { name: 'inner_x' });
  const inner = new keras.Model(inner_x, dense('inner_dense')(inner_x), { name: 'inner' });
  const stack = new keras.Sequential(
    [dense('stack_0'), new layers.Activation('relu', { name: 'stack_relu' }), dense('stack_1')], { name: 'stack' });
  const y = new layers.Add({ name: 'sum' })([inner(x), stack(inner(x))]);
  const model = new keras.Model(x, dense('head')(y), { name: 'functional' });
  model.compile(new keras.optimizers.Adam({ name: 'adam' } as object));
  return model;
}

const MODELS: Record<string, () => keras.Model> = {
  subclassed: () => new Subclassed(), sequential: () => new SequentialWithExtra(), functional,
};

function built(name: string): keras.Model {
  const model = MODELS[name]();
  model(keras.ops.ones([1, 2]));
  return model;
}

/** The value in all elements of each variable, as the golden file has it. */
function valuesOf(model: keras.Model): Record<string, number> {
  const values: Record<string, number> = {};
  for (const layer of model._flatten_layers()) {
    for (const variable of layer._own_variables) {
      const data = variable.value.dataSync() as Float32Array;
      values[`${layer.name}/${variable.name}`] = data.every((v) => v === data[0]) ? data[0] : Number.NaN;
    }
  }
  return values;
}

function groupsOf(group: H5Group, found: Recorded['groups'] = {}): Recorded['groups'] {
  for (const [name, node] of group.children) {
    if (node.kind !== 'group') continue;
    if (name === 'vars') found[node.path] = { name: String(node.attributes.get('name')), keys: [...node.children.keys()].toSorted((a, b) => Number(a) - Number(b)) };
    groupsOf(node, found);
  }
  return found;
}

/** Runs something and collects the warnings it gives. */
async function warningsOf(work: () => Promise<unknown>): Promise<string[]> {
  const warnings: string[] = [];
  const note = (warning: Error): void => {
    if (warning.name === 'KerasWarning') warnings.push(warning.message);
  };
  // Node's own listener would print them.
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', note);
  try {
    await work();
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  } finally {
    process.off('warning', note);
    for (const listener of listeners) process.on('warning', listener);
  }
  return warnings;
}

async function errorOf(work: () => Promise<unknown>): Promise<Error> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error');
}

describe('saving/weights-store', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keras-weights-'));
  });
  after(() => rm(folder, { recursive: true }));

  for (const name of Object.keys(MODELS)) {
    it(`reads the weights that Python saved of the model '${name}', each where it belongs`, async () => {
      const model = built(name);
      model.optimizer?.build(model.trainable_variables);
      const warnings = await warningsOf(() => model.load_weights(goldenPath('saving', `paths_${name}.weights.h5`)));
      expect(valuesOf(model)).to.deep.include(golden[name].values);
      expect(warnings).to.deep.equal([]);
    });

    it(`writes the model '${name}' under the paths that Python uses`, async () => {
      const model = built(name);
      if (model.optimizer) model.optimizer.build(model.trainable_variables);
      const path = join(folder, `${name}.weights.h5`);
      await model.save_weights(path);
      const file = await openH5(new Uint8Array(await readFile(path)), path);
      expect(groupsOf(file.root)).to.deep.equal(golden[name].groups);
      const copy = built(name);
      await copy.load_weights(path);
      expect(copy.get_weights().map((w) => w.tolist())).to.deep.equal(model.get_weights().map((w) => w.tolist()));
    });
  }

  describe('with a file that does not fit', () => {
    const three = (units = 3): keras.Model => new keras.Sequential(
      [keras.Input([2]), new layers.Dense(units, { name: 'one' }), new layers.Dense(2, { name: 'two' })], { name: 'small' });
    let path: string;
    before(async () => {
      path = join(folder, 'three.weights.h5');
      await three().save_weights(path);
    });

    it('names each object, its path in the file, and both shapes', async () => {
      const error = await errorOf(() => three(4).load_weights(path));
      expect(error).to.be.instanceOf(WeightsError);
      expect((error as WeightsError).failures.map((f) => f.path)).to.deep.equal(['layers/dense', 'layers/dense_1']);
      expect(error.message).to.match(/layers\/dense, Dense 'one'.*\[2, 3\].*\[2, 4\]/).and.match(/layers\/dense_1, Dense 'two'/);
    });

    it('loads what fits with skip_mismatch, and warns', async () => {
      const model = new keras.Sequential(
        [keras.Input([2]), new layers.Dense(3, { name: 'one' }), new layers.Dense(5, { name: 'two' })]);
      const before = model.get_weights();
      const source = three();
      await source.save_weights(path);
      const warnings = await warningsOf(() => model.load_weights(path, { skip_mismatch: true }));
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.match(/layers\/dense_1, Dense 'two'/);
      const [kernel, , second] = model.get_weights();
      expect(kernel.tolist()).to.deep.equal(source.get_weights()[0].tolist());
      expect(second.tolist()).to.deep.equal(before[2].tolist());
    });

    it('leaves objects_to_skip out of a file, and alone when one is loaded', async () => {
      const source = three();
      const values = (model: keras.Model): unknown[] => model.get_weights().map((w) => w.tolist());
      await source.save_weights(path);
      const model = three();
      const before = values(model);
      expect(await warningsOf(() => model.load_weights(path, { objects_to_skip: [model.layers[0]] }))).to.deep.equal([]);
      expect(values(model)).to.deep.equal([...before.slice(0, 2), ...values(source).slice(2)]);
      await source.save_weights(path, { objects_to_skip: [source.layers[1]] });
      const file = await openH5(new Uint8Array(await readFile(path)), path);
      expect(Object.keys(groupsOf(file.root))).to.include('layers/dense/vars').and.not.include('layers/dense_1/vars');
      expect((await errorOf(() => model.load_weights(path))).message).to.match(/Dense 'two'.*0/);
      await model.load_weights(path, { objects_to_skip: [model.layers[1]] });
      expect(values(model)).to.deep.equal(values(source));
      const archive = join(folder, 'three.keras');
      await source.save(archive);
      expect((await errorOf(() => model.load_weights(archive, { objects_to_skip: [] }))).message).to.match(/objects_to_skip.*three\.keras/);
    });

    it('says which weights are missing', async () => {
      const model = new keras.Sequential([keras.Input([2]), ...['a', 'b', 'c'].map((n) => new layers.Dense(2, { name: n }))]);
      const small = new keras.Sequential([keras.Input([2]), new layers.Dense(2)]);
      await small.save_weights(path);
      const error = await errorOf(() => model.load_weights(path));
      expect(error.message).to.match(/2 objects/).and.match(/layers\/dense_1, Dense 'b'.*2 variables \(kernel, bias\).*0/);
    });

    it('warns of weights that nothing asked for', async () => {
      await three().save_weights(path);
      const model = new keras.Sequential([keras.Input([2]), new layers.Dense(3)]);
      const [warning] = await warningsOf(() => model.load_weights(path));
      expect(warning).to.match(/2 arrays/).and.match(/layers\/dense_1\/vars\/0/);
    });
  });
});
