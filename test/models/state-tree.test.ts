import { expect } from 'chai';
import type { Tensor } from '../../src/engine/tensor.js';
import { NDArray } from '../../src/index.js';
import { BatchNormalization, Dense, Input, Layer } from '../../src/layers/index.js';
import { Sequential } from '../../src/models/index.js';
import * as ops from '../../src/ops/index.js';

describe('State trees', () => {
  const make = async (): Promise<Sequential> => {
    const layers = [Input({ shape: [1], name: 'x' }), new Dense(1, { name: 'my_dense' }), new BatchNormalization({ name: 'my_norm' })];
    const model = new Sequential(layers, { name: 'my_model' });
    model.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
    await model.fit([[1], [2]], [[1], [3]], { verbose: 0 });
    return model;
  };

  it('hold all state by paths, and bring it back', async () => {
    const model = await make();
    const tree = model.get_state_tree({ value_format: 'numpy_array' });
    const keysOf = (value: unknown): unknown => (value instanceof NDArray || value === null || typeof value !== 'object' ? 0
      : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, keysOf(item)])));
    // The paths that Python's get_state_tree has for this model.
    expect(keysOf(tree.trainable_variables)).to.deep.equal({ my_model: { my_dense: { kernel: 0, bias: 0 }, my_norm: { gamma: 0, beta: 0 } } });
    expect(keysOf(tree.non_trainable_variables)).to.deep.equal({ my_model: { my_norm: { moving_mean: 0, moving_variance: 0 } } });
    expect(Object.keys(Object.values(tree.optimizer_variables)[0])).to.include.members(['iteration', 'learning_rate', 'my_model_my_dense_kernel_momentum']);
    expect(Object.keys(tree.metrics_variables)).to.include('loss');
    const values = (): unknown => [...model.weights, ...model.optimizer!.variables].map(({ value }) => value.arraySync());
    const before = values();
    await model.fit([[5], [6]], [[1], [0]], { verbose: 0 });
    expect(values()).not.to.deep.equal(before);
    model.set_state_tree(tree);
    expect(values()).to.deep.equal(before);
    model.set_state_tree({ trainable_variables: { my_model: { my_dense: { bias: [7] } } } });
    expect(model.get_layer('my_dense').get_weights()[1].tolist()).to.deep.equal([7]);
  });

  it('hold tensors unless asked otherwise', async () => {
    const { trainable_variables } = (await make()).get_state_tree();
    const { kernel } = (trainable_variables.my_model as Record<string, Record<string, Tensor>>).my_dense;
    expect(kernel.shape).to.deep.equal([1, 1]);
  });

  it('reject unknown formats and parts, and two variables of one path', async () => {
    const model = await make();
    expect(() => model.get_state_tree('list' as never)).to.throw(/'value_format' must be one of "backend_tensor", "numpy_array", received "list"/);
    expect(() => model.set_state_tree({ weights: {} } as never)).to.throw(/'state_tree' must be one of "trainable_variables"/);
    class Twice extends Layer {
      override build(): void {
        for (let i = 0; i < 2; i++) this.add_variable([1], 'zeros', { name: 'same' });
      }

      override call(x: Tensor): Tensor {
        return ops.add(x, 1);
      }
    }
    expect(() => new Sequential([Input({ shape: [1] }), new Twice({ name: 't' })], { name: 'm' }).get_state_tree())
      .to.throw(/two variables have the path 'm\/t\/same'/);
    expect(() => new Dense(1, { name: 'd' }).add_metric()).to.throw(/Layer 'd' \(Dense\) cannot add a metric: give metrics to compile/);
  });
});
