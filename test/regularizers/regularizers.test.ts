import { expect } from 'chai';
import { grad } from '../../src/engine/gradients.js';
import type { Tensor } from '../../src/engine/tensor.js';
import * as regularizers from '../../src/regularizers/index.js';
import { array } from '../golden/arrays.js';
import { loadGolden, type GoldenTensor } from '../golden/golden.js';
import { expectTensor, tensorOf } from '../golden/tensors.js';

interface Case {
  class_name: string;
  config: Record<string, unknown>;
  serialized: Record<string, unknown>;
  x: GoldenTensor;
  output: GoldenTensor;
  /** null where Python has no gradient. */
  grad: GoldenTensor | null;
}

describe('regularizers', () => {
  it('give the penalties, gradients and configs of Python Keras', () => {
    for (const { class_name, config, serialized, x, output, grad: expected } of loadGolden<Case>('layers', 'regularizers').cases) {
      const what = `${class_name}(${JSON.stringify(config)})`;
      const regularizer = regularizers.deserialize(serialized) as regularizers.Regularizer;
      expect(regularizers.serialize(regularizer), what).to.deep.equal(serialized);
      expectTensor(regularizer(tensorOf(x)), output, what);
      if (expected) expectTensor(grad((t: Tensor) => regularizer(t))(tensorOf(x)) as Tensor, expected, `gradient of ${what}`);
    }
  });

  it('are found by name, and check their factors', () => {
    expect((regularizers.get('l2') as regularizers.L2).l2).to.equal(0.01);
    expect(regularizers.get('L1L2')).to.be.instanceOf(regularizers.L1L2);
    expect(regularizers.get('l1l2')).to.be.instanceOf(regularizers.L1L2);
    expect(regularizers.get('orthogonal_regularizer')).to.be.instanceOf(regularizers.OrthogonalRegularizer);
    expect(regularizers.get(null)).to.equal(null);
    expect(() => regularizers.get('l3')).to.throw(/l3.*Known names:.*l1_l2/);
    expect(() => new regularizers.L2(-1)).to.throw(RangeError, '-1');
    expect(() => new regularizers.OrthogonalRegularizer()(array([1, 2]))).to.throw(/\[2\]/);
    expect(() => new regularizers.OrthogonalRegularizer(1, 'diagonals' as never)).to.throw(/diagonals/);
    expect(`${new regularizers.L1L2({ l1: 1, l2: 2 })}`).to.equal('<L1L2 l1=1, l2=2>');
    expect(new regularizers.L1L2()(array([1, 2])).item()).to.equal(0);
  });
});
