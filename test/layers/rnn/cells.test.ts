import { expect } from 'chai';
import { tidy } from '../../../src/engine/scope.js';
import { flatten } from '../../../src/engine/structure.js';
import type { Tensor } from '../../../src/engine/tensor.js';
import type { Layer } from '../../../src/layers/index.js';
import { GRUCell, LSTMCell, SimpleRNNCell, StackedRNNCells } from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';
import { resetNames } from '../../../src/utils/naming.js';
import { isGoldenTensor, loadGolden, type GoldenTensor, type GoldenValue } from '../../golden/golden.js';
import { argumentOf, expectTensor, tensorOf } from '../../golden/tensors.js';
import { describeBackends } from '../../support/backends.js';
import { configText, layerOf } from '../../support/layer-golden.js';

interface GoldenCell {
  class_name: string;
  config: Record<string, unknown>;
  serialized: { class_name: string; build_config: Record<string, unknown> };
  initial_biases: GoldenTensor[];
  initial_shapes: number[][];
  weights: { path: string; value: GoldenTensor }[];
  inputs: GoldenTensor;
  states: GoldenValue;
  output: GoldenTensor;
  after: GoldenValue;
}
type Cell = Layer & { get_initial_state(batch_size: number): unknown };

const leavesOf = (value: GoldenValue): GoldenTensor[] =>
  (isGoldenTensor(value) ? [value] : (value as GoldenValue[]).flatMap(leavesOf));
const TOLERANCE = { rtol: 2e-5, atol: 2e-6 };

describeBackends('golden layers: rnn_cells', () => {
  loadGolden<GoldenCell>('layers', 'rnn_cells').cases.forEach((row, i) => {
    it(`${i}: ${row.class_name}`, () => tidy(() => {
      resetNames();
      const cell = layerOf(row) as Cell;
      cell.build_from_config(row.serialized.build_config);
      expect(configText(cell.get_config())).to.equal(configText(row.config));
      expect(cell.get_build_config()).to.deep.equal(row.serialized.build_config);
      expect(cell.weights.map(({ path }) => path)).to.deep.equal(row.weights.map(({ path }) => path));
      cell.weights.filter(({ name }) => name === 'bias').forEach((bias, at) => expectTensor(bias.value, row.initial_biases[at], 'initial bias'));
      expect((flatten(cell.get_initial_state(3)) as Tensor[]).map(({ shape }) => [...shape])).to.deep.equal(row.initial_shapes);
      cell.set_weights(row.weights.map(({ value }) => tensorOf(value)));
      const states = argumentOf(row.states);
      for (const [output, after] of [cell<unknown, unknown[]>(tensorOf(row.inputs), states), cell<unknown, unknown[]>(tensorOf(row.inputs), { states })]) {
        expectTensor(output as Tensor, row.output, 'output', TOLERANCE);
        const golden = leavesOf(row.after);
        (flatten(after) as Tensor[]).forEach((state, at) => expectTensor(state, golden[at], `state ${at}`, TOLERANCE));
      }
    }));
  });
});

describe('RNN cells', () => {
  it('take one state without an array around it', () => tidy(() => {
    for (const cell of [new GRUCell(2), new SimpleRNNCell(2)]) {
      const [output, after] = cell<unknown, Tensor[]>(ops.ones([1, 3]), ops.zeros([1, 2]));
      expect(after.arraySync()).to.deep.equal(output.arraySync());
    }
  }));

  it('keep a dropout mask from step to step, until it is reset', () => tidy(() => {
    const cell = new SimpleRNNCell(1, { activation: null, kernel_initializer: 'ones', dropout: 0.5, seed: 1 });
    const step = (): unknown => {
      const [output] = cell<unknown, Tensor[]>(ops.add(ops.arange(24, { dtype: 'float32' }), ops.zeros([1, 24])), [ops.zeros([1, 1])], { training: true });
      return output.item();
    };
    const first = step();
    expect(step()).to.equal(first);
    cell.reset_dropout_mask();
    cell.reset_recurrent_dropout_mask();
    expect(step()).not.to.equal(first);
  }));

  it('want their states', () => {
    expect(() => new LSTMCell(2)(ops.ones([1, 3]))).to.throw(/must be called with its states, at first cell\(inputs, cell.get_initial_state/);
  });

  it('say their sizes', () => {
    expect([new LSTMCell(3).state_size, new LSTMCell(3).output_size]).to.deep.equal([[3, 3], 3]);
    const stack = new StackedRNNCells([new LSTMCell(3), new GRUCell(2)]);
    expect([stack.state_size, stack.output_size]).to.deep.equal([[[3, 3], 2], 2]);
    expect([new LSTMCell(3, { recurrent_dropout: 0.1 }).implementation, new GRUCell(3).implementation]).to.deep.equal([1, 2]);
  });
});
