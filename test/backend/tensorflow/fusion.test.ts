/** Chains of a product, a bias, a sum and an activation, computed as one op. */
import { expect } from 'chai';
import { planFusions } from '../../../src/backend/tensorflow/fusion.js';
import type { Graph } from '../../../src/engine/graph.js';
import { countUses } from '../../../src/engine/invariants.js';
import { Trace } from '../../../src/engine/trace.js';
import * as keras from '../../../src/index.js';

const { ops } = keras;
type Tensor = keras.Tensor;
const all = { bias: true, sum: true, depthwise: true, steady: false, rowThreads: 0 };

function graphOf(shapes: readonly (readonly number[])[], fn: (...xs: Tensor[]) => Tensor | Tensor[]): Graph {
  const trace = new Trace();
  const inputs = shapes.map((shape) => trace.input({ shape, dtype: 'float32' }));
  return trace.finish([trace.run(() => fn(...inputs))].flat());
}

function fusedOps(graph: Graph): string[][] {
  return [...planFusions(graph.nodes, countUses(graph), all).byLast.values()].map(({ attrs }) => [...(attrs.fused_ops as { strings: string[] }).strings]);
}

const image = [2, 5, 5, 3];
const kernel = [3, 3, 3, 3];
const conv = (x: Tensor, k: Tensor): Tensor => ops.conv(x, k, { padding: 'same' });

describe('fusion', () => {
  it('finds chains, and leaves alone what is used elsewhere', () => {
    const bias = [3];
    expect(fusedOps(graphOf([image, kernel, bias], (x, k, b) => ops.relu(ops.add(conv(x, k), b)))))
      .to.deep.equal([['BiasAdd', 'Relu']]);
    expect(fusedOps(graphOf([image, kernel, bias, image], (x, k, b, r) => ops.relu6(ops.add(ops.add(conv(x, k), b), r)))))
      .to.deep.equal([['BiasAdd', 'Add', 'Relu6']]);
    expect(fusedOps(graphOf([[4, 5], [5, 6], [6]], (x, k, b) => ops.elu(ops.add(ops.matmul(x, k), b)))))
      .to.deep.equal([['BiasAdd', 'Elu']]);
    expect(fusedOps(graphOf([[2, 3, 5], [5, 6], [6]], (x, k, b) => ops.relu(ops.add(ops.matmul(x, k), b)))))
      .to.deep.equal([['BiasAdd', 'Relu']]);
    // Channels on several axes, as the heads of attention: each has its own number, or it is no bias.
    const heads = (shape: number[], to: number[]): string[][] => fusedOps(graphOf([[6, 5], [5, 8], shape],
      (x, k, b) => ops.relu(ops.add(ops.reshape(ops.matmul(x, k), to), b))));
    expect(heads([2, 4], [2, 3, 2, 4])).to.deep.equal([['BiasAdd', 'Relu']]);
    expect(heads([4], [2, 3, 2, 4])).to.deep.equal([]);
    expect(heads([2, 2, 4], [3, 2, 2, 4])).to.deep.equal([]);
    expect(heads([8, 1], [6, 8, 1])).to.deep.equal([['BiasAdd', 'Relu']]);
    expect(heads([8], [2, 3, 8])).to.deep.equal([['BiasAdd', 'Relu']]);
    expect(heads([1, 8], [6, 8])).to.deep.equal([]);
    expect(fusedOps(graphOf([[4, 5], [5, 6], [6]], (x, k, b) => ops.sin(ops.add(ops.matmul(x, k), b)))))
      .to.deep.equal([['BiasAdd']]);
    expect(fusedOps(graphOf([image, [3, 3, 3, 2], [6]], (x, k, b) => ops.relu(ops.add(ops.depthwise_conv(x, k), b)))))
      .to.deep.equal([['BiasAdd', 'Relu']]);
    // The sum of two convolutions goes to one of them.
    expect(fusedOps(graphOf([image, kernel, bias], (x, k, b) => ops.relu(
      ops.add(ops.add(conv(x, k), b), ops.add(conv(ops.sin(x), k), b)))))).to.deep.equal([['BiasAdd', 'Add', 'Relu']]);
    // The biased product is a result as well, has no bias of channels, or is not of float32.
    expect(fusedOps(graphOf([image, kernel, bias], (x, k, b) => {
      const biased = ops.add(conv(x, k), b);
      return [biased, ops.relu(biased)];
    }))).to.deep.equal([]);
    expect(fusedOps(graphOf([image, kernel, image], (x, k, b) => ops.relu(ops.add(conv(x, k), b))))).to.deep.equal([]);
    expect(fusedOps(graphOf([image, kernel, bias], (x, k, b) => {
      const [hx, hk, hb] = [x, k, b].map((t) => ops.cast(t, 'float16') as Tensor);
      return ops.relu(ops.add(conv(hx, hk), hb));
    }))).to.deep.equal([]);
  });

  it('tells convolutions whose kernel stays, which take a sum with them then alone', () => {
    const graph = graphOf([image, kernel, [3], image, kernel], (x, k, b, r, other) => {
      const y = ops.add(ops.add(conv(x, k), b), r);
      return ops.relu(ops.add(ops.add(conv(y, other), b), r));
    });
    const { byLast } = planFusions(graph.nodes, countUses(graph), { ...all, steady: true }, new Set([graph.inputs[1]]));
    expect([...byLast.values()].map(({ op, attrs }) => [op, (attrs.fused_ops as { strings: string[] }).strings, 'is_filter_const' in attrs]))
      .to.deep.equal([['_MklNativeFusedConv2D', ['BiasAdd', 'Add'], true]]);
  });

  it('gives what the ops give one by one, and so do gradients', function () {
    if (keras.config.backend() !== 'tensorflow') this.skip();
    const normal = (shape: number[], seed: number): Tensor => keras.random.normal(shape, { seed });
    const [x, k, b, r] = [normal(image, 1), normal(kernel, 2), normal([3], 3), normal(image, 4)];
    const cases: ((...xs: Tensor[]) => Tensor)[] = [
      (...[x1, k1, b1]) => ops.relu(ops.add(conv(x1, k1), b1)),
      (...[x1, k1, b1, r1]) => ops.relu(ops.add(ops.add(conv(x1, k1), b1), r1)),
      (...[x1, k1, b1, r1]) => ops.elu(ops.add(r1, ops.add(conv(x1, k1), b1))),
      (...[x1, k1, b1, r1]) => ops.add(ops.add(ops.conv(x1, k1, { padding: 'same', dilation_rate: 2 }), b1), r1),
      (...[x1, k1, b1]) => ops.relu(ops.add(ops.conv(x1, k1, { strides: 2 }), b1)),
      (...[x1, k1, b1]) => ops.relu6(ops.add(ops.depthwise_conv(x1, ops.sum(k1, 3, true), { padding: 'same' }), b1)),
      (...[x1, k1, b1]) => ops.relu(ops.add(ops.depthwise_conv(x1, ops.sum(k1, 3, true), { dilation_rate: 2 }), b1)),
      (...[x1, k1, b1]) => ops.elu(ops.add(ops.matmul(x1, ops.sum(k1, [0, 1])), b1)),
      (...[x1, k1, b1]) => ops.relu(ops.add(ops.reshape(ops.matmul(ops.reshape(x1, [50, 3]), ops.reshape(k1, [3, 27])), [2, 25, 9, 3]),
        ops.outer(ops.arange(9, { dtype: 'float32' }), b1))),
      (...[x1, k1, b1]) => ops.relu6(ops.add(ops.matmul(ops.reshape(x1, [50, 3]), ops.sum(k1, [0, 1])), b1)),
    ];
    for (const fn of cases) {
      const both = (...xs: Tensor[]): Tensor[] => {
        const gradients = keras.grad((...ys: Tensor[]) => ops.sum(ops.sin(fn(...ys))), { argnums: [0, 1, 2] })(...xs);
        return [fn(...xs), ...(gradients as Tensor[])];
      };
      const expected = both(x, k, b, r);
      const actual = keras.jit(both)(x, k, b, r);
      actual.forEach((tensor, i) => {
        const difference = ops.max(ops.abs(ops.subtract(tensor, expected[i]))) as Tensor;
        expect(difference.item()).to.be.lessThan(2e-4);
      });
    }
  });
});
