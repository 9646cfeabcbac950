import { expect } from 'chai';
import { grad } from '../../../src/engine/gradients.js';
import { tidy } from '../../../src/engine/scope.js';
import type { Tensor } from '../../../src/engine/tensor.js';
import {
  AdaptiveAveragePooling1D, AdaptiveAveragePooling2D, AdaptiveAveragePooling3D, AdaptiveMaxPooling1D, AdaptiveMaxPooling2D,
  AdaptiveMaxPooling3D,
} from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

const NONE = { expected_num_trainable_weights: 0, expected_num_losses: 0, supports_masking: false, built_at_init: false } as const;

describeLayers('Adaptive pooling', [
  [AdaptiveAveragePooling1D, { init_kwargs: { output_size: 4 }, input_shape: [2, 6, 3], expected_output_shape: [2, 4, 3], ...NONE }],
  [AdaptiveAveragePooling2D, { init_kwargs: { output_size: [3, 2] }, input_shape: [2, 5, 6, 3], expected_output_shape: [2, 3, 2, 3], ...NONE }],
  [AdaptiveAveragePooling3D, { init_kwargs: { output_size: 2 }, input_shape: [1, 4, 3, 5, 2], expected_output_shape: [1, 2, 2, 2, 2], ...NONE }],
  [AdaptiveMaxPooling1D, { init_kwargs: { output_size: 1 }, input_shape: [2, 6, 3], expected_output_shape: [2, 1, 3], ...NONE }],
  [AdaptiveMaxPooling2D, { init_kwargs: { output_size: 2, data_format: 'channels_first' }, input_shape: [2, 3, 5, 6], expected_output_shape: [2, 3, 2, 2], ...NONE }],
  [AdaptiveMaxPooling3D, { init_kwargs: { output_size: 2 }, input_shape: [1, 4, 3, 5, 2], expected_output_shape: [1, 2, 2, 2, 2], ...NONE }],
]);
describeGoldenLayers('adaptive_pooling');

describe('Adaptive pooling', () => {
  it('has a gradient for a single window', () => tidy(() => {
    const gradient = grad((x: Tensor) => ops.sum(new AdaptiveMaxPooling1D(1)(x)));
    expect((gradient(ops.array([[[1], [3], [2]]])) as Tensor).arraySync()).to.deep.equal([[[0], [1], [0]]]);
  }));

  const wrong: [string, () => unknown, RegExp][] = [
    ['no size', () => new AdaptiveMaxPooling1D({} as never), /AdaptiveMaxPooling1D: the argument 'output_size' must be a positive integer/],
    ['sizes of another rank', () => new AdaptiveAveragePooling2D([1, 2, 3]), /'output_size' must be a positive integer or an array of 2 of them, received \[1,2,3\]/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));
});
