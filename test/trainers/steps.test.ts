/** Steps of one's own, and the same training written as a loop of one's own. */
import { expect } from 'chai';
import * as keras from '../../src/index.js';
import type { StepData } from '../../src/trainers/step-function.js';
import { errorOf, notices } from '../support/capture.js';

const { layers, ops } = keras;
type Tensor = keras.Tensor;
type Logs = Record<string, Tensor>;

const N = 24;
const x = new keras.NDArray(Float32Array.from({ length: N * 4 }, (_, i) => Math.sin(i * i)), [N, 4]);
const labels = Int32Array.from({ length: N }, (_, i) => (i * 7) % 3);

/** Dropout, batch normalization and weights from a seed: state of every kind. */
function network(dropout = 0.3): [keras.KerasTensor, keras.KerasTensor] {
  const input = keras.Input({ shape: [4] });
  let h = new layers.Dense(8, { activation: 'relu',
    kernel_initializer: new keras.initializers.GlorotUniform({ seed: 1 }) })(input);
  h = new layers.BatchNormalization()(h);
  h = new layers.Dropout(dropout, { seed: 7 })(h);
  return [input, new layers.Dense(3,
    { kernel_initializer: new keras.initializers.GlorotUniform({ seed: 2 }) })(h)];
}
const model = (dropout?: number): keras.Model => new keras.Model(...network(dropout));
const lossOf = (): keras.losses.Loss => new keras.losses.SparseCategoricalCrossentropy({ from_logits: true });
const fitted = { batch_size: 6, epochs: 3, shuffle: false, verbose: 0 } as const;

function near(actual: ArrayLike<unknown>, expected: ArrayLike<unknown>, tolerance: number,
  what: string): void {
  expect(actual.length, what).to.equal(expected.length);
  Array.from(expected).forEach((value, i) =>
    expect(Number(actual[i]), `${what}[${i}]`).to.be.closeTo(Number(value), tolerance));
}
function sameWeights(a: keras.Model, b: keras.Model, tolerance: number): void {
  a.weights.forEach((weight, i) =>
    near(weight.value.dataSync(), b.weights[i].value.dataSync(), tolerance, weight.path));
}

describe('ways to run a step', () => {
  async function trained(options: object, dropout?: number): Promise<[keras.Model, Record<string,
    number[]>]> {
    const made = model(dropout);
    made.compile({ optimizer: new keras.optimizers.Adam(0.01), loss: lossOf(), metrics: ['accuracy'],
      ...options });
    const { history } = await made.fit(x, labels, fitted);
    return [made, history];
  }

  it('compiled, eager and several steps an execution: the same numbers, dropout included', async () => {
    const [plain, history] = await trained({});
    for (const options of [{ run_eagerly: true }, { steps_per_execution: 3 }, { steps_per_execution: 100 },
      { jit_compile: false }]) {
      const [other, otherHistory] = await trained(options);
      near(otherHistory.loss, history.loss, 1e-5, `loss of ${JSON.stringify(options)}`);
      near(otherHistory.accuracy, history.accuracy, 1e-6, 'accuracy');
      sameWeights(other, plain, 1e-5);
    }
  });

  it('jit_compile: true (XLA) gives the same numbers to 1e-4, dropout included', async function () {
    if (keras.config.backend() !== 'tensorflow') this.skip();
    const [plain, history] = await trained({});
    const [xla, xlaHistory] = await trained({ jit_compile: true });
    near(xlaHistory.loss, history.loss, 1e-4, 'loss');
    sameWeights(xla, plain, 1e-4);
  });

  it('a step that reads values runs eagerly, after one notice', async () => {
    const read: number[] = [];
    class Reads extends keras.Model {
      override train_step(data: StepData): Logs {
        const logs = super.train_step(data);
        read.push(logs.loss.item());
        return logs;
      }
    }
    const made = new Reads(...network());
    made.compile({ optimizer: 'sgd', loss: lossOf() });
    const text = await notices(() => made.fit(x, labels, { ...fitted, epochs: 1 }));
    expect(read).to.have.length(4);
    expect(read.every((value) => value > 0 && value < 10)).to.be.true;
    expect(text.trim().split('\n')).to.have.length(1);
    expect(text).to.include('train_step').and.to.include('without compilation');
  });

  it('a call that reads values builds the model on data, and runs eagerly', async () => {
    class Reads extends keras.Model {
      dense = new layers.Dense(1);
      override call(inputs: Tensor): Tensor {
        return (ops.max(inputs) as Tensor).item() > -100 ? this.dense(inputs) : inputs;
      }
    }
    const made = new Reads();
    made.compile({ optimizer: 'sgd', loss: 'mse' });
    const { history } = await made.fit(x, new Float32Array(N), { verbose: 0 });
    expect(history.loss[0]).to.be.above(0);
  });

  it('with jit_compile: true reading values is an error', async () => {
    class Reads extends keras.Model {
      override train_step(data: StepData): Logs {
        const logs = super.train_step(data);
        logs.loss.item();
        return logs;
      }
    }
    const made = new Reads(...network());
    made.compile({ optimizer: 'sgd', loss: lossOf(), jit_compile: true });
    await errorOf(() => made.fit(x, labels, { verbose: 0 }), 'has no value yet', 'run_eagerly');
  });
});

describe('steps asked for ahead', () => {
  const data = new keras.NDArray(new Float32Array(40 * 4).fill(0.5), [40, 4]);
  const steps = (one: keras.Model): number => Number((one.optimizer!.iterations!.value as Tensor).item());
  const made = async (): Promise<keras.Model> => {
    const one = model();
    one.compile({ optimizer: 'sgd', loss: lossOf() });
    await one.fit(data, new Int32Array(40), { batch_size: 4, verbose: 0 });
    return one;
  };

  it('a failure is thrown once, and the steps behind it do not change the weights', async function () {
    // Elsewhere a wrong label gives NaN.
    if (keras.config.backend() !== 'tensorflow') this.skip();
    const bad = new Int32Array(40);
    bad[13] = 99; // in the fourth batch
    const one = await made();
    const start = steps(one);
    await errorOf(() => one.fit(data, bad, { batch_size: 4, shuffle: false, verbose: 0 }), 'a label is no class number');
    // The step that failed may have counted itself.
    expect(steps(one) - start).to.be.within(3, 4);
    const { history } = await one.fit(data, new Int32Array(40), { batch_size: 4, verbose: 0 });
    expect(history.loss[0]).to.be.finite;
  });

  it('short steps in a row give what single ones give', async () => {
    const rows = keras.random.normal([100 * 4 + 3, 4], { seed: 4 });
    const targets = new Int32Array(100 * 4 + 3).map((_, i) => i % 3);
    const trained = async (callbacks?: keras.callbacks.Callback): Promise<[keras.Model, number]> => {
      const one = model();
      one.compile({ optimizer: new keras.optimizers.Adam(0.01), loss: lossOf(), metrics: ['accuracy'] });
      const { history } = await one.fit(rows, targets, { batch_size: 4, epochs: 3, shuffle: false, verbose: 0, callbacks });
      expect(steps(one)).to.equal(3 * 101);
      return [one, history.loss[2]];
    };
    // A callback at batches wants to see each step.
    const [single, singleLoss] = await trained(new keras.callbacks.LambdaCallback({ on_train_batch_end: () => {} }));
    const [inRow, loss] = await trained();
    expect(loss).to.be.closeTo(singleLoss, 1e-5);
    sameWeights(inRow, single, 1e-5);
  });

  it('predictions of several steps an execution, and of short steps in a row, are those of all rows', async () => {
    const rows = keras.random.normal([250 * 4 + 3, 4], { seed: 4 });
    const sizes: number[] = [];
    class Seen extends keras.callbacks.Callback {
      override on_predict_batch_end(_: number, logs?: object): void {
        sizes.push((logs as { outputs: keras.NDArray }).outputs.shape[0]);
      }
    }
    for (const steps_per_execution of [1, 100]) {
      const one = model();
      const wanted = await one(rows).data() as Float32Array;
      one.compile({ loss: lossOf(), steps_per_execution });
      for (const callbacks of [undefined, new Seen()]) {
        const predicted = await one.predict(rows, { batch_size: 4, verbose: 0, callbacks });
        expect(predicted.shape).to.deep.equal([250 * 4 + 3, 3]);
        (predicted.data as Float32Array).forEach((value, i) => expect(value).to.be.closeTo(wanted[i], 1e-5));
      }
    }
    // Keras numbers and shows executions, not steps.
    expect(sizes).to.deep.equal([...Array.from({ length: 250 }, () => 4), 3, 400, 400, 203]);
  });

  it('callbacks at batches see each step done, and can stop behind any', async () => {
    const one = await made();
    const start = steps(one);
    const seen: number[] = [];
    const stop = new keras.callbacks.LambdaCallback({ on_train_batch_end: (batch) => {
      seen.push(steps(one) - start);
      if (batch === 4) one.stop_training = true;
    } });
    await one.fit(data, new Int32Array(40), { batch_size: 4, verbose: 0, callbacks: [stop] });
    expect(seen).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('stop_training set from outside ends after the steps under way', async () => {
    const one = await made();
    const start = steps(one);
    const running = one.fit(data, new Int32Array(40), { batch_size: 1, epochs: 10_000, verbose: 0 });
    await new Promise((resolve) => void setTimeout(resolve, 50));
    one.stop_training = true;
    await running;
    const done = steps(one) - start;
    await new Promise((resolve) => void setTimeout(resolve, 20));
    expect(steps(one) - start).to.equal(done);
    expect(done).to.be.lessThan(400_000);
  });
});

describe('overridden steps', () => {
  it('train_step and test_step with variable_gradients and metrics of one\'s own', async () => {
    class Custom extends keras.Model {
      tracker = new keras.metrics.Mean({ name: 'mine' });
      override train_step([inputs, y]: StepData): Logs {
        const variables = this.trainable_variables;
        const [loss, gradients] = keras.variable_gradients(
          () => lossOf()(y, this(inputs as Tensor, { training: true })), variables);
        this.optimizer!.apply(gradients, variables);
        this.tracker.update_state(loss);
        return { mine: this.tracker.result() };
      }
      override test_step([inputs, y]: StepData): Logs {
        this.tracker.update_state(lossOf()(y, this(inputs as Tensor, { training: false })));
        return { mine: this.tracker.result() };
      }
      override predict_step([inputs]: StepData): Tensor {
        return ops.argmax(this(inputs as Tensor, { training: false }), -1);
      }
    }
    const [custom, plain] = [new Custom(...network()), model()];
    custom.compile({ optimizer: new keras.optimizers.SGD(0.1) });
    plain.compile({ optimizer: new keras.optimizers.SGD(0.1), loss: lossOf() });
    const { history } = await custom.fit(x, labels, { ...fitted, validation_data: [x, labels] });
    const { history: expected } = await plain.fit(x, labels, { ...fitted, validation_data: [x, labels] });
    near(history.mine, expected.loss, 1e-5, 'loss');
    near(history.val_mine, expected.val_loss, 1e-5, 'val_loss');
    sameWeights(custom, plain, 1e-5);
    const classes = await custom.predict(x, { verbose: 0 });
    expect([classes.shape, classes.dtype]).to.deep.equal([[N], 'int32']);
    expect(await custom.evaluate(x, labels, { verbose: 0 })).to.be.a('number');
  });

  it('compute_loss and compute_metrics', async () => {
    class Custom extends keras.Model {
      override compute_loss(inputs: unknown, y: unknown, y_pred: unknown, weight?: unknown): Tensor {
        return ops.multiply(2, super.compute_loss(inputs, y, y_pred, weight));
      }
      override compute_metrics(inputs: unknown, y: unknown, y_pred: unknown, weight?: unknown): Logs {
        return { ...super.compute_metrics(inputs, y, y_pred, weight), largest: ops.max(y_pred as Tensor) };
      }
    }
    const build = (Class: typeof keras.Model): keras.Model => {
      const made = new Class(...network());
      made.compile({ optimizer: new keras.optimizers.SGD(0), loss: lossOf() });
      return made;
    };
    const plain = await build(keras.Model).evaluate(x, labels, { verbose: 0 }) as number;
    const [loss, largest] = await build(Custom).evaluate(x, labels, { verbose: 0 }) as number[];
    expect(loss).to.be.closeTo(2 * plain, 1e-5);
    expect(largest).to.be.above(0);
  });

  it('without a loss in compile: losses that layers add', async () => {
    class Penalty extends keras.Layer {
      override call(inputs: Tensor): Tensor {
        this.add_loss(ops.multiply(0.5, ops.sum(ops.square(inputs))));
        return inputs;
      }
    }
    const input = keras.Input({ shape: [2] });
    const made = new keras.Model(input,
      new Penalty()(new layers.Dense(2, { kernel_initializer: 'identity' })(input)));
    made.compile({ optimizer: new keras.optimizers.SGD(0.1) });
    const { history } = await made.fit([[1, 2]], null, { epochs: 2, verbose: 0 });
    near(history.loss, [2.5, 0.5 * (0.8 * 1 - 0.1) ** 2], 10, 'loss');
    expect(history.loss[0]).to.be.closeTo(2.5, 1e-6);
    expect(history.loss[1]).to.be.below(2.5);
  });

  it('a GAN: two optimizers, no call, losses of both', async () => {
    const generator =
      new keras.Sequential([keras.Input({ shape: [2] }), new layers.Dense(8, 'relu'), new layers.Dense(1)]);
    const discriminator =
      new keras.Sequential([keras.Input({ shape: [1] }), new layers.Dense(8, 'relu'), new layers.Dense(1)]);
    class GAN extends keras.Model {
      generator = generator;
      discriminator = discriminator;
      seeds = new keras.SeedGenerator(5);
      g_optimizer = new keras.optimizers.Adam(0.01);
      d_optimizer = new keras.optimizers.Adam(0.01);
      #loss = new keras.losses.BinaryCrossentropy({ from_logits: true });
      override train_step([real]: StepData): Logs {
        const [batch] = (real as Tensor).shape;
        const noise = (): Tensor => keras.random.normal([batch, 2], { seed: this.seeds });
        const fake = this.generator(noise());
        const [d_loss, d_gradients] = keras.variable_gradients(() => this.#loss(
          ops.concatenate([ops.ones([batch, 1]), ops.zeros([batch, 1])]),
          this.discriminator(ops.concatenate([real as Tensor, ops.stop_gradient(fake)]))),
            this.discriminator.trainable_variables);
        this.d_optimizer.apply(d_gradients, this.discriminator.trainable_variables);
        const [g_loss, g_gradients] = keras.variable_gradients(() => this.#loss(
          ops.ones([batch, 1]), this.discriminator(this.generator(noise()))),
            this.generator.trainable_variables);
        this.g_optimizer.apply(g_gradients, this.generator.trainable_variables);
        return { d_loss, g_loss };
      }
    }
    const gan = new GAN();
    gan.compile({ optimizer: 'sgd' });
    const before = [generator, discriminator].map((part) => part.get_weights().map((w) => w.tolist()));
    const real = new keras.NDArray(Float32Array.from({ length: 32 }, (_, i) => 3 + Math.cos(i)), [32, 1]);
    const { history } = await gan.fit(real, { epochs: 15, batch_size: 16, verbose: 0 });
    expect(history).to.have.keys('d_loss', 'g_loss');
    expect([...history.d_loss, ...history.g_loss].every(Number.isFinite)).to.be.true;
    [generator, discriminator].forEach((part, i) => {
      expect(part.get_weights().map((w) => w.tolist())).not.to.deep.equal(before[i]);
    });
    expect(ops.array(gan.g_optimizer.iterations).item()).to.equal(30);
  });

  it('an asynchronous train_step is an error that says why', async () => {
    class Late extends keras.Model {
      override train_step(data: StepData): Logs {
        return Promise.resolve(data) as unknown as Logs;
      }
    }
    const made = new Late(...network());
    made.compile({ optimizer: 'sgd', loss: lossOf() });
    await errorOf(() => made.fit(x, labels, { verbose: 0 }), 'train_step', 'Late', 'promise', 'synchronous');
  });

  it('a train_step that returns no object is an error that says what to return', async () => {
    class Bare extends keras.Model {
      override train_step([inputs]: StepData): Logs {
        return ops.mean(inputs as Tensor) as unknown as Logs;
      }
    }
    const made = new Bare(...network());
    made.compile({ optimizer: 'sgd', loss: lossOf() });
    await errorOf(() => made.fit(x, labels, { verbose: 0 }), 'by name', '{loss}');
  });
});

describe('a loop of one\'s own', () => {
  /** The turns of a stateless loop as the guides of Keras 3 for JAX write it, each one compiled call. */
  function statelessLoop(net: keras.Model, optimizer: keras.Optimizer,
    metric: keras.metrics.Mean): Tensor[][] {
    const loss_fn = lossOf();
    const compute =
      keras.value_and_grad((trainable: Tensor[], fixed: Tensor[], inputs: Tensor, y: Tensor): [Tensor,
        Tensor[]] => {
      const [y_pred, updated] = net.stateless_call(trainable, fixed, inputs, { training: true });
      return [loss_fn(y, y_pred), updated];
    }, { has_aux: true });
    const step = keras.jit((state: Tensor[][], inputs: Tensor, y: Tensor): Tensor[][] => {
      const [trainable, fixed, slots, totals] = state;
      const [[loss, updated], gradients] =
        compute(trainable, fixed, inputs, y) as [[Tensor, Tensor[]], Tensor[]];
      const [moved, newSlots] = optimizer.stateless_apply(slots, gradients, trainable);
      return [moved, updated, newSlots,
        metric.stateless_update_state(totals, loss, { sample_weight: inputs.shape[0] })];
    });
    optimizer.build(net.trainable_variables);
    let state = [net.trainable_variables, net.non_trainable_variables, optimizer.variables, metric.variables]
      .map((variables) => variables.map((variable) => variable.value));
    const all = ops.array(x);
    for (let epoch = 0; epoch < fitted.epochs; epoch++) {
      state[3] = metric.stateless_reset_state();
      for (let i = 0; i < N; i += fitted.batch_size) {
        const rows = ops.slice(all, [i, 0], [fitted.batch_size, 4]);
        state = step(state, rows, ops.array(labels.slice(i, i + fitted.batch_size)));
      }
    }
    expect(step.traceCount).to.equal(1);
    return state;
  }

  it('stateless_call, value_and_grad, stateless_apply and stateless_update_state train as fit does',
    async () => {
    const [net, plain] = [model(), model()];
    plain.compile({ optimizer: new keras.optimizers.Adam(0.01), loss: lossOf() });
    const { history } = await plain.fit(x, labels, fitted);
    const metric = new keras.metrics.Mean();
    const before = net.get_weights().map((w) => w.tolist());
    const [trainable, fixed, slots, totals] = statelessLoop(net, new keras.optimizers.Adam(0.01), metric);
    expect(net.get_weights().map((w) => w.tolist()), 'the model itself is as it was').to.deep.equal(before);
    plain.trainable_variables.forEach((v, i) =>
      near(trainable[i].dataSync(), v.value.dataSync(), 1e-5, v.path));
    plain.non_trainable_variables.forEach((v, i) =>
      near(fixed[i].dataSync(), v.value.dataSync(), 1e-5, v.path));
    plain.optimizer!.variables.forEach((v, i) => near(slots[i].dataSync(), v.value.dataSync(), 1e-5, v.path));
    near([(metric.stateless_result(totals) as Tensor).item()], [history.loss[2]], 1e-5,
      'loss of the last epoch');
    net.trainable_variables.forEach((variable, i) => variable.assign(trainable[i]));
    net.non_trainable_variables.forEach((variable, i) => variable.assign(fixed[i]));
    near((await net.predict(x, { verbose: 0 })).data, (await plain.predict(x, { verbose: 0 })).data, 1e-5,
      'predictions');
  });

  it('variable_gradients and optimizer.apply in plain JavaScript train as fit does', async () => {
    const [net, plain] = [model(), model()];
    plain.compile({ optimizer: new keras.optimizers.SGD(0.1), loss: lossOf() });
    await plain.fit(x, labels, { ...fitted, epochs: 1 });
    const optimizer = new keras.optimizers.SGD(0.1);
    const loss_fn = lossOf();
    const turn = keras.jit((inputs: Tensor, y: Tensor): Tensor => {
      const [loss, gradients] = keras.variable_gradients(() => loss_fn(y, net(inputs, { training: true })),
        net.trainable_variables);
      optimizer.apply(gradients, net.trainable_variables);
      return loss;
    });
    const all = ops.array(x);
    for (let i = 0; i < N; i += 6) turn(ops.slice(all, [i, 0], [6, 4]), ops.array(labels.slice(i, i + 6)));
    sameWeights(net, plain, 1e-5);
  });
});
