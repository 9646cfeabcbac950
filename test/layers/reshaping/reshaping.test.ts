import { expect } from 'chai';
import { Cropping1D, Cropping2D, Cropping3D, Flatten, Input, Permute, RepeatVector, Reshape, UpSampling1D, UpSampling2D, UpSampling3D, ZeroPadding1D, ZeroPadding2D, ZeroPadding3D } from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';
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

describe('Reshaping', () => {
  const wrong: [string, () => unknown, RegExp][] = [
    ['a shape that does not fit', () => new Reshape([5])(ops.ones([2, 6])), /Cannot reshape a tensor of shape \[6\] \(6 elements\) to \[5\]/],
    ['a shape that does not fit, symbolically', () => new Reshape([-1, 5])(Input([6])), /Cannot reshape a tensor of shape \[6\]/],
    ['two unknown dimensions', () => new Reshape([-1, -1]), /'target_shape' must be an array of integers >= 0, one of which may be -1, received \[-1,-1\]/],
    ['an axis named twice', () => new Permute([1, 1]), /'dims' must hold each of 1, 2, ... up to the number of axes once, received \[1,1\]/],
    ['the batch among the axes', () => new Permute([0, 1]), /received \[0,1\]/],
    ['0 repeats', () => new RepeatVector(0), /RepeatVector: the argument 'n' must be a positive integer, received 0/],
    ['negative padding', () => new ZeroPadding2D(-1), /'padding' must be an integer >= 0 or an array of 2 of them, received -1/],
    ['padding of another rank', () => new ZeroPadding2D([[1, 1]]), /'padding' must be an integer >= 0, 2 of them, or 2 pairs \[before, after\], received \[\[1,1\]\]/],
    ['cropping that leaves nothing', () => new Cropping1D(2, { name: 'c' })(ops.ones([1, 4, 2])), /Cropping1D 'c' takes 2 \+ 2 elements off axis 1, which leaves nothing of inputs of shape \[1, 4, 2\]/],
    ['cropping that leaves nothing, symbolically', () => new Cropping2D(3, { name: 'c' })(Input([4, 9, 2])), /leaves nothing of inputs of shape \[null, 4, 9, 2\]/],
    ['an unknown interpolation', () => new UpSampling2D(2, { interpolation: 'cubic' as never }), /'interpolation' must be one of "nearest", "bilinear"/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));
});
