import { Add, Average, Concatenate, Dot, Maximum, Minimum, Multiply, Subtract } from '../../../src/layers/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

const NONE = {
  expected_num_trainable_weights: 0, expected_num_non_trainable_weights: 0, expected_num_losses: 0, supports_masking: true,
  built_at_init: false,
} as const;
const THREE = { ...NONE, input_shape: [[2, 4, 3], [2, 4, 3], [2, 4, 3]], expected_output_shape: [2, 4, 3] } as const;

describeLayers('Merging layers', [
  [Add, { ...THREE, expected_mask_shape: [2, 4] }],
  [Average, { ...THREE, expected_mask_shape: [2, 4] }],
  [Maximum, { ...THREE, expected_mask_shape: [2, 4] }],
  [Minimum, { ...THREE, expected_mask_shape: [2, 4] }],
  [Multiply, { ...THREE, expected_mask_shape: [2, 4] }],
  [Subtract, { ...NONE, input_shape: [[2, 4, 3], [2, 4, 3]], expected_output_shape: [2, 4, 3], expected_mask_shape: [2, 4] }],
  [Add, { ...NONE, input_shape: [[2, 4, 3], [2, 3]], expected_output_shape: [2, 4, 3] }],
  [Multiply, { ...NONE, input_shape: [[2, 1, 3], [2, 4, 1]], expected_output_shape: [2, 4, 3] }],
  [Concatenate, { ...NONE, input_shape: [[2, 4, 3], [2, 4, 5]], expected_output_shape: [2, 4, 8], expected_mask_shape: [2, 4] }],
  [Concatenate, { ...NONE, init_kwargs: { axis: 1 }, input_shape: [[2, 4, 3], [2, 2, 3]], expected_output_shape: [2, 6, 3], expected_mask_shape: [2, 6] }],
  [Dot, { ...NONE, init_kwargs: { axes: -1 }, input_shape: [[2, 3], [2, 3]], expected_output_shape: [2, 1] }],
  [Dot, { ...NONE, init_kwargs: { axes: [2, 1], normalize: true }, input_shape: [[2, 4, 3], [2, 3, 5]], expected_output_shape: [2, 4, 5] }],
  [Dot, { ...NONE, init_kwargs: { axes: [-2, -1] }, input_shape: [[1, 3, 2], [1, 1, 2, 3]], expected_output_shape: [1, 2, 1, 2] }],
]);

describeGoldenLayers('merging');
