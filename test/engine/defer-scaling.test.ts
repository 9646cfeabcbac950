/** The number that a mean's gradient multiplies large tensors by comes behind the products and sums over them. */
import { expect } from 'chai';
import { deferScaling } from '../../src/engine/defer-scaling.js';
import { prune, type Graph } from '../../src/engine/graph.js';
import { Trace } from '../../src/engine/trace.js';
import * as keras from '../../src/index.js';

const { ops } = keras;
type Tensor = keras.Tensor;

function graphOf(shapes: readonly (readonly number[])[], fn: (...xs: Tensor[]) => Tensor | readonly Tensor[], dtype: keras.DType = 'float32'): Graph {
  const trace = new Trace();
  const inputs = shapes.map((shape) => trace.input({ shape, dtype }));
  return prune(trace.finish([trace.run(() => fn(...inputs))].flat() as Tensor[]));
}

/** Sizes of the results of all multiplications. */
const scaled = (graph: Graph): number[] => graph.nodes.filter(({ primitive }) => primitive === 'multiply')
  .map(({ outputs }) => outputs[0].shape.reduce((n, d) => n * d, 1));

const [rows, width] = [512, 256];
const large = [rows, width];

describe('scaling deferred', () => {
  it('comes behind products and sums, through changes of shape', () => {
    const graph = graphOf([large, [width, 4]], (x, w) => {
      const y = ops.reshape(ops.multiply(x, 0.5), [2, rows / 2, width]) as Tensor;
      return [ops.sum(y, [0, 1]) as Tensor, ops.matmul(ops.reshape(y, large), w) as Tensor];
    });
    expect(scaled(graph)).to.deep.equal([rows * width]);
    expect(scaled(deferScaling(graph))).to.have.members([width, rows * 4]);
  });

  it('stays where something else is done with the result, where nothing is gained, and in half precision', () => {
    const product = (y: Tensor, w: Tensor): Tensor => ops.matmul(y, w) as Tensor;
    for (const graph of [
      graphOf([large, [width, 4]], (x, w) => {
        const y = ops.multiply(x, 0.5) as Tensor;
        return [y, product(y, w)];
      }),
      graphOf([large, [width, 4]], (x, w) => {
        const y = ops.multiply(x, 0.5) as Tensor;
        return [ops.exp(y) as Tensor, product(y, w)];
      }),
      graphOf([large, [width, width]], (x, w) => product(ops.multiply(x, 0.5) as Tensor, w)),
      graphOf([large, [width, 4]], (x, w) => product(ops.multiply(x, 0.5) as Tensor, w), 'float16'),
      graphOf([large], (x) => {
        const y = ops.multiply(x, 0.5) as Tensor;
        return ops.sum(ops.matmul(y, ops.transpose(y))) as Tensor;
      }),
      graphOf([large, [rows, 1], [width, 4]], (x, s, w) => product(ops.multiply(x, s) as Tensor, w)),
    ]) expect(deferScaling(graph)).to.equal(graph);
  });

  it('keeps both factors of a product of two scaled operands', () => {
    const fn = (x: Tensor, y: Tensor): Tensor => ops.matmul(ops.multiply(x, 0.5), ops.multiply(y, 8)) as Tensor;
    const shapes = [[16, 8192], [8192, 16]];
    expect(scaled(deferScaling(graphOf(shapes, fn)))).to.deep.equal([256, 256]);
    const [x, y] = shapes.map((shape) => ops.ones(shape) as Tensor);
    expect((keras.jit(fn)(x, y).dataSync() as Float32Array)[0]).to.equal(4 * 8192);
  });

  it('gives the same loss and gradients', () => {
    const x = keras.random.normal(large, { seed: 1 });
    const w = keras.random.normal([width, 700], { seed: 2 });
    const b = keras.random.normal([700], { seed: 3 });
    const labels = keras.random.randint([rows], 0, 700, { seed: 4 });
    const loss = new keras.losses.SparseCategoricalCrossentropy({ from_logits: true });
    const fn = (...args: Tensor[]): unknown => keras.value_and_grad(
      (x1: Tensor, w1: Tensor, b1: Tensor) => loss(labels, ops.add(ops.matmul(x1, w1), b1)) as Tensor, { argnums: [0, 1, 2] })(
      args[0], args[1], args[2]);
    const [value, gradients] = fn(x, w, b) as [Tensor, Tensor[]];
    const [compiledValue, compiled] = keras.jit(fn)(x, w, b) as [Tensor, Tensor[]];
    expect(compiledValue.item()).to.be.closeTo(value.item(), 1e-4);
    gradients.forEach((gradient, i) =>
      expect((ops.max(ops.abs(ops.subtract(gradient, compiled[i]))) as Tensor).item()).to.be.lessThan(1e-5));
  });
});
