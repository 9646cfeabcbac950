import { expect } from 'chai';
import { Conv1DTranspose, Conv2DTranspose, Conv3DTranspose } from '../../../src/layers/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

describeLayers('Transposed convolutions', [
  [Conv1DTranspose, {
    init_kwargs: { filters: 5, kernel_size: 3, strides: 2, padding: 'same' }, input_shape: [2, 4, 3], expected_output_shape: [2, 8, 5],
    expected_num_trainable_weights: 2, expected_num_losses: 0, expected_num_non_trainable_weights: 0, expected_num_seed_generators: 0, supports_masking: false, built_at_init: false,
  }],
  [Conv2DTranspose, {
    init_kwargs: { filters: 5, kernel_size: 2, strides: 2, padding: 'valid', activation: 'relu' }, input_shape: [2, 3, 4, 3],
    expected_output_shape: [2, 6, 8, 5], expected_num_trainable_weights: 2, expected_num_losses: 0,
    expected_num_non_trainable_weights: 0, expected_num_seed_generators: 0, supports_masking: false, built_at_init: false,
  }],
  [Conv3DTranspose, {
    init_kwargs: { filters: 2, kernel_size: 2, use_bias: false }, input_shape: [1, 2, 3, 2, 2],
    expected_output_shape: [1, 3, 4, 3, 2], expected_num_trainable_weights: 1, expected_num_losses: 0,
    expected_num_non_trainable_weights: 0, expected_num_seed_generators: 0, supports_masking: false, built_at_init: false,
  }],
]);

for (const family of ['conv1d_transpose', 'conv2d_transpose', 'conv3d_transpose']) describeGoldenLayers(family);

describe('Conv2DTranspose', () => {
  it('rejects an output padding that reaches the strides', () => {
    expect(() => new Conv2DTranspose(1, 2, 2, 'same', 2))
      .to.throw(/Conv2DTranspose: the output_padding must be less than the strides on every axis, received output_padding \[2, 2\] and strides \[2, 2\]/);
    expect(() => new Conv2DTranspose(1, 2, { strides: 2, dilation_rate: 2 })).to.throw(/strides > 1 do not go together/);
  });
});
