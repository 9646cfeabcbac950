import { Dense } from '../../../src/layers/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

const counts = { expected_num_non_trainable_weights: 0, expected_num_seed_generators: 0, supports_masking: true };

describeLayers('Dense', [
  [Dense, {
    init_kwargs: { units: 4, activation: 'relu', kernel_initializer: 'random_uniform', bias_initializer: 'ones' },
    input_shape: [2, 3], expected_output_shape: [2, 4], expected_num_trainable_weights: 2, expected_num_losses: 0,
    built_at_init: false, ...counts,
  }],
  [Dense, {
    init_kwargs: { units: 5, activation: 'sigmoid', kernel_regularizer: 'l2', bias_regularizer: 'l2', activity_regularizer: 'l2' },
    input_shape: [2, 3, 2], expected_output_shape: [2, 3, 5], expected_num_trainable_weights: 2, expected_num_losses: 3,
    expected_mask_shape: [2, 3], ...counts,
  }],
  [Dense, {
    init_kwargs: { units: 5, use_bias: false, name: 'dense_of_mine' },
    input_shape: [2, 3], expected_output_shape: [2, 5], expected_num_trainable_weights: 1, expected_num_losses: 0, ...counts,
  }],
]);
describeGoldenLayers('dense');
