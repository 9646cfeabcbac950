import { Embedding } from '../../../src/layers/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

describeLayers('Embedding', [
  [Embedding, {
    init_kwargs: { input_dim: 5, output_dim: 3 }, input_shape: [2, 4], input_dtype: 'int32',
    expected_output_shape: [2, 4, 3], expected_num_trainable_weights: 1, expected_num_non_trainable_weights: 0,
    expected_num_losses: 0, supports_masking: false, built_at_init: false,
  }],
  [Embedding, {
    init_kwargs: { input_dim: 5, output_dim: 3, mask_zero: true, embeddings_regularizer: 'l2', activity_regularizer: 'l1' },
    input_shape: [2, 3], input_dtype: 'int32', expected_output_shape: [2, 3, 3], expected_num_trainable_weights: 1,
    expected_num_losses: 2, supports_masking: true, expected_mask_shape: [2, 3],
  }],
]);

describeGoldenLayers('embedding');
