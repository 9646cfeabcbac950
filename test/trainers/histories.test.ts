/** Whole trainings against Python Keras: history, logs of every batch, final weights, optimizer state,
  predictions. */
import { expect } from 'chai';
import * as keras from '../../src/index.js';
import { closeTo, loadGolden, type GoldenTensor, type GoldenValue } from '../golden/golden.js';
import { argumentOf, expectTensor } from '../golden/tensors.js';
import { withoutBuildConfig } from '../support/without-build-config.js';

interface Weight {
  name: string;
  path: string;
  value: GoldenTensor;
}
interface History {
  label: string;
  model: Record<string, unknown>;
  start: Weight[];
  compile: Record<string, GoldenValue>;
  optimizer: { class_name: string };
  fit: Record<string, GoldenValue>;
  x: GoldenValue;
  y: GoldenValue;
  history: Record<string, GoldenTensor>;
  epochs: number[];
  batch_logs: { batch: number; logs: Record<string, number> }[];
  epoch_end_keys: { epoch: number; keys: string[] }[];
  final: GoldenTensor[];
  optimizer_variables: Weight[];
  metrics_names: string[];
  evaluate: number | number[];
  evaluate_dict: Record<string, number>;
  predict: GoldenValue;
}

class Recorder extends keras.callbacks.Callback {
  batches: History['batch_logs'] = [];
  epochs: History['epoch_end_keys'] = [];
  override on_train_batch_end(batch: number, logs: keras.callbacks.Logs = {}): void {
    this.batches.push({ batch, logs });
  }
  override on_epoch_end(epoch: number, logs: keras.callbacks.Logs = {}): void {
    this.epochs.push({ epoch, keys: Object.keys(logs) });
  }
}

const near = (actual: number, expected: number, what: string): void => {
  closeTo({ shape: [], dtype: 'float32', data: [actual] }, { dtype: 'float32', shape: [], data: [expected] },
    TOLERANCE, what);
};
/** Sums over a few hundred products in float32, some epochs long. */
const TOLERANCE = { rtol: 2e-4, atol: 2e-5 };

/** Rows of optimizers and metrics that this version has. */
const isKnown = ({ optimizer, compile: { metrics, weighted_metrics } }: History): boolean => {
  const classes = [metrics, weighted_metrics].flat().flatMap((metric) => (
    typeof metric === 'object' && metric !== null && 'class_name' in metric ? [metric.class_name as string]
      : []));
  return optimizer.class_name in keras.optimizers && classes.every((name) => name in keras.metrics);
};

function compareStructure(actual: unknown, expected: GoldenValue, what: string): void {
  if (Array.isArray(expected)) expected.forEach((item, i) =>
    compareStructure((actual as unknown[])[i], item, `${what}[${i}]`));
  else if (typeof expected === 'object' && expected !== null && 'dtype' in expected) {
    expectTensor(actual as keras.NDArray, expected as GoldenTensor, what, TOLERANCE);
  } else {
    for (const [key, item] of Object.entries(expected as Record<string, GoldenValue>)) {
      compareStructure((actual as Record<string, unknown>)[key], item, `${what}.${key}`);
    }
  }
}

/** Embeddings under Adam follow Keras on JAX: see embedding_on_jax.py. */
const onJax =
  new Map(loadGolden<Partial<History> & { label: string }>('models', 'embedding_on_jax').cases.map((row) =>
    [row.label, row]));

/** Counters of steps are int32 on backends without int64. */
const asCounter = (value: GoldenTensor, dtype: string): GoldenTensor => (value.dtype === 'int64' && dtype === 'int32'
  ? { ...value, dtype, data: (value.data as bigint[]).map(Number) } : value);

for (const family of ['histories', 'histories_models', 'histories_optimizers']) {
  describe(`fit, evaluate, predict as in Python: ${family}`, () => {
    for (const onTensorFlow of loadGolden<History>('models', family).cases) {
      const row: History = { ...onTensorFlow, ...onJax.get(onTensorFlow.label) };
      if (!isKnown(row)) continue;
      it(row.label, async () => {
        const model = keras.saving.deserialize_keras_object(withoutBuildConfig(row.model)) as keras.Model;
        model.set_weights(row.start.map(({ value }) => argumentOf(value) as keras.Tensor));
        model.compile({ ...(argumentOf(row.compile) as object),
          optimizer: keras.optimizers.deserialize(row.optimizer) });
        const recorder = new Recorder();
        const fit = argumentOf(row.fit) as object;
        const history = await model.fit(argumentOf(row.x), argumentOf(row.y), {
          shuffle: false, verbose: 0, callbacks: recorder, ...fit });

        expect(history.epoch).to.deep.equal(row.epochs);
        expect(Object.keys(history.history)).to.have.members(Object.keys(row.history));
        for (const [name, values] of Object.entries(row.history)) {
          (values.data as number[]).forEach((value, i) =>
            near(history.history[name][i], value, `${name} of epoch ${i}`));
        }
        expect(recorder.epochs).to.deep.equal(row.epoch_end_keys);
        expect(recorder.batches.map(({ batch }) => batch)).to.deep.equal(row.batch_logs.map(({ batch }) =>
          batch));
        row.batch_logs.forEach(({ logs }, i) => {
          expect(Object.keys(recorder.batches[i].logs)).to.deep.equal(Object.keys(logs));
          for (const [name, value] of Object.entries(logs)) near(recorder.batches[i].logs[name], value,
            `${name} of batch ${i}`);
        });
        row.final.forEach((weight, i) =>
          expectTensor(model.weights[i].value, weight, model.weights[i].path, TOLERANCE));
        const state = model.optimizer!.variables;
        expect(state.map(({ name }) => name)).to.deep.equal(row.optimizer_variables.map(({ name }) => name));
        row.optimizer_variables.forEach(({ value, path }, i) =>
          expectTensor(state[i].value, asCounter(value, state[i].dtype), path, TOLERANCE));

        const [x, y] = [argumentOf(row.x), argumentOf(row.y)];
        const values = await model.evaluate(x, y, { verbose: 0 });
        const expected = [row.evaluate].flat();
        expect([values].flat()).to.have.length(expected.length);
        expected.forEach((value, i) => near([values].flat()[i] as number, value, `evaluate[${i}]`));
        const named = await model.evaluate(x, y, { verbose: 0, return_dict: true }) as keras.callbacks.Logs;
        for (const [name, value] of Object.entries(row.evaluate_dict)) near(named[name], value,
          `evaluate ${name}`);
        compareStructure(await model.predict(argumentOf(row.x), { verbose: 0 }), row.predict, 'predict');
      });
    }
  });
}
