/** Scans of rows as one op: which are, and that they compute what the same steps give one by one. */
import { expect } from 'chai';
import type { ScanParams } from '../../../src/engine/primitives/control.js';
import type { Graph } from '../../../src/engine/graph.js';
import { planRowLoop } from '../../../src/backend/tensorflow/row-loop.js';
import * as keras from '../../../src/index.js';

const { layers, ops } = keras;
type Tensor = keras.Tensor;
type Step = (carry: Tensor[], x: Tensor[], constants: Tensor[]) => [Tensor[], Tensor];

/** Numbers of some spread that are the same in every run. */
function numbers(shape: readonly number[], seed: number): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return ops.reshape(ops.array(Float32Array.from({ length: size }, (_, i) => 2 * Math.sin(seed + 1.7 * i))), [...shape]);
}

const scansOf = (graph: Graph): ScanParams[] =>
  graph.nodes.flatMap((node) => (node.primitive === 'scan' ? [node.params] : []));

const isRowLoop = (params: ScanParams): boolean => planRowLoop(params, 2) !== undefined;

function compare(actual: readonly Tensor[], expected: readonly Tensor[], tolerance = 2e-6): void {
  expect(actual.map(({ shape }) => shape)).to.deep.equal(expected.map(({ shape }) => shape));
  actual.forEach((tensor, i) => {
    const wanted = expected[i].dataSync() as Float32Array;
    (tensor.dataSync() as Float32Array).forEach((value, k) => {
      if (!Number.isFinite(wanted[k])) expect(value).to.be.deep.equal(wanted[k]);
      else expect(value).to.be.closeTo(wanted[k], tolerance * Math.max(1, Math.abs(wanted[k])));
    });
  });
}

describe('backend/tensorflow/row-loop', () => {
  before(function () {
    if (keras.config.backend() !== 'tensorflow') this.skip();
  });

  const STEPS: Record<string, Step> = {
    'all functions of one number': ([h], [x]) => {
      const next = ops.tanh(ops.add(h, ops.sigmoid(ops.relu(x))));
      return [[next, ops.square(x)], ops.subtract(ops.exp(ops.negative(ops.square(next))), ops.negative(x))];
    },
    'all functions of two': ([h, c], [x]) => {
      const [a, b] = [ops.maximum(h, x), ops.minimum(c, x)];
      return [[ops.divide(a, ops.add(ops.square(b), 1)), ops.multiply(0.5, b)], ops.subtract(2, a)];
    },
    'carries that change places': ([h, c], [x]) => [[c, ops.multiply(0.9, h)], x],
    'a carry as it was as a result, and a carry that nothing reads': ([h], [x]) => [[ops.add(h, x), x], h],
    'parts and their joining': ([h, c], [x]) => {
      const [a, b] = ops.split(ops.concatenate([h, x, c], -1), [5], -1);
      return [[ops.add(h, a), c], b];
    },
    'constants of each kind': ([h, c], [x], [square, row, one, wide]) => {
      const next = ops.tanh(ops.add(ops.matmul(h, square), row));
      return [[next, ops.add(c, one)], ops.multiply(ops.matmul(x, wide), 0.1)];
    },
    'a mask': ([h, c], [x, m]) => {
      const mask = ops.reshape(m, [m.shape[0], 1]);
      const next = ops.where(mask, ops.add(h, x), h);
      return [[next, c], ops.where(mask, next, ops.zeros_like(next))];
    },
  };
  for (const [name, step] of Object.entries(STEPS)) {
    it(`computes ${name}`, () => {
      for (const rows of [1, 3, 8, 37]) {
        for (const reverse of [false, true]) {
          const sequence = numbers([4, rows, 5], 5);
          const mask = ops.greater(numbers([4, rows], 6), 0);
          const constants = [[5, 5], [5], [1, 5], [5, 70]].map(numbers);
          const run = (x: Tensor, m: Tensor): Tensor[] => {
            const [carry, stacked] = ops.scan(
              (states: unknown, xs: unknown) => step(states as Tensor[], xs as Tensor[], constants),
              [numbers([rows, 5], 7), numbers([rows, 5], 8)], [x, m], { reverse }) as [Tensor[], Tensor];
            return [...carry, stacked];
          };
          const compiled = keras.jit(run);
          compare(compiled(sequence, mask), run(sequence, mask));
          expect(scansOf(compiled.graphs[0]).map(isRowLoop)).to.deep.equal([true]);
          compiled.dispose();
        }
      }
    });
  }

  it('has the values of functions at their ends', () => {
    const x = ops.reshape(ops.array([0, 1e-8, -1e-4, 0.5, -0.56, 3, -9, 20, -86.5, -104, 88.7, 88.8, 100, -1000, 1e30, Infinity, -Infinity, NaN]), [1, 1, 18]);
    const run = (xs: Tensor): Tensor[] => {
      const [, made] = ops.scan((carry: unknown, at: unknown) => {
        const t = at as Tensor;
        return [carry, ops.concatenate([ops.tanh(t), ops.sigmoid(t), ops.relu(t), ops.maximum(t, 0.25), ops.exp(t)], -1)];
      }, numbers([1, 2], 1), xs) as [Tensor, Tensor];
      return [made];
    };
    const compiled = keras.jit(run);
    compare(compiled(x), run(x), 3e-7);
    expect(scansOf(compiled.graphs[0]).map(isRowLoop)).to.deep.equal([true]);
  });

  it('runs recurrent layers and their gradients, and these agree with steps of their own', () => {
    for (const make of [
      (options: object) => new layers.LSTM({ units: 20, return_sequences: true, ...options }),
      (options: object) => new layers.GRU({ units: 33, ...options }),
      (options: object) => new layers.SimpleRNN({ units: 5, go_backwards: true, ...options }),
      (options: object) => new layers.RNN({ cell: [new layers.LSTMCell(6), new layers.SimpleRNNCell(7)], ...options }),
    ]) {
      const layer = make({});
      const x = numbers([9, 12, 4], 1);
      layer(x);
      const single = make({ unroll: true });
      single(x);
      single.set_weights(layer.get_weights());
      const results = [layer, single].map((one) => {
        const values = one.trainable_variables.map((variable) => variable.value);
        const others = one.non_trainable_variables.map((variable) => variable.value);
        const loss = (weights: Tensor[], inputs: Tensor): Tensor =>
          ops.sum(ops.square(one.stateless_call(weights, others, inputs)[0] as Tensor));
        const gradients = keras.jit(keras.value_and_grad(loss));
        const made = gradients(values, x) as [Tensor, Tensor[]];
        return { scans: scansOf(gradients.graphs[0]), made: [made[0], ...made[1]] };
      });
      expect(results[0].scans.map(isRowLoop)).to.deep.equal([true, true]);
      expect(results[1].scans).to.be.empty;
      compare(results[0].made, results[1].made, 3e-5);
    }
  });

  it('leaves to TensorFlow what is no loop over rows, or has large matrices', () => {
    const scans = (layer: keras.Layer, shape: readonly number[]): boolean[] => {
      const compiled = keras.jit((x: Tensor) => layer(x) as Tensor);
      compiled(numbers(shape, 1));
      return scansOf(compiled.graphs[0]).map(isRowLoop);
    };
    expect(scans(new layers.ConvLSTM1D(2, 3), [2, 12, 6, 1])).to.deep.equal([false]);
    expect(scans(new layers.SimpleRNN({ units: 4, dtype: 'float64' }), [2, 12, 3])).to.deep.equal([false]);
    expect(scans(new layers.LSTM(300), [1, 12, 3])).to.deep.equal([false]);
    expect(scans(new layers.LSTM(200), [1, 12, 3])).to.deep.equal([true]);
  });
});
