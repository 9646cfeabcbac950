/** Options of compile, fit, evaluate and predict, callbacks and History. */
import { expect } from 'chai';
import * as keras from '../../src/index.js';
import { errorOf, notices } from '../support/capture.js';

const { layers, callbacks } = keras;
const x = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i));
const data = new keras.NDArray(x, [10, 4]);
const labels = Int32Array.from({ length: 10 }, (_, i) => i % 3);

function mlp(options: Parameters<keras.Model['compile']>[0] = {}): keras.Sequential {
  keras.utils.set_random_seed(1);
  const model = new keras.Sequential([keras.Input({ shape: [4] }), new layers.Dense(3, 'softmax')]);
  model.compile({ optimizer: 'sgd', loss: 'sparse_categorical_crossentropy', ...(options as object) });
  return model;
}

/** Writes down which hooks were called, with the number they got. */
class Diary extends callbacks.Callback {
  lines: string[] = [];
  constructor() {
    super();
    for (const hook of Object.getOwnPropertyNames(callbacks.Callback.prototype).filter((name) =>
      name.startsWith('on_'))) {
      Object.defineProperty(this, hook, { value: (first: unknown, second: unknown) => {
        const logs = typeof first === 'number' ? second : first;
        const keys = logs === undefined ? '' : ` {${Object.keys(logs as object).join(', ')}}`;
        this.lines.push(`${hook.slice(3)}${typeof first === 'number' ? ` ${first}` : ''}${keys}`);
      } });
    }
  }
}

describe('callbacks', () => {
  it('fit with validation: all hooks in the order of Keras', async () => {
    const diary = new Diary();
    await mlp({ metrics: ['accuracy'] }).fit(data, labels, {
      batch_size: 5, epochs: 2, validation_data: [data, labels], validation_freq: 2, verbose: 0,
        callbacks: [diary] });
    const steps = (kind: string): string[] =>
      [0, 1].flatMap((i) => [`${kind}_batch_begin ${i}`, `${kind}_batch_end ${i} {accuracy, loss}`]);
    expect(diary.lines).to.deep.equal([
      'train_begin',
      'epoch_begin 0', ...steps('train'), 'epoch_end 0 {accuracy, loss}',
      'epoch_begin 1', ...steps('train'), 'test_begin', ...steps('test'), 'test_end {accuracy, loss}',
      'epoch_end 1 {accuracy, loss, val_accuracy, val_loss}',
      'train_end {accuracy, loss, val_accuracy, val_loss}',
    ]);
  });

  it('evaluate and predict', async () => {
    const model = mlp();
    const [tested, predicted] = [new Diary(), new Diary()];
    await model.evaluate(data, labels, { batch_size: 5, verbose: 0, callbacks: tested });
    await model.predict(data, { batch_size: 5, verbose: 0, callbacks: predicted });
    expect(tested.lines).to.deep.equal(['test_begin', 'test_batch_begin 0', 'test_batch_end 0 {loss}',
      'test_batch_begin 1',
      'test_batch_end 1 {loss}', 'test_end {loss}']);
    expect(predicted.lines).to.deep.equal(['predict_begin', 'predict_batch_begin 0',
      'predict_batch_end 0 {outputs}',
      'predict_batch_begin 1', 'predict_batch_end 1 {outputs}', 'predict_end']);
  });

  it('groups of steps_per_execution count as one batch', async () => {
    const diary = new Diary();
    await mlp({ steps_per_execution: 3 }).fit(data, labels, { batch_size: 2, verbose: 0, callbacks: diary });
    expect(diary.lines.filter((line) => line.includes('batch')).map((line) =>
      line.split(' {')[0])).to.deep.equal(
      ['train_batch_begin 0', 'train_batch_end 2', 'train_batch_begin 3', 'train_batch_end 5']);
  });

  it('asynchronous hooks are waited for, one after the other', async () => {
    const order: string[] = [];
    const slow = (name: string): keras.callbacks.Callback => new callbacks.LambdaCallback({
      on_epoch_begin: async (epoch) => {
        await new Promise((resolve) => void setTimeout(resolve, 2));
        order.push(`${name}${epoch}`);
      },
      on_train_batch_end: async () => {
        await Promise.resolve();
        order.push(`${name}batch`);
      },
    });
    await mlp().fit(data, labels, { epochs: 2, verbose: 0, callbacks: [slow('a'), slow('b')] });
    expect(order).to.deep.equal(['a0', 'b0', 'abatch', 'bbatch', 'a1', 'b1', 'abatch', 'bbatch']);
  });

  it('an error in a callback ends the training with that error', async () => {
    const failing = new callbacks.LambdaCallback({ on_train_batch_end: () => {
      throw new RangeError('mine');
    } });
    const error = await errorOf(() => mlp().fit(data, labels, { verbose: 0, callbacks: failing }), 'mine');
    expect(error).to.be.instanceOf(RangeError);
  });

  it('know the model and the parameters', async () => {
    const model = mlp();
    let seen: unknown;
    class Look extends callbacks.Callback {
      override on_train_begin(): void {
        seen = [this.model === model, this.params];
      }
    }
    await model.fit(data, labels, { epochs: 3, batch_size: 4, verbose: 0, callbacks: new Look() });
    expect(seen).to.deep.equal([true, { epochs: 3, steps: 3, verbose: 0 }]);
    expect(() => new Look().model).to.throw('set when training begins');
  });

  it('a CallbackList is used as it is', async () => {
    const diary = new Diary();
    const list = new callbacks.CallbackList([diary], { add_history: true, model: mlp() });
    const model = mlp();
    list.set_model(model);
    const history = await model.fit(data, labels, { verbose: 2, callbacks: list });
    expect(history.history).to.have.property('loss');
    expect(diary.lines).to.include('train_begin');
  });

  it('stop_training ends after the running batch, stop_evaluating and stop_predicting too', async () => {
    const model = mlp();
    const KINDS = { stop_training: 'train', stop_evaluating: 'test', stop_predicting: 'predict' } as const;
    const at = (batch: number, flag: keyof typeof KINDS): Record<string, unknown> => ({
      [`on_${KINDS[flag]}_batch_end`]: (i: number) => {
        if (i === batch) model[flag] = true;
      },
    });
    const diary = new Diary();
    const history = await model.fit(data, labels, { batch_size: 2, epochs: 5, verbose: 0,
      validation_data: [data, labels],
        callbacks: [new callbacks.LambdaCallback(at(2, 'stop_training')), diary] });
    expect(history.epoch).to.deep.equal([0]);
    expect(diary.lines.filter((line) => line.startsWith('train_batch_end'))).to.have.length(3);
    expect(history.history).to.have.keys('loss', 'val_loss');
    const tested = new Diary();
    await model.evaluate(data, labels, { batch_size: 2, verbose: 0,
      callbacks: [new callbacks.LambdaCallback(at(0, 'stop_evaluating')), tested] });
    expect(tested.lines.filter((line) => line.startsWith('test_batch_end'))).to.have.length(1);
    const some = await model.predict(data, { batch_size: 2, verbose: 0,
      callbacks: new callbacks.LambdaCallback(at(1, 'stop_predicting')) });
    expect(some.shape).to.deep.equal([4, 3]);
    expect((await model.fit(data, labels, { verbose: 0 })).epoch,
      'a new fit trains again').to.deep.equal([0]);
  });

  it('a callback may change the learning rate', async () => {
    const model = mlp();
    const before = model.get_weights();
    await model.fit(data, labels, { verbose: 0,
      callbacks: new callbacks.LambdaCallback({ on_train_begin: () => {
      model.optimizer!.learning_rate = 0;
    } }) });
    expect(model.get_weights().map((w) => w.tolist())).to.deep.equal(before.map((w) => w.tolist()));
  });
});

describe('epochs and validation', () => {
  it('initial_epoch', async () => {
    const history = await mlp().fit(data, labels, { initial_epoch: 2, epochs: 5, verbose: 0 });
    expect(history.epoch).to.deep.equal([2, 3, 4]);
  });

  it('epochs 0, or no more than initial_epoch, trains nothing', async () => {
    const model = mlp();
    const before = model.get_weights()[0].tolist();
    expect((await model.fit(data, labels, { epochs: 0, verbose: 0 })).epoch).to.deep.equal([]);
    expect((await model.fit(data, labels,
      { epochs: 2, initial_epoch: 2, verbose: 0 })).history).to.deep.equal({});
    expect(model.get_weights()[0].tolist()).to.deep.equal(before);
  });

  it('validation_freq: every n-th epoch, or the epochs listed', async () => {
    const run = async (validation_freq: number | number[]): Promise<number> =>
      (await mlp().fit(data, labels, {
      epochs: 6, verbose: 0, validation_data: [data, labels],
        validation_freq })).history.val_loss?.length ?? 0;
    expect(await run(1)).to.equal(6);
    expect(await run(4)).to.equal(1);
    expect(await run([1, 2, 6])).to.equal(3);
    expect(await run([9])).to.equal(0);
  });

  it('validation_split takes the last samples, before shuffling', async () => {
    const model =
      new keras.Sequential([keras.Input({ shape: [1] }),
        new layers.Dense(1, { kernel_initializer: 'ones' })]);
    model.compile({ optimizer: new keras.optimizers.SGD(0), loss: 'mean_absolute_error' });
    const { history } = await model.fit([[1], [2], [3], [10]], [[0], [0], [0], [0]],
      { validation_split: 0.25, verbose: 0 });
    expect(history).to.deep.equal({ loss: [2], val_loss: [10] });
  });

  it('validation_batch_size and validation_steps', async () => {
    const diary = new Diary();
    await mlp().fit(data, labels, { batch_size: 5, validation_data: [data, labels, new Float32Array(10)],
      verbose: 0,
      validation_batch_size: 2, validation_steps: 3, callbacks: diary });
    expect(diary.lines.filter((line) => line.startsWith('test_batch_end'))).to.have.length(3);
  });

  it('History gathers over several calls in model.history', async () => {
    const model = mlp({ metrics: ['accuracy'] });
    const history = await model.fit(data, labels, { epochs: 2, verbose: 0 });
    expect(history).to.equal(model.history);
    expect(history.history).to.have.keys('accuracy', 'loss');
    expect(history.history.loss).to.have.length(2);
    expect(history.epoch).to.deep.equal([0, 1]);
  });
});

describe('compile', () => {
  it('positional and named arguments', () => {
    const model = mlp();
    model.compile('adam', 'mse', { metrics: ['mae'] });
    expect([model.optimizer!.constructor.name, model.loss]).to.deep.equal(['Adam', 'mse']);
  });

  it('run_eagerly and jit_compile can be set later, with equal results', async () => {
    const model = mlp();
    const expected = await model.evaluate(data, labels, { verbose: 0 });
    model.run_eagerly = true;
    expect(await model.evaluate(data, labels, { verbose: 0 })).to.be.closeTo(expected as number, 1e-6);
    model.run_eagerly = false;
    model.jit_compile = false;
    expect(await model.evaluate(data, labels, { verbose: 0 })).to.be.closeTo(expected as number, 1e-6);
  });

  it('steps_per_execution trains as without', async () => {
    const [one, three] = [mlp(), mlp({ steps_per_execution: 3 })];
    for (const model of [one, three]) await model.fit(data, labels,
      { batch_size: 2, epochs: 2, shuffle: false, verbose: 0 });
    const [a, b] = [one, three].map((model) => [...model.get_weights()[0].data] as number[]);
    a.forEach((value, i) => expect(b[i]).to.be.closeTo(value, 1e-6));
  });

  it('says once that freezing a layer waits for the next compile', async () => {
    const model = mlp();
    model.layers[0].trainable = false;
    const text = await notices(async () => {
      await model.fit(data, labels, { verbose: 0 });
      await model.fit(data, labels, { verbose: 0 });
    });
    expect(text.trim().split('\n')).to.have.length(1);
    expect(text).to.include(model.layers[0].name).and.to.include('compile() again');
  });

  it('a loss that becomes NaN is noted once, with epoch and step', async () => {
    const model = mlp();
    const bad = new keras.NDArray(x.map((value, i) => (i === 20 ? NaN : value)), [10, 4]);
    const text = await notices(() =>
      model.fit(bad, labels, { batch_size: 2, epochs: 3, shuffle: false, verbose: 0,
      callbacks: new callbacks.LambdaCallback({ on_train_batch_end: () => undefined }) }));
    expect(text.trim().split('\n')).to.have.length(1);
    expect(text).to.include(`loss of '${model.name}' became NaN in epoch 1, by step 3`);
    expect(text).to.include('learning rate');
  });
});
