import { DepthwiseConv1D, DepthwiseConv2D } from '../../../src/layers/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

describeLayers('Depthwise convolutions', [
  [DepthwiseConv1D, {
    init_kwargs: { kernel_size: 2, depth_multiplier: 3 }, input_shape: [3, 5, 4], expected_output_shape: [3, 4, 12],
    expected_num_trainable_weights: 2, expected_num_losses: 0, expected_num_non_trainable_weights: 0, expected_num_seed_generators: 0, supports_masking: false, built_at_init: false,
  }],
  [DepthwiseConv2D, {
    init_kwargs: { kernel_size: 2, strides: 2, padding: 'same', use_bias: false }, input_shape: [2, 5, 5, 4],
    expected_output_shape: [2, 3, 3, 4], expected_num_trainable_weights: 1, expected_num_losses: 0,
    expected_num_non_trainable_weights: 0, expected_num_seed_generators: 0, supports_masking: false, built_at_init: false,
  }],
]);

// Where the width is as long as the channels, keras.src.backend.tensorflow.numpy.add takes it for them.
describeGoldenLayers('depthwise_conv', {
  departure: ({ config, output_shape }) =>
    (config.data_format === 'channels_first' && (output_shape as number[]).at(-1) === (output_shape as number[])[1]
      ? 'Python Keras adds the bias along the width' : undefined),
});
