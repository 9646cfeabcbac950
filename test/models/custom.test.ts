/** Layers and models of one's own, models with several inputs and outputs, shared layers. */
import { expect } from 'chai';
import * as keras from '../../src/index.js';
import { errorOf } from '../support/capture.js';

const { layers, ops } = keras;
type Tensor = keras.Tensor;

class Scale extends keras.Layer {
  factor!: keras.Variable;
  override build([, features]: number[]): void {
    this.factor = this.add_weight({ shape: [features], initializer: 'ones', name: 'factor' });
  }
  override call(inputs: Tensor): Tensor {
    return ops.multiply(inputs, this.factor);
  }
}

/** A sublayer, sublayers in an array, one in an object; weights of its own; a loss; training. */
class Block extends keras.Layer {
  first: keras.Layer;
  rest: keras.Layer[];
  named: Record<string, keras.Layer>;
  shift!: keras.Variable;
  dropout = new layers.Dropout(0.5, { seed: 1 });
  constructor(readonly units: number, options: object = {}) {
    super(options);
    this.first = new layers.Dense(units, { name: 'first', activation: 'relu' });
    this.rest = [new Scale({ name: 'a' }), new Scale({ name: 'b' })];
    this.named = { last: new layers.Dense(units, { name: 'last', use_bias: false }) };
  }
  override build(shape: number[]): void {
    this.shift = this.add_weight({ shape: [this.units], name: 'shift', initializer: 'zeros',
      trainable: false });
    this.first.build(shape);
    const inner = [shape[0], this.units];
    for (const layer of [...this.rest, this.named.last]) layer.build(inner);
  }
  override call(inputs: Tensor, { training = false } = {}): Tensor {
    let h = this.first(inputs);
    for (const layer of this.rest) h = layer(h);
    this.add_loss(ops.multiply(0.01, ops.sum(ops.square(h))));
    if (training) this.shift.assign_add(ops.ones([this.units]));
    return ops.add(this.named.last(this.dropout(h)), this.shift);
  }
  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), units: this.units };
  }
  static override from_config({ units, ...options }: Record<string, unknown>): keras.Layer {
    return new Block(units as number, options);
  }
}

const x = new keras.NDArray(Float32Array.from({ length: 24 }, (_, i) => Math.cos(i)), [8, 3]);
const y = new keras.NDArray(Float32Array.from({ length: 16 }, (_, i) => Math.sin(i)), [8, 2]);

describe('custom layers', () => {
  it('track weights, sublayers at any depth and losses, in the order they were made', () => {
    const block = new Block(2, { name: 'block' });
    expect(block.built).to.be.false;
    block(x);
    expect(block.weights.map(({ path }) => path)).to.deep.equal(
      ['block/shift', 'block/first/kernel', 'block/first/bias', 'block/a/factor', 'block/b/factor',
        'block/last/kernel']);
    expect(block.trainable_weights).to.have.length(5);
    expect(block.losses).to.have.length(1);
    expect(block.count_params()).to.equal(2 + 6 + 2 + 2 + 2 + 4);
    block.trainable = false;
    expect([block.trainable_weights.length, block.first.trainable]).to.deep.equal([0, false]);
  });

  it('train inside a model: losses count, training reaches them, state is updated', async () => {
    const input = keras.Input({ shape: [3] });
    const block = new Block(2);
    const model = new keras.Model(input, block(input));
    model.compile({ optimizer: new keras.optimizers.SGD(0.01), loss: 'mse', metrics: ['mse'] });
    const first = await model.evaluate(x, y, { verbose: 0, return_dict: true }) as Record<string, number>;
    expect(first.loss, 'the added loss is in it').to.be.above(first.mse);
    expect(block.shift.value.arraySync(), 'evaluation changes nothing').to.deep.equal([0, 0]);
    await model.fit(x, y, { batch_size: 4, epochs: 5, verbose: 0 });
    expect(block.shift.value.arraySync()).to.deep.equal([10, 10]);
  });

  it('a layer without build builds its sublayers by a call', () => {
    class Two extends keras.Layer {
      a = new layers.Dense(4);
      b = new layers.Dense(1);
      override call(inputs: Tensor): Tensor {
        return this.b(this.a(inputs));
      }
    }
    const two = new Two();
    two.build([null, 3]);
    expect(two.weights.map(({ shape }) => shape)).to.deep.equal([[3, 4], [4], [4, 1], [1]]);
    expect(two.compute_output_shape([null, 3])).to.deep.equal([null, 1]);
  });

  it('an error in call reaches the user as it was thrown', async () => {
    class Faulty extends keras.Layer {
      override call(): Tensor {
        throw new RangeError('my own mistake');
      }
    }
    const input = keras.Input({ shape: [3] });
    expect(await errorOf(() => new Faulty()(input), 'my own mistake')).to.be.instanceOf(RangeError);
    expect(await errorOf(() => new Faulty()(x), 'my own mistake')).to.be.instanceOf(RangeError);
  });

  it('survive a config round trip when registered', () => {
    const input = keras.Input({ shape: [3] });
    const model = new keras.Model(input, new Block(2, { name: 'block' })(input));
    const copy = keras.models.model_from_json(model.to_json(), { custom_objects: { Block } });
    copy.set_weights(model.get_weights());
    expect((copy(x) as Tensor).arraySync()).to.deep.equal((model(x) as Tensor).arraySync());
  });
});

describe('subclassed models', () => {
  class Net extends keras.Model {
    hidden = new layers.Dense(4, { activation: 'relu', kernel_initializer: 'ones' });
    dropout = new layers.Dropout(0.5);
    head = new layers.Dense(2, { kernel_initializer: 'ones' });
    trainings: unknown[] = [];
    override call(inputs: Tensor, options: { training?: boolean } = {}): Tensor {
      this.trainings.push(options.training);
      return this.head(this.dropout(this.hidden(inputs)));
    }
  }

  it('pass training on to their layers: fit trains, evaluate, predict and a plain call do not', async () => {
    const net = new Net();
    net.compile({ optimizer: 'sgd', loss: 'mse', run_eagerly: true });
    await net.fit(x, y, { batch_size: 8, verbose: 0 });
    expect(net.trainings.at(-1)).to.equal(true);
    await net.evaluate(x, y, { verbose: 0 });
    expect(net.trainings.at(-1)).to.equal(false);
    net(x);
    expect(net.trainings.at(-1)).to.equal(undefined);
    const plain = (net(x) as Tensor).arraySync();
    expect((net(x) as Tensor).arraySync(), 'no dropout').to.deep.equal(plain);
    expect((net(x, { training: true }) as Tensor).arraySync()).not.to.deep.equal(plain);
  });

  it('are built by build(shape) or the first batch', async () => {
    const net = new Net();
    expect(net.built).to.be.false;
    net.build([null, 3]);
    expect(net.count_params()).to.equal(3 * 4 + 4 + 4 * 2 + 2);
    const other = new Net();
    other.compile({ optimizer: 'sgd', loss: 'mse' });
    await other.fit(x, y, { verbose: 0 });
    expect(other.count_params()).to.equal(net.count_params());
    for (const { hidden } of [net,
      other]) expect(hidden.get_build_config()).to.deep.equal({ input_shape: [null, 3] });
    expect(other.layers.map(({ name }) => name.replace(/_\d+$/, ''))).to.deep.equal(['dense', 'dropout',
      'dense']);
  });

  it('a Sequential without Input is built by its first batch', async () => {
    const model = new keras.Sequential([new layers.Dense(4), new layers.Dense(2)]);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    await model.fit(x, y, { verbose: 0 });
    expect(model.output_shape).to.deep.equal([null, 2]);
  });
});

describe('several inputs and outputs', () => {
  function pair(): keras.Model {
    const a = keras.Input({ shape: [2], name: 'a' });
    const b = keras.Input({ shape: [3], name: 'b' });
    const joined = new layers.Concatenate()([a, b]);
    return new keras.Model([a, b], [new layers.Dense(1, { name: 'left', kernel_initializer: 'ones' })(joined),
      new layers.Dense(2, { name: 'right', kernel_initializer: 'ones' })(joined)]);
  }
  const inputs = { a: [[1, 2], [3, 4]], b: [[1, 0, 1], [0, 1, 0]] };
  const targets = { left: [[0], [0]], right: [[0, 0], [1, 1]] };
  const asList = (group: Record<string, number[][]>): keras.NDArray[] => Object.values(group).map(
    (rows) => new keras.NDArray(Float32Array.from(rows.flat()), [rows.length, rows[0].length]));

  const LOSSES: Record<string, object> = {
    'one loss for all': { loss: 'mae' },
    list: { loss: ['mae', 'mae'] },
    object: { loss: { left: 'mae', right: 'mae' } },
    'objects of losses, functions': { loss: [new keras.losses.MeanAbsoluteError(),
      keras.losses.mean_absolute_error] },
    weights: { loss: ['mae', 'mae'], loss_weights: [1, 0.5] },
    'weights by name': { loss: { right: 'mae', left: 'mae' }, loss_weights: { right: 0.5, left: 1 } },
  };
  for (const [name, options] of Object.entries(LOSSES)) {
    it(`losses: ${name}`, async () => {
      const model = pair();
      model.compile({ optimizer: new keras.optimizers.SGD(0), ...options });
      const weight = 'loss_weights' in options ? 0.5 : 1;
      const expected = [6.5 + weight * 6, 6.5, 6];
      for (const [ins, outs] of [[inputs, targets], [asList(inputs), asList(targets)],
        [inputs, asList(targets)]]) {
        expect(await model.evaluate(ins, outs, { verbose: 0 })).to.deep.equal(expected);
      }
      const { history } = await model.fit(inputs, targets, { verbose: 0 });
      expect(history).to.deep.equal({ left_loss: [6.5], loss: [expected[0]], right_loss: [6] });
    });
  }

  it('predict and call keep the structure of the outputs', async () => {
    const model = pair();
    const [left, right] = await model.predict(asList(inputs), { verbose: 0 }) as unknown as keras.NDArray[];
    expect([left.tolist(), right.tolist()]).to.deep.equal([[[5], [8]], [[5, 5], [8, 8]]]);
    const [a, b] = model.inputs;
    const named = new keras.Model({ a, b }, { left: model.outputs[0], right: model.outputs[1] });
    const result = await named.predict(inputs, { verbose: 0 }) as unknown as Record<string, keras.NDArray>;
    expect([result.left.tolist(), result.right.tolist()]).to.deep.equal([[[5], [8]], [[5, 5], [8, 8]]]);
    named.compile({ optimizer: 'sgd', loss: { left: 'mse', right: 'mse' } });
    expect((await named.fit(inputs, targets, { verbose: 0 })).history).to.have.keys('loss', 'left_loss',
      'right_loss');
  });

  it('a loss for one output only, with labels for it or for all', async () => {
    for (const labels of [asList(targets), asList(targets).slice(0, 1)]) {
      const model = pair();
      model.compile({ optimizer: new keras.optimizers.SGD(0), loss: ['mae', null] });
      expect(await model.evaluate(asList(inputs), labels, { verbose: 0 })).to.equal(6.5);
    }
  });
});

describe('shared layers and models', () => {
  it('a layer called twice has one set of weights, and both calls train it', async () => {
    const shared = new layers.Dense(1, { kernel_initializer: 'ones', use_bias: false });
    const [a, b] = [keras.Input({ shape: [1] }), keras.Input({ shape: [1] })];
    const model = new keras.Model([a, b], new layers.Add()([shared(a), shared(b)]));
    expect(model.weights).to.have.length(1);
    model.compile({ optimizer: new keras.optimizers.SGD(0.1), loss: 'mse' });
    await model.fit([Float32Array.of(1), Float32Array.of(2)], [[0]], { verbose: 0 });
    // d/dw (w + 2w)^2 = 18 w
    expect(shared.kernel.value.item()).to.be.closeTo(1 - 0.1 * 18, 1e-5);
  });

  it('models that share layers train each other', async () => {
    const body = new layers.Dense(2, { name: 'body' });
    const input = keras.Input({ shape: [3] });
    const hidden = body(input);
    const [one, two] = [1, 2].map((units) => new keras.Model(input, new layers.Dense(units)(hidden)));
    two.compile({ optimizer: 'sgd', loss: 'mse' });
    const before = (one(x) as Tensor).arraySync();
    await two.fit(x, y, { verbose: 0 });
    expect((one(x) as Tensor).arraySync()).not.to.deep.equal(before);
    expect(one.get_layer('body')).to.equal(two.get_layer('body'));
  });

  it('a model is a layer of another', async () => {
    const inner = new keras.Sequential([keras.Input({ shape: [3] }), new layers.Dense(2, { name: 'in' })],
      { name: 'inner' });
    const input = keras.Input({ shape: [3] });
    const outer = new keras.Model(input, new layers.Dense(2, { name: 'out' })(inner(input)),
      { name: 'outer' });
    outer.compile({ optimizer: 'sgd', loss: 'mse' });
    const before = inner.get_weights()[0].tolist();
    await outer.fit(x, y, { verbose: 0 });
    expect(inner.get_weights()[0].tolist()).not.to.deep.equal(before);
    inner.trainable = false;
    expect(outer.trainable_weights.map(({ name }) => name)).to.deep.equal(['kernel', 'bias']);
  });

  it('training of the model goes before that of a call inside, which files of Python have for every Dropout', () => {
    const input = keras.Input({ shape: [50] });
    const zeros = (model: keras.Model, options: object): number =>
      (ops.sum(ops.cast(ops.equal(model(ops.ones([1, 50]), options), 0), 'int32')) as Tensor).item() as number;
    for (const training of [true, false]) {
      const model = new keras.Model(input, new layers.Dropout(0.5)(input, { training }));
      expect(zeros(model, { training: true })).to.be.above(0);
      expect(zeros(model, { training: false })).to.equal(0);
      expect(zeros(model, {}) > 0).to.equal(training);
    }
  });

  it('a part of a model is a model with the same weights', () => {
    const input = keras.Input({ shape: [3] });
    const hidden = new layers.Dense(2, { name: 'hidden' })(input);
    const model = new keras.Model(input, new layers.Dense(1)(hidden));
    const part = new keras.Model(model.input, model.get_layer('hidden').output);
    expect((part(x) as Tensor).shape).to.deep.equal([8, 2]);
    expect(part.weights[0]).to.equal(model.weights[0]);
    const tail = new keras.Model(hidden, model.output);
    expect((tail(ops.zeros([4, 2])) as Tensor).shape).to.deep.equal([4, 1]);
    expect(tail.weights[0]).to.equal(model.weights[2]);
  });
});
