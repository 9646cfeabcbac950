import { expect } from 'chai';
import { tidy } from '../../../src/engine/scope.js';
import { Embedding } from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';
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

describe('Embedding', () => {
  it('takes its vectors in the constructor', () => tidy(() => {
    for (const weights of [[[1, 2], [3, 4]], [[[1, 2], [3, 4]]], ops.array([[1, 2], [3, 4]])]) {
      const layer = new Embedding(2, 2, { weights });
      expect(layer.built).to.equal(true);
      expect(layer([1, 0]).arraySync()).to.deep.equal([[3, 4], [1, 2]]);
    }
    expect(new Embedding(1, 2, { weights: [[5, 6]] })([0]).arraySync()).to.deep.equal([[5, 6]]);
  }));

  const wrong: [string, () => unknown, RegExp][] = [
    ['no vocabulary', () => new Embedding(0, 3), /Embedding: the argument 'input_dim' must be a positive integer, received 0/],
    ['half a dimension', () => new Embedding(3, 1.5), /'output_dim' must be a positive integer, received 1.5/],
    ['vectors of another shape', () => new Embedding(3, 2, { weights: [[1, 2]] }), /shape \[1, 2\] to variable '.*embeddings' of shape \[3, 2\]/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));
});
