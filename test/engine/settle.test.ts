/** Predictions are compiled for the very weights they run on, and anew when these have changed. */
import { expect } from 'chai';
import type { Backend, CompileOptions, Executable, Handle } from '../../src/backend/backend.js';
import type { Graph } from '../../src/engine/graph.js';
import { givenSteady } from '../../src/engine/invariants.js';
import { compileSettling } from '../../src/engine/settle.js';
import { Trace } from '../../src/engine/trace.js';
import * as keras from '../../src/index.js';

const { layers, ops } = keras;
type Tensor = keras.Tensor;

/** A backend that computes nothing, and notes which of its executables run. */
function notingBackend(): { backend: Backend; ran: string[]; disposed: string[] } {
  const [ran, disposed]: [string[], string[]] = [[], []];
  let compiled = 0;
  const compile = (_: Graph, { steady }: CompileOptions): Executable => {
    const name = `${steady ? 'steady' : 'general'} ${compiled++}`;
    const run = (): Handle[] => {
      ran.push(name);
      return [{}];
    };
    return { run, runAsync: async () => run(), dispose: () => void disposed.push(name) };
  };
  return { backend: { features: new Set(['steady']), compile } as unknown as Backend, ran, disposed };
}

function convolution(kernel: keras.Variable): Graph {
  const trace = new Trace();
  const x = trace.input({ shape: [1, 4, 4, 1], dtype: 'float32' });
  return trace.finish([trace.run(() => ops.conv(x, kernel.value) as Tensor)]);
}

describe('settling', () => {
  const kernelVariable = (): keras.Variable => new keras.Variable(keras.random.normal([3, 3, 1, 2], { seed: 1 }));

  it('compiles anew when a weight has changed, and waits where weights change often', () => {
    const kernel = kernelVariable();
    const graph = convolution(kernel);
    const { backend, ran, disposed } = notingBackend();
    const executable = compileSettling(backend, graph, { name: 'f', jit: false }, { values: givenSteady(graph), variables: [kernel] });
    const runs = (count: number): string[] => {
      ran.length = 0;
      for (let i = 0; i < count; i++) executable.run([]);
      return [...ran];
    };
    const change = (): void => kernel.assign(ops.zeros([3, 3, 1, 2]));
    change();
    expect(runs(3)).to.deep.equal(['steady 0', 'steady 0', 'steady 0']);
    change();
    expect(runs(1)).to.deep.equal(['steady 1']);
    expect(disposed).to.deep.equal(['steady 0']);
    change();
    expect(runs(1)).to.deep.equal(['general 2']);
    change();
    expect(runs(4)).to.deep.equal(['general 2', 'general 2', 'general 2', 'steady 3']);
    change();
    expect(runs(1)).to.deep.equal(['steady 4']);
    executable.dispose();
    expect(disposed).to.have.members(['steady 0', 'steady 1', 'general 2', 'steady 3', 'steady 4']);
  });

  it('leaves alone what the backend could not make use of', () => {
    const kernel = kernelVariable();
    const graph = convolution(kernel);
    const { backend, ran } = notingBackend();
    compileSettling(backend, graph, { name: 'f', jit: false }, { values: new Set(), variables: [] }).run([]);
    compileSettling({ ...backend, features: new Set() }, graph, { name: 'f', jit: false },
      { values: givenSteady(graph), variables: [kernel] }).run([]);
    expect(ran).to.deep.equal(['general 0', 'general 1']);
  });

  it('predicts as the layers do one by one, whenever weights change', async () => {
    const input = keras.Input({ shape: [9, 9, 3] });
    const wide = new layers.Conv2D(8, 3, { padding: 'same', activation: 'relu' })(input);
    const deep = new layers.DepthwiseConv2D(3, { padding: 'same', activation: 'relu6' })(wide);
    const sum = new layers.ReLU()(new layers.Add()([new layers.Conv2D(8, 1)(deep), wide]));
    const strided = new layers.BatchNormalization()(new layers.Conv2D(5, 3, { strides: 2, use_bias: false })(sum));
    const model = new keras.Model(input, new layers.Conv2D(4, 2, { dilation_rate: 2, activation: 'elu' })(strided));
    model.compile({ optimizer: new keras.optimizers.SGD(0.05), loss: 'mse' });
    const check = async (seed: number): Promise<void> => {
      const x = keras.random.normal([2, 9, 9, 3], { seed });
      const expected = ops.convert_to_numpy(model(x, { training: false }) as Tensor);
      const actual = await model.predict_on_batch(x);
      Array.from(expected.data as Float32Array).forEach((value, i) =>
        expect(actual.data[i]).to.be.closeTo(value, 2e-5 * Math.max(1, Math.abs(value))));
    };
    for (const runs of [4, 1, 1, 2, 5, 4]) {
      for (let i = 0; i < runs; i++) await check(10 * runs + i);
      const [weight] = model.weights;
      keras.tidy(() => weight.assign(ops.add(ops.multiply(weight, 1.1), 0.05)));
    }
    for (let i = 0; i < 4; i++) await check(i);
    const x = keras.random.normal([8, 9, 9, 3], { seed: 3 });
    await model.fit(x, ops.zeros_like(model(x) as Tensor), { epochs: 2, batch_size: 2, verbose: 0 });
    for (let i = 0; i < 4; i++) await check(i);
  });
});
