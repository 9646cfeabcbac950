/** `train_on_batch` and its like, names of metrics and logs: as in Python. */
import { expect } from 'chai';
import * as keras from '../../src/index.js';
import { closeTo, isGoldenTensor, loadGolden, type GoldenTensor,
  type GoldenValue } from '../golden/golden.js';
import { argumentOf, expectTensor } from '../golden/tensors.js';
import { errorOf } from '../support/capture.js';
import { withoutBuildConfig } from '../support/without-build-config.js';

const { layers, losses, metrics } = keras;

interface Row {
  model: Record<string, unknown>;
  start: { value: GoldenTensor }[];
  compile: { loss: string };
  optimizer: { learning_rate: number };
  calls: { method: string; args: GoldenValue[]; kwargs: Record<string,
    GoldenValue>; returned: GoldenValue; iterations: number }[];
  final: GoldenTensor[];
}

function compare(actual: unknown, expected: GoldenValue, what: string): void {
  if (isGoldenTensor(expected)) expectTensor(actual as keras.NDArray, expected, what);
  else if (typeof expected === 'number') {
    const tensor = (value: unknown): GoldenTensor =>
      ({ dtype: 'float32', shape: [], data: [value as number] });
    closeTo(tensor(actual), tensor(expected), { rtol: 2e-5, atol: 2e-6 }, what);
  } else {
    expect(Object.keys(actual as object), what).to.deep.equal(Object.keys(expected as object));
    for (const [key, item] of Object.entries(expected as object)) {
      compare((actual as Record<string, unknown>)[key], item as GoldenValue, `${what} ${key}`);
    }
  }
}

describe('methods on batches', () => {
  for (const row of loadGolden<Row>('models', 'batch_methods').cases) {
    it(`as in Python: ${JSON.stringify(row.compile)}`, async () => {
      const model = keras.saving.deserialize_keras_object(withoutBuildConfig(row.model)) as keras.Model;
      model.set_weights(row.start.map(({ value }) => argumentOf(value) as keras.Tensor));
      model.compile({ optimizer: new keras.optimizers.SGD(row.optimizer), ...row.compile });
      for (const [i, { method, args, kwargs, returned, iterations }] of row.calls.entries()) {
        const call = model[method as 'evaluate'].bind(model) as (...a: unknown[]) => Promise<unknown>;
        const named = argumentOf(kwargs) as object;
        const result = await call(...args.map(argumentOf), ...(Object.keys(named).length > 0 ? [named] : []));
        compare(result, returned, `call ${i}, ${method}`);
        expect(keras.ops.array(model.optimizer!.iterations).item(),
          `iterations after call ${i}`).to.equal(iterations);
      }
      row.final.forEach((weight, i) => expectTensor(model.weights[i].value, weight, model.weights[i].path));
    });
  }

  it('take arrays of every kind, and leave tensors of the user alone', async () => {
    const model =
      new keras.Sequential([keras.Input({ shape: [2] }),
        new layers.Dense(1, { kernel_initializer: 'ones' })]);
    model.compile({ optimizer: 'sgd', loss: 'mae' });
    const x = keras.ops.array([[1, 2], [3, 4]]);
    for (const y of [[[0], [0]], Float32Array.of(0, 0), new keras.NDArray(Int32Array.of(0, 0), [2, 1]),
      keras.ops.zeros([2, 1])]) {
      expect(await model.test_on_batch(x, y)).to.equal(5);
    }
    expect(await model.test_on_batch({ x: [[1, 2]], y: [[1]],
      return_dict: true })).to.deep.equal({ loss: 2 });
    expect((await model.predict_on_batch([[1, 2], [0, 1]])).tolist()).to.deep.equal([[3], [1]]);
    expect(x.isDisposed).to.be.false;
  });

  it('refuse sample_weight together with class_weight', async () => {
    const model = new keras.Sequential([keras.Input({ shape: [1] }), new layers.Dense(2)]);
    model.compile({ optimizer: 'sgd', loss: 'sparse_categorical_crossentropy' });
    await errorOf(() => model.train_on_batch([[1]], [0], { sample_weight: [1], class_weight: { 0: 1 } }),
      'class_weight', 'sample_weight');
  });
});

interface NamesRow {
  label: string;
  keys: string[];
  metrics_names: string[];
}

describe('names of metrics', () => {
  const SPARSE = 'sparse_categorical_crossentropy';
  const single = (units: number) => (): keras.Model =>
    new keras.Sequential([keras.Input({ shape: [4] }),
      new layers.Dense(units, units > 1 ? 'softmax' : undefined)]);
  const mlp = single(3);
  const twoHeaded = (): keras.Model => {
    const x = keras.Input({ shape: [4] });
    return new keras.Model(x, [new layers.Dense(3, 'softmax', { name: 'kind' })(x),
      new layers.Dense(1, { name: 'size' })(x)]);
  };
  const x = new keras.NDArray(new Float32Array(24), [6, 4]);
  const y = Int32Array.of(0, 1, 2, 0, 1, 2);
  const target = new keras.NDArray(new Float32Array(6), [6, 1]);
  const two = [y, target];
  const HOW: Record<string, [make: () => keras.Model, y: unknown, compile: () => object]> = {
    accuracy: [mlp, y, () => ({ loss: SPARSE, metrics: ['accuracy'] })],
    acc: [mlp, y, () => ({ loss: SPARSE, metrics: ['acc'] })],
    names: [mlp, y, () => ({ loss: SPARSE, metrics: ['sparse_categorical_accuracy', SPARSE] })],
    'short names': [single(1), target, () =>
      ({ loss: 'mse', metrics: ['mse', 'MAE', 'mean_squared_error'] })],
    objects: [mlp, y, () => ({ loss: SPARSE,
      metrics: [new metrics.SparseCategoricalAccuracy(),
        new metrics.SparseCategoricalAccuracy({ name: 'mine' })] })],
    functions: [mlp, y, () => ({ loss: SPARSE, metrics: [metrics.sparse_categorical_accuracy] })],
    weighted: [mlp, y, () => ({ loss: SPARSE, metrics: ['accuracy'], weighted_metrics: ['accuracy'] })],
    'only weighted': [mlp, y, () => ({ loss: SPARSE, weighted_metrics: ['accuracy'] })],
    'loss object': [mlp, y, () => ({ loss: new losses.SparseCategoricalCrossentropy({ name: 'mine' }) })],
    'two outputs': [twoHeaded, two, () => ({ loss: [SPARSE, 'mse'] })],
    'two outputs, one metric each': [twoHeaded, two, () =>
      ({ loss: [SPARSE, 'mse'], metrics: ['accuracy', 'mae'] })],
    'two outputs, dict': [twoHeaded, two, () => ({ loss: { kind: SPARSE, size: 'mse' },
      metrics: { kind: 'accuracy', size: ['mae', 'mse'] } })],
    'two outputs, weighted': [twoHeaded, two, () =>
      ({ loss: [SPARSE, 'mse'], weighted_metrics: [['accuracy'], ['mae']] })],
  };
  for (const row of loadGolden<NamesRow>('models', 'metric_names').cases) {
    it(row.label, async () => {
      const [make, labels, options] = HOW[row.label];
      const model = make();
      model.compile({ optimizer: 'sgd', ...options() });
      const { history } = await model.fit(x, labels, { verbose: 0, validation_data: [x, labels] });
      expect(Object.keys(history)).to.deep.equal(row.keys);
      expect(model.metrics_names).to.deep.equal(row.metrics_names);
      expect(model.metrics.every((metric) => metric instanceof keras.Metric)).to.be.true;
    });
  }

  it('metrics of layers come after the compiled ones; those of a model inside do not count', async () => {
    class Mine extends keras.Layer {
      norm = new metrics.Mean({ name: 'norm' });
      override call(inputs: keras.Tensor): keras.Tensor {
        this.norm.update_state(keras.ops.mean(inputs));
        return inputs;
      }
    }
    const inner = new keras.Sequential([new Mine({ name: 'inside' })]);
    inner.compile({ optimizer: 'sgd', loss: 'mse' });
    const input = keras.Input({ shape: [2] });
    const model = new keras.Model(input, new layers.Dense(1)(inner(input)));
    model.compile({ optimizer: 'sgd', loss: 'mse', metrics: ['mae'] });
    expect(model.metrics_names).to.deep.equal(['loss', 'compile_metrics', 'norm']);
    expect(Object.keys(await model.evaluate([[1, 3]], [[0]], { verbose: 0, return_dict: true }) as object))
      .to.deep.equal(['loss', 'mae', 'norm']);
    expect(await model.test_on_batch([[1, 3]], [[0]], { return_dict: true })).to.have.property('norm', 2);
  });
});
