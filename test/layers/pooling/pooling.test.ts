import { expect } from 'chai';
import { AveragePooling1D, AveragePooling2D, AveragePooling3D, MaxPooling1D, MaxPooling2D, MaxPooling3D } from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';
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

describe('Pooling', () => {
  const wrong: [string, () => unknown, RegExp][] = [
    ['no window where there is no default', () => new AveragePooling2D({} as never), /AveragePooling2D: the argument 'pool_size' must be a positive integer or an array of 2 of them, received undefined/],
    ['a window of 0', () => new MaxPooling1D(0), /MaxPooling1D: the argument 'pool_size'/],
    ['an unknown padding', () => new MaxPooling2D(2, null, 'full' as never), /'padding' must be one of "valid", "same", received "full"/],
    ['a wrong rank', () => new MaxPooling2D({ name: 'p' })(ops.ones([2, 3, 4])), /The input of layer 'p' \(MaxPooling2D\) must have rank 4, but has rank 3/],
    ['inputs smaller than the window', () => new MaxPooling2D({ name: 'p' }).compute_output_shape([null, 1, 4, 3]), /The output of layer 'p' \(MaxPooling2D\) would be empty: spatial axis 0/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));
});
