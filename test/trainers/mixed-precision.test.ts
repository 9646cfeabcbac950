/** Trainings in half precision against Python Keras, on every backend. */
import { expect } from 'chai';
import { join } from 'node:path';
import * as keras from '../../src/index.js';
import { loadGolden, type GoldenTensor, type GoldenValue } from '../golden/golden.js';
import { argumentOf, expectTensor } from '../golden/tensors.js';
import { describeBackends } from '../support/backends.js';
import { temporaryFolder } from '../support/callback-golden.js';
import { withoutBuildConfig } from '../support/without-build-config.js';

interface Row {
  label: string;
  model: Record<string, unknown>;
  start: { value: GoldenTensor }[];
  optimizer: { class_name: string };
  compile: Record<string, GoldenValue>;
  fit: Record<string, GoldenValue>;
  x: GoldenValue;
  y: GoldenValue;
  history: Record<string, GoldenTensor>;
  final: GoldenTensor[];
  optimizer_variables: { name: string; value: GoldenTensor }[];
  compile_config: { optimizer: { class_name: string } };
  predict: GoldenTensor;
}

/** float16 has 11 bits, bfloat16 8: sums in another order differ in the last ones, and steps carry that on. */
const TOLERANCES = { float16: { rtol: 1e-2, atol: 4e-3 }, bfloat16: { rtol: 6e-2, atol: 3e-2 } } as const;

describeBackends('mixed precision as in Python', () => {
  for (const row of loadGolden<Row>('models', 'histories_mixed').cases) {
    for (const run_eagerly of [false, true]) {
      it(`${row.label}${run_eagerly ? ', eager' : ''}`, async () => {
        const tolerance = TOLERANCES[row.label.startsWith('float16') ? 'float16' : 'bfloat16'];
        const model = keras.saving.deserialize_keras_object(withoutBuildConfig(row.model)) as keras.Model;
        model.set_weights(row.start.map(({ value }) => argumentOf(value) as keras.Tensor));
        model.compile({ ...(argumentOf(row.compile) as object), optimizer: keras.optimizers.deserialize(row.optimizer), run_eagerly });
        const { history } = await model.fit(argumentOf(row.x), argumentOf(row.y), { shuffle: false, verbose: 0,
          ...(argumentOf(row.fit) as object) });
        for (const [name, golden] of Object.entries(row.history)) {
          const values = Float32Array.from(history[name]);
          expectTensor(new keras.NDArray(values, [values.length]), { ...golden, dtype: 'float32' }, name,
            name === 'accuracy' ? { rtol: 0, atol: 0.1 } : tolerance);
        }
        row.final.forEach((weight, i) => {
          expect(model.weights[i].dtype).to.equal('float32');
          expectTensor(model.weights[i].value, weight, model.weights[i].path, tolerance);
        });
        const state = model.optimizer!.variables;
        expect(state.map(({ name }) => name)).to.deep.equal(row.optimizer_variables.map(({ name }) => name));
        for (const [i, { name, value }] of row.optimizer_variables.entries()) {
          // Steps that are left out, and how far the scale has come, are exact.
          if (!['iteration', 'step_counter', 'dynamic_scale'].includes(name)) continue;
          expect(Number(state[i].value.item()), name).to.equal(Number(value.data[0]));
        }
        const config = model.get_compile_config() as { optimizer: { class_name: string } };
        expect(config.optimizer.class_name).to.equal(row.compile_config.optimizer.class_name);
        const predicted = await model.predict(argumentOf(row.x), { verbose: 0 });
        expect(predicted.dtype).to.equal(row.predict.dtype);
      });
    }
  }

  it('auto_scale_loss: false leaves the optimizer as it is', () => {
    const model = new keras.Sequential([new keras.layers.Dense(1)], { dtype: 'mixed_float16' });
    model.compile({ optimizer: 'sgd', loss: 'mse', auto_scale_loss: false });
    expect(model.optimizer).to.be.instanceOf(keras.optimizers.SGD);
  });

  it('a saved model goes on with its scale', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'mixed.keras');
    const policy = 'mixed_float16';
    const model = new keras.Sequential([keras.Input({ shape: [1] }), new keras.layers.Dense(1, { dtype: policy })], { dtype: policy });
    model.compile({ optimizer: new keras.optimizers.SGD(0.01), loss: 'mse' });
    await model.fit([[1]], [[2]], { epochs: 3, verbose: 0 });
    const optimizer = model.optimizer as keras.optimizers.LossScaleOptimizer;
    optimizer.dynamic_scale!.assign(64);
    await model.save(path);
    const loaded = await keras.models.load_model(path) as keras.Model;
    const again = loaded.optimizer as keras.optimizers.LossScaleOptimizer;
    expect(again.inner_optimizer).to.be.instanceOf(keras.optimizers.SGD);
    expect(again.variables.map(({ value }) => Number(value.item()))).to.deep.equal(
      optimizer.variables.map(({ value }) => Number(value.item())));
    expect(again.dynamic_scale!.value.item()).to.equal(64);
  });
});
