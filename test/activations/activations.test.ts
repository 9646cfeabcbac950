import { expect } from 'chai';
import * as activations from '../../src/activations/index.js';
import type { Tensor } from '../../src/engine/tensor.js';
import { KerasTensor } from '../../src/ops/keras-tensor.js';
import { array } from '../golden/arrays.js';
import { loadGolden, type GoldenTensor } from '../golden/golden.js';
import { expectTensor, tensorOf } from '../golden/tensors.js';

interface Case {
  activation: string;
  /** Left out where the activation is called with options. */
  serialized?: unknown;
  kwargs?: Record<string, unknown>;
  x: GoldenTensor;
  output: GoldenTensor;
}

describe('activations', () => {
  it('give the numbers of Python Keras by name', () => {
    for (const { activation, serialized, kwargs, x, output } of loadGolden<Case>('layers', 'activation_functions').cases) {
      const fn = activations.get(activation) as (x: Tensor, options?: object) => Tensor;
      if (serialized) {
        expect(activations.serialize(fn), activation).to.deep.equal(serialized);
        expect(activations.deserialize(serialized)).to.equal(fn);
      }
      expectTensor(kwargs ? fn(tensorOf(x), kwargs) : fn(tensorOf(x)), output, activation, { atol: 2e-6 });
    }
  });

  const rectified = [-10, -5, 0, 5, 10];
  const RELU: [options: object, expected: number[]][] = [
    [{}, [0, 0, 0, 5, 10]],
    [{ negative_slope: 0.5 }, [-5, -2.5, 0, 5, 10]],
    [{ max_value: 5 }, [0, 0, 0, 5, 5]],
    [{ max_value: 6 }, [0, 0, 0, 5, 6]],
    [{ threshold: 5 }, [0, 0, 0, 0, 10]],
    [{ negative_slope: 0.1, max_value: 7, threshold: 6 }, [-1.6, -1.1, -0.6, -0.1, 7]],
  ];
  for (const [options, expected] of RELU) {
    it(`relu(${JSON.stringify(options)})`, () => {
      const values = activations.relu(rectified, options).dataSync();
      expected.forEach((value, i) => expect(Number(values[i])).to.be.closeTo(value, 1e-6));
    });
  }

  it('get takes functions, null and aliases, and names what it does not know', () => {
    const own = activations.get((x: Tensor) => x);
    expect(own(array([1])).arraySync()).to.deep.equal([1]);
    expect(activations.get(null)).to.equal(activations.linear);
    expect(activations.get('swish')).to.equal(activations.silu);
    expect(activations.serialize(activations.swish)).to.equal('silu');
    expect(() => activations.get('rellu')).to.throw(/rellu.*Known names:.*relu/);
    expect(() => activations.get(3)).to.throw(/activation 3/);
  });

  it('softmax and sigmoid remember their logits; symbolic calls keep shapes', () => {
    const x = array([[1, 2]]);
    expect(activations.softmax(x).logits).to.equal(x);
    expect(activations.sigmoid(x).logits).to.equal(x);
    expect(activations.gelu(new KerasTensor([null, 3])).shape).to.deep.equal([null, 3]);
  });
});
