import { expect } from 'chai';
import { EinsumDense } from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';
import { asComputed, describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

const counts = { expected_num_non_trainable_weights: 0, expected_num_seed_generators: 0, supports_masking: false, built_at_init: false };

describeLayers('EinsumDense', [
  [EinsumDense, {
    init_kwargs: { equation: 'ab,bcd->acd', output_shape: [8, 4], bias_axes: 'cd', kernel_regularizer: 'l2', activity_regularizer: 'l1' },
    input_shape: [2, 3], expected_output_shape: [2, 8, 4], expected_num_trainable_weights: 2, expected_num_losses: 2, ...counts,
  }],
  [EinsumDense, {
    init_kwargs: { equation: '...b,bc->...c', output_shape: 4, activation: 'relu' },
    input_shape: [2, 3, 5], expected_output_shape: [2, 3, 4], expected_num_trainable_weights: 1, expected_num_losses: 0, ...counts,
  }],
]);
// Keras leaves sizes open that it documents as known.
describeGoldenLayers('einsum_dense', { symbolic: asComputed });

describe('EinsumDense', () => {
  it('tells its initializer which axes lead in', () => {
    const bound = (equation: string, output: (number | null)[]): number => {
      const layer = new EinsumDense(equation, output, { kernel_initializer: { class_name: 'HeUniform', config: { seed: 1 } } });
      layer.build([2, 3, 4, 50]);
      const values = layer.kernel.value.dataSync() as Float32Array;
      return Math.max(...values.map(Math.abs));
    };
    // sqrt(6 / 200) where two axes are summed over, sqrt(6 / 50) where one is.
    expect(bound('abcd,cde->abe', [null, 60])).to.be.within(0.15, Math.sqrt(6 / 200));
    expect(bound('abcd,def->abcef', [null, null, 4, 60])).to.be.within(0.3, Math.sqrt(6 / 50));
  });

  const wrong: [string, () => unknown, RegExp][] = [
    ['an equation that it cannot read', () => new EinsumDense('ab,bc', 3)(ops.ones([2, 3])), /cannot read the equation 'ab,bc'/],
    ['no equation', () => new EinsumDense(3 as never, 3), /EinsumDense: the argument 'equation' must be a string/],
    ['an output shape of 0', () => new EinsumDense('ab,bc->ac', [0]), /'output_shape' must be a positive integer, or an array/],
    ['too few axes', () => new EinsumDense('abc,cd->abd', [null, 3])(ops.ones([2, 3])), /names 3 axes of the inputs, received the shape \[2, 3\]/],
    ['sizes that differ', () => new EinsumDense('abc,cd->abd', [4, 3])(ops.ones([2, 5, 3])), /axis 'b' .* has size 5 in the inputs .* but 4 in the output_shape/],
    ['a letter from nowhere', () => new EinsumDense('ab,bc->acz', [3, 2])(ops.ones([2, 5])), /axis 'z' of the output/],
    ['a kernel axis from nowhere', () => new EinsumDense('ab,bcz->ac', 3)(ops.ones([2, 5])), /axis 'z' of the kernel/],
    ['a bias along no axis of the output', () => new EinsumDense('ab,bc->ac', 3, { bias_axes: 'b' })(ops.ones([2, 5])), /bias_axes of EinsumDense name axes of the output \('ac'/],
    ['a kernel of unknown size', () => new EinsumDense('ab,bc->ac', [null])(ops.ones([2, 5])), /cannot make the weight 'kernel' of shape \[5, null\]/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));
});
