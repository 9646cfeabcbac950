import { expect } from 'chai';
import { jit } from '../../../src/engine/jit.js';
import { tidy } from '../../../src/engine/scope.js';
import type { SymbolicShape } from '../../../src/engine/shape.js';
import type { NDArray } from '../../../src/engine/convert.js';
import type { Tensor } from '../../../src/engine/tensor.js';
import type { Variable } from '../../../src/engine/variable.js';
import {
  Bidirectional, ConvLSTM1D, Dense, GRU, GRUCell, Input, Layer, LSTM, LSTMCell, RNN, SimpleRNN, SimpleRNNCell, StackedRNNCells, type CallOptions, type LayerOptions,
} from '../../../src/layers/index.js';
import { Model, Sequential } from '../../../src/models/index.js';
import * as ops from '../../../src/ops/index.js';
import type { KerasTensor } from '../../../src/ops/keras-tensor.js';
import { custom_object_scope } from '../../../src/saving/registration.js';
import { set_random_seed } from '../../../src/utils/index.js';
import { loadGolden, type GoldenTensor } from '../../golden/golden.js';
import { expectTensor } from '../../golden/tensors.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';
import { describeBackends } from '../../support/backends.js';

/** The cell of the documentation: no bias, no activation. */
class MinimalRNNCell extends Layer {
  readonly units: number;
  readonly state_size: number;
  kernel!: Variable;
  recurrent_kernel!: Variable;
  constructor({ units, ...options }: LayerOptions & { units: number }) {
    super(options);
    this.units = units;
    this.state_size = units;
  }
  override build(input_shape: SymbolicShape): void {
    this.kernel = this.add_weight({ shape: [input_shape[1]!, this.units], initializer: 'uniform', name: 'kernel' });
    this.recurrent_kernel = this.add_weight({ shape: [this.units, this.units], initializer: 'ones', name: 'recurrent_kernel' });
  }
  override call(inputs: Tensor, { states }: CallOptions = {}): unknown {
    const [before] = states as Tensor[];
    const output = ops.add(ops.matmul(inputs, this.kernel), ops.matmul(before, this.recurrent_kernel));
    return [output, [output]];
  }
  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), units: this.units };
  }
}

/** A cell that is a plain object: adds up what comes in, and counts the steps. */
const summing = {
  state_size: [3, 1],
  call(inputs: Tensor, { states: [sum, steps] }: { states: readonly unknown[] }): unknown {
    const next = ops.add(inputs, sum as Tensor);
    return [next, [next, ops.add(steps as Tensor, 1)]];
  },
};

const MASKED = { supports_masking: true, built_at_init: false, expected_num_non_trainable_weights: 0 } as const;

describeLayers('RNN', [
  [RNN, { init_kwargs: { get cell() { return new SimpleRNNCell(5, { seed: 42 }); } }, input_shape: [3, 2, 4], expected_output_shape: [3, 5], ...MASKED }],
  [RNN, {
    init_kwargs: { get cell() { return [new LSTMCell(5), new GRUCell(3)]; }, return_sequences: true, return_state: true },
    input_shape: [3, 2, 4], expected_output_shape: [3, 2, 3], expected_mask_shape: [3, 2], ...MASKED,
  }],
]);

describeGoldenLayers('rnn');

describeBackends('RNN', () => {
  it('runs cells of the user', () => tidy(() => {
    const layer = new RNN(new MinimalRNNCell({ units: 2 }), { return_sequences: true });
    layer.build([null, null, 1]);
    layer.set_weights([[[1, 2]], [[1, 1], [1, 1]]]);
    expect(layer([[[1], [0], [1]]]).arraySync()).to.deep.equal([[[1, 2], [3, 3], [7, 8]]]);
    const [last, state] = new RNN({ cell: new MinimalRNNCell({ units: 2 }), return_state: true })<unknown, Tensor[]>(ops.ones([2, 4, 1]));
    expect(last.arraySync()).to.deep.equal(state.arraySync());
    expect(new RNN([new MinimalRNNCell({ units: 2 }), new MinimalRNNCell({ units: 3 })])(ops.ones([2, 4, 1])).shape).to.deep.equal([2, 3]);
  }));

  it('runs a cell that is a plain object', () => tidy(() => {
    const layer = new RNN(summing, { return_state: true, go_backwards: true });
    const [output, sum, steps] = layer<unknown, Tensor[]>([[[1, 2, 3], [4, 5, 6]]]);
    expect(output.arraySync()).to.deep.equal([[5, 7, 9]]);
    expect([sum.arraySync(), steps.arraySync()]).to.deep.equal([[[5, 7, 9]], [[2]]]);
    const masked = new RNN(summing, { return_sequences: true });
    expect(masked([[[1, 2, 3], [4, 5, 6], [1, 1, 1]]], { mask: [[true, false, true]] }).arraySync())
      .to.deep.equal([[[1, 2, 3], [1, 2, 3], [2, 3, 4]]]);
  }));

  it('goes on from its states when it is stateful', () => tidy(() => {
    const layer = new RNN(summing, { stateful: true });
    const x = ops.ones([2, 2, 3]);
    expect((layer(x).arraySync() as number[][])[0]).to.deep.equal([2, 2, 2]);
    expect((layer(x).arraySync() as number[][])[0]).to.deep.equal([4, 4, 4]);
    expect(layer.weights).to.deep.equal([]);
    layer.reset_state();
    expect((layer(x).arraySync() as number[][])[0]).to.deep.equal([2, 2, 2]);
    expect(() => layer(ops.ones([3, 2, 3]))).to.throw(/Expected batch size 2, received 3/);
  }));

  it('takes any number of steps in a model', async () => {
    const model = new Sequential([Input([null, 3]), new LSTM(2, { return_sequences: true }), new SimpleRNN(2, { unroll: true })]);
    expect(model.output_shape).to.deep.equal([null, 2]);
    for (const steps of [1, 4, 2]) {
      expect((await model.predict(ops.ones([2, steps, 3]), { verbose: 0 }) as NDArray).shape).to.deep.equal([2, 2]);
    }
  });

  it('takes its first states from the graph of a model', () => tidy(() => {
    const inputs = Input([null, 3]);
    const [, h, c] = new LSTM(2, { return_state: true })<KerasTensor, KerasTensor[]>(inputs);
    const outputs = new LSTM(2, { return_sequences: true })<KerasTensor, KerasTensor>(inputs, { initial_state: [h, c] });
    const model = new Model({ inputs, outputs });
    expect(model.output_shape).to.deep.equal([null, null, 2]);
    const revived = Model.from_config(JSON.parse(JSON.stringify(model.get_config())) as Record<string, unknown>) as Model;
    revived.set_weights(model.get_weights());
    const x = ops.ones([1, 2, 3]);
    expect((revived(x) as Tensor).arraySync()).to.deep.equal((model(x) as Tensor).arraySync());
  }));
});

describe('golden layers: rnn_initial', () => {
  const makers: (() => Layer)[] = [
    () => new SimpleRNN(3), () => new GRU(2), () => new LSTM(2, { recurrent_initializer: 'he_uniform' }),
    () => new Bidirectional(new LSTM(2)), () => new RNN([new GRUCell(2), new SimpleRNNCell(2)]), () => new ConvLSTM1D(2, 2),
  ];
  loadGolden<{ class_name: string; shape: number[]; weights: { value: GoldenTensor }[] }>('layers', 'rnn_initial').cases.forEach((row, i) => {
    it(`${row.class_name} starts as in Python after set_random_seed`, () => tidy(() => {
      set_random_seed(5);
      const layer = makers[i]();
      expect(layer.constructor.name).to.equal(row.class_name);
      layer.build(row.shape);
      layer.weights.forEach((weight, at) => expectTensor(weight.value, row.weights[at].value, weight.path, { rtol: 1e-5, atol: 1e-6 }));
    }));
  });
});

describe('RNN', () => {
  it('passes on the penalties of its cell', () => tidy(() => {
    const layer = new RNN(new SimpleRNNCell(1, { activity_regularizer: 'l1' }));
    const [x, losses] = [ops.ones([1, 12, 2]), (): number => (layer.losses.map((loss) => loss.item() as number).reduce((a, b) => a + b))];
    layer(x);
    // Of the output and of the state of each step, as in Keras.
    expect(layer.losses.length).to.equal(24);
    const eager = losses();
    const compiled = jit((inputs: Tensor) => [layer(inputs), ...layer.losses]);
    const [, ...traced] = compiled(x) as Tensor[];
    expect(traced.map((loss) => loss.item() as number).reduce((a, b) => a + b)).to.be.closeTo(eager, 1e-5);
    compiled.dispose();
  }));

  it('keeps its states from batch to batch of a fit', async () => {
    const layer = new LSTM(2, { stateful: true });
    const model = new Sequential([Input({ batch_shape: [2, null, 3] }), layer, new Dense(1)]);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const [x, y] = [ops.ones([4, 3, 3]), ops.ones([4, 1])];
    await model.fit(x, y, { batch_size: 2, shuffle: false, verbose: 0 });
    const states = (): unknown[] => (layer.states as Variable[]).map(({ value }) => value.arraySync());
    expect(states().flat(2)).not.to.include(0);
    layer.reset_states();
    expect(states()).to.deep.equal([[[0, 0], [0, 0]], [[0, 0], [0, 0]]]);
    const failure = await model.predict(ops.ones([3, 3, 3]), { verbose: 0, batch_size: 3 }).then(() => undefined, (error: Error) => error);
    expect(failure?.message).to.match(/Expected batch size 2, received 3/);
  });

  it('comes back from its config with a cell of the user', () => custom_object_scope({ MinimalRNNCell }, () => {
    const config = new RNN([new MinimalRNNCell({ units: 2 })], { return_state: true }).get_config();
    const layer = RNN.from_config(JSON.parse(JSON.stringify(config)) as Record<string, unknown>);
    expect(((layer.cell as StackedRNNCells).cells[0] as MinimalRNNCell).units).to.equal(2);
    expect(layer.return_state).to.equal(true);
  }));

  const wrong: [string, () => unknown, RegExp][] = [
    ['a cell without a call', () => new RNN({ state_size: 3 } as never), /RNN: a cell must have a call\(inputs, {states}\) method, received an object with the members state_size/],
    ['no cell', () => new RNN({} as never), /RNN: a cell must have a call/],
    ['a cell without state_size', () => new RNN({ call: () => 1 } as never), /RNN: a cell must have a state_size/],
    ['a state_size of text', () => new RNN({ call: () => 1, state_size: 'two' } as never), /must be an integer or an array of integers/],
    ['no cells', () => new StackedRNNCells([]), /StackedRNNCells: the argument 'cells' must be an array of cells, received \[\]/],
    ['no cells in an array', () => new RNN([3 as never]), /StackedRNNCells: a cell must have a call/],
    ['a cell that returns one tensor', () => new RNN({ call: (x: Tensor) => x, state_size: 3 })(ops.ones([1, 2, 3])), /must return \[output, new_states\]/],
    ['states without a batch size', () => new LSTM(2, { stateful: true }).build([null, 3, 2]), /is stateful, so its batch size must be known/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));
});
