import { expect } from 'chai';
import { tidy } from '../../../src/engine/scope.js';
import { LSTM } from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

const COMMON = {
  input_shape: [3, 2, 4], expected_num_trainable_weights: 3, expected_num_non_trainable_weights: 0, supports_masking: true,
  built_at_init: false,
} as const;

describeLayers('LSTM', [
  [LSTM, { init_kwargs: { units: 3, dropout: 0.5, recurrent_dropout: 0.5 }, call_kwargs: { training: true }, ...COMMON, expected_output_shape: [3, 3] }],
  [LSTM, { init_kwargs: { units: 3, dropout: 0.5, implementation: 1 }, call_kwargs: { training: true }, ...COMMON, expected_output_shape: [3, 3] }],
  [LSTM, {
    init_kwargs: { units: 3, return_sequences: true, bias_regularizer: 'l1', kernel_regularizer: 'l2', recurrent_regularizer: 'l2', activity_regularizer: 'l2' },
    ...COMMON, expected_output_shape: [3, 2, 3], expected_num_losses: 4, expected_mask_shape: [3, 2],
  }],
  [LSTM, { init_kwargs: { units: 2, return_state: true, unit_forget_bias: false, go_backwards: true }, ...COMMON, expected_output_shape: [3, 2] }],
]);

describeGoldenLayers('lstm');

describe('LSTM', () => {
  it('has the options of its cell', () => {
    const layer = new LSTM(4, 'relu', null, { use_bias: false, dropout: 2, seed: 3 });
    expect(layer.units).to.equal(4);
    expect(layer.activation).to.equal(layer.cell.activation);
    expect(layer.recurrent_activation(ops.array([7])).arraySync()).to.deep.equal([7]);
    expect([layer.use_bias, layer.dropout, layer.recurrent_dropout, layer.unit_forget_bias]).to.deep.equal([false, 1, 0, true]);
    expect(layer.state_size).to.deep.equal([4, 4]);
  });

  it('starts with a forget gate that keeps', () => tidy(() => {
    const layer = new LSTM(2, { bias_initializer: 'zeros' });
    layer.build([null, null, 3]);
    expect(layer.cell.bias!.value.arraySync()).to.deep.equal([0, 0, 1, 1, 0, 0, 0, 0]);
  }));

  const wrong: [string, () => unknown, RegExp][] = [
    ['half a unit', () => new LSTM(1.5), /LSTMCell: the argument 'units' must be a positive integer, received 1.5/],
    ['cuDNN alone', () => new LSTM(2, { use_cudnn: true })(ops.ones([1, 2, 3])), /use_cudnn: true was given to layer .*not supported/],
    ['one state of two', () => new LSTM(2)(ops.ones([1, 2, 3]), { initial_state: [ops.zeros([1, 2])] }), /has 2 states, but initial_state holds 1/],
    ['a state of another size', () => new LSTM(2)(ops.ones([1, 2, 3]), { initial_state: [ops.zeros([1, 3]), ops.zeros([1, 2])] }), /state 0 .*shape \[1, 2\], received \[1, 3\]/],
    ['a mask of another length', () => new LSTM(2)(ops.ones([1, 2, 3]), { mask: ops.ones([1, 4], 'bool') }), /mask of layer .* here \[1, 2\], received \[1, 4\]/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));
});
