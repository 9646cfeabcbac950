/** What depends on weights alone is computed once for many runs, and again when they change. */
import { expect } from 'chai';
import { fold } from '../../src/engine/fold.js';
import type { Graph } from '../../src/engine/graph.js';
import { prune } from '../../src/engine/graph.js';
import { Trace } from '../../src/engine/trace.js';
import * as keras from '../../src/index.js';

const { layers, ops } = keras;
type Tensor = keras.Tensor;

function graphOf(shape: readonly number[], fn: (x: Tensor) => Tensor): Graph {
  const trace = new Trace();
  const x = trace.input({ shape, dtype: 'float32' });
  return trace.finish([trace.run(() => fn(x))]);
}

/** Primitives that need an argument of the graph. */
function dependent(graph: Graph): string[] {
  const from = new Set(graph.inputs);
  return graph.nodes.flatMap((node) => {
    if (!node.inputs.some((input) => from.has(input))) return [];
    node.outputs.forEach((output) => from.add(output));
    return [node.primitive];
  });
}

function near(actual: keras.NDArray, expected: keras.NDArray, tolerance = 2e-5): void {
  expect(actual.shape).to.deep.equal(expected.shape);
  Array.from(expected.data as Float32Array).forEach((value, i) =>
    expect(actual.data[i]).to.be.closeTo(value, tolerance * Math.max(1, Math.abs(value))));
}

/** Weights that are not what they begin with. */
function shake(model: keras.Model, seed = 1): void {
  model.weights.forEach((weight, i) => weight.assign(
    ops.add(ops.abs(keras.random.normal([...weight.shape], { seed: seed + i })), 0.5)));
}

describe('folding', () => {
  it('leaves a convolution and a bias of one with batch normalization behind it', () => {
    const stacks: [readonly number[], keras.Layer[], string[]][] = [
      [[2, 6, 6, 3], [new layers.Conv2D(4, 3), new layers.BatchNormalization()], ['conv', 'add']],
      [[2, 6, 6, 3], [new layers.Conv2D(4, 3, { use_bias: false }), new layers.BatchNormalization(), new layers.ReLU()], ['conv', 'add', 'relu']],
      [[2, 6, 6, 3], [new layers.DepthwiseConv2D(3, { depth_multiplier: 2 }), new layers.BatchNormalization()], ['depthwise_conv', 'add']],
      [[2, 5], [new layers.Dense(4), new layers.BatchNormalization()], ['matmul', 'add']],
      // Nothing to fold into.
      [[2, 5], [new layers.Dense(4, 'relu'), new layers.BatchNormalization()], ['matmul', 'add', 'relu', 'multiply', 'add']],
    ];
    for (const [shape, stack, expected] of stacks) {
      const model = new keras.Sequential([keras.Input({ shape: shape.slice(1) }), ...stack]);
      const graph = prune(fold(graphOf(shape, (x) => model(x, { training: false }) as Tensor)));
      expect(dependent(graph)).to.deep.equal(expected);
    }
  });

  it('leaves a product alone that is used twice, or whose factor is an argument', () => {
    const kernel = ops.ones([3, 3]);
    const factor = ops.ones([3]);
    for (const fn of [
      (x: Tensor) => {
        const y = ops.matmul(x, kernel) as Tensor;
        return ops.add(ops.multiply(y, factor), y) as Tensor;
      },
      (x: Tensor) => ops.multiply(ops.matmul(x, kernel), ops.sum(x, 0)) as Tensor,
    ]) expect(dependent(prune(fold(graphOf([3, 3], fn))))).to.include('multiply');
  });
});

describe('predictions with shared values', () => {
  const model = (): keras.Model => {
    const input = keras.Input({ shape: [8, 8, 3] });
    const convolved = new layers.BatchNormalization()(new layers.Conv2D(4, 3, { padding: 'same' })(input));
    const deep = new layers.BatchNormalization()(new layers.DepthwiseConv2D(3, { padding: 'same' })(new layers.ReLU()(convolved)));
    const sum = new layers.ReLU()(new layers.Add()([deep, convolved]));
    return new keras.Model(input, new layers.Dense(3)(new layers.GlobalAveragePooling2D()(sum)));
  };
  const data = keras.random.normal([4, 8, 8, 3], { seed: 9 });
  const eager = (one: keras.Model): keras.NDArray => ops.convert_to_numpy(one(data, { training: false }) as Tensor);

  it('are those of the layers one by one, before and after weights change', async () => {
    const one = model();
    for (let i = 0; i < 3; i++) {
      shake(one, 10 * i);
      near(await one.predict_on_batch(data), eager(one));
      near(await one.predict(data, { batch_size: 2, verbose: 0 }), eager(one));
    }
  });

  it('follow training, also one that runs meanwhile', async () => {
    const one = model();
    one.compile({ optimizer: new keras.optimizers.SGD(0.01), loss: 'mse' });
    const y = ops.zeros([4, 3]);
    await one.predict_on_batch(data);
    await one.train_on_batch(data, y);
    near(await one.predict_on_batch(data), eager(one));
    const training = one.fit(data, y, { epochs: 20, verbose: 0 });
    for (let i = 0; i < 5; i++) await one.predict_on_batch(data);
    await training;
    near(await one.predict_on_batch(data), eager(one));
    const loss = await one.evaluate(data, y, { verbose: 0 }) as number;
    expect(loss).to.be.closeTo((ops.mean(ops.square(eager(one))) as Tensor).item(), 1e-4);
  });

  it('keep no more than one set of values', async () => {
    const one = model();
    await one.predict_on_batch(data);
    const before = keras.backend.memory().tensors;
    for (let i = 0; i < 10; i++) {
      keras.tidy(() => one.weights[0].assign(ops.multiply(one.weights[0], 1.01)));
      await one.predict_on_batch(data);
    }
    expect(keras.backend.memory().tensors).to.be.at.most(before + 1);
  });
});
