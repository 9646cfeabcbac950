import { Conv2D } from '../../../src/layers/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

describeLayers('Conv2D', [
  [Conv2D, {
    init_kwargs: { filters: 5, kernel_size: 2, strides: 1, padding: 'valid', activation: 'relu' }, input_shape: [2, 5, 5, 4],
    expected_output_shape: [2, 4, 4, 5], expected_num_trainable_weights: 2, expected_num_losses: 0,
    expected_num_non_trainable_weights: 0, expected_num_seed_generators: 0, supports_masking: false, built_at_init: false,
  }],
  [Conv2D, {
    init_kwargs: { filters: 6, kernel_size: [2, 3], strides: [2, 1], padding: 'same', groups: 2, activity_regularizer: 'l1' },
    input_shape: [2, 4, 5, 4], expected_output_shape: [2, 2, 5, 6], expected_num_trainable_weights: 2, expected_num_losses: 1,
    expected_num_non_trainable_weights: 0, expected_num_seed_generators: 0, supports_masking: false, built_at_init: false,
  }],
  [Conv2D, {
    init_kwargs: { filters: 3, kernel_size: 2, dilation_rate: 2, data_format: 'channels_first' }, input_shape: [2, 4, 5, 4],
    expected_output_shape: [2, 3, 3, 2], expected_num_trainable_weights: 2, expected_num_losses: 0,
    expected_num_non_trainable_weights: 0, expected_num_seed_generators: 0, supports_masking: false, built_at_init: false,
  }],
]);

// Where the width is as long as the channels, keras.src.backend.tensorflow.numpy.add takes it for them.
describeGoldenLayers('conv2d', {
  departure: ({ config, output_shape }) =>
    (config.data_format === 'channels_first' && (output_shape as number[]).at(-1) === (output_shape as number[])[1]
      ? 'Python Keras adds the bias along the width' : undefined),
});
