import { ActivityRegularization } from '../../../src/layers/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

describeLayers('ActivityRegularization', [
  [ActivityRegularization, {
    init_kwargs: { l1: 0.1, l2: 0.2 }, input_shape: [2, 3], expected_output_shape: [2, 3], expected_num_trainable_weights: 0,
    expected_num_losses: 1, supports_masking: true, expected_mask_shape: [2, 3], built_at_init: true,
  }],
]);

describeGoldenLayers('activity_regularization');
