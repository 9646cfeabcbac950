import { expect } from 'chai';
import { tidy } from '../../../src/engine/scope.js';
import { Bidirectional, Dense, GRU, LSTM, SimpleRNN } from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

const COMMON = {
  input_shape: [3, 2, 4], expected_num_trainable_weights: 6, expected_num_non_trainable_weights: 0, supports_masking: true,
  built_at_init: false,
} as const;

describeLayers('Bidirectional', [
  [Bidirectional, { init_kwargs: { layer: new SimpleRNN(4) }, ...COMMON, expected_output_shape: [3, 8] }],
  [Bidirectional, {
    init_kwargs: { layer: new GRU(4, { return_sequences: true, dropout: 0.3, seed: 1 }), merge_mode: 'mul' }, call_kwargs: { training: true },
    ...COMMON, expected_output_shape: [3, 2, 4], expected_mask_shape: [3, 2],
  }],
  [Bidirectional, {
    init_kwargs: { layer: new LSTM(4), get backward_layer() { return new LSTM(4, { go_backwards: true }); }, merge_mode: null }, ...COMMON, expected_output_shape: [3, 4],
  }],
]);

describeGoldenLayers('bidirectional');

describe('Bidirectional', () => {
  it('takes its weights in the constructor', () => tidy(() => {
    const weights = [[[1]], [[0]], [0], [[2]], [[0]], [0]];
    const layer = new Bidirectional(new SimpleRNN(1, null), { weights });
    expect(layer([[[1], [5], [10]]]).arraySync()).to.deep.equal([[10, 2]]);
  }));

  it('resets both layers', () => tidy(() => {
    const layer = new Bidirectional(new GRU(2, { stateful: true }));
    const x = ops.ones([1, 2, 3]);
    expect(layer.states).to.equal(null);
    const first = layer(x).arraySync();
    expect(layer(x).arraySync()).not.to.deep.equal(first);
    expect(layer.states!.length).to.equal(2);
    layer.reset_state();
    expect(layer(x).arraySync()).to.deep.equal(first);
  }));

  const wrong: [string, () => unknown, RegExp][] = [
    ['something that is no layer', () => new Bidirectional('lstm' as never), /Bidirectional: the argument 'layer' must be a layer, received lstm/],
    ['a backward layer that is none', () => new Bidirectional(new GRU(2), { backward_layer: 3 as never }), /'backward_layer' must be a layer/],
    ['an unknown merge mode', () => new Bidirectional(new GRU(2), 'max' as never), /'merge_mode' must be one of "concat", "sum", "ave", "mul" and null, received "max"/],
    ['two layers that go the same way', () => new Bidirectional(new GRU(2), { backward_layer: new GRU(2) }), /must go opposite ways, but both have go_backwards false/],
    ['layers that return different things', () => new Bidirectional(new GRU(2, { return_state: true }), { backward_layer: new GRU(2, { go_backwards: true }) }), /the same 'return_state', received true \(forward\) and false/],
    ['a reset without states', () => new Bidirectional(new GRU(2)).reset_state(), /has no states to reset: it is not stateful/],
    ['an odd number of states', () => new Bidirectional(new GRU(2))(ops.ones([1, 2, 3]), { initial_state: [ops.ones([1, 2])] }), /half of initial_state each, but received 1/],
    ['a layer that has no direction', () => new Bidirectional(new Dense(2) as never), /needs a layer with go_backwards/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));
});
