import { expect } from 'chai';
import { tidy } from '../../../src/engine/scope.js';
import { BatchNormalization } from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';
import { loadGolden, type GoldenTensor } from '../../golden/golden.js';
import { expectTensor, tensorOf } from '../../golden/tensors.js';
import { describeBackends } from '../../support/backends.js';
import { configText, describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

describeLayers('BatchNormalization', [
  [BatchNormalization, {
    call_kwargs: { training: true }, input_shape: [4, 3], expected_output_shape: [4, 3], expected_num_trainable_weights: 2,
    expected_num_non_trainable_weights: 2, expected_num_losses: 0, supports_masking: true, built_at_init: false,
  }],
  [BatchNormalization, {
    init_kwargs: { center: false, scale: false }, call_kwargs: { training: true }, input_shape: [4, 3], expected_output_shape: [4, 3],
    expected_num_trainable_weights: 0, expected_num_non_trainable_weights: 2, expected_num_losses: 0,
  }],
  [BatchNormalization, {
    init_kwargs: { axis: 1, beta_regularizer: 'l2', gamma_regularizer: 'l2' }, call_kwargs: { training: true },
    input_shape: [2, 3, 4, 4], expected_output_shape: [2, 3, 4, 4], expected_num_trainable_weights: 2,
    expected_num_non_trainable_weights: 2, expected_num_losses: 2,
  }],
  [BatchNormalization, {
    init_kwargs: { renorm: true, renorm_clipping: { rmax: 2, rmin: 0.5, dmax: 1 } }, call_kwargs: { training: true },
    input_shape: [2, 4, 3], expected_output_shape: [2, 4, 3], expected_num_trainable_weights: 2,
    expected_num_non_trainable_weights: 5, expected_mask_shape: [2, 4],
  }],
  [BatchNormalization, { input_shape: [2, 4, 3], expected_output_shape: [2, 4, 3], supports_masking: true, expected_mask_shape: [2, 4] }],
]);

describeGoldenLayers('batch_normalization');

interface GoldenSteps {
  options: Record<string, unknown>;
  config: Record<string, unknown>;
  steps: { x: GoldenTensor; output: GoldenTensor; state: GoldenTensor[] }[];
  x: GoldenTensor;
  output: GoldenTensor;
}

describeBackends('BatchNormalization over several steps', () => {
  for (const row of loadGolden<GoldenSteps>('layers', 'batch_normalization_steps').cases) {
    it(JSON.stringify(row.options), () => tidy(() => {
      const layer = new BatchNormalization({ ...row.options, name: row.config.name as string });
      expect(configText(layer.get_config())).to.equal(configText(row.config));
      row.steps.forEach(({ x, output, state }, step) => {
        expectTensor(layer(tensorOf(x), { training: true }), output, `output of step ${step}`, { rtol: 1e-4, atol: 1e-5 });
        state.forEach((value, i) => expectTensor(layer.non_trainable_weights[i].value, value, `state ${i} after step ${step}`));
      });
      expectTensor(layer(tensorOf(row.x)), row.output, 'inference', { rtol: 1e-4, atol: 1e-5 });
    }));
  }
});

describe('BatchNormalization', () => {
  it('is in inference mode while it is not trainable', () => tidy(() => {
    const layer = new BatchNormalization();
    layer(ops.ones([2, 3]));
    layer.trainable = false;
    expect(layer.trainable_weights).to.deep.equal([]);
    expect(layer.non_trainable_weights.map(({ name }) => name)).to.deep.equal(['gamma', 'beta', 'moving_mean', 'moving_variance']);
    layer(ops.multiply(ops.ones([2, 3]), 5), { training: true });
    expect(layer.moving_mean.value.arraySync()).to.deep.equal([0, 0, 0]);
    layer.trainable = true;
    expect(layer.trainable_weights.map(({ name }) => name)).to.deep.equal(['gamma', 'beta']);
  }));

  it('gives zeros where everything is masked', () => tidy(() => {
    const layer = new BatchNormalization({ scale: false, center: false });
    const y = layer(ops.zeros([4, 5]), { mask: [false, false, false, false], training: true });
    expect(y.arraySync()).to.deep.equal(Array.from({ length: 4 }, () => [0, 0, 0, 0, 0]));
  }));

  const wrong: [string, () => unknown, RegExp][] = [
    ['an axis of unknown length', () => new BatchNormalization({ axis: 1 }).build([null, null, 3]),
      /Axis 1 of the inputs of layer '.*' \(BatchNormalization\) must have a known length, received the input shape \[null, null, 3\]/],
    ['an axis out of bounds', () => new BatchNormalization({ axis: 4 }).build([2, 3]), /4 is out of bounds for a tensor of rank 2/],
    ['a mask of the wrong rank', () => new BatchNormalization()(ops.ones([2, 3, 4]), { mask: [true, false], training: true }),
      /must have the shape of the inputs without the last axis, received \[2\]/],
    ['unknown clipping', () => new BatchNormalization({ renorm: true, renorm_clipping: { max: 1 } as never }),
      /renorm_clipping has no key 'max'. Known keys: rmin, rmax, dmax/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));
});
