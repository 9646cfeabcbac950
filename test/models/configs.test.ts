/** Structure of models against Python Keras: JSON, layers, names, numbers of weights, outputs. */
import { expect } from 'chai';
import * as keras from '../../src/index.js';
import { loadGolden, type GoldenTensor, type GoldenValue } from '../golden/golden.js';
import { argumentOf, expectTensor } from '../golden/tensors.js';
import { withoutBuildConfig } from '../support/without-build-config.js';

interface Structure {
  model: string;
  json: Record<string, unknown>;
  layers: { name: string; class_name: string }[];
  output_names: string[] | null;
  count_params: number;
  weights: { name: string; path: string; value: GoldenTensor }[];
  trainable_weights: string[];
  non_trainable_weights: string[];
  inputs: GoldenValue;
  outputs: GoldenValue;
}

/** Python's tuples, and numbers that it writes as 1.0. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function compare(actual: unknown, expected: GoldenValue, what: string): void {
  if (expected !== null && typeof expected === 'object' && 'dtype' in expected) {
    expectTensor(actual as keras.Tensor, expected as GoldenTensor, what);
  } else if (Array.isArray(expected)) expected.forEach((item, i) =>
    compare((actual as unknown[])[i], item, `${what}[${i}]`));
  else for (const [key, item] of Object.entries(expected as Record<string,
    GoldenValue>)) compare((actual as Record<string, unknown>)[key], item, `${what}.${key}`);
}

describe('models as in Python', () => {
  for (const row of loadGolden<Structure>('models', 'configs').cases) {
    it(row.model, () => {
      const model = keras.saving.deserialize_keras_object(withoutBuildConfig(row.json)) as keras.Model;
      expect(plain(keras.saving.serialize_keras_object(model))).to.deep.equal(plain(row.json));
      expect(model.layers.map((layer) =>
        ({ name: layer.name, class_name: layer.constructor.name }))).to.deep.equal(row.layers);
      expect(model.count_params()).to.equal(row.count_params);
      expect(model.weights.map(({ path }) => path)).to.deep.equal(row.weights.map(({ path }) => path));
      expect(model.trainable_weights.map(({ path }) => path)).to.deep.equal(row.trainable_weights);
      expect(model.non_trainable_weights.map(({ path }) => path)).to.deep.equal(row.non_trainable_weights);
      if (row.output_names) expect(model.output_names).to.deep.equal(row.output_names);
      model.set_weights(row.weights.map(({ value }) => argumentOf(value) as keras.Tensor));
      compare(model(argumentOf(row.inputs), { training: false }), row.outputs, 'outputs');
    });
  }
});
