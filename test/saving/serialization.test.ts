import { expect } from 'chai';
import '../../src/backend/config.js';
import { NDArray, toTensor } from '../../src/engine/convert.js';
import { KerasTensor } from '../../src/ops/keras-tensor.js';
import { Callable } from '../../src/utils/callable.js';
import { ellipsis, slice } from '../../src/utils/slice.js';
import { get_custom_objects, kerasExport, register_keras_serializable } from '../../src/saving/registration.js';
import {
  DeserializationError, deserialize_keras_object, serialize_keras_object, serializedHistory, withObjectSharing,
} from '../../src/saving/serialization.js';

type Config = Record<string, unknown>;

/** A class with one option that may be anything serializable. */
class Box extends Callable {
  readonly value: unknown;
  name?: string;
  built = false;
  shape: unknown;
  compiled: unknown = false;

  constructor({ value = null, name }: { value?: unknown; name?: string } = {}) {
    super();
    this.value = value;
    if (name) this.name = name;
  }

  override __call__(): unknown {
    return this.value;
  }

  get_config(): Config {
    return { value: this.value, ...(this.name && { name: this.name }) };
  }

  static from_config(config: Config): Box {
    if (config.value === 'bad') throw new TypeError('value must be good');
    return new this({ ...config, value: deserialize_keras_object(config.value) });
  }
}
kerasExport(Box, 'keras.testing.serialization.Box');

class BuiltBox extends Box {
  get_build_config(): Config {
    return { input_shape: [null, 3] };
  }

  build_from_config({ input_shape }: Config): void {
    this.shape = input_shape;
  }

  get_compile_config(): Config {
    return { loss: 'mse' };
  }

  compile_from_config({ loss }: Config): void {
    this.compiled = loss;
  }
}
kerasExport(BuiltBox, 'keras.testing.serialization.BuiltBox');

class MyBox extends Box {}
function my_activation(x: unknown): unknown {
  return x;
}
function tanh(x: number): number {
  return Math.tanh(x);
}

function read_secrets(): void {}

const roundTrip = (value: unknown, ...options: [object?]): unknown =>
  deserialize_keras_object(JSON.parse(JSON.stringify(serialize_keras_object(value))), ...options);

describe('saving/serialization', () => {
  afterEach(() => {
    const objects = get_custom_objects();
    for (const key of Object.keys(objects)) delete objects[key];
  });

  it('writes plain values as they are', () => {
    for (const value of [null, 1, 1.5, 'text', true, [1, ['a', null]], { a: { b: [1] } }]) {
      expect(serialize_keras_object(value)).to.deep.equal(value);
      expect(roundTrip(value)).to.deep.equal(value);
    }
    expect(serialize_keras_object(undefined)).to.equal(null);
    expect(serialize_keras_object(new Map([['a', 1]]))).to.deep.equal({ a: 1 });
  });

  it('writes public classes as Python does', () => {
    expect(serialize_keras_object(new Box({ value: 3 }))).to.deep.equal(
      { module: 'keras.testing.serialization', class_name: 'Box', config: { value: 3 }, registered_name: null });
    expect((roundTrip(new Box({ value: new Box({ value: 7 }) })) as Box).value).to.be.instanceOf(Box)
      .with.property('value', 7);
  });

  it('writes and applies build and compile configs', () => {
    const serialized = serialize_keras_object(new BuiltBox());
    expect(serialized).to.deep.include({ build_config: { input_shape: [null, 3] }, compile_config: { loss: 'mse' } });
    const box = deserialize_keras_object(serialized) as BuiltBox;
    expect(box).to.include({ built: true, compiled: 'mse' });
    expect(box.shape).to.deep.equal([null, 3]);
  });

  it('writes registered classes and functions by their registered names', () => {
    register_keras_serializable('my_package')(MyBox);
    register_keras_serializable('my_package')(my_activation);
    expect(serialize_keras_object(new MyBox())).to.deep.include(
      { module: null, class_name: 'MyBox', registered_name: 'my_package>MyBox' });
    expect(serialize_keras_object(my_activation)).to.deep.equal(
      { module: 'builtins', class_name: 'function', config: 'my_package>my_activation', registered_name: 'function' });
    expect(roundTrip(new MyBox({ value: my_activation }))).to.be.instanceOf(MyBox).with.property('value', my_activation);
  });

  it('finds unregistered classes and functions in custom_objects', () => {
    const custom_objects = { MyBox, my_activation };
    expect(roundTrip(new MyBox({ value: my_activation }), { custom_objects })).to.be.instanceOf(MyBox)
      .with.property('value', my_activation);
    expect(deserialize_keras_object('my_activation', custom_objects)).to.equal(my_activation);
  });

  it('finds public functions by name in the modules that hold functions', () => {
    kerasExport(tanh, 'keras.regularizers.tanh_for_test');
    expect(serialize_keras_object(tanh)).to.deep.include({ config: 'tanh_for_test' });
    expect(roundTrip(tanh)).to.equal(tanh);
    kerasExport(read_secrets, 'keras.utils.read_secrets');
    const config = { module: 'keras.utils', class_name: 'function', config: 'read_secrets', registered_name: 'read_secrets' };
    expect(() => deserialize_keras_object(config)).to.throw(DeserializationError, /function 'read_secrets'/);
  });

  it('writes tensors, arrays, slices and bytes', () => {
    expect(serialize_keras_object(Int32Array.of(1, 2))).to.deep.equal(
      { class_name: '__numpy__', config: { value: [1, 2], dtype: 'int32' } });
    const array = roundTrip(new NDArray(Float32Array.of(1, 2, 3, 4), [2, 2])) as NDArray;
    expect(array).to.be.instanceOf(NDArray);
    expect(array.tolist()).to.deep.equal([[1, 2], [3, 4]]);
    const half = roundTrip(new NDArray(Float32Array.of(0.5), [1], 'float16')) as NDArray;
    expect([half.dtype, half.tolist()]).to.deep.equal(['float16', [0.5]]);
    expect(roundTrip(slice(1, null, 2))).to.deep.equal(slice(1, null, 2));
    expect(serialize_keras_object(slice(1, null, 2))).to.deep.equal(
      { class_name: '__slice__', config: { start: 1, stop: null, step: 2 } });
    expect(roundTrip(ellipsis)).to.equal(ellipsis);
    expect(roundTrip(Buffer.from('größer'))).to.deep.equal(Buffer.from('größer'));
    expect(deserialize_keras_object({ class_name: '__tuple__', items: [1, [2]] })).to.deep.equal([1, [2]]);
  });

  it('writes tensors and symbolic tensors', () => {
    const config = { class_name: '__tensor__', config: { value: [[1, 2]], dtype: 'int32' } };
    expect(serialize_keras_object(toTensor([[1, 2]], 'int32'))).to.deep.equal(config);
    const symbolic = serialize_keras_object(new KerasTensor([null, 3], 'float32'));
    expect(symbolic).to.deep.equal(
      { class_name: '__keras_tensor__', config: { shape: [null, 3], dtype: 'float32', keras_history: null } });
    const revived = deserialize_keras_object({
      class_name: '__keras_tensor__', config: { shape: [null, 3], dtype: 'float32', keras_history: ['dense', 1, 0] },
    }) as KerasTensor;
    expect(revived.shape).to.deep.equal([null, 3]);
    expect(serializedHistory(revived)).to.deep.equal(['dense', 1, 0]);
  });

  it('refuses tensors with ragged values or an unknown dtype', () => {
    for (const config of [{ value: [[1], [1, 2]], dtype: 'int32' }, { value: [1], dtype: 'quaternion' }]) {
      expect(() => deserialize_keras_object({ class_name: '__numpy__', config })).to.throw(TypeError);
    }
  });

  it('makes an object that is shared once', () => {
    const shared = new Box({ value: 1 });
    const config = withObjectSharing(() => serialize_keras_object([shared, new Box({ value: shared }), new Box()]));
    const ids = JSON.stringify(config).match(/"shared_object_id":\d+/g);
    expect(ids).to.have.length(2);
    const [a, b, c] = withObjectSharing(() => deserialize_keras_object(config)) as Box[];
    expect(b.value).to.equal(a);
    expect(c).to.not.equal(a);
    const [d, e] = deserialize_keras_object(config) as Box[];
    expect(e.value).to.not.equal(d);
  });

  describe('with module_objects', () => {
    const module_objects = { Box, relu: my_activation };
    it('takes names', () => {
      expect(deserialize_keras_object('relu', { module_objects })).to.equal(my_activation);
      expect(deserialize_keras_object('Box', { module_objects })).to.be.instanceOf(Box);
      expect(deserialize_keras_object('nothing', { module_objects })).to.equal('nothing');
    });

    it('takes configs without a module', () => {
      const box = deserialize_keras_object({ class_name: 'Box', config: { value: 2 } }, { module_objects });
      expect(box).to.be.instanceOf(Box).with.property('value', 2);
    });

    it('prefers custom objects', () => {
      const config = { module: null, class_name: 'Box', config: {}, registered_name: 'Box' };
      const box = deserialize_keras_object(config, { module_objects, custom_objects: { Box: MyBox } });
      expect(box).to.be.instanceOf(MyBox);
    });
  });

  describe('lambdas', () => {
    const config = {
      module: 'keras.testing.serialization', class_name: 'Box', registered_name: null,
      config: { name: 'my_lambda', value: { class_name: '__lambda__', config: { value: ['4wEAAAA=', null, null] } } },
    };

    it('are refused in safe mode', () => {
      expect(() => deserialize_keras_object(config)).to.throw(DeserializationError, /refused.*safe_mode: false.*'my_lambda'/s);
    });

    it('are only ever a function that was given', () => {
      expect(() => deserialize_keras_object(config, { safe_mode: false })).to.throw(/only Python can run.*'my_lambda'/s);
      const custom_objects = { my_lambda: my_activation };
      expect(deserialize_keras_object(config, { safe_mode: false, custom_objects })).to.have.property('value', my_activation);
      expect(() => deserialize_keras_object(config, { custom_objects })).to.throw(/refused/);
    });
  });

  describe('errors', () => {
    it('name an unknown class, its place, and how to register it', () => {
      const inner = { module: 'my_module', class_name: 'Gate', config: { name: 'gate_1' }, registered_name: 'my_package>Gate' };
      const config = serialize_keras_object(new Box({ name: 'outer' })) as { config: Config };
      config.config.value = [inner];
      expect(() => deserialize_keras_object(config)).to.throw(DeserializationError, new RegExp(
        "class 'Gate'.*Box 'outer' > a list > Gate 'gate_1'.*module \"my_module\".*registered_name \"my_package>Gate\"" +
        '.*class Gate extends keras.layers.Layer.*register_keras_serializable\\("my_package", "Gate"\\)\\(Gate\\)', 's'));
    });

    it('say when Keras has a class that is missing here', () => {
      const config = { module: 'keras.layers', class_name: 'Missing', config: {}, registered_name: null };
      expect(() => deserialize_keras_object(config)).to.throw(/keras.layers.Missing is a class of Keras that this version/);
    });

    it('do not take another class of the same name for a registered one', () => {
      const config = { module: 'keras.testing.serialization', class_name: 'Box', config: {}, registered_name: 'my>Box' };
      expect(() => deserialize_keras_object(config)).to.throw(/class 'Box'.*"my>Box"/s);
    });

    it('keep what a class said about its config', () => {
      const config = { module: 'keras.testing.serialization', class_name: 'Box', config: { name: 'b', value: 'bad' }, registered_name: null };
      let error: Error | undefined;
      try {
        deserialize_keras_object(config);
      } catch (e) {
        error = e as Error;
      }
      expect(error!.message).to.equal("Cannot make Box 'b' from its config: value must be good");
      expect(error!.cause).to.be.instanceOf(TypeError);
    });

    it('stop at configs that contain themselves', () => {
      const loop: Config = {};
      loop.again = loop;
      expect(() => deserialize_keras_object(loop)).to.throw(/nested more than 200 deep/);
      expect(() => serialize_keras_object(loop)).to.throw(/nested more than 200 deep/);
      let deep: unknown = 1;
      for (let i = 0; i < 100_000; i++) deep = [deep];
      expect(() => deserialize_keras_object(deep)).to.throw(/nested more than 200 deep/);
    });

    it('name what cannot be serialized', () => {
      expect(() => serialize_keras_object({ a: [new Date()] })).to.throw(TypeError, /class Date at a dict > a list/);
      expect(() => serialize_keras_object(Box)).to.throw(/class Box itself/);
      expect(() => serialize_keras_object((() => () => {})())).to.throw(/function without a name/);
      expect(() => deserialize_keras_object(new Date())).to.throw(/contains an object of class Date/);
    });

    it('refuse configs of a wrong form', () => {
      expect(() => deserialize_keras_object({ class_name: 3, config: {} })).to.throw(DeserializationError, /class_name 3/);
      expect(() => deserialize_keras_object({ module: 'keras.testing.serialization', class_name: 'Box', config: 4 }))
        .to.throw(DeserializationError, /config of Box/);
      expect(() => deserialize_keras_object({}, { safe: true } as object)).to.throw(/'safe'/);
    });
  });
});
