import { GlobalAveragePooling1D, GlobalAveragePooling2D, GlobalAveragePooling3D, GlobalMaxPooling1D, GlobalMaxPooling2D, GlobalMaxPooling3D } from '../../../src/layers/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

const NONE = {
  expected_num_trainable_weights: 0, expected_num_non_trainable_weights: 0, expected_num_losses: 0, supports_masking: false,
  built_at_init: true,
} as const;

describeLayers('Global pooling layers', [
  [GlobalMaxPooling1D, { input_shape: [2, 6, 3], expected_output_shape: [2, 3], ...NONE }],
  [GlobalMaxPooling1D, {
    init_kwargs: { keepdims: true, data_format: 'channels_first' }, input_shape: [2, 6, 3], expected_output_shape: [2, 6, 1], ...NONE,
  }],
  [GlobalMaxPooling2D, { input_shape: [2, 6, 5, 3], expected_output_shape: [2, 3], ...NONE }],
  [GlobalMaxPooling2D, {
    init_kwargs: { keepdims: true, data_format: 'channels_first' }, input_shape: [2, 6, 5, 3], expected_output_shape: [2, 6, 1, 1], ...NONE,
  }],
  [GlobalMaxPooling3D, { input_shape: [1, 4, 3, 5, 2], expected_output_shape: [1, 2], ...NONE }],
  [GlobalMaxPooling3D, {
    init_kwargs: { keepdims: true, data_format: 'channels_first' }, input_shape: [1, 4, 3, 5, 2], expected_output_shape: [1, 4, 1, 1, 1], ...NONE,
  }],
  [GlobalAveragePooling1D, { input_shape: [2, 6, 3], expected_output_shape: [2, 3], ...NONE, supports_masking: true }],
  [GlobalAveragePooling1D, {
    init_kwargs: { keepdims: true, data_format: 'channels_first' }, input_shape: [2, 6, 3], expected_output_shape: [2, 6, 1], ...NONE, supports_masking: true,
  }],
  [GlobalAveragePooling2D, { input_shape: [2, 6, 5, 3], expected_output_shape: [2, 3], ...NONE }],
  [GlobalAveragePooling2D, {
    init_kwargs: { keepdims: true, data_format: 'channels_first' }, input_shape: [2, 6, 5, 3], expected_output_shape: [2, 6, 1, 1], ...NONE,
  }],
  [GlobalAveragePooling3D, { input_shape: [1, 4, 3, 5, 2], expected_output_shape: [1, 2], ...NONE }],
  [GlobalAveragePooling3D, {
    init_kwargs: { keepdims: true, data_format: 'channels_first' }, input_shape: [1, 4, 3, 5, 2], expected_output_shape: [1, 4, 1, 1, 1], ...NONE,
  }],
]);

describeGoldenLayers('global_pooling');
