/** Rows of calls, as Python Keras computes them: dropout masks and their seeds, and states that stay. */
import { expect } from 'chai';
import { jit } from '../../../src/engine/jit.js';
import { tidy } from '../../../src/engine/scope.js';
import { flatten } from '../../../src/engine/structure.js';
import type { Tensor } from '../../../src/engine/tensor.js';
import type { Layer, RNN } from '../../../src/layers/index.js';
import { resetNames } from '../../../src/utils/naming.js';
import { isGoldenTensor, loadGolden, type GoldenTensor, type GoldenValue } from '../../golden/golden.js';
import { expectTensor, tensorOf } from '../../golden/tensors.js';
import { describeBackends } from '../../support/backends.js';
import { configText, layerOf } from '../../support/layer-golden.js';

interface GoldenHistory {
  class_name: string;
  config: Record<string, unknown>;
  build_config: Record<string, unknown>;
  weights: { path: string; value: GoldenTensor }[];
  /** Options that the config does not hold. */
  more?: Record<string, unknown>;
  mask?: GoldenTensor;
  calls: { inputs: GoldenTensor; training: boolean; output: GoldenValue; seeds: GoldenTensor[]; reset?: boolean }[];
}

const leavesOf = (value: GoldenValue): GoldenTensor[] =>
  (isGoldenTensor(value) ? [value] : (value as GoldenValue[]).flatMap(leavesOf));
const TOLERANCE = { rtol: 2e-5, atol: 2e-6 };

function replay(row: GoldenHistory, compiled: boolean, isSeeded: boolean): void {
  resetNames();
    const layer = layerOf({ ...row, config: { ...row.config, ...row.more } }) as Layer & Pick<RNN, 'reset_state'>;
  layer.build_from_config(row.build_config);
  expect(configText(layer.get_config())).to.equal(configText(row.config));
  expect(layer.weights.map(({ path }) => path)).to.deep.equal(row.weights.map(({ path }) => path));
  layer.set_weights(row.weights.map(({ value }) => tensorOf(value)));
  const mask = row.mask && tensorOf(row.mask);
  const run = (inputs: Tensor, training: boolean): unknown => layer<unknown, unknown>(inputs, mask ? { training, mask } : { training });
  const compiledRun = jit(run);
  const call = compiled ? compiledRun : run;
  row.calls.forEach(({ inputs, training, output, seeds, reset }, i) => {
    if (reset) layer.reset_state();
    const golden = leavesOf(output);
    (flatten(call(tensorOf(inputs), training)) as Tensor[]).forEach((one, at) => expectTensor(one, golden[at], `call ${i}, output ${at}`, TOLERANCE));
    const states = layer.variables.filter(({ name }) => name === 'seed_generator_state');
    // Where no seed was given the first number is another in every run; the second counts the draws.
    const from = isSeeded ? 0 : 1;
    expect(states.map(({ value }) => Array.from(value.dataSync() as Int32Array, Number).slice(from)), `seeds after call ${i}`)
      .to.deep.equal(seeds.map(({ data }) => Array.from(data, Number).slice(from)));
  });
  compiledRun.dispose();
}

for (const family of ['rnn_dropout', 'rnn_stateful']) {
  describeBackends(`golden layers: ${family}`, () => {
    loadGolden<GoldenHistory>('layers', family).cases.forEach((row, i) => {
      for (const compiled of [false, true]) {
        it(`${i}: ${row.class_name}, ${compiled ? 'compiled' : 'eager'}`, () => tidy(() => replay(row, compiled, family === 'rnn_dropout')));
      }
    });
  });
}
