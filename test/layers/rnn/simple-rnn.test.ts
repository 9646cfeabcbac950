import { expect } from 'chai';
import { tidy } from '../../../src/engine/scope.js';
import { SimpleRNN } from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

const COMMON = {
  input_shape: [3, 2, 4], expected_num_trainable_weights: 3, expected_num_non_trainable_weights: 0, supports_masking: true,
  built_at_init: false,
} as const;

describeLayers('SimpleRNN', [
  [SimpleRNN, { init_kwargs: { units: 3, dropout: 0.5, recurrent_dropout: 0.5 }, call_kwargs: { training: true }, ...COMMON, expected_output_shape: [3, 3] }],
  [SimpleRNN, {
    init_kwargs: { units: 3, return_sequences: true, bias_regularizer: 'l1', kernel_regularizer: 'l2', recurrent_regularizer: 'l2', activity_regularizer: 'l2' },
    ...COMMON, expected_output_shape: [3, 2, 3], expected_num_losses: 4, expected_mask_shape: [3, 2],
  }],
  [SimpleRNN, { init_kwargs: { units: 2, return_state: true, unroll: true, use_bias: false }, ...COMMON, expected_num_trainable_weights: 2, expected_output_shape: [3, 2] }],
]);

describeGoldenLayers('simple_rnn');

describe('SimpleRNN', () => {
  it('penalizes its output, which Python Keras forgets to', () => tidy(() => {
    const layer = new SimpleRNN(2, { activity_regularizer: 'l1', kernel_initializer: 'ones' });
    layer(ops.ones([1, 2, 3]));
    expect(layer.losses.length).to.equal(1);
  }));

  const wrong: [string, () => unknown, RegExp][] = [
    ['no units', () => new SimpleRNN(0), /SimpleRNNCell: the argument 'units' must be a positive integer, received 0/],
    ['a rate of text', () => new SimpleRNN(2, { dropout: 'half' as never }), /'dropout' must be a number from 0 to 1, received "half"/],
    ['inputs without steps', () => new SimpleRNN(2)(ops.ones([2, 3])), /must have rank 3, but has rank 2. Received shape \[2, 3\]/],
    ['an unknown argument', () => new SimpleRNN(2, { reset_after: true } as never), /SimpleRNN has no argument 'reset_after'/],
    ['an unknown activation', () => new SimpleRNN(2, 'tanhh'), /tanhh/],
    ['sequences of no steps', () => new SimpleRNN(2)(ops.ones([2, 0, 3])), /at least one step/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));
});
