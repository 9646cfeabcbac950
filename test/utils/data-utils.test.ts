/** keras.utils for labels, vectors, sequences and datasets, against Python Keras. */
import { expect } from 'chai';
import * as keras from '../../src/index.js';
import { isGoldenTensor, loadGolden, type GoldenTensor, type GoldenValue } from '../golden/golden.js';
import { argumentOf, expectTensor } from '../golden/tensors.js';
import { errorOf } from '../support/capture.js';

const { utils } = keras;
const TOLERANCE = { rtol: 1e-6, atol: 1e-7 };
type Kwargs = Record<string, GoldenValue>;

const optionsOf = (kwargs: Kwargs): object => Object.fromEntries(Object.entries(kwargs).map(([name, value]) => [name,
  typeof value === 'object' && value !== null && 'float' in value ? Number(value.float) : value]));

/** An NDArray of a golden tensor. */
const arrayOf = (golden: GoldenValue): keras.NDArray => {
  const tensor = argumentOf(golden) as keras.Tensor;
  return new keras.NDArray(tensor.dataSync(), tensor.shape, tensor.dtype);
};

function expectArray(actual: unknown, expected: GoldenTensor, what: string): void {
  expectTensor(actual as keras.NDArray, expected, what, TOLERANCE);
}

async function elementsOf(dataset: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const element of dataset) all.push(element);
  return all;
}

function expectElements(actual: unknown[], expected: GoldenValue[], what: string): void {
  expect(actual.length, what).to.equal(expected.length);
  expected.forEach((element, i) => {
    if (isGoldenTensor(element)) expectArray(actual[i], element, `${what}[${i}]`);
    else (element as GoldenTensor[]).forEach((part, j) => expectArray((actual[i] as unknown[])[j], part, `${what}[${i}][${j}]`));
  });
}

describe('keras.utils', () => {
  it('to_categorical', () => {
    for (const { x, kwargs, result } of loadGolden<{ x: number[]; kwargs: Kwargs; result: GoldenTensor }>('utils', 'to_categorical').cases) {
      expectArray(utils.to_categorical({ x, ...optionsOf(kwargs) }), result, JSON.stringify(x));
      const tensor = utils.to_categorical(keras.ops.array(x, 'int32'), optionsOf(kwargs));
      expectTensor(tensor, result, `tensor ${JSON.stringify(x)}`);
    }
    expect(() => utils.to_categorical([0, 3], 3)).to.throw(/3 is no class number.*0 to 2/);
    expect(() => utils.to_categorical([-1])).to.throw(/-1/);
  });

  it('normalize', () => {
    for (const { x, kwargs, result } of loadGolden<{ x: GoldenValue; kwargs: Kwargs; result: GoldenTensor }>('utils', 'normalize').cases) {
      const options = optionsOf(kwargs);
      expectArray(utils.normalize({ x: arrayOf(x), ...options }), result, JSON.stringify(kwargs));
      const tensor = utils.normalize(keras.ops.cast(argumentOf(x) as keras.Tensor, 'float32'), options);
      expectTensor(tensor, { ...result, dtype: 'float32' }, `tensor ${JSON.stringify(kwargs)}`, { rtol: 1e-5, atol: 1e-6 });
    }
    expect(utils.normalize([[3, 0], [4, 0]], 0).tolist()).to.deep.equal([[Math.fround(0.6), 0], [Math.fround(0.8), 0]]);
    expect(() => utils.normalize([1], { order: 0 })).to.throw(/order.*0/);
  });

  it('pad_sequences', () => {
    for (const { sequences, kwargs, result } of
      loadGolden<{ sequences: unknown[]; kwargs: Kwargs; result: GoldenTensor }>('utils', 'pad_sequences').cases) {
      expectArray(utils.pad_sequences(sequences, optionsOf(kwargs)), result, JSON.stringify([sequences, kwargs]));
    }
    expect(utils.pad_sequences([['a'], ['b', 'c']], { dtype: 'string', value: '-' }).tolist()).to.deep.equal([['-', 'a'], ['b', 'c']]);
    expect(keras.preprocessing.sequence.pad_sequences).to.equal(utils.pad_sequences);
    expect(() => utils.pad_sequences([[[1, 2]], [[1]]])).to.throw(/sequence 1.*\[1\], expected \[2\]/);
    expect(() => utils.pad_sequences([1] as never)).to.throw(/sequence 0 must be an array/);
    expect(() => utils.pad_sequences([[1]], { value: 'x' })).to.throw(/"x".*int32/);
    expect(() => utils.pad_sequences([[1]], { padding: 'left' as never })).to.throw(/padding.*left/);
  });

  it('split_dataset', async () => {
    interface Row { kwargs: Kwargs; pair: boolean; left: GoldenValue[]; right: GoldenValue[] }
    const { cases, x, y } = loadGolden<Row>('utils', 'split_dataset') as unknown as { cases: Row[]; x: GoldenValue; y: GoldenValue };
    for (const { kwargs, pair, left, right } of cases) {
      const data = pair ? [arrayOf(x), arrayOf(y)] : arrayOf(x);
      const parts = utils.split_dataset(data, optionsOf(kwargs));
      const what = `${JSON.stringify(kwargs)} ${pair ? 'of a pair' : ''}`;
      expectElements(await elementsOf(parts[0]), left, `left ${what}`);
      expectElements(await elementsOf(parts[1]), right, `right ${what}`);
    }
    const [left, right] = utils.split_dataset([1, 2, 3, 4, 5], { left_size: 3 });
    const [again] = utils.split_dataset(left.batch(2), { left_size: 2 });
    expect((await elementsOf(again)).map((batch) => (batch as keras.NDArray).tolist())).to.deep.equal([[1, 2]]);
    expect([left.num_batches, left.batch(2).num_batches, right.samples]).to.deep.equal([3, 2, 2]);
    for (const options of [{}, { left_size: 5 }, { left_size: -1 }, { left_size: 3, right_size: 3 }, { right_size: 0.01 }]) {
      expect(() => utils.split_dataset([1, 2, 3, 4, 5], options), JSON.stringify(options)).to.throw(/split_dataset/);
    }
    expect(() => utils.split_dataset([[1, 2, 3].map((i) => [i]), new Float32Array(2)], 1)).to.throw(/same number.*3, 2/);
  });

  it('timeseries_dataset_from_array', async () => {
    interface Row { kwargs: Kwargs; targets: GoldenValue; elements: GoldenValue[] }
    const { cases, data } = loadGolden<Row>('utils', 'timeseries') as unknown as { cases: Row[]; data: GoldenValue };
    for (const { kwargs, targets, elements } of cases) {
      const dataset = utils.timeseries_dataset_from_array({ data: arrayOf(data), targets: targets && arrayOf(targets), ...optionsOf(kwargs) });
      expectElements(await elementsOf(dataset), elements, JSON.stringify(kwargs));
    }
    const of = (options: object) => (): keras.utils.Dataset =>
      utils.timeseries_dataset_from_array({ data: [1, 2, 3, 4], sequence_length: 2, ...options });
    const mixed = of({ shuffle: true, seed: 1, batch_size: 3 })();
    const [first, second] = [await elementsOf(mixed), await elementsOf(mixed)].map((batches) =>
      batches.flatMap((batch) => (batch as keras.NDArray).tolist() as number[][]));
    for (const order of [first, second]) expect(order.toSorted((a, b) => a[0] - b[0])).to.deep.equal([[1, 2], [2, 3], [3, 4]]);
    for (const options of [{ sequence_stride: 4 }, { sampling_rate: 0 }, { start_index: 4 }, { end_index: 4 }, { start_index: 2, end_index: 1 },
      { sequence_length: 0 }]) expect(of(options), JSON.stringify(options)).to.throw(/timeseries_dataset_from_array/);
  });

  it('datasets train in their own order, once an epoch, with a known length', async () => {
    const windows = utils.timeseries_dataset_from_array([0, 1, 2, 3, 4, 5], [2, 3, 4, 5], { sequence_length: 2, batch_size: 2 });
    const model = new keras.Sequential([keras.Input({ shape: [2] }), new keras.layers.Dense(1)]);
    model.compile({ optimizer: new keras.optimizers.SGD(0.01), loss: 'mse' });
    let steps: number | null = 0;
    class Look extends keras.callbacks.Callback {
      override on_train_begin(): void {
        ({ steps } = this.params);
      }
    }
    const { epoch } = await model.fit(windows, { epochs: 3, verbose: 0, callbacks: new Look(), validation_data: windows });
    expect([epoch.length, steps]).to.deep.equal([3, 2]);
  });

  it('pack_x_y_sample_weight and its reverse', async () => {
    expect(utils.pack_x_y_sample_weight(1)).to.equal(1);
    expect(utils.pack_x_y_sample_weight([1])).to.deep.equal([[1]]);
    expect(utils.pack_x_y_sample_weight([1], [2], [3])).to.deep.equal([[1], [2], [3]]);
    expect(utils.unpack_x_y_sample_weight([1, 2])).to.deep.equal([1, 2, undefined]);
    await errorOf(() => utils.unpack_x_y_sample_weight([1, 2, 3, 4]), '4 elements');
  });

  it('get_source_inputs, is_keras_tensor, standardize_dtype', () => {
    const [a, b] = [keras.Input({ shape: [2] }), keras.Input({ shape: [2] })];
    const sum = keras.layers.add([a, b]);
    const out = keras.layers.add([sum, new keras.layers.Dense(2)(sum), a]);
    expect(utils.get_source_inputs(out)).to.deep.equal([a, b]);
    expect(utils.get_source_inputs(a)).to.deep.equal([a]);
    expect([utils.is_keras_tensor(out), utils.is_keras_tensor(keras.ops.ones([1]))]).to.deep.equal([true, false]);
    expect(utils.standardize_dtype('float32')).to.equal('float32');
    expect(() => utils.standardize_dtype('floaty')).to.throw(/floaty/);
  });

  it('Config', () => {
    const config = new utils.Config({ learning_rate: 0.1, units: [1, 2] });
    config.name = 'run: a, b';
    expect([config.learning_rate, config.get('x', 3), 'name' in config, Object.keys(config)]).to.deep.equal(
      [0.1, 3, true, ['learning_rate', 'units', 'name']]);
    expect(config.to_json()).to.equal('{"learning_rate": 0.1, "units": [1, 2], "name": "run: a, b"}');
    expect([...config]).to.deep.equal(['learning_rate', 'name', 'units']);
    expect(JSON.stringify(config)).to.equal('{"learning_rate":0.1,"units":[1,2],"name":"run: a, b"}');
    expect(() => config.learning_rat).to.throw(utils.SettingError, /Did you mean 'learning_rate'/);
    config.update({ extra: 1 });
    expect([config.pop('extra'), config.pop('extra', 7)]).to.deep.equal([1, 7]);
    delete config.name;
    config.freeze();
    expect(config.frozen).to.equal(true);
    expect(() => (config.units = 1)).to.throw(utils.SettingError, /frozen/);
    expect(() => config.update({})).to.throw(/frozen/);
    config.unfreeze();
    config.units = 1;
    expect(config.as_dict()).to.deep.equal({ learning_rate: 0.1, units: 1 });
    expect(config.items()).to.deep.equal([['learning_rate', 0.1], ['units', 1]]);
    expect(() => (config.freeze = 1 as never)).to.throw(/method/);
  });
});
