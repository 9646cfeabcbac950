import { Cropping1D, Cropping2D, Cropping3D, Flatten, Permute, RepeatVector, Reshape, UpSampling1D, UpSampling2D, UpSampling3D, ZeroPadding1D, ZeroPadding2D, ZeroPadding3D } from '../../../src/layers/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

const NONE = {
  expected_num_trainable_weights: 0, expected_num_non_trainable_weights: 0, expected_num_losses: 0, supports_masking: false,
} as const;

describeLayers('Reshaping layers', [
  [Flatten, { input_shape: [2, 3, 4, 2], expected_output_shape: [2, 24], ...NONE }],
  [Flatten, { init_kwargs: { data_format: 'channels_first' }, input_shape: [2, 3, 4, 2], expected_output_shape: [2, 24], ...NONE }],
  [Reshape, { init_kwargs: { target_shape: [-1, 4] }, input_shape: [2, 6, 2], expected_output_shape: [2, 3, 4], ...NONE }],
  [Permute, { init_kwargs: { dims: [3, 1, 2] }, input_shape: [2, 3, 4, 5], expected_output_shape: [2, 5, 3, 4], ...NONE }],
  [RepeatVector, { init_kwargs: { n: 3 }, input_shape: [2, 5], expected_output_shape: [2, 3, 5], ...NONE }],
  [ZeroPadding1D, { init_kwargs: { padding: [1, 2] }, input_shape: [2, 3, 4], expected_output_shape: [2, 6, 4], ...NONE }],
  [ZeroPadding2D, { init_kwargs: { padding: [[1, 0], [2, 3]] }, input_shape: [2, 3, 4, 2], expected_output_shape: [2, 4, 9, 2], ...NONE }],
  [ZeroPadding2D, { init_kwargs: { padding: [1, 2], data_format: 'channels_first' }, input_shape: [2, 3, 4, 2], expected_output_shape: [2, 3, 6, 6], ...NONE }],
  [ZeroPadding3D, { init_kwargs: { padding: 1 }, input_shape: [1, 2, 2, 2, 3], expected_output_shape: [1, 4, 4, 4, 3], ...NONE }],
  [Cropping1D, { init_kwargs: { cropping: [1, 2] }, input_shape: [2, 5, 4], expected_output_shape: [2, 2, 4], ...NONE }],
  [Cropping2D, { init_kwargs: { cropping: [[1, 0], [0, 2]] }, input_shape: [2, 5, 4, 2], expected_output_shape: [2, 4, 2, 2], ...NONE }],
  [Cropping3D, { input_shape: [1, 3, 4, 5, 2], expected_output_shape: [1, 1, 2, 3, 2], ...NONE }],
  [UpSampling1D, { init_kwargs: { size: 3 }, input_shape: [2, 2, 3], expected_output_shape: [2, 6, 3], ...NONE }],
  [UpSampling2D, { init_kwargs: { size: [2, 1], interpolation: 'bilinear' }, input_shape: [1, 2, 3, 2], expected_output_shape: [1, 4, 3, 2], ...NONE }],
  [UpSampling2D, { init_kwargs: { data_format: 'channels_first' }, input_shape: [1, 2, 3, 2], expected_output_shape: [1, 2, 6, 4], ...NONE }],
  [UpSampling3D, { input_shape: [1, 2, 1, 2, 2], expected_output_shape: [1, 4, 2, 4, 2], ...NONE }],
]);

describeGoldenLayers('reshaping');
