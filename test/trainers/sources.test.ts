/** Sources of batches: PyDataset, reading ahead, streams larger than memory; the same history from each. */
import { expect } from 'chai';
import * as keras from '../../src/index.js';
import type { StepData } from '../../src/trainers/step-function.js';
import { loadGolden, type GoldenTensor, type GoldenValue } from '../golden/golden.js';
import { argumentOf, expectTensor } from '../golden/tensors.js';
import { errorOf, notices } from '../support/capture.js';
import { withoutBuildConfig } from '../support/without-build-config.js';

const { ops, utils } = keras;

/** Notes the first feature of each sample of each batch. */
class Seen extends keras.Model {
  batches: number[][] = [];
  override train_step([x]: StepData): Record<string, keras.Tensor> {
    this.batches.push((x as keras.Tensor).arraySync() as number[]);
    return { loss: ops.mean(x as keras.Tensor) };
  }
}

function seer(): Seen {
  const model = new Seen();
  model.compile({ optimizer: 'sgd', loss: 'mse', run_eagerly: true });
  return model;
}

async function seen(x: unknown, options: object = {}): Promise<number[]> {
  const model = seer();
  await model.fit({ x, verbose: 0, shuffle: false, ...options });
  return model.batches.flat();
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** Batch i holds the number i; what was asked for is noted. */
class Numbers extends utils.PyDataset {
  asked: number[] = [];
  running = 0;
  most = 0;
  log: string[] = [];
  readonly #n: number | null;
  constructor(n: number | null, options: object = {}) {
    super(options);
    this.#n = n;
  }
  override get num_batches(): number | null {
    return this.#n;
  }
  override async __getitem__(index: number): Promise<unknown> {
    this.asked.push(index);
    this.most = Math.max(this.most, (this.running += 1));
    // Later ones are quicker: the order must not depend on it.
    await sleep(index % 2 ? 1 : 4);
    this.running -= 1;
    return [[index]];
  }
  override on_epoch_begin(): void {
    this.log.push('begin');
  }
  override on_epoch_end(): void {
    this.log.push('end');
  }
}

describe('PyDataset in fit', () => {
  it('gives its batches in order, however many workers there are', async () => {
    for (const workers of [0, 1, 3]) {
      const data = new Numbers(6, { workers });
      expect(await seen(data), `${workers} workers`).to.deep.equal([0, 1, 2, 3, 4, 5]);
      expect(data.most, `${workers} workers`).to.equal(Math.max(1, workers));
    }
  });

  it('no more than max_queue_size batches are asked for ahead', async () => {
    const data = new Numbers(20, { workers: 2, max_queue_size: 3 });
    let ahead = 0;
    const model = seer();
    await model.fit(data, { verbose: 0, shuffle: false, callbacks: new keras.callbacks.LambdaCallback({
      on_train_batch_end: async (batch) => {
        await sleep(12);
        ahead = Math.max(ahead, data.asked.length - batch - 1);
      } }) });
    // Three in the queue, and one that is on the device already.
    expect(ahead).to.equal(4);
  });

  it('shuffles its batches in each epoch unless told otherwise', async () => {
    utils.set_random_seed(5);
    const order = await seen(new Numbers(12), { shuffle: true, epochs: 2 });
    const [first, second] = [order.slice(0, 12), order.slice(12)];
    for (const epoch of [first, second]) expect(epoch.toSorted((a, b) => a - b)).to.deep.equal([...Array(12).keys()]);
    expect(first).not.to.deep.equal(second);
    utils.set_random_seed(5);
    expect(await seen(new Numbers(12), { shuffle: true, epochs: 2 })).to.deep.equal(order);
  });

  it('tells it of epochs, in evaluate and predict too', async () => {
    const data = new Numbers(2);
    await seen(data, { epochs: 2 });
    expect(data.log).to.deep.equal(['begin', 'end', 'begin', 'end']);
    const model = new keras.Sequential([new keras.layers.Activation('relu')]);
    const predicted = await model.predict(data, { verbose: 0 });
    expect(predicted.tolist()).to.deep.equal([0, 1]);
    expect(data.log).to.have.length(6);
  });

  it('steps_per_epoch cuts it, an endless one needs it', async () => {
    expect(await seen(new Numbers(5), { steps_per_epoch: 2, epochs: 3 })).to.deep.equal([0, 1, 2, 3, 4]);
    expect(await seen(new Numbers(null), { steps_per_epoch: 3, epochs: 2 })).to.deep.equal([0, 1, 2, 3, 4, 5]);
  });

  it('an error in it ends the training with that error, at its batch', async () => {
    class Failing extends Numbers {
      override async __getitem__(index: number): Promise<unknown> {
        if (index === 2) throw new RangeError('batch 2 is gone');
        return super.__getitem__(index);
      }
    }
    const model = seer();
    const error = await errorOf(() => model.fit(new Failing(6, { workers: 4 }), { verbose: 0, shuffle: false }), 'batch 2 is gone');
    expect(error).to.be.instanceOf(RangeError);
    expect(model.batches.flat()).to.deep.equal([0, 1]);
  });

  it('can be validation data, can be iterated, and has the name Sequence', async () => {
    class Pairs extends utils.Sequence {
      override __len__(): number {
        return 2;
      }
      override __getitem__(index: number): unknown {
        return [[[index]], [[index]]];
      }
    }
    const model = new keras.Sequential([keras.Input({ shape: [1] }), new keras.layers.Dense(1, { kernel_initializer: 'zeros' })]);
    model.compile({ optimizer: new keras.optimizers.SGD(0), loss: 'mse' });
    const { history } = await model.fit([[1]], [[2]], { verbose: 0, validation_data: new Pairs() });
    expect(history).to.deep.equal({ loss: [4], val_loss: [0.5] });
    const all: unknown[] = [];
    for await (const batch of new Pairs()) all.push(batch);
    expect(all).to.deep.equal([[[[0]], [[0]]], [[[1]], [[1]]]]);
  });

  it('says what is wrong', async () => {
    class Without extends utils.PyDataset {
      override __getitem__(): unknown {
        return [[1]];
      }
    }
    await errorOf(() => seen(new Without()), 'Without', '__len__');
    await errorOf(() => seen(new Numbers(0)), 'Numbers', 'num_batches 0');
    await errorOf(() => seen(new Numbers(2), { y: [1, 2] }), 'PyDataset', 'do not pass y');
    expect(() => new Numbers(1, { use_multiprocessing: true })).to.throw(/use_multiprocessing.*worker_threads/);
    expect(() => new Numbers(1, { workers: -1 })).to.throw(/workers.*-1/);
    expect(() => new Numbers(1, { max_queue_size: 0 })).to.throw(/max_queue_size/);
  });
});

describe('reading ahead', () => {
  it('batches are made while a step runs, two of a generator at most', async () => {
    const made: number[] = [];
    async function* batches(): AsyncGenerator<unknown> {
      for (let i = 0; i < 6; i++) {
        made.push(i);
        yield [[i]];
      }
    }
    const ahead: number[] = [];
    const model = seer();
    await model.fit(batches, { verbose: 0, callbacks: new keras.callbacks.LambdaCallback({
      on_train_batch_end: async (batch) => {
        await sleep(3);
        ahead.push(made.length - batch - 1);
      } }) });
    expect(ahead).to.deep.equal([2, 2, 2, 2, 1, 0]);
    expect(model.batches.flat()).to.deep.equal([0, 1, 2, 3, 4, 5]);
  });

  it('a training that is stopped frees what was read, and does not wait for what may never come', async () => {
    let closed = false;
    async function* slow(): AsyncGenerator<unknown> {
      try {
        yield [new Float32Array(4)];
        yield [new Float32Array(4)];
        await new Promise<never>(() => undefined);
      } finally {
        closed = true;
      }
    }
    const model = seer();
    const stop = new keras.callbacks.LambdaCallback({ on_train_batch_end: async () => {
      await sleep(2);
      model.stop_training = true;
    } });
    await model.fit(slow, { verbose: 0, callbacks: stop });
    expect(model.batches).to.have.length(1);
    expect(closed, 'it is still waiting').to.equal(false);
    function* quick(): Generator<unknown> {
      try {
        for (;;) yield [new Float32Array(4)];
      } finally {
        closed = true;
      }
    }
    await model.fit(quick, { verbose: 0, callbacks: stop });
    expect(closed).to.equal(true);
  });

  it('a stream of 2 GB trains in little memory', async () => {
    const bytes = 4 * 1024 * 1024;
    const model = new keras.Sequential([keras.Input({ shape: [1024] }), new keras.layers.Dense(1)]);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const y = new Float32Array(1024);
    async function* stream(): AsyncGenerator<unknown> {
      for (let i = 0; i < 512; i++) yield [new keras.NDArray(new Float32Array(bytes / 4).fill(i % 7), [1024, 1024]), y];
    }
    await model.fit(stream, { steps_per_epoch: 8, verbose: 0 });
    const before = process.memoryUsage().rss;
    let most = 0;
    await model.fit(stream, { verbose: 0, callbacks: new keras.callbacks.LambdaCallback({ on_train_batch_begin: () => {
      most = Math.max(most, process.memoryUsage().rss);
    } }) });
    expect((most - before) / 1024 / 1024).to.be.below(500);
  });
});

describe('the same history from every source', () => {
  interface Row {
    label: string;
    model: Record<string, unknown>;
    start: { value: GoldenTensor }[];
    optimizer: Record<string, unknown>;
    x: GoldenValue;
    y: GoldenValue;
    history: Record<string, GoldenTensor>;
  }
  const row = loadGolden<Row>('models', 'histories').cases.find(({ label }) => label === 'sgd, odd last batch')!;
  const x = argumentOf(row.x) as keras.Tensor;
  const y = argumentOf(row.y) as keras.Tensor;
  const size = 5;
  const count = Math.ceil(x.shape[0] / size);
  const batchOf = (i: number): unknown[] => [x, y].map((all) =>
    ops.get_item(all, [keras.slice(i * size, Math.min((i + 1) * size, x.shape[0]))]));
  function* generator(): Generator<unknown> {
    for (let i = 0; i < count; i++) yield batchOf(i);
  }
  async function* later(): AsyncGenerator<unknown> {
    for (const batch of generator()) {
      await sleep(1);
      yield batch;
    }
  }
  class Rows extends utils.PyDataset {
    override __len__(): number {
      return count;
    }
    override __getitem__(index: number): unknown {
      return batchOf(index);
    }
  }
  const sources: Record<string, (model: keras.Model) => Promise<keras.callbacks.History>> = {
    'typed arrays': (model) => model.fit(new keras.NDArray(x.dataSync(), x.shape), new keras.NDArray(y.dataSync(), y.shape),
      { batch_size: size, epochs: 3, shuffle: false, verbose: 0 }),
    generators: (model) => model.fit(generator, { epochs: 3, verbose: 0 }),
    'async generators': (model) => model.fit(later, { epochs: 3, verbose: 0 }),
    'one endless generator': (model) => model.fit((function* endless() {
      for (;;) yield* generator();
    })(), { steps_per_epoch: count, epochs: 3, verbose: 0 }),
    PyDataset: (model) => model.fit(new Rows({ workers: 3 }), { epochs: 3, shuffle: false, verbose: 0 }),
    'an iterable': (model) => model.fit(Object.assign(new Map([...generator()].entries()).values(), {}),
      { epochs: 1, verbose: 0 }),
  };
  for (const [name, fit] of Object.entries(sources)) {
    it(name, async () => {
      const model = keras.saving.deserialize_keras_object(withoutBuildConfig(row.model)) as keras.Model;
      model.set_weights(row.start.map(({ value }) => argumentOf(value) as keras.Tensor));
      model.compile({ optimizer: keras.optimizers.deserialize(row.optimizer), loss: 'sparse_categorical_crossentropy',
        metrics: ['accuracy'] });
      const { history } = await fit(model);
      for (const [key, { data, ...golden }] of Object.entries(row.history)) {
        const values = Float32Array.from(history[key]);
        const expected = { ...golden, dtype: 'float32' as const, shape: [values.length], data: data.slice(0, values.length) };
        expectTensor(new keras.NDArray(values, [values.length]), expected, key, { rtol: 2e-4, atol: 2e-5 });
      }
    });
  }
});

describe('limits', () => {
  const x = [[1], [2], [3], [4]];
  const model = (): keras.Sequential => {
    const made = new keras.Sequential([keras.Input({ shape: [1] }), new keras.layers.Dense(1)]);
    made.compile({ optimizer: 'sgd', loss: 'mse' });
    return made;
  };
  it('of epochs and steps hold for every training, with a notice', async () => {
    keras.config.set_max_epochs(2);
    keras.config.set_max_steps_per_epoch(3);
    try {
      expect([keras.config.max_epochs(), keras.config.max_steps_per_epoch()]).to.deep.equal([2, 3]);
      let steps = 0;
      const count = new keras.callbacks.LambdaCallback({ on_train_batch_end: () => void (steps += 1) });
      const text = await notices(async () => {
        const { epoch } = await model().fit(x, x, { epochs: 9, batch_size: 1, verbose: 0, callbacks: count });
        expect(epoch).to.deep.equal([0, 1]);
      });
      // The data of four batches goes on in the second epoch where the first has ended.
      expect(steps).to.equal(4);
      expect(text).to.include('limited to 2 epochs').and.to.include('limited to 3 steps');
      expect((await model().predict(x, { batch_size: 1, verbose: 0 })).shape).to.deep.equal([3, 1]);
    } finally {
      keras.config.set_max_epochs(null);
      keras.config.set_max_steps_per_epoch(null);
    }
    expect(() => keras.config.set_max_epochs(0)).to.throw(/max_epochs.*0/);
  });
});

describe('switches of keras.config', () => {
  it('say what is', () => {
    const { config } = keras;
    config.disable_flash_attention();
    expect([config.is_flash_attention_enabled(), config.is_nnx_enabled()]).to.deep.equal([false, false]);
    expect(() => config.enable_flash_attention()).to.throw(config.ConfigError, /fused kernel/);
  });
});
