/** Rematerialization: the same gradients, less memory, random numbers and variables as the first time. */
import { expect } from 'chai';
import * as keras from '../../src/index.js';
import { activeBackend } from '../../src/engine/context.js';
import { jit } from '../../src/engine/jit.js';
import { tidy } from '../../src/engine/scope.js';
import type { Tensor } from '../../src/engine/tensor.js';
import { describeBackends } from '../support/backends.js';

const { ops, layers } = keras;

describeBackends('remat', () => {
  let w: keras.Variable;
  let outside: keras.Variable;
  before(() => {
    w = new keras.Variable([[0.5, -1], [2, 0.25]]);
    outside = new keras.Variable([3, 4]);
  });

  it('gives the gradients of arguments, variables, and tensors from outside, of first and second order', () => {
    const c = ops.array([1, 2]);
    const plain = (x: Tensor): Tensor => ops.multiply(ops.tanh(ops.add(ops.matmul(x, w), outside)), c);
    const loss = (f: typeof plain) => (x: Tensor): Tensor => ops.sum(ops.square(f(ops.sin(x))));
    const all = (f: typeof plain) => (x: Tensor): Tensor[] => {
      const second = keras.grad((t: Tensor) => ops.sum(ops.square(keras.grad(loss(f))(t) as Tensor)))(x) as Tensor;
      const [, byVariable] = keras.variable_gradients(() => loss(f)(x), [w, outside]);
      return [keras.grad(loss(f))(x) as Tensor, second, ...byVariable as Tensor[]];
    };
    const x = ops.array([[0.1, -0.3], [1, 2]]);
    const expected = all(plain)(x).map((t) => t.arraySync());
    for (const fn of [all(keras.remat(plain)), jit(all(keras.remat(plain)))]) {
      fn(x).forEach((t, i) => {
        const difference = ops.max(ops.absolute(ops.subtract(t, ops.array(expected[i] as number[])))).item();
        expect(difference, `gradient ${i}`).to.be.below(1e-5);
      });
    }
  });

  it('draws the same random numbers again, and assigns variables once', () => {
    const seed = new keras.SeedGenerator(5);
    const count = new keras.Variable(0);
    const noisy = keras.remat((x: Tensor) => {
      count.assign_add(1);
      return ops.multiply(x, keras.random.uniform([4], { seed }));
    });
    for (const wrap of [(f: (x: Tensor) => Tensor[]) => f, (f: (x: Tensor) => Tensor[]) => jit(f)]) {
      const step = wrap((x) => {
        const [value, gradient] = keras.value_and_grad((t: Tensor) => [ops.sum(noisy(t)), noisy] as const, { has_aux: true })(x);
        return [(value as unknown as Tensor[])[0], gradient as Tensor];
      });
      const before = count.value.item();
      const [value, gradient] = step(ops.ones([4]));
      expect(ops.sum(gradient).item()).to.be.closeTo(value.item(), 1e-6);
      expect(count.value.item()).to.equal(before + 1);
    }
  });

  it('keeps nothing of the way', () => {
    const chain = (x: Tensor): Tensor => {
      let y = x;
      for (let i = 0; i < 20; i++) y = ops.sin(y);
      return y;
    };
    // A first run may fill the backend's caches.
    tidy(() => void keras.grad((x: Tensor) => ops.sum(chain(x)))(ops.ones([3])));
    const held = (f: typeof chain): number => {
      let during = 0;
      const before = activeBackend().memory().tensors;
      tidy(() => void keras.grad((x: Tensor) => {
        const y = ops.sum(f(f(x)));
        during = activeBackend().memory().tensors - before;
        return y;
      })(ops.ones([3])));
      expect(activeBackend().memory().tensors).to.equal(before);
      return during;
    };
    expect(held(chain)).to.be.above(40);
    expect(held(keras.remat(chain))).to.be.below(12);
  });

  it('RematScope: which layers, and training goes on as without', async () => {
    const losses: number[][] = [];
    const modes = [{ mode: null }, { mode: 'full' }, { mode: 'activations' }, { mode: 'larger_than', output_size_threshold: 20 },
      { mode: 'list_of_layers', layer_names: ['wide'] }] as const;
    for (const mode of modes) {
      const model = new keras.RematScope(mode).run(() => new keras.Sequential([
        new layers.Dense(8, { activation: 'tanh', name: 'wide', kernel_initializer: new keras.initializers.GlorotUniform({ seed: 1 }) }),
        new layers.Dropout(0.25, { seed: 3 }), new layers.BatchNormalization(),
        new layers.Dense(1, { kernel_initializer: new keras.initializers.GlorotUniform({ seed: 2 }) }),
      ]));
      model.compile({ optimizer: new keras.optimizers.SGD(0.1), loss: 'mse' });
      const x = keras.random.normal([8, 3], { seed: 4 });
      const { history } = await model.fit(x, ops.sum(x, 1), { epochs: 3, batch_size: 4, shuffle: false, verbose: 0 });
      losses.push(history.loss as number[]);
    }
    for (const history of losses) history.forEach((loss, i) => expect(loss).to.be.closeTo(losses[0][i], 1e-4));
  });
});

describe('scopes', () => {
  it('refuse what they do not know', () => {
    expect(() => new keras.RematScope({ mode: 'some' as 'full' })).to.throw("received 'some'");
    expect(() => new keras.name_scope('a/b')).to.throw("without '/'");
    expect(() => keras.device('tpu:3')).to.throw("Cannot compute on device 'tpu:3'");
  });

  it('name variables', () => {
    const made = new keras.name_scope('outer').run(() => new keras.name_scope('inner').run(() => new keras.Variable(1, { name: 'w' })));
    expect(made.path).to.equal('outer/inner/w');
  });
});
