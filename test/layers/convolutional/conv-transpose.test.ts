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
