import { expect } from 'chai';
import { tidy } from '../../../src/engine/scope.js';
import type { Tensor } from '../../../src/engine/tensor.js';
import {
  AlphaDropout, Dropout, GaussianDropout, GaussianNoise, Layer, SpatialDropout1D, SpatialDropout2D, SpatialDropout3D,
} from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';
import { loadGolden, type GoldenTensor } from '../../golden/golden.js';
import { expectTensor, tensorOf } from '../../golden/tensors.js';
import { describeBackends } from '../../support/backends.js';
import { configText, layerOf } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

const SEEDED = {
  call_kwargs: { training: true }, expected_num_trainable_weights: 0, expected_num_non_trainable_weights: 0,
  expected_num_seed_generators: 1, expected_num_losses: 0, supports_masking: true, built_at_init: true,
} as const;
const IMAGES = { input_shape: [2, 3, 4, 5], expected_output_shape: [2, 3, 4, 5] } as const;

describeLayers('Dropout layers', [
  [Dropout, { init_kwargs: { rate: 0.2 }, input_shape: [2, 3], expected_output_shape: [2, 3], expected_mask_shape: [2, 3], ...SEEDED }],
  [Dropout, { init_kwargs: { rate: 0.5, noise_shape: [null, 1, null], seed: 3 }, input_shape: [2, 3, 4], expected_output_shape: [2, 3, 4], ...SEEDED }],
  [Dropout, { init_kwargs: { rate: 0 }, input_shape: [2, 3], expected_output_shape: [2, 3], ...SEEDED, expected_num_seed_generators: 0 }],
  [AlphaDropout, { init_kwargs: { rate: 0.2 }, input_shape: [2, 3], expected_output_shape: [2, 3], ...SEEDED }],
  [GaussianDropout, { init_kwargs: { rate: 0.2, seed: 7 }, input_shape: [2, 3], expected_output_shape: [2, 3], ...SEEDED }],
  [GaussianNoise, { init_kwargs: { stddev: 0.2 }, input_shape: [2, 3], expected_output_shape: [2, 3], ...SEEDED }],
  [SpatialDropout1D, { init_kwargs: { rate: 0.5 }, input_shape: [2, 3, 4], expected_output_shape: [2, 3, 4], ...SEEDED }],
  [SpatialDropout2D, { init_kwargs: { rate: 0.5 }, ...IMAGES, ...SEEDED }],
  [SpatialDropout2D, { init_kwargs: { rate: 0.5, data_format: 'channels_first' }, ...IMAGES, ...SEEDED }],
  [SpatialDropout3D, { init_kwargs: { rate: 0.5 }, input_shape: [2, 3, 4, 4, 5], expected_output_shape: [2, 3, 4, 4, 5], ...SEEDED }],
]);

interface GoldenDropout {
  class_name: string;
  config: Record<string, unknown>;
  state_variables: { name: string; value: GoldenTensor }[];
  inputs: GoldenTensor;
  output: GoldenTensor;
  default_output: GoldenTensor;
  training_outputs: GoldenTensor[];
}

describeBackends('golden layers: dropout', (backend) => {
  loadGolden<GoldenDropout>('layers', 'dropout').cases.forEach((row, i) => {
    it(`${i}: ${row.class_name} ${JSON.stringify(row.config)}`, () => tidy(() => {
      const layer = layerOf(row);
      expect(configText(layer.get_config())).to.equal(configText(row.config));
      expect(layer.weights).to.deep.equal([]);
      expect(layer.variables.map(({ name }) => name)).to.deep.equal(row.state_variables.map(({ name }) => name));
      const inputs = tensorOf(row.inputs);
      expectTensor(layer(inputs, { training: false }), row.output, 'inference');
      expectTensor(layer(inputs), row.default_output, 'without training');
      const drawn = row.training_outputs.map(() => layer(inputs, { training: true }));
      row.training_outputs.forEach((golden, call) => {
        // Normal numbers are made of the same bits by functions that round in other places.
        const tolerance = backend === 'tensorflow' ? {} : { rtol: 1e-4, atol: 1e-5 };
        expectTensor(drawn[call], golden, `training call ${call}`, tolerance);
      });
      row.state_variables.forEach(({ value }, at) =>
        expect(Array.from(layer.variables[at].value.dataSync(), Number), 'state').to.deep.equal(Array.from(value.data, Number)));
    }));
  });
});

describe('Dropout', () => {
  it('draws other numbers at each call, and the same ones for the same seed', () => tidy(() => {
    const x = ops.ones([4, 8]);
    const draw = (layer: Layer): string => JSON.stringify(layer(x, { training: true }).arraySync());
    const [a, b] = [new Dropout(0.5, { seed: 7 }), new Dropout({ rate: 0.5, seed: 7 })];
    const first = draw(a);
    expect(draw(b)).to.equal(first);
    expect(draw(a)).not.to.equal(first);
  }));

  it('drops along a dimension of 1 together', () => tidy(() => {
    const y = new Dropout(0.5, [null, 1], 3)(ops.ones([8, 5]), { training: true }).arraySync() as number[][];
    for (const row of y) expect(new Set(row).size).to.equal(1);
  }));

  it('takes the training of the layer around', () => tidy(() => {
    class Block extends Layer {
      dropout = new Dropout(1);
      override call(inputs: Tensor): Tensor {
        return this.dropout(inputs);
      }
    }
    const block = new Block();
    expect(block(ops.ones([1, 2]), { training: true }).arraySync()).to.deep.equal([[0, 0]]);
    expect(block(ops.ones([1, 2])).arraySync()).to.deep.equal([[1, 1]]);
  }));

  const wrong: [string, () => unknown, RegExp][] = [
    ['a negative rate', () => new Dropout(-0.5), /Dropout: the argument 'rate' must be a number from 0 to 1, received -0.5/],
    ['a rate above 1', () => new GaussianDropout(1.5), /GaussianDropout: the argument 'rate'/],
    ['no rate', () => new Dropout({} as never), /'rate' must be a number from 0 to 1, received undefined/],
    ['a noise shape of text', () => new Dropout(0.5, 'all' as never), /'noise_shape' must be an array/],
    ['a noise shape with 0', () => new AlphaDropout(0.5, [2, 0]), /'noise_shape' must be an array of positive integers/],
    ['an unknown argument', () => new Dropout(0.5, { sed: 3 } as never), /Dropout has no argument 'sed'. Known arguments: rate, noise_shape, seed/],
    ['a wrong rank', () => new SpatialDropout1D(0.5)(ops.ones([2, 3])), /must have rank 3, but has rank 2. Received shape \[2, 3\]/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));
});
