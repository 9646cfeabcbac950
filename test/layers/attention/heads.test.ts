import { expect } from 'chai';
import { jit } from '../../../src/engine/jit.js';
import { tidy } from '../../../src/engine/scope.js';
import type { Tensor } from '../../../src/engine/tensor.js';
import { Dense, Embedding, GroupQueryAttention, Input, MultiHeadAttention } from '../../../src/layers/index.js';
import { Model, Sequential } from '../../../src/models/index.js';
import * as ops from '../../../src/ops/index.js';
import * as random from '../../../src/random/index.js';
import { deserialize_keras_object } from '../../../src/saving/serialization.js';
import { describeBackends } from '../../support/backends.js';
import { asComputed, describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

describeLayers('Attention with several heads', [
  [MultiHeadAttention, {
    init_kwargs: { num_heads: 2, key_dim: 3, value_dim: 2, kernel_regularizer: 'l2', activity_regularizer: 'l1' },
    input_shape: [2, 3, 4], call_shapes: { value: [2, 5, 4] }, expected_output_shape: [2, 3, 4],
    expected_num_trainable_weights: 8, expected_num_non_trainable_weights: 0, expected_num_losses: 8, supports_masking: true,
    expected_mask_shape: [2, 3], built_at_init: false,
  }],
  [MultiHeadAttention, {
    init_kwargs: { num_heads: 1, key_dim: 3, dropout: 0.5, seed: 1, use_bias: false, use_gate: true, output_shape: [6] },
    input_shape: [2, 3, 4], call_shapes: { value: [2, 3, 4], key: [2, 3, 5] }, call_kwargs: { training: true, use_causal_mask: true },
    expected_output_shape: [2, 3, 6], expected_num_trainable_weights: 5, supports_masking: true,
  }],
  [GroupQueryAttention, {
    init_kwargs: { head_dim: 3, num_query_heads: 4, num_key_value_heads: 2, sliding_window: 2 }, input_shape: [2, 3, 4],
    call_shapes: { value: [2, 3, 4] }, expected_output_shape: [2, 3, 4], expected_num_trainable_weights: 8,
    expected_num_losses: 0, supports_masking: true, expected_mask_shape: [2, 3],
  }],
]);
// The gradient of a key's bias is 0 but for rounding.
const tolerance = { atol: 1e-5 };
// One unit of bfloat16 between 2 and 4, where the largest outputs are. Without AVX-512 Python Keras's own results are as far from
// the row: 1.7 times what rows of half precision are allowed.
const other_rounding = { rtol: 2e-2, atol: 1.6e-2 };
// Keras says the query's length for both axes of the scores.
describeGoldenLayers('multi_head_attention', { symbolic: asComputed, tolerance, other_rounding });
describeGoldenLayers('group_query_attention', { tolerance });

const normal = (shape: number[], seed: number): Tensor => random.normal(shape, { seed });

describeBackends('Attention with several heads', () => {
  it('gives the same with and without scores', () => tidy(() => {
    for (const layer of [new MultiHeadAttention(2, 3), new GroupQueryAttention(3, 4, 2)]) {
      const [query, value] = [normal([2, 3, 4], 1), normal([2, 5, 4], 2)];
      const fused = layer<unknown, Tensor>(query, value, { use_causal_mask: true });
      const [plain, scores] = layer<unknown, Tensor[]>(query, value, { use_causal_mask: true, return_attention_scores: true });
      expect((ops.max(ops.absolute(ops.subtract(fused, plain))) as Tensor).item() as number).to.be.below(1e-5);
      expect(scores.shape).to.deep.equal([2, layer instanceof MultiHeadAttention ? 2 : 4, 3, 5]);
      expect((ops.sum(scores, -1).arraySync() as number[][][]).flat(2).every((sum) => Math.abs(sum - 1) < 1e-5)).to.equal(true);
    }
  }));

  it('hides the future behind a causal mask, also compiled', () => tidy(() => {
    const layer = new MultiHeadAttention(2, 3);
    const x = normal([1, 4, 5], 1);
    const changed = ops.concatenate([ops.take(x, [0, 1, 2], 1), ops.ones([1, 1, 5])], 1);
    const run = (y: Tensor): number[][] => (layer<unknown, Tensor>(y, y, { use_causal_mask: true }).arraySync() as number[][][])[0];
    const [before, after] = [run(x), run(changed)];
    expect(after.slice(0, 3)).to.deep.equal(before.slice(0, 3));
    expect(after[3]).not.to.deep.equal(before[3]);
    const compiled = jit((y: Tensor) => layer<unknown, Tensor>(y, y, { use_causal_mask: true }));
    (compiled(x).arraySync() as number[][][])[0].forEach((row, i) =>
      row.forEach((value, j) => expect(value).to.be.closeTo(before[i][j], 1e-5)));
    compiled.dispose();
  }));

  it('takes the masks that came with its arguments, and hands on that of the query', () => tidy(() => {
    const embedding = new Embedding(5, 4, { mask_zero: true });
    const layer = new MultiHeadAttention(2, 3);
    const [query, value] = [embedding([[1, 2, 0]]), embedding([[3, 4, 1, 0]])];
    const [output, scores] = layer<unknown, Tensor[]>(query, value, { return_attention_scores: true });
    expect(output.mask!.arraySync()).to.deep.equal([[true, true, false]]);
    // As in Keras: they are gone from the arguments of a MultiHeadAttention, and stay with those of a GroupQueryAttention.
    expect([query.mask, value.mask]).to.deep.equal([undefined, undefined]);
    const x = embedding([[1, 0]]);
    expect(new GroupQueryAttention(2, 2, 1)(x, x).mask!.arraySync()).to.deep.equal([[true, false]]);
    expect(x.mask!.arraySync()).to.deep.equal([[true, false]]);
    const padded = (scores.arraySync() as number[][][][])[0].flatMap((head) => head.slice(0, 2).map((row) => row[3]));
    expect(padded).to.deep.equal([0, 0, 0, 0]);
    const given = layer<unknown, Tensor>(query, value, { value_mask: ops.array([[true, false, false, false]]) });
    expect(given.arraySync()).not.to.deep.equal(output.arraySync());
  }));

  it('is called by position and by name', () => tidy(() => {
    const layer = new MultiHeadAttention({ num_heads: 2, key_dim: 3 });
    const [query, value] = [normal([2, 3, 4], 1), normal([2, 5, 4], 2)];
    const expected = layer<unknown, Tensor>(query, value).arraySync();
    expect(layer<unknown, Tensor>({ query, value }).arraySync()).to.deep.equal(expected);
    expect(layer<unknown, Tensor>(query, { value, key: value }).arraySync()).to.deep.equal(expected);
    expect(layer<unknown, Tensor>(query.arraySync(), value.arraySync()).arraySync()).to.deep.equal(expected);
    const fresh = new MultiHeadAttention(1, 2)<unknown, Tensor>([[[1, 2]]], [[[3], [4]]], { attention_mask: [[[true, false]]] });
    expect(fresh.shape).to.deep.equal([1, 1, 2]);
  }));

  it('works in functional models of open lengths, and comes back from JSON', () => tidy(() => {
    const [query, value] = [Input({ shape: [null, 4] }), Input({ shape: [null, 6] })];
    const layer = new MultiHeadAttention(2, 3, { output_shape: 5 });
    const outputs = layer<unknown, never>(query, value, { use_causal_mask: true });
    const grouped = new GroupQueryAttention(2, 2, 1)<unknown, never>({ query, value: query });
    const model = new Model([query, value], [outputs, grouped]);
    expect(model.output_shape).to.deep.equal([[null, null, 5], [null, null, 4]]);
    const copy = deserialize_keras_object(JSON.parse(model.to_json())) as Model;
    expect(copy.to_json()).to.equal(model.to_json());
    copy.set_weights(model.get_weights());
    const inputs = [normal([2, 3, 4], 1), normal([2, 5, 6], 2)];
    const [one, two] = [model, copy].map((m) => (m(inputs) as unknown as Tensor[]).map((y) => y.arraySync()));
    expect(two).to.deep.equal(one);
  }));

  it('lets a subclass attend in its own way', () => tidy(() => {
    class Mean extends MultiHeadAttention {
      override _compute_attention(query: Tensor, _: Tensor, value: Tensor): [Tensor, null] {
        return [ops.broadcast_to(ops.mean(value, 1, true), [...query.shape.slice(0, 3), value.shape[3]]), null];
      }
    }
    const [first, second] = (new Mean(2, 3)<unknown, Tensor>(normal([1, 2, 4], 1), normal([1, 5, 4], 2)).arraySync() as number[][][])[0];
    expect(second).to.deep.equal(first);
  }));

  it('trains', async () => {
    const inputs = Input({ shape: [6], dtype: 'int32' });
    const x = new Embedding(10, 8, { mask_zero: true })(inputs);
    const y = new GroupQueryAttention(4, 2, 1, { dropout: 0.1, seed: 1 })<unknown, typeof x>(x, x);
    const model = new Model(inputs, new Sequential([new Dense(1)])(ops.mean(y, 1)));
    model.compile({ optimizer: 'adam', loss: 'mse' });
    const ids = ops.reshape(ops.mod(ops.arange(48), 10), [8, 6]);
    const { history } = await model.fit(ids, ops.ones([8, 1]), { epochs: 5, verbose: 0 });
    expect(history.loss[4]).to.be.below(history.loss[0]);
  });

  const x = (): Tensor => ops.ones([2, 3, 4]);
  const wrong: [string, () => unknown, RegExp][] = [
    ['no heads', () => new MultiHeadAttention(0, 2), /MultiHeadAttention: the argument 'num_heads' must be a positive integer, received 0/],
    ['half a dimension', () => new MultiHeadAttention(1, 2.5), /'key_dim' must be a positive integer, received 2.5/],
    ['a value dimension of 0', () => new MultiHeadAttention(1, 2, 0), /'value_dim' must be a positive integer/],
    ['an output shape of text', () => new MultiHeadAttention(1, 2, { output_shape: 'x' as never }), /'output_shape' must be an integer or an array of integers, received "x"/],
    ['a window of 0', () => new MultiHeadAttention(1, 2, { sliding_window: 0 }), /'sliding_window' must be a positive integer/],
    ['flash attention with dropout', () => new MultiHeadAttention(1, 2, { flash_attention: true, dropout: 0.1 }), /flash_attention has no dropout/],
    ['flash attention, which no backend has', () => new MultiHeadAttention(1, 2, { flash_attention: true })(x(), x()), /No backend has flash attention/],
    ['flash attention with scores', () => new MultiHeadAttention(1, 2, { flash_attention: true })(x(), x(), { return_attention_scores: true }), /cannot return attention scores with flash_attention/],
    ['no value', () => new MultiHeadAttention(1, 2, { name: 'm' })(x()), /layer 'm' \(MultiHeadAttention\) is called on a query and a value, layer\(query, value\), received no value/],
    ['a key of another length', () => new MultiHeadAttention(1, 2)(x(), x(), ops.ones([2, 5, 4])), /must be of one shape but for the last axis, received value \[2, 3, 4\] and key \[2, 5, 4\]/],
    ['heads that cannot be shared out', () => new GroupQueryAttention(2, 3, 2), /GroupedQueryAttention: num_query_heads must be a multiple of num_key_value_heads, received 3 and 2/],
    ['inputs of rank 4', () => new GroupQueryAttention(2, 2, 2)(ops.ones([1, 2, 3, 4]), ops.ones([1, 2, 3, 4])), /takes a query, a value and a key of rank 3/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(() => tidy(() => void act())).to.throw(message));
});
