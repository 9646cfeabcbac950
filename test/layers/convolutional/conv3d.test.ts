import { describeGoldenLayers } from '../../support/layer-golden.js';

// Where the width is as long as the channels, keras.src.backend.tensorflow.numpy.add takes it for them.
describeGoldenLayers('conv3d', {
  departure: ({ config, output_shape }) =>
    (config.data_format === 'channels_first' && (output_shape as number[]).at(-1) === (output_shape as number[])[1]
      ? 'Python Keras adds the bias along the width' : undefined),
});
