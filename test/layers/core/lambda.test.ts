import { expect } from 'chai';
import { tidy } from '../../../src/engine/scope.js';
import type { Tensor } from '../../../src/engine/tensor.js';
import { Dense, Input, Lambda, Masking, deserialize, serialize } from '../../../src/layers/index.js';
import { Model } from '../../../src/models/index.js';
import * as ops from '../../../src/ops/index.js';
import { deserialize_keras_object } from '../../../src/saving/serialization.js';
import { describeBackends } from '../../support/backends.js';
import { describeLayers } from '../../support/layer-test.js';

describeLayers('Lambda', [
  [Lambda, {
    init_kwargs: { function: ops.relu }, input_shape: [2, 3], expected_output_shape: [2, 3], expected_num_trainable_weights: 0,
    expected_num_losses: 0, supports_masking: false, built_at_init: true,
  }],
  [Lambda, {
    init_kwargs: { function: ops.expand_dims, arguments: { axis: 1 } }, input_shape: [2, 3], expected_output_shape: [2, 1, 3],
  }],
]);

describeBackends('Lambda', () => {
  const scale = (x: Tensor, { factor = 1, training = false }: { factor?: number; training?: boolean }): Tensor =>
    ops.multiply(x, training ? factor : 1);

  it('gives its function the arguments, the mask and whether it trains', () => tidy(() => {
    const layer = new Lambda(scale as never, { arguments: { factor: 3 } });
    expect(layer([[2]]).arraySync()).to.deep.equal([[2]]);
    expect(layer([[2]], { training: true }).arraySync()).to.deep.equal([[6]]);
    let seen: unknown;
    new Lambda(((x: Tensor, { mask }: { mask: Tensor }) => {
      seen = mask.arraySync();
      return x;
    }) as never)(new Masking()([[[1], [0]]]));
    expect(seen).to.deep.equal([[true, false]]);
  }));

  it('makes masks', () => tidy(() => {
    const given = ops.array([true, false]);
    expect(new Lambda(ops.relu as never, { mask: given })([[1], [2]]).mask!.arraySync()).to.deep.equal([true, false]);
    const negated = new Lambda(ops.relu as never, { mask: ((_: Tensor, mask: Tensor) => ops.logical_not(mask)) as never });
    expect(negated(new Masking()([[[1], [0]]])).mask!.arraySync()).to.deep.equal([[false, true]]);
  }));

  it('says its shape, or is told', () => {
    const doubled = ((x: Tensor) => ops.concatenate([x, x], -1)) as never;
    expect(new Lambda(doubled).compute_output_shape([null, 3])).to.deep.equal([null, 6]);
    expect(new Lambda(doubled)(Input({ shape: [null, 3] })).shape).to.deep.equal([null, null, 6]);
    const reads = ((x: Tensor) => ops.multiply(x, x.dataSync()[0])) as never;
    expect(() => new Lambda(reads, { name: 'l' }).compute_output_shape([null, 3])).to.throw(/'l' \(Lambda\) cannot be found .*\[null, 3\]: give output_shape/);
    expect(new Lambda(reads, [3])(Input({ shape: [3] })).shape).to.deep.equal([null, 3]);
    expect(new Lambda(reads, ((shape: number[]) => [...shape, 1]) as never).compute_output_shape([2, 3])).to.deep.equal([2, 3, 1]);
  });

  it('is saved by the name of its function', () => tidy(() => {
    const config = JSON.parse(JSON.stringify(serialize(new Lambda(scale as never, { arguments: { factor: 2 } })))) as unknown;
    expect(() => deserialize(config)).to.throw(/Cannot load function 'scale'/);
    const layer = deserialize(config, { scale });
    expect(layer([[3]], { training: true }).arraySync()).to.deep.equal([[6]]);
  }));

  it('without a name is refused in safe mode, and needs a function of JavaScript otherwise', () => tidy(() => {
    const x = Input({ shape: [2] });
    const model = new Model(x, new Lambda({ function: (y: Tensor) => ops.add(y, 1), name: 'plus' } as never)(new Dense(2)(x)));
    const config = JSON.parse(model.to_json()) as unknown;
    expect(() => deserialize_keras_object(config)).to.throw(/contains a Python lambda: code in a file, which is refused/);
    expect(() => deserialize_keras_object(config, { safe_mode: false })).to.throw(/Give the JavaScript function for it by the layer's name: custom_objects: \{'plus'/);
    const custom_objects = { plus: (y: Tensor) => ops.add(y, 1) };
    expect(() => deserialize_keras_object(config, { custom_objects })).to.throw(/which is refused/);
    const loaded = deserialize_keras_object(config, { safe_mode: false, custom_objects }) as Model;
    loaded.set_weights(model.get_weights());
    expect((loaded([[1, 2]]) as Tensor).arraySync()).to.deep.equal((model([[1, 2]]) as Tensor).arraySync());
  }));

  it('is copied with its function while it has not been through a file', () => tidy(() => {
    const layer = new Lambda(((x: Tensor) => ops.add(x, 1)) as never);
    expect(Lambda.from_config(layer.get_config())([1]).arraySync()).to.deep.equal([2]);
  }));

  it('rejects what is no function', () =>
    expect(() => new Lambda(3 as never)).to.throw(/Lambda: the argument 'function' must be a function, received 3/));
});
