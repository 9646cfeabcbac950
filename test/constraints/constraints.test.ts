import { expect } from 'chai';
import * as constraints from '../../src/constraints/index.js';
import { array } from '../golden/arrays.js';
import { loadGolden, type GoldenTensor } from '../golden/golden.js';
import { expectTensor, tensorOf } from '../golden/tensors.js';

interface Case {
  class_name: string;
  config: Record<string, unknown>;
  serialized: Record<string, unknown>;
  x: GoldenTensor;
  output: GoldenTensor;
}

describe('constraints', () => {
  it('give the weights and configs of Python Keras', () => {
    for (const { class_name, config, serialized, x, output } of loadGolden<Case>('layers', 'constraints').cases) {
      const what = `${class_name}(${JSON.stringify(config)})`;
      const constraint = constraints.deserialize(serialized) as constraints.Constraint;
      expect(constraints.serialize(constraint), what).to.deep.equal(serialized);
      expectTensor(constraint(tensorOf(x)), output, what);
    }
  });

  it('are found by name', () => {
    expect(constraints.get('non_neg')).to.be.instanceOf(constraints.NonNeg);
    expect(constraints.get(constraints.UnitNorm)).to.be.instanceOf(constraints.UnitNorm);
    expect(constraints.get({ class_name: 'MaxNorm', config: { max_value: 3 } })).to.have.property('max_value', 3);
    expect(() => constraints.get('fat')).to.throw(/fat.*Known names:.*max_norm/);
    expect(new constraints.Constraint()(array([1])).arraySync()).to.deep.equal([1]);
    expect(`${new constraints.MaxNorm(1, { axis: [0, 1] })}`).to.equal('<MaxNorm max_value=1, axis=0,1>');
  });
});
