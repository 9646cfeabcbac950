import { expect } from 'chai';
import type { Tensor } from '../../../src/engine/tensor.js';
import { Activation, ELU, LeakyReLU, PReLU, ReLU, Softmax } from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

const SHAPE = {
  input_shape: [2, 3, 4], expected_output_shape: [2, 3, 4], expected_num_non_trainable_weights: 0, supports_masking: true,
  expected_mask_shape: [2, 3],
} as const;

describeLayers('Activation layers', [
  [Activation, { init_kwargs: { activation: 'softmax' }, ...SHAPE, built_at_init: true }],
  [ReLU, { init_kwargs: { max_value: 10, negative_slope: 1, threshold: 0.5 }, ...SHAPE, built_at_init: true }],
  [ReLU, { init_kwargs: {}, ...SHAPE, built_at_init: true }],
  [LeakyReLU, { init_kwargs: { negative_slope: 0.1 }, ...SHAPE, built_at_init: true }],
  [ELU, { init_kwargs: { alpha: 2 }, ...SHAPE, built_at_init: true }],
  // Its mask must broadcast to the inputs.
  [Softmax, { input_shape: [2, 3], expected_output_shape: [2, 3], supports_masking: true, expected_mask_shape: [2, 3], built_at_init: true }],
  [PReLU, {
    init_kwargs: { alpha_initializer: 'ones', alpha_regularizer: 'l1', alpha_constraint: 'max_norm', shared_axes: 1 },
    ...SHAPE, expected_num_trainable_weights: 1, built_at_init: false,
  }],
]);

describeGoldenLayers('activations', {
  departure: ({ config }) => (config.activation === 'glu' ? 'Python Keras says that glu keeps the shape' : undefined),
});

describe('Activation layers', () => {
  const wrong: [string, () => unknown, RegExp][] = [
    ['a negative ceiling', () => new ReLU(-1), /ReLU: the argument 'max_value' must be a number >= 0, received -1/],
    ['a slope of null', () => new LeakyReLU(null as never), /LeakyReLU: the argument 'negative_slope' must be a number >= 0, received null/],
    ['no activation', () => new Activation({} as never), /Activation: the argument 'activation' is missing/],
    ['an axis of text', () => new Softmax('x' as never), /Softmax: the argument 'axis' must be an integer or an array of integers, received "x"/],
    ['shared axes of text', () => new PReLU({ shared_axes: 'x' as never }), /PReLU: the argument 'shared_axes' must be an integer/],
    ['an unknown activation', () => new Activation('rleu'), /rleu/],
    ['a mask that does not broadcast', () => new Softmax({ name: 's' })(ops.ones([1, 3]), { mask: [[true, false, true], [true, true, true]] }),
      /The mask of layer 's' \(Softmax\) has shape \[2, 3\], which does not broadcast to the inputs of shape \[1, 3\]/],
    ['a mask of a higher rank', () => new Softmax()(ops.ones([1, 3]), { mask: [[[true, false, true]]] }), /does not broadcast/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));

  it('takes a function of your own', () => {
    const twice = (x: Tensor): Tensor => ops.multiply(x, 2);
    const y = new Activation(twice)([1, 2]);
    expect(y.arraySync()).to.deep.equal([2, 4]);
    y.dispose();
  });
});
