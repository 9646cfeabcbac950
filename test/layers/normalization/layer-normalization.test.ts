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
