import { expect } from 'chai';
import { Input, ReversibleEmbedding } from '../../../src/layers/index.js';
import { asComputed, describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

describeLayers('ReversibleEmbedding', [
  [ReversibleEmbedding, {
    init_kwargs: { input_dim: 5, output_dim: 3, mask_zero: true }, input_shape: [2, 4], input_dtype: 'int32',
    expected_output_shape: [2, 4, 3], expected_num_trainable_weights: 1, supports_masking: true, expected_mask_shape: [2, 4],
    built_at_init: false,
  }],
  [ReversibleEmbedding, {
    init_kwargs: { input_dim: 5, output_dim: 3, tie_weights: false }, input_shape: [2, 4], input_dtype: 'int32',
    expected_output_shape: [2, 4, 3], expected_num_trainable_weights: 2, supports_masking: false,
  }],
]);
// Keras says the compute dtype of scores even where reverse_dtype is another.
describeGoldenLayers('reversible_embedding', { symbolic: asComputed });

describe('ReversibleEmbedding', () => {
  it('says both shapes', () => {
    const layer = new ReversibleEmbedding(7, 3);
    expect(layer.compute_output_shape([null, 4])).to.deep.equal([null, 4, 3]);
    expect(layer.compute_output_shape([null, 4, 3], true)).to.deep.equal([null, 4, 7]);
    expect(layer(Input({ shape: [null, 3] }), { reverse: true }).shape).to.deep.equal([null, null, 7]);
  });
});
