import { expect } from 'chai';
import { GRU } from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

const COMMON = {
  input_shape: [3, 2, 4], expected_num_trainable_weights: 3, expected_num_non_trainable_weights: 0, supports_masking: true,
  built_at_init: false,
} as const;

describeLayers('GRU', [
  [GRU, { init_kwargs: { units: 3, dropout: 0.5, recurrent_dropout: 0.5 }, call_kwargs: { training: true }, ...COMMON, expected_output_shape: [3, 3] }],
  [GRU, { init_kwargs: { units: 3, dropout: 0.5, implementation: 1, reset_after: false }, call_kwargs: { training: true }, ...COMMON, expected_output_shape: [3, 3] }],
  [GRU, {
    init_kwargs: { units: 3, return_sequences: true, bias_regularizer: 'l1', kernel_regularizer: 'l2', recurrent_regularizer: 'l2', activity_regularizer: 'l2' },
    ...COMMON, expected_output_shape: [3, 2, 3], expected_num_losses: 4, expected_mask_shape: [3, 2],
  }],
  [GRU, { init_kwargs: { units: 2, return_state: true, reset_after: false, go_backwards: true }, ...COMMON, expected_output_shape: [3, 2] }],
]);

describeGoldenLayers('gru');

describe('GRU', () => {
  const wrong: [string, () => unknown, RegExp][] = [
    ['negative units', () => new GRU(-2), /GRUCell: the argument 'units' must be a positive integer, received -2/],
    ['an unknown implementation', () => new GRU(2, { implementation: 3 as never }), /GRUCell: the argument 'implementation' must be 1 or 2, received 3/],
    ['cuDNN alone', () => new GRU(2, { use_cudnn: true })(ops.ones([1, 2, 3])), /use_cudnn: true was given to layer .*not supported/],
    ['another word for cuDNN', () => new GRU(2, { use_cudnn: 'always' as never }), /GRU: the argument 'use_cudnn' must be 'auto', true or false, received "always"/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));
});
