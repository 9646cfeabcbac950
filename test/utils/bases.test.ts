/** Base classes and scopes for a user's own classes. */
import { expect } from 'chai';
import * as keras from '../../src/index.js';
import { errorOf } from '../support/capture.js';

const { layers, ops } = keras;

describe('base classes', () => {
  /** An instance of a class that defines nothing, as JavaScript lets one make it. */
  const bare = (base: unknown): Record<string, (...args: unknown[]) => unknown> => {
    class Bare extends (base as new () => object) {}
    return new Bare() as never;
  };

  for (const [base, ...methods] of [
    [keras.Operation, 'call'], [keras.Layer, 'call'], [keras.Loss, 'call'], [keras.Metric, 'update_state', 'result'],
    [keras.Regularizer, '__call__', 'get_config'], [keras.Initializer, '__call__'],
    [keras.optimizers.schedules.LearningRateSchedule, '__call__', 'get_config'], [keras.utils.PyDataset, '__getitem__'],
  ] as [{ name: string }, ...string[]][]) {
    it(`${base.name} names the methods that a subclass has to define`, async () => {
      for (const method of methods) {
        const error = await errorOf(() => bare(base)[method](), 'Bare', `${method}()`, base.name);
        expect(error.name).to.equal('NotImplementedError');
      }
    });
  }

  it('are shown by inspect before they are whole', () => {
    expect(String(bare(keras.Regularizer))).to.equal('<Bare>');
  });

  it('Operation: config, symbolic and eager calls', () => {
    class Twice extends keras.Operation {
      override call(x: keras.Tensor): keras.Tensor {
        return ops.multiply(x, 2);
      }
    }
    const twice = Twice.from_config(new Twice('mine').get_config());
    expect(twice.name).to.equal('mine');
    const input = keras.Input({ shape: [2] });
    const model = new keras.Model(input, twice.__call__(input) as keras.KerasTensor);
    expect((model(ops.array([[1, 2]])) as keras.Tensor).arraySync()).to.deep.equal([[2, 4]]);
    let calls = 0;
    const counted = (x: unknown): unknown => {
      calls += 1;
      return ops.multiply(x as keras.Tensor, 3);
    };
    const plain = twice.rematerialized_call(counted, ops.array(1));
    expect(plain).to.equal(counted);
    const again = new keras.RematScope('full').run(() => new Twice()).rematerialized_call(counted, ops.array(1));
    expect((keras.grad((x: keras.Tensor) => again(x) as keras.Tensor)(ops.array(2)) as keras.Tensor).item()).to.equal(3);
    expect(calls).to.equal(2);
  });
});

describe('options of a layer of one\'s own', () => {
  class Mine extends keras.Layer {
    readonly factor: number;
    constructor(options: Record<string, unknown>) {
      super(options);
      this.factor = Number(options.factor ?? 1);
    }
    override call(x: keras.Tensor): keras.Tensor {
      return x;
    }
  }
  it('that it hands on and no layer has are refused', async () => {
    expect(new Mine({ name: 'a', dtype: 'float16' }).name).to.equal('a');
    await errorOf(() => new Mine({ factor: 2 }), 'Mine', '\'factor\'', 'name, trainable, dtype');
    class Deeper extends Mine {}
    await errorOf(() => new Deeper({ factor: 2 }), 'Deeper', '\'factor\'');
    class Net extends keras.Model {
      constructor() {
        super({ width: 3 } as never);
      }
    }
    await errorOf(() => new Net(), 'Net', '\'width\'');
  });
});

describe('input_shape', () => {
  it('of the first layer of a Sequential is its Input', () => {
    const model = new keras.Sequential([new layers.Conv2D(2, 3, { input_shape: [8, null, 1] }), new layers.Dense(3, { input_shape: [9] })]);
    expect(model.input_shape).to.deep.equal([null, 8, null, 1]);
    expect(model.layers[0].get_config()).not.to.have.property('input_shape');
    expect(new layers.LSTM(2, { input_shape: [3, 4] }).built).to.equal(false);
  });
});

describe('keras.StatelessScope', () => {
  it('collects losses, and takes updates', async () => {
    const layer = new layers.ActivityRegularization({ l1: 0.5 });
    const scope = new keras.StatelessScope([], { collect_losses: true });
    scope.run(() => layer(ops.array([[1, 2]])));
    expect(scope.losses.map((loss) => loss.item())).to.deep.equal([1.5]);
    scope.add_loss(ops.array(4));
    expect(scope.losses).to.have.length(2);
    const v = new keras.Variable(1);
    scope.add_update([v, 5]);
    expect(scope.get_current_value(v)?.item()).to.equal(5);
    expect(scope.run(() => v.value.item())).to.equal(5);
    expect(v.value.item()).to.equal(1);
    await errorOf(() => scope.add_update([v, [1, 2]]), '[2]', '[]');
    const other = new keras.StatelessScope();
    other.run(() => layer(ops.array([[1, 2]])));
    expect(other.losses).to.deep.equal([]);
  });
});

describe('keras.SymbolicScope', () => {
  it('is open while shapes are inferred', () => {
    const seen: boolean[] = [];
    class Spy extends keras.Layer {
      override call(x: keras.Tensor): keras.Tensor {
        seen.push(keras.SymbolicScope.isOpen);
        return x;
      }
    }
    const spy = new Spy();
    spy(keras.Input({ shape: [2] }));
    expect(seen).to.not.include(false);
    seen.length = 0;
    spy(ops.ones([1, 2]));
    expect(seen).to.deep.equal([false]);
  });
});

describe('keras.utils.clear_session', () => {
  it('forgets names, dtype policy, seed and logging', () => {
    keras.config.set_dtype_policy('mixed_float16');
    keras.config.disable_interactive_logging();
    keras.utils.clear_session();
    expect(keras.config.dtype_policy().name).to.equal('float32');
    expect(keras.config.is_interactive_logging_enabled()).to.equal(true);
    expect(new layers.Dense(1).name).to.equal('dense');
    keras.utils.clear_session(false);
    expect(new layers.Dense(1).name).to.equal('dense');
  });
});
