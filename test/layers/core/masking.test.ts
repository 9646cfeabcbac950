import { Masking } from '../../../src/layers/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

describeLayers('Masking', [
  [Masking, {
    init_kwargs: { mask_value: 1 }, input_shape: [2, 3, 4], expected_output_shape: [2, 3, 4],
    expected_num_trainable_weights: 0, supports_masking: true, expected_mask_shape: [2, 3], built_at_init: true,
  }],
]);

describeGoldenLayers('masking');
