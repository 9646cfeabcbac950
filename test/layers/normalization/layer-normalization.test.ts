import { expect } from 'chai';
import { GroupNormalization, LayerNormalization, RMSNormalization, UnitNormalization } from '../../../src/layers/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

describeLayers('Normalization of samples', [
  [LayerNormalization, {
    init_kwargs: { gamma_regularizer: 'l2', beta_regularizer: 'l2' }, input_shape: [3, 4, 2], expected_output_shape: [3, 4, 2],
    expected_num_trainable_weights: 2, expected_num_losses: 2, supports_masking: true, expected_mask_shape: [3, 4],
    built_at_init: false,
  }],
  [LayerNormalization, {
    init_kwargs: { axis: [2, 1], scale: false }, input_shape: [3, 4, 2], expected_output_shape: [3, 4, 2],
    expected_num_trainable_weights: 1,
  }],
  [LayerNormalization, {
    init_kwargs: { rms_scaling: true }, input_shape: [3, 4, 2], expected_output_shape: [3, 4, 2], expected_num_trainable_weights: 1,
  }],
  [RMSNormalization, {
    input_shape: [3, 4, 2], expected_output_shape: [3, 4, 2], expected_num_trainable_weights: 1, supports_masking: false,
  }],
  [GroupNormalization, {
    init_kwargs: { groups: 2, gamma_regularizer: 'l2' }, input_shape: [2, 3, 4], expected_output_shape: [2, 3, 4],
    expected_num_trainable_weights: 2, expected_num_losses: 1, supports_masking: true, expected_mask_shape: [2, 3],
  }],
  [GroupNormalization, {
    init_kwargs: { groups: 2, axis: 1 }, input_shape: [2, 4, 3, 3], expected_output_shape: [2, 4, 3, 3],
    expected_num_trainable_weights: 2,
  }],
  [UnitNormalization, {
    init_kwargs: { axis: [1, 2] }, input_shape: [2, 3, 4], expected_output_shape: [2, 3, 4], expected_num_trainable_weights: 0,
    supports_masking: true, expected_mask_shape: [2, 3], built_at_init: true,
  }],
]);

describeGoldenLayers('layer_normalization');

describe('Normalization of samples', () => {
  const wrong: [string, () => unknown, RegExp][] = [
    ['groups that do not divide the channels', () => new GroupNormalization(3, { name: 'g' }).build([null, 4]), /The 3 groups of layer 'g' \(GroupNormalization\) do not divide its 4 channels/],
    ['0 groups', () => new GroupNormalization(0), /'groups' must be a positive integer, or -1/],
    ['an axis of text', () => new LayerNormalization('x' as never), /LayerNormalization: the argument 'axis' must be an integer or an array/],
    ['half an axis', () => new UnitNormalization(0.5), /UnitNormalization: the argument 'axis' must be an integer/],
    ['several axes of features', () => new GroupNormalization({ axis: [1, 2] as never }), /GroupNormalization: the argument 'axis' must be an integer, received \[1,2\]/],
    ['unknown lengths', () => new LayerNormalization({ name: 'l' }).build([2, null]), /Axis -1 of the inputs of layer 'l' \(LayerNormalization\) must have a known length/],
    ['an axis out of bounds', () => new LayerNormalization(3, { name: 'l' }).build([2, 4]), /3 is out of bounds for a tensor of rank 2/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));
});
