import { expect } from 'chai';
import * as keras from '../../src/index.js';

const { layers, ops } = keras;

/** Saves and loads through JSON, with the weights, and compares what the models compute. */
async function roundTrip(model: keras.Model, input: keras.TensorLike): Promise<keras.Model> {
  const copy = keras.models.model_from_json(model.to_json());
  copy.set_weights(model.get_weights());
  const [before, after] = [model, copy].map((m) => (m(input) as keras.Tensor).arraySync());
  expect(after).to.deep.equal(before);
  return copy;
}

describe('saving: graphs in configs', () => {
  it('ops with settings, numbers, lists and slices', async () => {
    const x = keras.Input([4, 6], { name: 'x' });
    const sum = ops.sum(ops.multiply(x, 2), { axis: 1, keepdims: true });
    const both = ops.reshape(ops.concatenate([sum, ops.max(x, { axis: 1, keepdims: true })], 1), [-1, 12]);
    const chosen = ops.where(ops.greater(both, 0.5), both, ops.negative(both));
    const part = ops.get_item(ops.clip(chosen, -3, 3), [keras.slice(null), keras.slice(1, 5)]);
    const model = new keras.Model(x, ops.einsum('ij,ij->i', part, part), { name: 'ops' });
    const copy = await roundTrip(model, keras.random.normal([3, 4, 6]));
    await roundTrip(copy, keras.random.normal([3, 4, 6]));
  });

  it('functional models in functional models, called more than once', async () => {
    const x = keras.Input([2], { name: 'x' });
    const inner_x = keras.Input([2], { name: 'inner_x' });
    const inner = new keras.Model(inner_x, new layers.Dense(2, { name: 'd' })(inner_x), { name: 'inner' });
    const once = inner(x);
    const model = new keras.Model(x, [inner(once), once], { name: 'outer' });
    const config = JSON.parse(model.to_json()) as { config: { layers: { inbound_nodes: object[] }[]; output_layers: unknown } };
    // Python counts calls from 0 in arguments, and from 1 where it names the outputs of functional models.
    expect(JSON.stringify(config.config.layers[1].inbound_nodes[1])).to.include('"keras_history":["inner",0,0]');
    expect(config.config.output_layers).to.deep.equal([['inner', 2, 0], ['inner', 1, 0]]);
    const copy = keras.models.model_from_json(model.to_json());
    expect(copy.weights).to.have.length(2);
  });
});
