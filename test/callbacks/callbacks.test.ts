/** Callbacks that watch and steer a training. */
import { expect } from 'chai';
import { directionOf } from '../../src/callbacks/metric-direction.js';
import * as keras from '../../src/index.js';
import { loadGolden } from '../golden/golden.js';
import { captured, errorOf, notices } from '../support/capture.js';
import { testCallbackFamily } from '../support/callback-golden.js';

const { callbacks, layers } = keras;

const x = new keras.NDArray(Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)), [12, 2]);
const y = Float32Array.from({ length: 12 }, (_, i) => i % 2);

function model(optimizer: unknown = 'sgd'): keras.Sequential {
  keras.utils.set_random_seed(3);
  const made = new keras.Sequential([keras.Input({ shape: [2] }), new layers.Dense(1, { kernel_initializer: 'ones' })]);
  made.compile({ optimizer, loss: 'mse' });
  return made;
}

const values = (m: keras.Model): unknown => m.get_weights().map((weight) => weight.tolist());

describe('callbacks as in Python Keras', () => {
  for (const family of ['early_stopping', 'rates', 'csv_logger', 'swap_ema', 'terminate_on_nan']) testCallbackFamily(family);
});

describe('EarlyStopping', () => {
  it('ends with the weights of the best epoch when patience runs out in that very epoch', async () => {
    const m = model(new keras.optimizers.SGD(10));
    const seen: unknown[] = [];
    class Look extends callbacks.Callback {
      override on_epoch_end(): void {
        seen.push(values(this.model));
      }
    }
    const stop = new callbacks.EarlyStopping({ monitor: 'loss', restore_best_weights: true });
    const { history } = await m.fit(x, y, { epochs: 5, verbose: 0, callbacks: [stop, new Look()] });
    expect(history.loss).to.have.length(2);
    expect(values(m)).to.deep.equal(seen[0]);
    expect([stop.stopped_epoch, stop.best_epoch, stop.best]).to.deep.equal([1, 0, history.loss[0]]);
  });

  it('knows the best epoch without keeping its weights', async () => {
    const stop = new callbacks.EarlyStopping({ monitor: 'loss', patience: 2 });
    await model(new keras.optimizers.SGD(10)).fit(x, y, { epochs: 5, verbose: 0, callbacks: stop });
    expect([stop.best_epoch, stop.stopped_epoch, stop.best_weights]).to.deep.equal([0, 2, null]);
  });

  it('serves several trainings, each with its own best', async () => {
    const stop = new callbacks.EarlyStopping('loss', { patience: 1, restore_best_weights: true });
    const m = model(new keras.optimizers.SGD(10));
    await m.fit(x, y, { epochs: 5, verbose: 0, callbacks: stop });
    const other = model(new keras.optimizers.SGD(0.01));
    const { history } = await other.fit(x, y, { epochs: 3, verbose: 0, callbacks: stop });
    expect([stop.best, stop.best_epoch]).to.deep.equal([history.loss[2], 2]);
  });

  it('keeps the weights of the first epoch when the loss is never a number', async () => {
    const m = model();
    const before = values(m);
    const stop = new callbacks.EarlyStopping({ monitor: 'loss', patience: 1, restore_best_weights: true });
    await m.fit(x, new Float32Array(12).fill(Number.NaN), { epochs: 5, verbose: 0, callbacks: stop });
    expect(stop.best_epoch).to.equal(0);
    expect(values(m)).not.to.deep.equal(before);
  });

  it('names what is missing in the logs, and what mode must say', async () => {
    const text = await notices(() => model().fit(x, y, { verbose: 0, callbacks: new callbacks.EarlyStopping() }));
    expect(text).to.match(/EarlyStopping goes by 'val_loss'.*They hold: loss\. .*validation_data/);
    const unknown = new callbacks.EarlyStopping({ monitor: 'mine' });
    class Log extends callbacks.Callback {
      override on_epoch_end(_: number, logs: keras.callbacks.Logs = {}): void {
        logs.mine = 1;
      }
    }
    await errorOf(() => model().fit(x, y, { verbose: 0, callbacks: [new Log(), unknown] }), "'mine'", "mode: 'max'");
    expect(() => new callbacks.EarlyStopping({ mode: 'up' as never })).to.throw(/mode.*"auto", "min", "max".*"up"/);
    expect(() => new callbacks.EarlyStopping({ patients: 2 } as never)).to.throw(/patients.*patience/);
  });
});

describe('mode auto', () => {
  interface Row { class_name: string; args: unknown[]; direction: 'up' | 'down' | null }
  it('knows the direction of each metric of Keras', () => {
    for (const { class_name, args, direction } of loadGolden<Row>('callbacks', 'directions').cases) {
      if (!(class_name in keras.metrics)) continue;
      const Class = keras.metrics[class_name as 'AUC'] as unknown as new (...a: unknown[]) => keras.Metric;
      if (class_name === 'Metric' || class_name === 'MeanMetricWrapper') continue;
      expect(directionOf(new Class(...args)), class_name).to.equal(direction ?? undefined);
    }
    expect(directionOf(new keras.metrics.MeanMetricWrapper(keras.losses.mean_squared_error))).to.equal('down');
    expect(directionOf(new keras.metrics.MeanMetricWrapper((a: keras.Tensor) => a))).to.equal(undefined);
  });

  it('takes the word of a metric of one\'s own', async () => {
    class Rising extends keras.metrics.Mean {
      _direction = 'up' as const;
      override update_state(): void {
        super.update_state(keras.ops.array([1]));
      }
    }
    const m = model();
    m.compile({ optimizer: 'sgd', loss: 'mse', metrics: [new Rising({ name: 'rising' })] });
    const stop = new callbacks.EarlyStopping({ monitor: 'rising' });
    await m.fit(x, y, { epochs: 4, verbose: 0, callbacks: stop });
    expect([stop.best, stop.stopped_epoch]).to.deep.equal([1, 1]);
  });
});

describe('learning rates', () => {
  it('of a MultiOptimizer are set and logged one by one', async () => {
    const map = new keras.optimizers.OptimizerMap(new keras.optimizers.SGD({ learning_rate: 0.5, name: 'a' }),
      { '.*bias': new keras.optimizers.SGD({ learning_rate: 0.25, name: 'b' }) });
    const m = model(new keras.optimizers.MultiOptimizer(map));
    const { history } = await m.fit(x, y, { epochs: 2, verbose: 0,
      callbacks: new callbacks.LearningRateScheduler((epoch, rate) => (epoch === 0 ? rate : rate / 2)) });
    expect(history.learning_rate_a).to.deep.equal([0.5, 0.25]);
    expect(history.learning_rate_b).to.deep.equal([0.25, 0.125]);
  });

  it('a schedule gives a number, a factor is below 1', async () => {
    await errorOf(() => model().fit(x, y, { verbose: 0, callbacks: new callbacks.LearningRateScheduler(() => '0.1' as never) }),
      'must give a number', '0.1', 'epoch 0');
    expect(() => new callbacks.LearningRateScheduler(0.1 as never)).to.throw(/schedule.*function.*0.1/);
    expect(() => new callbacks.ReduceLROnPlateau({ factor: 1 })).to.throw(/factor.*below 1.*1/);
  });
});

describe('TerminateOnNaN', () => {
  it('with raise_error makes fit reject', async () => {
    const m = model(new keras.optimizers.SGD(1e38));
    const error = await errorOf(() => m.fit(x, y, { epochs: 9, verbose: 0, callbacks: new callbacks.TerminateOnNaN(true) }),
      'batch 0', 'learning rate');
    expect(error).to.be.instanceOf(callbacks.NotFiniteLossError);
  });
});

describe('SwapEMAWeights', () => {
  const averaging = (): keras.Sequential => model(new keras.optimizers.SGD({ learning_rate: 0.1, use_ema: true, ema_momentum: 0.5 }));

  it('evaluates and predicts with the averages, and puts the weights back', async () => {
    const m = averaging();
    for (let i = 0; i < 3; i++) await m.train_on_batch(x, y);
    const weights = values(m);
    const swap = new callbacks.SwapEMAWeights();
    const [plain, averaged] = [await m.evaluate(x, y, { verbose: 0 }), await m.evaluate(x, y, { verbose: 0, callbacks: swap })];
    expect(averaged).not.to.equal(plain);
    const predicted = await m.predict(x, { verbose: 0, callbacks: swap });
    expect(values(m)).to.deep.equal(weights);
    m.optimizer!.finalize_variable_values(m.trainable_variables);
    expect(await m.evaluate(x, y, { verbose: 0 })).to.equal(averaged);
    expect((await m.predict(x, { verbose: 0 })).tolist()).to.deep.equal(predicted.tolist());
  });

  it('lets others save the averages, also in the epoch that ends training early', async () => {
    const m = averaging();
    const seen: unknown[] = [];
    class Look extends callbacks.Callback {
      override on_epoch_end(epoch: number): void {
        seen.push(values(this.model));
        if (epoch === 1) this.model.stop_training = true;
      }
    }
    await m.fit(x, y, { epochs: 5, verbose: 0, callbacks: [new callbacks.SwapEMAWeights(true), new Look()] });
    expect(seen).to.have.length(2);
    expect(values(m)).to.deep.equal(seen[1]);
  });

  it('needs averages', async () => {
    await errorOf(() => model().evaluate(x, y, { verbose: 0, callbacks: new callbacks.SwapEMAWeights() }), 'use_ema: true', 'SGD');
  });
});

describe('hooks', () => {
  it('on_batch_begin and on_batch_end are those of training', async () => {
    const seen: string[] = [];
    class Old extends callbacks.Callback {
      override on_batch_begin(batch: number): void {
        seen.push(`begin ${batch}`);
      }
      override on_batch_end(batch: number, logs: keras.callbacks.Logs = {}): void {
        seen.push(`end ${batch} ${Object.keys(logs).join()}`);
      }
    }
    await model().fit(x, y, { batch_size: 6, verbose: 0, callbacks: new Old(), validation_data: [x, y] });
    expect(seen).to.deep.equal(['begin 0', 'end 0 loss', 'begin 1', 'end 1 loss']);
  });

  it('nothing reaches stdout when interactive logging is off', async () => {
    keras.config.disable_interactive_logging();
    try {
      const text = await captured('stdout', () => model().fit(x, y, { epochs: 2,
        callbacks: new callbacks.LearningRateScheduler((_, rate) => rate, { verbose: 1 }) }));
      expect(text).to.equal('');
    } finally {
      keras.config.enable_interactive_logging();
    }
  });
});
