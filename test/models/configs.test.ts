/** Structure of models against Python Keras: JSON, layers, names, numbers of weights, outputs. */
import { expect } from 'chai';
import * as keras from '../../src/index.js';
import { loadGolden, type GoldenTensor, type GoldenValue } from '../golden/golden.js';
import { resetNames } from '../../src/utils/naming.js';
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

/** The model `attentive` of the golden data, built here. */
function attentive(): keras.Model {
  const { layers } = keras;
  type KerasTensor = keras.KerasTensor;
  const words = keras.Input({ shape: [null], dtype: 'int32', name: 'words' });
  let x = new layers.Embedding(9, 4, { mask_zero: true, name: 'vectors' })(words);
  let y = new layers.MultiHeadAttention(2, 3, { dropout: 0.1, name: 'heads' })<unknown, KerasTensor>(x, x, { use_causal_mask: true });
  x = new layers.LayerNormalization({ name: 'norm' })(new layers.Add({ name: 'sum' })<unknown, KerasTensor>([x, y]));
  y = new layers.GroupQueryAttention(2, 4, 2, { use_gate: true, name: 'groups' })<unknown, KerasTensor>({ query: x, value: x, key: y });
  x = new layers.TimeDistributed(new layers.Dense(3, 'relu', { name: 'each' }), { name: 'steps' })(y);
  x = new layers.EinsumDense('abc,cde->abde', [null, 2, 2], { bias_axes: 'de', name: 'split' })(x);
  x = new layers.Reshape([-1, 4], { name: 'join' })(x);
  const [z, scores] = new layers.Attention({ use_scale: true, name: 'dot' })<unknown, KerasTensor[]>([x, x], { return_attention_scores: true });
  x = new layers.AdditiveAttention({ name: 'additive' })<unknown, KerasTensor>([z, z]);
  x = new layers.SpectralNormalization(new layers.Dense(3, { name: 'bounded' }), { name: 'spectral' })(x);
  x = new layers.GlobalAveragePooling1D({ name: 'pool' })(x);
  return new keras.Model(words, [new layers.Dense(2, 'softmax', { name: 'kind' })(x), scores], { name: 'attentive' });
}

describe('models built here', () => {
  /** Without what Keras notes of training, and the sizes that it forgets between layers. */
  const comparable = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(comparable);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).filter(([key]) => !['training', 'build_config', 'shape'].includes(key))
      .map(([key, item]) => [key, comparable(item)]));
  };

  it('have the graph that Python gives them, masks included', () => {
    const { json } = loadGolden<Structure>('models', 'configs').cases.find(({ model }) => model === 'attentive')!;
    resetNames();
    const model = attentive();
    expect(comparable(plain(keras.saving.serialize_keras_object(model)))).to.deep.equal(comparable(plain(json)));
  });

  it('ignore padding as masks say', () => {
    const { layers, ops } = keras;
    const words = keras.Input({ shape: [null], dtype: 'int32' });
    const vectors = new layers.Embedding(9, 4, { mask_zero: true })(words);
    const heads = new layers.MultiHeadAttention(2, 3)<unknown, keras.KerasTensor>(vectors, vectors);
    const model = new keras.Model(words, new layers.GlobalAveragePooling1D()(new layers.Add()([vectors, heads])));
    const [short, padded] = [[[1, 2, 3]], [[1, 2, 3, 0, 0]]].map((ids) => model(ops.array(ids, 'int32')).arraySync() as number[][]);
    padded[0].forEach((value, i) => expect(value).to.be.closeTo(short[0][i], 1e-5));
  });

  it('keep what is frozen in them, whatever the model says of itself; as in Keras', () => {
    const inputs = keras.Input({ shape: [3] });
    const outputs = new keras.layers.Dense(2)(new keras.layers.Dense(4, { trainable: false })(inputs));
    for (const [options, trained] of [[{}, 2], [{ trainable: true }, 2], [{ trainable: false }, 0]] as const) {
      const model = new keras.Model(inputs, outputs, options);
      for (const one of [model, keras.Model.from_config(model.get_config()) as keras.Model]) {
        expect(one.layers.map(({ trainable }) => trainable)).to.deep.equal([true, false, true]);
        expect(one.trainable_weights).to.have.length(trained);
      }
    }
  });
});
