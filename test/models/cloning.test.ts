import { expect } from 'chai';
import { tidy } from '../../src/engine/scope.js';
import type { Tensor } from '../../src/engine/tensor.js';
import { BatchNormalization, Dense, Dropout, Input, Lambda, Layer } from '../../src/layers/index.js';
import { clone_model, Functional, Model, Sequential } from '../../src/models/index.js';
import * as ops from '../../src/ops/index.js';
import * as random from '../../src/random/index.js';

type Call = (...args: unknown[]) => unknown;

/** Two inputs, a layer called twice, an op, a nested model. */
function functional(): Model {
  const [a, b] = [Input({ shape: [3], name: 'a' }), Input({ shape: [3], name: 'b' })];
  const shared = new Dense(4, 'tanh', { name: 'shared' });
  const nested = new Sequential([Input({ shape: [4] }), new Dense(4, { name: 'inner' })], { name: 'nested' });
  const x = ops.add(shared(a), nested(shared(b)));
  return new Model({ a, b }, [new Dense(1, { name: 'out' })(x), new Dropout(0.5)(x)], { name: 'two' });
}

const inputs = (): Record<string, Tensor> => ({ a: random.normal([2, 3], { seed: 1 }), b: random.normal([2, 3], { seed: 2 }) });
const values = (model: Model, x: unknown): unknown => {
  const call = model as unknown as (x: unknown) => Tensor | Tensor[];
  return [call(x)].flat().map((y) => y.arraySync());
};

describe('clone_model', () => {
  it('copies functional models with new weights', () => tidy(() => {
    const model = functional();
    const copy = clone_model(model);
    expect(copy).to.be.instanceOf(Functional);
    expect(copy.name).to.equal('two');
    expect(copy.layers.map(({ name }) => name)).to.deep.equal(model.layers.map(({ name }) => name));
    expect(copy.weights.map(({ shape }) => shape)).to.deep.equal(model.weights.map(({ shape }) => shape));
    for (const layer of copy.layers) expect(model.layers).not.to.include(layer);
    copy.set_weights(model.get_weights());
    expect(values(copy, inputs())).to.deep.equal(values(model, inputs()));
    expect(Object.keys(copy.input as object)).to.deep.equal(['a', 'b']);
  }));

  it('copies Sequential models, built and not', () => tidy(() => {
    const open = clone_model(new Sequential([new Dense(2), new Dense(3)], { name: 'open' }));
    expect([open.built, open.name, open.layers.length]).to.deep.equal([false, 'open', 2]);
    const model = new Sequential([Input({ shape: [3] }), new Dense(2), new BatchNormalization()], { trainable: false });
    const copy = clone_model(model) as Sequential;
    expect([copy.built, copy.trainable, copy.input_shape]).to.deep.equal([true, false, [null, 3]]);
    copy.set_weights(model.get_weights());
    expect(values(copy, ops.ones([1, 3]))).to.deep.equal(values(model, ops.ones([1, 3])));
  }));

  it('is compiled as the model was', () => {
    const model = new Sequential([Input({ shape: [3] }), new Dense(1)]);
    model.compile({ optimizer: { class_name: 'SGD', config: { learning_rate: 0.5 } } as never, loss: 'mae' });
    const copy = clone_model(model);
    expect(copy.compiled).to.equal(true);
    expect(copy.optimizer).not.to.equal(model.optimizer);
    expect(copy.optimizer!.get_config().learning_rate).to.equal(0.5);
  });

  it('copies layers as it is told, and shared ones once', () => {
    const seen: string[] = [];
    const copy = clone_model(functional(), {
      clone_function: (layer) => {
        seen.push(layer.name);
        const config = layer.get_config();
        return (layer.constructor as typeof Layer).from_config('units' in config ? { ...config, name: `${layer.name}_2` } : config);
      },
    });
    expect(seen.filter((name) => name === 'shared')).to.have.length(1);
    expect(copy.get_layer('shared_2')).to.be.instanceOf(Dense);
    expect(() => clone_model(functional(), { clone_function: () => 3 as never })).to.throw(/'clone_function' must return a layer, it returned 3 for/);
  });

  it('calls layers as it is told: a Dropout behind each Dense, on the layers of the model', () => {
    const x = Input({ shape: [3] });
    const model = new Model(x, new Dense(1)(new Dense(2)(x)));
    const call_function = (layer: Call, ...args: unknown[]): unknown => {
      const out = layer(...args);
      return (layer as unknown) instanceof Dense ? new Dropout(0.5)(out) : out;
    };
    const copy = clone_model(model, { clone_function: (layer) => layer, call_function });
    expect(copy.layers.map(({ constructor }) => constructor.name)).to.deep.equal(['InputLayer', 'Dense', 'Dropout', 'Dense', 'Dropout']);
    expect(copy.weights).to.deep.equal(model.weights);
  });

  it('goes into models inside when asked to', () => {
    const seen: string[] = [];
    const clone_function = (layer: Layer): Layer => {
      seen.push(layer.name);
      return (layer.constructor as typeof Layer).from_config(layer.get_config());
    };
    clone_model(functional(), { clone_function });
    expect(seen).to.include('nested').and.not.include('inner');
    seen.length = 0;
    const copy = clone_model(functional(), { clone_function, recursive: true });
    expect(seen).to.include('inner').and.not.include('nested');
    expect((copy.get_layer('nested') as Model).layers).to.have.length(1);
  });

  it('builds on given tensors', () => {
    const tensor = ops.relu(Input({ shape: [3] }));
    const copy = clone_model(new Sequential([Input({ shape: [3] }), new Dense(2)]), tensor);
    expect(copy.output_shape).to.deep.equal([null, 2]);
    const [a, b] = [Input({ shape: [3] }), Input({ shape: [3] })];
    const two = clone_model(functional(), { input_tensors: { a, b } });
    expect(two.inputs).to.deep.equal([a, b]);
    expect(() => clone_model(functional(), { input_tensors: [a, b] })).to.throw(/in the structure of model.input, \{a: \*, b: \*\}, received \[\*, \*\]/);
    expect(() => clone_model(new Sequential([new Dense(1)]), { input_tensors: [a, b] })).to.throw(/of a Sequential model are one KerasTensor/);
  });

  it('keeps classes of one\'s own, and functions of Lambda layers', () => tidy(() => {
    class Trained extends Model {}
    const x = Input({ shape: [2] });
    const model = new Trained(x, new Lambda(((y: Tensor) => ops.multiply(y, 3)) as never)(x));
    const copy = clone_model(model);
    expect(copy).to.be.instanceOf(Trained);
    expect(values(copy, [[1, 2]])).to.deep.equal([[[3, 6]]]);

    class Subclassed extends Model {
      readonly dense = new Dense(2);

      override call(y: Tensor): Tensor {
        return this.dense(y);
      }

      override get_config(): Record<string, unknown> {
        return { name: this.name };
      }
    }
    expect(clone_model(new Subclassed({ name: 's' }))).to.be.instanceOf(Subclassed);
    expect(() => clone_model(new Subclassed(), { clone_function: (layer) => layer })).to.throw(/'clone_function' is for Sequential and functional models/);
    const call_function = (layer: Call, ...args: unknown[]): unknown => layer(...args);
    expect(() => clone_model(new Sequential([new Dense(1)]), { call_function })).to.throw(/'call_function' is for functional models, received the Sequential/);
  }));
});
