/** Parts of graphs that are computed row by row: which they are, and that they give what their nodes give one by one. */
import { expect } from 'chai';
import { planRegions } from '../../../src/backend/tensorflow/row-regions.js';
import type { Graph } from '../../../src/engine/graph.js';
import { countUses } from '../../../src/engine/invariants.js';
import { Trace } from '../../../src/engine/trace.js';
import * as keras from '../../../src/index.js';

const { layers, ops } = keras;
type Tensor = keras.Tensor;

/** Numbers of some spread that are the same in every run. */
function numbers(shape: readonly number[], seed: number, scale = 2): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return ops.reshape(ops.array(Float32Array.from({ length: size }, (_, i) => scale * Math.sin(seed + 1.7 * i))), [...shape]);
}

/** Calls of the op, and nodes that stay. */
function plan(graph: Graph): { calls: number; rest: string[] } {
  const units = planRegions(graph.nodes, countUses(graph), { threads: 2, steady: new Set(), taken: new Set(), least: 3 });
  const rest = units.flatMap((unit) => ('call' in unit ? [] : [unit.primitive]));
  return { calls: units.length - rest.length, rest };
}

function compare(actual: readonly Tensor[], expected: readonly Tensor[], tolerance = 3e-6): void {
  expect(actual.map(({ shape }) => shape)).to.deep.equal(expected.map(({ shape }) => shape));
  actual.forEach((tensor, i) => {
    const wanted = expected[i].dataSync() as Float32Array;
    (tensor.dataSync() as Float32Array).forEach((value, k) => {
      if (!Number.isFinite(wanted[k])) expect(value, `${i}[${k}]`).to.be.deep.equal(wanted[k]);
      else expect(value, `${i}[${k}]`).to.be.closeTo(wanted[k], tolerance * Math.max(1, Math.abs(wanted[k])));
    });
  });
}

/** Runs a function as a graph and op by op, and compares. Gives the plan. */
function check(run: (...x: Tensor[]) => Tensor[], inputs: readonly Tensor[], tolerance?: number): { calls: number; rest: string[] } {
  const compiled = keras.jit(run);
  compare(compiled(...inputs), run(...inputs), tolerance);
  const made = plan(compiled.graphs[0]);
  compiled.dispose();
  return made;
}

const softmaxOf = (x: Tensor): Tensor => ops.softmax(x);
const mean = (x: Tensor): Tensor => ops.mean(x, -1, true);

describe('backend/tensorflow/row-regions', () => {
  before(function () {
    if (keras.config.backend() !== 'tensorflow') this.skip();
  });

  const ROWS = [1, 3, 8, 37];
  for (const width of [1, 5, 16, 70]) {
    it(`computes functions of rows of ${width} columns`, () => {
      for (const rows of ROWS) {
        const x = numbers([rows, width], 1);
        const y = numbers([rows, width], 2);
        expect(check((a, b) => {
          const centered = ops.subtract(a, mean(a));
          const normal = ops.multiply(centered, ops.rsqrt(ops.add(mean(ops.square(centered)), 1e-3)));
          return [normal, ops.sqrt(ops.square(ops.multiply(normal, b)))];
        }, [x, y])).to.deep.equal({ calls: 1, rest: [] });
        expect(check((a, b) => [
          ops.add(ops.max(a, -1, true), softmaxOf(ops.multiply(a, b))), ops.sum(ops.relu(ops.maximum(a, b)), -1),
        ], [x, y]).calls).to.be.within(1, 2);
        expect(check((a, b) => [ops.tanh(ops.divide(ops.exp(a), ops.add(ops.square(b), 1))), ops.sigmoid(ops.minimum(a, ops.negative(b)))], [x, y]).calls).to.be.within(1, 2);
      }
    });
  }

  it('takes operands of all rows, of some and of each, in any number of axes', () => {
    for (const [shape, others] of [
      [[2, 3, 4, 5], [[5], [1, 5], [4, 5], [3, 1, 5], [2, 1, 4, 5], [2, 3, 1, 1], [4, 1], [1]]],
      [[4, 4], [[4], [1, 4], [4, 1], [4, 4]]],
      [[1, 6], [[6], [1, 1], [1, 6]]],
      [[3, 1, 2, 7], [[3, 1, 1, 7], [2, 1], [3, 1, 2, 1], [7]]],
    ] as [number[], number[][]][]) {
      const x = numbers(shape, 1);
      const more = others.map((other, i) => numbers(other, i));
      const made = check((a, ...rest) => {
        let sum = ops.multiply(a, 0.5);
        for (const other of rest) sum = ops.subtract(ops.multiply(sum, other), ops.add(other, a));
        return [sum];
      }, [x, ...more]);
      expect(made.calls).to.be.at.least(1);
    }
  });

  it('computes attention with masks of each kind as one call, whose heads are read and written where they lie', () => {
    const [batch, heads, length, size] = [2, 3, 37, 6];
    const [q, k, v] = [1, 2, 3].map((seed) => numbers([batch, length, heads, size], seed, 1));
    const turned = (x: Tensor): Tensor => ops.transpose(x, [0, 2, 1, 3]);
    for (const shape of [[length, length], [batch, 1, length, length], [batch, 1, 1, length], [batch, heads, length, length]]) {
      const mask = ops.greater(numbers(shape, 4), -0.5);
      expect(check((a, b, c, m) => {
        const scores = ops.multiply(ops.matmul(turned(a), ops.transpose(b, [0, 2, 3, 1])), 0.4);
        const shares = softmaxOf(ops.where(m, scores, -1e9));
        return [turned(ops.matmul(shares, turned(c)))];
      }, [q, k, v, mask])).to.deep.equal({ calls: 1, rest: [] });
    }
    expect(check((a, b, c) => [ops.reshape(turned(ops.matmul(softmaxOf(ops.multiply(ops.matmul(turned(a), ops.transpose(b, [0, 2, 3, 1])), 0.4)),
      turned(c))), [batch, length, heads * size])], [q, k, v])).to.deep.equal({ calls: 1, rest: [] });
  });

  it('multiplies with matrices of all sizes, and the other way round', () => {
    for (const rows of [...ROWS, 130]) {
      for (const [depth, width] of [[1, 1], [3, 33], [16, 32], [70, 129]]) {
        const made = check((x, w, t, b) => {
          const h = ops.relu(ops.add(ops.matmul(x, w), b));
          return [ops.add(ops.matmul(h, ops.transpose(w)), ops.multiply(x, mean(ops.matmul(x, ops.transpose(t)))))];
        }, [numbers([rows, depth], 1), numbers([depth, width], 2, 0.3), numbers([width, depth], 3, 0.3), numbers([width], 4)], 1e-5);
        expect(made).to.deep.equal({ calls: 1, rest: [] });
      }
    }
  });

  it('has the values of functions at their ends', () => {
    const x = ops.reshape(ops.array([0, 1e-8, -1e-4, 3, -9, 88.7, 100, -1000, 1e30, Infinity, -Infinity, NaN]), [12, 1]);
    check((a) => [ops.relu(ops.multiply(a, 2)), ops.exp(ops.negative(a)), ops.sqrt(ops.multiply(a, 1)), ops.tanh(ops.add(a, 0)),
      ops.maximum(ops.multiply(a, 3), 1), ops.minimum(ops.multiply(a, 3), 1), ops.rsqrt(ops.add(a, 0)), ops.max(ops.add(a, 0), -1)], [x], 1e-6);
    check((a) => [ops.multiply(softmaxOf(ops.multiply(a, ops.array([1, 2, -1]))), 1.5)], [x], 1e-6);
    // What is no number comes through, whichever operand it is.
    check((a) => [ops.add(ops.maximum(1, ops.multiply(a, 3)), ops.minimum(-1, ops.multiply(a, 3)))], [x], 1e-6);
  });

  it('leaves products of nothing to TensorFlow', () => {
    const made = check((a, b) => [ops.relu(ops.add(ops.multiply(ops.matmul(a, b), 2), 1))], [ops.zeros([2, 0]), ops.zeros([0, 3])]);
    expect(made.rest).to.include('matmul');
  });

  it('leaves a node between two of its own in their order', () => {
    const made = check((x) => {
      const first = ops.exp(ops.multiply(ops.add(x, 1), 0.1));
      const between = ops.cumsum(first, 0);
      const second = ops.add(ops.multiply(between, first), ops.square(first));
      return [ops.square(ops.add(second, 1)), ops.subtract(first, 2)];
    }, [numbers([6, 5], 1)]);
    expect(made.calls).to.equal(2);
    expect(made.rest).to.deep.equal(['cumsum']);
  });

  it('leaves to TensorFlow what is too large for the op', () => {
    const graphOf = (run: (...x: Tensor[]) => Tensor, ...shapes: number[][]): Graph => {
      const trace = new Trace();
      const inputs = shapes.map((shape) => trace.input({ shape, dtype: 'float32' } as unknown as Tensor));
      return trace.finish([trace.run(() => run(...inputs))]);
    };
    const grow = (a: Tensor, b: Tensor): Tensor => ops.square(ops.multiply(ops.add(a, b), 2));
    expect(plan(graphOf(grow, [2000, 1], [1, 2000])).calls).to.equal(1);
    expect(plan(graphOf(grow, [20_000, 1], [1, 20_000])).calls).to.equal(0);
    const wide = (a: Tensor): Tensor => softmaxOf(ops.square(ops.multiply(a, 2)));
    expect(plan(graphOf(wide, [3, 1000])).calls).to.equal(1);
    expect(plan(graphOf(wide, [3, 5_000_000])).calls).to.equal(0);
    const many = (a: Tensor, b: Tensor): Tensor => softmaxOf(ops.multiply(ops.matmul(a, ops.broadcast_to(b, [4, ...b.shape.slice(1)])), 2));
    expect(plan(graphOf(many, [4, 8, 16], [1, 16, 8])).calls).to.equal(1);
  });

  it('keeps apart what oneDNN would join with the bias of another result', () => {
    const compiledGradients = keras.jit((kernel: Tensor, bias: Tensor, dense: Tensor, x: Tensor) => keras.value_and_grad((w: Tensor[]) => {
      const image = ops.conv(x, w[0], 1, 'same');
      const flat = ops.relu(ops.reshape(image, [5, 32]));
      const other = ops.relu(ops.add(ops.matmul(flat, w[2]), w[1]));
      return ops.sum(ops.square(ops.multiply(other, ops.sigmoid(ops.matmul(flat, w[2])))));
    })([kernel, bias, dense]));
    const given = [numbers([3, 3, 1, 2], 1), numbers([7], 2), numbers([32, 7], 3), numbers([5, 4, 4, 1], 4)] as [Tensor, Tensor, Tensor, Tensor];
    const [loss, gradients] = compiledGradients(...given) as [Tensor, Tensor[]];
    expect(gradients.map(({ shape }) => shape)).to.deep.equal([[3, 3, 1, 2], [7], [32, 7]]);
    expect(Number.isFinite(loss.item())).to.equal(true);
  });

  it('computes a decoder in few calls, and its gradients as they are op by op', () => {
    const input = keras.Input({ shape: [9, 16] });
    const normal = new layers.LayerNormalization()(input) as keras.KerasTensor;
    const attended = new layers.MultiHeadAttention(2, 8)(normal, normal, { use_causal_mask: true }) as keras.KerasTensor;
    const hidden = new layers.Dense(40, 'relu')(new layers.LayerNormalization()(ops.add(input, attended))) as keras.KerasTensor;
    const model = new keras.Model(input, new layers.Dense(5, 'softmax')(hidden));
    const x = numbers([4, 9, 16], 1);
    const compiled = keras.jit((a: Tensor) => model.call(a) as Tensor);
    compare([compiled(x)], [model.call(x) as Tensor], 1e-5);
    const made = plan(compiled.graphs[0]);
    expect(made.calls).to.equal(3);
    expect(made.rest.filter((name) => ['matmul', 'softmax', 'transpose', 'reduce_mean'].includes(name))).to.be.empty;
    const weights = model.trainable_variables.map((variable) => variable.value);
    const others = model.non_trainable_variables.map((variable) => variable.value);
    const loss = (w: Tensor[], a: Tensor): Tensor => ops.sum(ops.square(model.stateless_call(w, others, a)[0] as Tensor));
    const graph = keras.jit(keras.value_and_grad(loss));
    const [[value, gradients], [wanted, wantedGradients]] = [graph(weights, x), keras.value_and_grad(loss)(weights, x)] as [Tensor, Tensor[]][];
    compare([value, ...gradients], [wanted, ...wantedGradients], 3e-5);
  });

  it('predicts with the weights of now, where it keeps them in another order', async () => {
    const model = new keras.Sequential([keras.Input({ shape: [12] }), new layers.Dense(20, 'relu'), new layers.Dense(3)]);
    const x = numbers([2, 12], 1);
    for (const scale of [1, 2, 3, 4]) {
      model.set_weights(model.get_weights().map(({ shape }, i) => new keras.NDArray(numbers(shape, i, scale).dataSync(), shape)));
      for (let run = 0; run < 5; run++) {
        const { data } = (await model.predict_on_batch(x)) as keras.NDArray;
        compare([ops.array(data as Float32Array)], [ops.reshape(model.call(x) as Tensor, [6])], 1e-4);
      }
    }
  });
});
