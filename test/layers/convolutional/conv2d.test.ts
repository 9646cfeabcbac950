import { expect } from 'chai';
import { Conv2D, Input } from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';
import { getExportedObject } from '../../../src/saving/registration.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

describeLayers('Conv2D', [
  [Conv2D, {
    init_kwargs: { filters: 5, kernel_size: 2, strides: 1, padding: 'valid', activation: 'relu' }, input_shape: [2, 5, 5, 4],
    expected_output_shape: [2, 4, 4, 5], expected_num_trainable_weights: 2, expected_num_losses: 0,
    expected_num_non_trainable_weights: 0, expected_num_seed_generators: 0, supports_masking: false, built_at_init: false,
  }],
  [Conv2D, {
    init_kwargs: { filters: 6, kernel_size: [2, 3], strides: [2, 1], padding: 'same', groups: 2, activity_regularizer: 'l1' },
    input_shape: [2, 4, 5, 4], expected_output_shape: [2, 2, 5, 6], expected_num_trainable_weights: 2, expected_num_losses: 1,
    expected_num_non_trainable_weights: 0, expected_num_seed_generators: 0, supports_masking: false, built_at_init: false,
  }],
  [Conv2D, {
    init_kwargs: { filters: 3, kernel_size: 2, dilation_rate: 2, data_format: 'channels_first' }, input_shape: [2, 4, 5, 4],
    expected_output_shape: [2, 3, 3, 2], expected_num_trainable_weights: 2, expected_num_losses: 0,
    expected_num_non_trainable_weights: 0, expected_num_seed_generators: 0, supports_masking: false, built_at_init: false,
  }],
]);

// Where the width is as long as the channels, keras.src.backend.tensorflow.numpy.add takes it for them.
describeGoldenLayers('conv2d', {
  departure: ({ config, output_shape }) =>
    (config.data_format === 'channels_first' && (output_shape as number[]).at(-1) === (output_shape as number[])[1]
      ? 'Python Keras adds the bias along the width' : undefined),
});

describe('Conv2D', () => {
  const wrong: [string, () => unknown, RegExp][] = [
    ['no filters', () => new Conv2D({ kernel_size: 2 } as never), /Conv2D: the argument 'filters' must be a positive integer, received undefined/],
    ['0 filters', () => new Conv2D(0, 2), /'filters' must be a positive integer, received 0/],
    ['a kernel size of 0', () => new Conv2D(1, 0), /'kernel_size' must be a positive integer or an array of 2 of them, received 0/],
    ['a kernel size of another rank', () => new Conv2D(1, [1, 2, 3]), /array of 2 of them, received \[1,2,3\]/],
    ['strides of 0', () => new Conv2D(1, 2, [1, 0]), /'strides' must be a positive integer or an array of 2 of them/],
    ['causal padding', () => new Conv2D(1, 2, 1, 'causal'), /'padding' must be one of "valid", "same", received "causal"/],
    ['an unknown data format', () => new Conv2D(1, 2, { data_format: 'NHWC' as never }), /data_format must be 'channels_last' or 'channels_first', received 'NHWC'/],
    ['strides with dilation', () => new Conv2D(1, 2, { strides: 2, dilation_rate: 2 }), /strides > 1 do not go together with a dilation_rate > 1/],
    ['filters that the groups do not divide', () => new Conv2D(3, 2, { groups: 2 }), /must be a multiple of the groups, received filters 3 and groups 2/],
    ['channels that the groups do not divide', () => new Conv2D(4, 2, { groups: 2, name: 'c' }).build([null, 5, 5, 3]),
      /The channels of the inputs of layer 'c' \(Conv2D\) must be a multiple of its 2 groups, received 3 \(input shape \[null, 5, 5, 3\]\)/],
    ['unknown channels', () => new Conv2D(4, 2, { name: 'c' }).build([null, 5, 5, null]), /The number of input channels of layer 'c' \(Conv2D\) must be known/],
    ['other channels than it was built on', () => {
      const layer = new Conv2D(1, 1, { name: 'c' });
      layer(ops.ones([1, 2, 2, 3]));
      layer(ops.ones([1, 2, 2, 4]));
    }, /The input of layer 'c' \(Conv2D\) must have size 3 along axis -1, but has 4. Received shape \[1, 2, 2, 4\]/],
    ['inputs smaller than the window', () => new Conv2D(1, 4)(Input([3, 5, 1])), /would be empty: spatial axis 0 of the input shape \[null, 3, 5, 1\]/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));

  it('is known by its older name too, and by its own class to a subclass', () => {
    class Mine extends Conv2D {}
    expect(new Mine(1, 2).name).to.match(/^mine/);
    expect(() => new Mine(0, 2)).to.throw(/^Mine: /);
    expect(getExportedObject('keras.layers.Convolution2D')).to.equal(Conv2D);
  });
});
