import { expect } from 'chai';
import { tidy } from '../../../src/engine/scope.js';
import type { Tensor } from '../../../src/engine/tensor.js';
import { AdditiveAttention, Attention, Input } from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';
import { describeBackends } from '../../support/backends.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

const counts = { expected_num_non_trainable_weights: 0, expected_num_losses: 0, supports_masking: true, built_at_init: false };

describeLayers('Attention with one head', [
  [Attention, {
    init_kwargs: { use_scale: true, score_mode: 'concat' }, input_shape: [[2, 3, 4], [2, 4, 4]], expected_output_shape: [2, 3, 4],
    expected_num_trainable_weights: 2, expected_num_seed_generators: 0, ...counts,
  }],
  [Attention, {
    init_kwargs: { dropout: 0.5, seed: 3 }, input_shape: [[2, 3, 4], [2, 4, 6], [2, 4, 4]], expected_output_shape: [2, 3, 6],
    call_kwargs: { training: true }, expected_num_trainable_weights: 0, expected_num_seed_generators: 1, expected_mask_shape: [2, 3],
    ...counts, expected_num_non_trainable_weights: undefined,
  }],
  [AdditiveAttention, {
    init_kwargs: { use_scale: true }, input_shape: [[2, 3, 4], [2, 4, 4]], expected_output_shape: [2, 3, 4],
    expected_num_trainable_weights: 1, expected_num_seed_generators: 0, ...counts,
  }],
]);
describeGoldenLayers('attention');
describeGoldenLayers('additive_attention');

describeBackends('Attention with one head', () => {
  it('drops scores in training, the same ones for the same seed', () => tidy(() => {
    const [query, value] = [ops.ones([1, 2, 3]), ops.ones([1, 8, 3])];
    const run = (): Tensor[] => new Attention({ dropout: 0.5, seed: 1 })<unknown, Tensor[]>(
      [query, value], { training: true, return_attention_scores: true });
    const [first, second] = [run()[1].arraySync(), run()[1].arraySync()];
    expect(first).to.deep.equal(second);
    const values = (first as number[][][]).flat(2);
    expect(new Set(values)).to.deep.equal(new Set([0, 0.25]));
  }));

  it('knows the shapes of open lengths', () => {
    const [query, value] = [Input({ shape: [null, 4] }), Input({ shape: [null, 6] })];
    const key = Input({ shape: [null, 4] });
    const outputs = new Attention()<unknown, { shape: unknown }[]>([query, value, key], { return_attention_scores: true });
    expect(outputs.map(({ shape }) => shape)).to.deep.equal([[null, null, 6], [null, null, null]]);
  });

  const x = (): Tensor => ops.ones([2, 3, 4]);
  const wrong: [string, () => unknown, RegExp][] = [
    ['a single input', () => new Attention({ name: 'a' })(x()), /layer 'a' \(Attention\) is called on an array of inputs, \[query, value\] or \[query, value, key\], received a single one/],
    ['four inputs', () => new AdditiveAttention()([x(), x(), x(), x()]), /received 4 inputs/],
    ['a single mask', () => new Attention()([x(), x()], { mask: ops.ones([2, 3], 'bool') }), /is an array \[query_mask, value_mask\], received a single one/],
    ['an unknown score_mode', () => new Attention({ score_mode: 'cosine' as never }), /'score_mode' must be one of "dot", "concat", received "cosine"/],
    ['a dropout above 1', () => new Attention({ dropout: 2 }), /'dropout' must be a number from 0 to 1, received 2/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(() => tidy(() => void act())).to.throw(message));
});
