import { Conv1D } from '../../../src/layers/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

describeLayers('Conv1D', [
  [Conv1D, {
    init_kwargs: { filters: 5, kernel_size: 2, strides: 1, padding: 'causal', activation: 'relu' }, input_shape: [3, 5, 4],
    expected_output_shape: [3, 5, 5], expected_num_trainable_weights: 2, expected_num_losses: 0,
    expected_num_non_trainable_weights: 0, expected_num_seed_generators: 0, supports_masking: false, built_at_init: false,
  }],
  [Conv1D, {
    init_kwargs: { filters: 6, kernel_size: 3, groups: 2, use_bias: false, kernel_regularizer: 'l2' }, input_shape: [3, 5, 4],
    expected_output_shape: [3, 3, 6], expected_num_trainable_weights: 1, expected_num_losses: 1,
    expected_num_non_trainable_weights: 0, expected_num_seed_generators: 0, supports_masking: false, built_at_init: false,
  }],
]);

// Where the width is as long as the channels, keras.src.backend.tensorflow.numpy.add takes it for them.
describeGoldenLayers('conv1d', {
  departure: ({ config, output_shape }) =>
    (config.data_format === 'channels_first' && (output_shape as number[]).at(-1) === (output_shape as number[])[1]
      ? 'Python Keras adds the bias along the width' : undefined),
});
