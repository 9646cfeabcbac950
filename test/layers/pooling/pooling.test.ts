import { AveragePooling1D, AveragePooling2D, AveragePooling3D, MaxPooling1D, MaxPooling2D, MaxPooling3D } from '../../../src/layers/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

const NONE = {
  expected_num_trainable_weights: 0, expected_num_non_trainable_weights: 0, expected_num_losses: 0, supports_masking: false,
  built_at_init: true,
} as const;

describeLayers('Pooling layers', [
  [MaxPooling1D, { init_kwargs: { pool_size: 2 }, input_shape: [2, 6, 3], expected_output_shape: [2, 3, 3], ...NONE }],
  [MaxPooling1D, { init_kwargs: { pool_size: 3, strides: 1, padding: 'same' }, input_shape: [2, 6, 3], expected_output_shape: [2, 6, 3], ...NONE }],
  [MaxPooling2D, { init_kwargs: { pool_size: 2 }, input_shape: [2, 6, 5, 3], expected_output_shape: [2, 3, 2, 3], ...NONE }],
  [MaxPooling2D, { init_kwargs: { pool_size: 3, strides: 2, padding: 'same' }, input_shape: [2, 6, 5, 3], expected_output_shape: [2, 3, 3, 3], ...NONE }],
  [MaxPooling3D, { init_kwargs: { pool_size: 2 }, input_shape: [1, 4, 3, 5, 2], expected_output_shape: [1, 2, 1, 2, 2], ...NONE }],
  [MaxPooling3D, { init_kwargs: { pool_size: 3, strides: 1, padding: 'same' }, input_shape: [1, 4, 3, 5, 2], expected_output_shape: [1, 4, 3, 5, 2], ...NONE }],
  [AveragePooling1D, { init_kwargs: { pool_size: 2 }, input_shape: [2, 6, 3], expected_output_shape: [2, 3, 3], ...NONE }],
  [AveragePooling1D, { init_kwargs: { pool_size: 3, strides: 1, padding: 'same' }, input_shape: [2, 6, 3], expected_output_shape: [2, 6, 3], ...NONE }],
  [AveragePooling2D, { init_kwargs: { pool_size: 2 }, input_shape: [2, 6, 5, 3], expected_output_shape: [2, 3, 2, 3], ...NONE }],
  [AveragePooling2D, { init_kwargs: { pool_size: 3, strides: 2, padding: 'same' }, input_shape: [2, 6, 5, 3], expected_output_shape: [2, 3, 3, 3], ...NONE }],
  [AveragePooling3D, { init_kwargs: { pool_size: 2 }, input_shape: [1, 4, 3, 5, 2], expected_output_shape: [1, 2, 1, 2, 2], ...NONE }],
  [AveragePooling3D, { init_kwargs: { pool_size: 3, strides: 1, padding: 'same' }, input_shape: [1, 4, 3, 5, 2], expected_output_shape: [1, 4, 3, 5, 2], ...NONE }],
]);

describeGoldenLayers('pooling');
