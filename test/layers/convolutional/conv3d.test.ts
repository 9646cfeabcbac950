import { Conv3D } from '../../../src/layers/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

describeLayers('Conv3D', [
  [Conv3D, {
    init_kwargs: { filters: 3, kernel_size: 2, strides: [1, 1, 2], padding: 'same' }, input_shape: [1, 3, 4, 4, 2],
    expected_output_shape: [1, 3, 4, 2, 3], expected_num_trainable_weights: 2, expected_num_losses: 0,
    expected_num_non_trainable_weights: 0, expected_num_seed_generators: 0, supports_masking: false, built_at_init: false,
  }],
]);

// Where the width is as long as the channels, keras.src.backend.tensorflow.numpy.add takes it for them.
describeGoldenLayers('conv3d', {
  departure: ({ config, output_shape }) =>
    (config.data_format === 'channels_first' && (output_shape as number[]).at(-1) === (output_shape as number[])[1]
      ? 'Python Keras adds the bias along the width' : undefined),
});
