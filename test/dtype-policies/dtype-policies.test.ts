import { expect } from 'chai';
import { tidy } from '../../src/engine/scope.js';
import type { Tensor } from '../../src/engine/tensor.js';
import { DTypePolicy, FloatDTypePolicy, dtype_policies, config, mixed_precision } from '../../src/index.js';
import { Dense, deserialize, Input, MultiHeadAttention, serialize } from '../../src/layers/index.js';
import * as ops from '../../src/ops/index.js';
import { register_keras_serializable } from '../../src/saving/registration.js';

const { DTypePolicyMap } = dtype_policies;

describe('Dtype policies', () => {
  it('have the names of older versions', () => {
    for (const alias of [FloatDTypePolicy, dtype_policies.FloatDTypePolicy, mixed_precision.Policy, mixed_precision.DTypePolicy]) {
      expect(alias).to.equal(DTypePolicy);
    }
    expect(mixed_precision.global_policy).to.equal(config.dtype_policy);
    expect(mixed_precision.set_global_policy).to.equal(config.set_dtype_policy);
  });

  it('are known by name, config and object, and follow the global one', () => {
    const policy = dtype_policies.get('mixed_float16');
    expect([policy.compute_dtype, policy.variable_dtype, policy.quantization_mode]).to.deep.equal(['float16', 'float32', null]);
    expect(dtype_policies.get(policy)).to.equal(policy);
    expect(dtype_policies.get(dtype_policies.serialize(policy)).name).to.equal('mixed_float16');
    expect(dtype_policies.deserialize({ class_name: 'FloatDTypePolicy', config: { name: 'float16' } }).name).to.equal('float16');
    expect(dtype_policies.get(null).name).to.equal('float32');
    try {
      config.set_dtype_policy('mixed_bfloat16');
      expect([new DTypePolicy().name, new Dense(2).compute_dtype]).to.deep.equal(['mixed_bfloat16', 'bfloat16']);
    } finally {
      config.set_dtype_policy(null);
    }
    expect(new Dense(2).compute_dtype).to.equal('float32');
  });

  it('convert floating-point inputs where they are to', () => tidy(() => {
    const policy = new DTypePolicy('mixed_float16');
    expect(policy.convert_input([1.5], true, 'float16').dtype).to.equal('float16');
    expect(policy.convert_input([1.5], false, 'float16').dtype).to.equal('float32');
    expect(policy.convert_input(ops.ones([1], 'int32'), true, 'float16').dtype).to.equal('int32');
  }));

  it('can be of one\'s own', () => {
    class Half extends DTypePolicy {
      override get_config(): Record<string, unknown> {
        return { ...super.get_config(), note: 'mine' };
      }
    }
    register_keras_serializable('tests')(Half);
    const layer = new Dense(2, { dtype: new Half('float16') });
    expect(deserialize(JSON.parse(JSON.stringify(serialize(layer)))).dtype_policy).to.be.instanceOf(Half);
  });

  it('can be changed on a layer', () => {
    const layer = new Dense(2, { dtype: 'mixed_float16' });
    layer.dtype_policy = 'float32';
    expect(layer.compute_dtype).to.equal('float32');
  });

  const wrong: [string, () => unknown, RegExp][] = [
    ['unknown names', () => dtype_policies.get('float99'), /Cannot make a dtype policy from the name "float99"/],
    ['policies that quantize', () => dtype_policies.get('int8_from_float32'), /'int8_from_float32' quantizes, which this version does not do/],
    ['configs of such policies', () => new Dense(2, { dtype: { class_name: 'QuantizedDTypePolicy', config: {} } }), /QuantizedDTypePolicy quantizes/],
    ['configs of something else', () => dtype_policies.get({ class_name: 'Dense', config: {} }), /Cannot read a dtype policy from/],
  ];
  for (const [what, act, message] of wrong) it(`reject ${what}`, () => expect(act).to.throw(message));
});

describe('DTypePolicyMap', () => {
  const make = (): InstanceType<typeof DTypePolicyMap> => {
    const map = new DTypePolicyMap(new DTypePolicy('float32'));
    return map.set('mha/query', 'mixed_bfloat16').set('mha/(key|value)', new DTypePolicy('float16'));
  };
  const policyOf = (name: string): unknown => ({ module: 'keras', class_name: 'DTypePolicy', config: { name }, registered_name: null });

  it('finds the policy of a path: the entry, a pattern for all of it, or the default', () => {
    const map = make();
    expect(['mha/query', 'mha/key', 'mha/value', 'mha', 'mha/key/more', 'x/mha/key'].map((path) => map.get(path).name))
      .to.deep.equal(['mixed_bfloat16', 'float16', 'float16', 'float32', 'float32', 'float32']);
    expect([map.size, map.has('mha/key'), map.has('mha/query'), map.name]).to.deep.equal([2, false, true, 'map_float32']);
    expect([...map].map(([path]) => path)).to.deep.equal(['mha/query', 'mha/(key|value)']);
    expect(() => map.set('mha/query', 'float32')).to.throw(/has an entry 'mha\/query' already/);
    map.set('mha/.*', 'float32');
    expect(() => map.get('mha/key')).to.throw(/matches several keys of the DTypePolicyMap: mha\/\(key\|value\), mha\/\.\*/);
    expect([map.delete('mha/.*'), map.delete('mha/.*')]).to.deep.equal([true, false]);
    expect(() => new DTypePolicyMap(map)).to.throw(/must be a single policy/);
  });

  it('has the config that Python gives', () => {
    const config_ = { default_policy: policyOf('float32'),
      policy_map: { 'mha/query': policyOf('mixed_bfloat16'), 'mha/(key|value)': policyOf('float16') } };
    expect(dtype_policies.serialize(make())).to.deep.equal(
      { module: 'keras.dtype_policies', class_name: 'DTypePolicyMap', config: config_, registered_name: null });
    expect(new DTypePolicyMap().get_config()).to.deep.equal({ default_policy: null, policy_map: {} });
    const again = dtype_policies.get(JSON.parse(JSON.stringify(dtype_policies.serialize(make())))) as ReturnType<typeof make>;
    expect(again.get_config()).to.deep.equal(config_);
  });

  it('gives each layer inside a layer its own', () => tidy(() => {
    const layer = new MultiHeadAttention(1, 2, { dtype: make(), name: 'mha' });
    const x = Input({ shape: [3, 4] });
    layer<unknown, unknown>(x, x);
    // As Python prints them.
    expect(layer.weights.map(({ path, dtype }) => [path, dtype])).to.deep.equal([
      ['mha/query/kernel', 'float32'], ['mha/query/bias', 'float32'], ['mha/key/kernel', 'float16'], ['mha/key/bias', 'float16'],
      ['mha/value/kernel', 'float16'], ['mha/value/bias', 'float16'], ['mha/attention_output/kernel', 'float32'],
      ['mha/attention_output/bias', 'float32']]);
    expect([layer.compute_dtype, layer.query_dense.compute_dtype, layer.key_dense.compute_dtype]).to.deep.equal(['float32', 'bfloat16', 'float16']);
    const y = ops.ones([2, 3, 4]);
    expect(layer<unknown, Tensor>(y, y).dtype).to.equal('float32');
    const copy = deserialize(JSON.parse(JSON.stringify(serialize(layer))));
    expect(copy.weights.map(({ dtype }) => dtype)).to.deep.equal(layer.weights.map(({ dtype }) => dtype));
  }));
});
