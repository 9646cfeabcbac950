import { expect } from 'chai';
import { tidy } from '../../src/engine/scope.js';
import type { Tensor } from '../../src/engine/tensor.js';
import { Function, Input, KerasTensor, layers } from '../../src/index.js';
import * as ops from '../../src/ops/index.js';

describe('KerasTensor', () => {
  it('has the methods of tensors that change shapes', () => {
    const x = Input({ shape: [2, 3, 1] });
    expect(x.reshape([-1, 6]).shape).to.deep.equal([null, 6]);
    expect(x.squeeze(-1).shape).to.deep.equal([null, 2, 3]);
    expect(x.squeeze().shape).to.deep.equal([null, 2, 3]);
  });
});

describe('Function', () => {
  const make = (): InstanceType<typeof Function> => {
    const [a, b] = [new KerasTensor([null, 2]), new KerasTensor([null, 2])];
    const sum = ops.add(a, b);
    return new Function({ a, b }, [ops.multiply(sum, 2), ops.sum(sum, 1)], { name: 'f' });
  };
  const call = (fn: unknown, x: unknown): Tensor[] => (fn as (x: unknown) => Tensor[])(x);

  it('computes its outputs for tensors', () => tidy(() => {
    const fn = make();
    const [doubled, sums] = call(fn, { a: [[1, 2]], b: [[3, 4]] });
    expect(doubled.arraySync()).to.deep.equal([[8, 12]]);
    expect(sums.arraySync()).to.deep.equal([10]);
    expect(fn.operations.map(({ constructor }) => constructor.name)).to.have.length(3);
    expect([fn.inputs.length, fn.outputs.length]).to.deep.equal([2, 2]);
  }));

  it('is an operation of other graphs, and says its shapes', () => {
    const fn = make();
    const [x, y] = [Input({ shape: [2] }), Input({ batch_shape: [5, 2] })];
    expect(call(fn, { a: y, b: y }).map(({ shape }) => shape)).to.deep.equal([[5, 2], [5]]);
    expect(fn.compute_output_shape({ a: [7, 2], b: [7, 2] })).to.deep.equal([[7, 2], [7]]);
    const dense = new Function(x, new layers.Dense(3)(x));
    expect(dense.compute_output_shape([4, 2])).to.deep.equal([4, 3]);
    expect(dense.name).to.match(/^function/);
  });

  const wrong: [string, () => unknown, RegExp][] = [
    ['inputs of another structure', () => call(make(), [[[1, 2]], [[1, 2]]]), /Function 'f' takes inputs in the structure \{a: \*, b: \*\}/],
    ['inputs of another shape', () => call(make(), { a: [[1, 2, 3]], b: [[1, 2]] }), /must have shape \[null, 2\], received \[1, 3\]/],
    ['inputs that are none', () => new Function([1] as never, []), /All inputs .* must be KerasTensors, received 1/],
    ['outputs that depend on something else', () => new Function(Input({ shape: [2] }), ops.relu(Input({ shape: [2] }))), /not among the inputs/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(() => tidy(() => void act())).to.throw(message));
});
