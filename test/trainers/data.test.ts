/** What fit, evaluate and predict read: every kind of array and generator, in which order,
  with which weights. */
import { expect } from 'chai';
import * as keras from '../../src/index.js';
import type { StepData } from '../../src/trainers/step-function.js';
import { errorOf, notices } from '../support/capture.js';

const { ops } = keras;
type Fit = NonNullable<Parameters<keras.Model['fit']>[0]>;

/** Notes the first feature of each sample of each batch, and the sample weights. */
class Seen extends keras.Model {
  batches: number[][] = [];
  weights_seen: (number[] | undefined)[] = [];
  override train_step([x, , weights]: StepData): Record<string, keras.Tensor> {
    const values = (x as keras.Tensor).arraySync() as number[][];
    this.batches.push(values.map((row) => (Array.isArray(row) ? row[0] : row)));
    this.weights_seen.push(weights === undefined ? undefined
      : (weights as keras.Tensor).arraySync() as number[]);
    return { loss: ops.mean(x as keras.Tensor) };
  }
}

function seer(): Seen {
  const model = new Seen();
  model.compile({ optimizer: 'sgd', loss: 'mse', run_eagerly: true });
  return model;
}

async function seen(options: Fit & object, shuffle: boolean | 'batch' = false): Promise<number[][]> {
  const model = seer();
  await model.fit({ verbose: 0, shuffle, ...options });
  return model.batches;
}

const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const column = (n: number): number[][] => numbers(n).map((i) => [i]);
const IN_ORDER = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]];

describe('arrays in fit', () => {
  const kinds: Record<string, () => unknown> = {
    'nested arrays': () => column(10),
    tensor: () => ops.array(column(10)),
    NDArray: () => new keras.NDArray(Float32Array.from(numbers(10)), [10, 1]),
    'NDArray of float64': () => new keras.NDArray(Float64Array.from(numbers(10)), [10, 1]),
    'NDArray of integers': () => new keras.NDArray(Int32Array.from(numbers(10)), [10, 1]),
    Variable: () => new keras.Variable(ops.array(column(10))),
    Float32Array: () => Float32Array.from(numbers(10)),
    Float64Array: () => Float64Array.from(numbers(10)),
    Int32Array: () => Int32Array.from(numbers(10)),
    Uint8Array: () => Uint8Array.from(numbers(10)),
    Uint8ClampedArray: () => Uint8ClampedArray.from(numbers(10)),
    'array of numbers': () => numbers(10),
  };
  for (const [name, make] of Object.entries(kinds)) {
    it(name, async () => {
      expect(await seen({ x: make(), batch_size: 4 })).to.deep.equal(IN_ORDER);
    });
  }

  it('leaves the arrays and tensors of the user as they were', async () => {
    const x = ops.array(column(10));
    const host = Float32Array.from(numbers(10));
    await seen({ x, y: host, batch_size: 3 }, true);
    expect(x.isDisposed).to.be.false;
    expect([...host]).to.deep.equal(numbers(10));
    x.dispose();
  });

  it('as many batches as steps_per_epoch when no batch_size is given', async () => {
    expect((await seen({ x: column(10), steps_per_epoch: 3 })).map((batch) => batch.length)).to.deep.equal([4,
      4, 2]);
  });

  it('the default batch holds 32 samples', async () => {
    expect((await seen({ x: column(40) })).map((batch) => batch.length)).to.deep.equal([32, 8]);
  });

  it('goes on behind the last step when an epoch is shorter than the data', async () => {
    expect(await seen({ x: column(8), batch_size: 2, steps_per_epoch: 2, epochs: 3 }))
      .to.deep.equal([[0, 1], [2, 3], [4, 5], [6, 7], [0, 1], [2, 3]]);
  });

  it('dictionaries and lists of arrays reach the step in their structure', async () => {
    const shapes: unknown[] = [];
    class Structured extends keras.Model {
      override train_step([x, y]: StepData): Record<string, keras.Tensor> {
        const { a, b: [c] } = x as { a: keras.Tensor; b: [keras.Tensor] };
        shapes.push([a.shape, c.shape, (y as keras.Tensor[]).map((t) => t.dtype)]);
        return { loss: ops.mean(a) };
      }
    }
    const model = new Structured();
    model.compile({ optimizer: 'sgd', loss: 'mse', run_eagerly: true });
    const x = { a: column(3), b: [new Float32Array(3)] };
    await model.fit(x, [new Int32Array(3), new keras.NDArray(new Float32Array(6), [3, 2])], { verbose: 0 });
    expect(shapes).to.deep.equal([[[3, 1], [3], ['int32', 'float32']]]);
  });
});

describe('shuffle in fit', () => {
  const x = column(20);
  const sorted = (batches: number[][]): number[] => batches.flat().toSorted((a, b) => a - b);

  it('true: every sample once an epoch, in an order of its own each time', async () => {
    const batches = await seen({ x, batch_size: 6, epochs: 2 }, true);
    const [first, second] = [batches.slice(0, 4), batches.slice(4)];
    expect(first.map((batch) => batch.length)).to.deep.equal([6, 6, 6, 2]);
    expect(sorted(first)).to.deep.equal(numbers(20));
    expect(sorted(second)).to.deep.equal(numbers(20));
    expect(first.flat()).not.to.deep.equal(numbers(20));
    expect(first.flat()).not.to.deep.equal(second.flat());
  });

  it('the seed decides the order', async () => {
    const run = (seed: number): Promise<number[][]> => {
      keras.utils.set_random_seed(seed);
      return seen({ x, batch_size: 6 }, true);
    };
    const once = await run(1);
    expect(await run(1)).to.deep.equal(once);
    expect(await run(2)).not.to.deep.equal(once);
  });

  it("'batch': whole batches change places, the incomplete one stays last", async () => {
    keras.utils.set_random_seed(3);
    const batches = await seen({ x: column(50), batch_size: 4, epochs: 2 }, 'batch');
    for (const batch of batches) expect(batch).to.deep.equal(batch.map((_, i) => batch[0] + i));
    expect(batches[12]).to.deep.equal([48, 49]);
    expect(sorted(batches.slice(0, 13))).to.deep.equal(numbers(50));
    expect(batches.slice(0, 12).flat()).not.to.deep.equal(numbers(48));
    expect(batches.slice(0, 13)).not.to.deep.equal(batches.slice(13));
  });

  it('labels and weights move with their samples', async () => {
    const pairs: number[][] = [];
    class Pairs extends keras.Model {
      override train_step(data: StepData): Record<string, keras.Tensor> {
        const [a, b, c] = (data as keras.Tensor[]).map((t) => [...t.dataSync()].map(Number));
        a.forEach((value, i) => pairs.push([value, b[i], c[i]]));
        return { loss: ops.mean(data[0] as keras.Tensor) };
      }
    }
    const model = new Pairs();
    model.compile({ optimizer: 'sgd', loss: 'mse', run_eagerly: true });
    // One of them in device memory, two on the host: they take different ways.
    await model.fit(ops.array(column(9)), Float32Array.from(numbers(9)),
      { sample_weight: numbers(9), batch_size: 4, verbose: 0 });
    for (const [a, b, c] of pairs) expect([b, c]).to.deep.equal([a, a]);
  });
});

describe('generators in fit', () => {
  function* batches(from = 0): Generator<unknown[]> {
    for (let i = from; i < from + 3; i++) yield [[[i], [i]], [i, i]];
  }
  async function* later(): AsyncGenerator<unknown[]> {
    for (const batch of batches()) {
      await new Promise((resolve) => void setTimeout(resolve, 1));
      yield batch;
    }
  }
  function* endless(): Generator<unknown[]> {
    for (let i = 0; ; i++) yield [[[i]], [i]];
  }
  const THREE = [[0, 0], [1, 1], [2, 2]];

  it('a generator, once', async () => {
    expect(await seen({ x: batches() })).to.deep.equal(THREE);
  });

  it('an async generator', async () => {
    expect(await seen({ x: later() })).to.deep.equal(THREE);
  });

  it('a function that makes generators, for each epoch a new one', async () => {
    expect(await seen({ x: () => batches(), epochs: 2 })).to.deep.equal([...THREE, ...THREE]);
    expect(await seen({ x: later, epochs: 2 })).to.deep.equal([...THREE, ...THREE]);
  });

  it('an iterable object is iterated anew each epoch', async () => {
    const iterable = { [Symbol.iterator]: () => batches(5) };
    expect((await seen({ x: iterable, epochs: 2 })).flat()).to.deep.equal([5, 5, 6, 6, 7, 7, 5, 5, 6, 6, 7,
      7]);
  });

  it('an endless one with steps_per_epoch goes on where the last epoch ended', async () => {
    const generator = endless();
    expect((await seen({ x: generator, steps_per_epoch: 2, epochs: 2 })).flat()).to.deep.equal([0, 1, 2, 3]);
    expect(generator.next().value, 'and stays open for its owner').to.deep.equal([[[4]], [4]]);
  });

  it('closes the generators it made itself', async () => {
    let closed = false;
    await seen({ steps_per_epoch: 2, x: function* open() {
      try {
        yield* endless();
      } finally {
        closed = true;
      }
    } });
    expect(closed).to.be.true;
  });

  it('an exhausted one is an error that says how to go on', async () => {
    await errorOf(() => seen({ x: batches(), epochs: 2 }), 'yielded nothing for this epoch',
      'pass a function that makes a new one');
  });

  it('one that ends before steps_per_epoch ends the epoch, with a notice', async () => {
    let seenBatches: number[][] = [];
    const text = await notices(async () => {
      seenBatches = await seen({ x: batches(), steps_per_epoch: 7 });
    });
    expect(seenBatches).to.deep.equal(THREE);
    expect(text).to.include('ended after 3 of 7 steps').and.to.include('steps_per_epoch * epochs');
  });

  it('yields x alone, [x, y] or [x, y, sample_weight]', async () => {
    const model = seer();
    await model.fit(function* all() {
      yield [[[1], [2]], [0, 1], [3, 4]];
      yield [[[1], [2]], [0, 1]];
      yield [[[5], [6]]];
      yield Float32Array.of(7, 8);
    }, { verbose: 0 });
    expect(model.batches).to.deep.equal([[1, 2], [1, 2], [5, 6], [7, 8]]);
    expect(model.weights_seen).to.deep.equal([[3, 4], undefined, undefined, undefined]);
  });

  it('validates on generators: steps take a part, each validation goes on or begins anew', async () => {
    const model =
      new keras.Sequential([keras.Input({ shape: [1] }),
        new keras.layers.Dense(1, { kernel_initializer: 'ones' })]);
    model.compile({ optimizer: new keras.optimizers.SGD(0), loss: 'mean_absolute_error' });
    const run = async (validation_data: unknown, validation_steps: number | null): Promise<number[]> => {
      const { history } = await model.fit([[0]], [[0]],
        { epochs: 2, verbose: 0, validation_data, validation_steps });
      return history.val_loss;
    };
    const far = function* far(): Generator<unknown[]> {
      for (let i = 1; i < 5; i++) yield [[[i]], [[0]]];
    };
    expect(await run(far, null)).to.deep.equal([2.5, 2.5]);
    expect(await run(far(), 2)).to.deep.equal([1.5, 3.5]);
    expect(await model.evaluate(far(), { verbose: 0, steps: 1 })).to.equal(1);
    expect((await model.predict(far(), { verbose: 0 })).tolist()).to.deep.equal([[1], [2], [3], [4]]);
    expect((await model.predict(far(), { verbose: 0, steps: 2 })).tolist()).to.deep.equal([[1], [2]]);
  });
});

describe('class_weight and sample_weight', () => {
  const WEIGHTS = [1, 3, 0.5, 1];
  const labels = [0, 1, 2, 3];
  const oneHot = labels.map((label) => labels.map((other) => Number(label === other)));
  const forms: Record<string, [y: unknown, class_weight: unknown]> = {
    object: [labels, { 1: 3, 2: 0.5 }],
    Map: [labels, new Map([[1, 3], [2, 0.5]])],
    'one-hot labels': [oneHot, { 1: 3, 2: 0.5 }],
    'labels of shape [n, 1]': [labels.map((label) => [label]), { 1: 3, 2: 0.5 }],
    'a tensor of integers': [ops.array(labels, 'int32'), { 1: 3, 2: 0.5 }],
    BigInt64Array: [BigInt64Array.from(labels, BigInt), { 1: 3, 2: 0.5 }],
    Uint8Array: [Uint8Array.from(labels), { 1: 3, 2: 0.5 }],
  };
  // Only TensorFlow has int64.
  if (keras.config.backend() !== 'tensorflow') delete forms.BigInt64Array;
  for (const [name, [y, class_weight]] of Object.entries(forms)) {
    it(`class_weight: ${name}`, async () => {
      const model = seer();
      await model.fit({ x: column(4), y, class_weight: class_weight as Map<number, number>, shuffle: false,
        verbose: 0 });
      expect(model.weights_seen).to.deep.equal([WEIGHTS]);
    });
    it(`class_weight with a generator: ${name}`, async () => {
      const model = seer();
      await model.fit({ x: () => [[column(4), y]], class_weight: class_weight as Map<number, number>,
        verbose: 0 });
      expect(model.weights_seen).to.deep.equal([WEIGHTS]);
    });
  }

  it('sample_weight', async () => {
    const model = seer();
    await model.fit(column(4), labels,
      { sample_weight: Float32Array.from(WEIGHTS), shuffle: false, verbose: 0, batch_size: 3 });
    expect(model.weights_seen).to.deep.equal([[1, 3, 0.5], [1]]);
  });

  it('one array of sample_weight holds for all outputs, a list or an object for each', async () => {
    const x = keras.Input({ shape: [1] });
    const [a, b] = ['a', 'b'].map((name) =>
      new keras.layers.Dense(1, { name, kernel_initializer: 'ones' })(x));
    const model = new keras.Model(x, [a, b]);
    model.compile({ optimizer: 'sgd', loss: 'mean_absolute_error' });
    const run = (sample_weight: unknown): Promise<unknown> =>
      model.evaluate([[1], [2]], [[0, 0], [0, 0]].map((y) => new keras.NDArray(Float32Array.from(y), [2, 1])),
        { sample_weight, verbose: 0 });
    expect(await run(null)).to.deep.equal([3, 1.5, 1.5]);
    expect(await run([2, 1])).to.deep.equal([4, 2, 2]);
    expect(await run([Float32Array.of(2, 1), Float32Array.of(1, 1)])).to.deep.equal([3.5, 2, 1.5]);
    expect(await run({ b: [0, 1] })).to.deep.equal([2.5, 1.5, 1]);
  });
});
