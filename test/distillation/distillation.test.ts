import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from '../../src/index.js';
import { loadGolden, type GoldenTensor, type GoldenValue } from '../golden/golden.js';
import { argumentOf, expectTensor } from '../golden/tensors.js';
import { errorOf } from '../support/capture.js';

const { distillation, layers, ops } = keras;
type Config = Record<string, unknown>;

interface LossCase {
  serialized: Config;
  teacher: GoldenValue;
  student: GoldenValue;
  value: GoldenTensor;
}
interface Training {
  label: string;
  config: Config;
  start: { value: GoldenTensor }[][];
  x: GoldenValue;
  y: GoldenValue;
  history: Record<string, GoldenTensor>;
  evaluated: Record<string, GoldenTensor>;
  final: GoldenTensor[];
}

const TOLERANCE = { rtol: 1e-4, atol: 1e-5 };
const revive = <T>(config: unknown): T => keras.saving.deserialize_keras_object(config) as T;

describe('distillation losses', () => {
  loadGolden<LossCase>('models', 'distillation_losses').cases.forEach((row, i) => {
    it(`${i}: ${JSON.stringify(row.serialized.config)}`, () => {
      const loss = revive<keras.distillation.LogitsDistillation>(row.serialized);
      expect(keras.saving.serialize_keras_object(loss)).to.deep.equal(row.serialized);
      const pair = [argumentOf(row.teacher), argumentOf(row.student)];
      loss.validate_outputs(pair[0], pair[1]);
      expectTensor(loss.compute_loss(pair[0], pair[1]), row.value, 'value', TOLERANCE);
    });
  });

  it('leave outputs out that have no loss', () => {
    const both = [ops.array([1, 2]), ops.array([5, 6])];
    const zero = [ops.array([0, 0]), ops.array([0, 0])];
    const loss = new distillation.FeatureDistillation([null, 'mae']);
    expect(loss.compute_loss(both, zero).item()).to.equal(5.5);
    const again = distillation.FeatureDistillation.from_config(loss.get_config());
    expect(again.get_config()).to.deep.equal(loss.get_config());
    const named = new distillation.LogitsDistillation(1, { a: 'mse', b: null });
    expect(named.compute_loss({ a: both[0], b: both[1] }, { a: zero[0], b: zero[1] }).item()).to.equal(2.5);
  });

  it('refuse what cannot be', async () => {
    await errorOf(() => new distillation.LogitsDistillation(0), 'LogitsDistillation', '\'temperature\'', 'above 0', '0');
    await errorOf(() => new distillation.LogitsDistillation(1, [null, null]), '\'loss\'', '[null,null]');
    await errorOf(() => new distillation.FeatureDistillation(null), 'FeatureDistillation', '\'loss\'');
    await errorOf(() => new distillation.FeatureDistillation(['mse', 'mse']).validate_outputs([1, 2, 3], [1, 2, 3]), 'array of 2', 'array of 3');
  });
});

describe('Distiller', () => {
  for (const row of loadGolden<Training>('models', 'distillation').cases) {
    it(`${row.label}: trains as in Python`, async () => {
      const distiller = distillation.Distiller.from_config(row.config);
      expect(distiller.get_config()).to.deep.equal(row.config);
      [distiller.teacher, distiller.student].forEach((model, i) =>
        model.set_weights(row.start[i].map(({ value }) => argumentOf(value) as keras.Tensor)));
      distiller.compile(new keras.optimizers.SGD(0.1), new keras.losses.SparseCategoricalCrossentropy({ from_logits: true }),
        { metrics: ['accuracy'] });
      const [x, y] = [argumentOf(row.x), argumentOf(row.y)];
      const { history } = await distiller.fit(x, y, { batch_size: 3, epochs: 3, shuffle: false, verbose: 0 });
      expect(Object.keys(history)).to.have.members(Object.keys(row.history));
      for (const [name, values] of Object.entries(row.history)) expectTensor(ops.array(history[name]), values, name, TOLERANCE);
      const evaluated = await distiller.evaluate(x, y, { batch_size: 3, verbose: 0, return_dict: true }) as Record<string, number>;
      for (const [name, value] of Object.entries(row.evaluated)) expectTensor(ops.array(evaluated[name]), value, name, TOLERANCE);
      row.final.forEach((value, i) => expectTensor(distiller.student.weights[i].value, value, `weight ${i}`, TOLERANCE));
      expect(distiller.teacher.trainable_variables).to.deep.equal([]);
    });
  }

  const net = (width: number, outputs = 2, name?: string): keras.Sequential => new keras.Sequential([
    keras.Input({ shape: [3] }), new layers.Dense(width, { name: 'hidden' }), new layers.Dense(outputs)], name ? { name } : {});
  const make = (options: Config = {}): keras.distillation.Distiller => new distillation.Distiller({
    teacher: net(4), student: net(2), distillation_losses: new distillation.LogitsDistillation(), ...options } as never);

  it('is saved and loaded with both models and its loss', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keras-node-distiller-'));
    try {
      const distiller = make();
      distiller.compile('sgd', 'mse');
      const [x, y] = [ops.ones([4, 3]), ops.zeros([4, 2])];
      await distiller.fit(x, y, { verbose: 0 });
      await distiller.save(join(folder, 'distiller.keras'));
      const loaded = await keras.saving.load_model(join(folder, 'distiller.keras')) as keras.distillation.Distiller;
      const outputs = [distiller, loaded].map((model) => (model(x) as keras.Tensor).arraySync());
      expect(outputs[1]).to.deep.equal(outputs[0]);
      expect(loaded.get_config()).to.deep.equal(distiller.get_config());
      const { history } = await loaded.fit(x, y, { verbose: 0 });
      expect(history.student_loss).to.have.length(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('refuses models and losses that do not fit', async () => {
    await errorOf(() => make({ teacher: 'x' }), 'Distiller', '\'teacher\'', 'x');
    await errorOf(() => make({ student: net(2, 3, 'small') }), 'outputs', '\'small\'', '[null, 2]', '[null, 3]');
    await errorOf(() => make({ student_loss_weight: 2 }), '\'student_loss_weight\'', '2');
    await errorOf(() => make({ distillation_losses: null }), '\'distillation_losses\'', 'null');
    await errorOf(() => make({ distillation_losses: [new distillation.LogitsDistillation()], distillation_loss_weights: [1, 2] }),
      '\'distillation_loss_weights\'', 'each of the 1', 'received 2');
    await errorOf(() => make({ distillation_losses: new distillation.FeatureDistillation('mse', 'nope') }), 'nope', 'hidden');
    await errorOf(() => make({ distillation_losses: new distillation.FeatureDistillation('mse', 'hidden', 'hidden'),
      teacher: new (class Own extends keras.Model {})() }), 'teacher', 'a call of its own');
    await errorOf(() => make().compile('adam'), 'needs a loss');
    await errorOf(() => make().compile({ loss: 'mse', metrics: 'mae' }), 'array', '"mae"');
  });
});
