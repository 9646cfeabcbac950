import { expect } from 'chai';
import { tidy } from '../../../src/engine/scope.js';
import { ConvLSTM1D, ConvLSTM2D, ConvLSTM3D, Input } from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

const COMMON = {
  expected_num_trainable_weights: 3, expected_num_non_trainable_weights: 0, supports_masking: true, built_at_init: false,
} as const;

describeLayers('ConvLSTM', [
  [ConvLSTM1D, { init_kwargs: { filters: 2, kernel_size: 2, return_sequences: true }, input_shape: [2, 3, 4, 1], ...COMMON, expected_output_shape: [2, 3, 3, 2], expected_mask_shape: [2, 3] }],
  [ConvLSTM2D, { init_kwargs: { filters: 2, kernel_size: 2, dropout: 0.3, recurrent_dropout: 0.3, seed: 1 }, call_kwargs: { training: true }, input_shape: [1, 2, 3, 3, 1], ...COMMON, expected_output_shape: [1, 2, 2, 2] }],
  [ConvLSTM2D, { init_kwargs: { filters: 2, kernel_size: 2, data_format: 'channels_first', padding: 'same', return_state: true }, input_shape: [1, 2, 1, 3, 3], ...COMMON, expected_output_shape: [1, 2, 3, 3] }],
  [ConvLSTM3D, { init_kwargs: { filters: 1, kernel_size: 2, unit_forget_bias: false }, input_shape: [1, 2, 2, 2, 3, 1], ...COMMON, expected_output_shape: [1, 1, 1, 2, 1] }],
]);

describeGoldenLayers('conv_lstm');

describe('ConvLSTM', () => {
  it('gives the same for both data formats', () => tidy(() => {
    const x = ops.reshape(ops.divide(ops.arange(72), 72), [1, 2, 3, 4, 3]);
    const last = new ConvLSTM2D(2, 2, { return_sequences: true });
    const first = new ConvLSTM2D(2, 2, { return_sequences: true, data_format: 'channels_first' });
    const y = last(x);
    first.build([1, 2, 3, 3, 4]);
    first.set_weights(last.get_weights());
    const moved = ops.transpose(first(ops.transpose(x, [0, 1, 4, 2, 3])), [0, 1, 3, 4, 2]);
    const difference = ops.max(ops.abs(ops.subtract(moved, y))).item() as number;
    expect(difference).to.be.below(1e-6);
  }));

  const wrong: [string, () => unknown, RegExp][] = [
    ['no filters', () => new ConvLSTM2D(0, 2), /ConvLSTM2D: the argument 'filters' must be a positive integer, received 0/],
    ['a window of another rank', () => new ConvLSTM1D(2, [2, 2]), /'kernel_size' must be a positive integer or an array of 1 of them/],
    ['causal padding', () => new ConvLSTM1D(2, 2, { padding: 'causal' as never }), /'padding' must be one of "valid", "same"/],
    ['steps and gaps', () => new ConvLSTM2D(2, 2, { strides: 2, dilation_rate: 2 }), /strides > 1 do not go together with a dilation_rate > 1/],
    ['images of any size', () => new ConvLSTM2D(2, 2)(Input([2, null, 4, 1])), /needs to know the spatial dimensions of its inputs/],
    ['images without steps', () => new ConvLSTM2D(2, 2)(ops.ones([2, 4, 4, 1])), /must have rank 5, but has rank 4/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));
});
