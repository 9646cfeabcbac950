/** The base of all layers: building, calling, naming, tracking, freezing, losses, masks. */
import { expect } from 'chai';
import { inspect } from 'node:util';
import { context } from '../../src/engine/context.js';
import { jit } from '../../src/engine/jit.js';
import { tidy } from '../../src/engine/scope.js';
import type { Tensor } from '../../src/engine/tensor.js';
import { Variable } from '../../src/engine/variable.js';
import {
  Activation, BatchNormalization, Conv2D, Dense, Dropout, Embedding, Flatten, Input, InputSpec, Layer, Masking,
  type CallOptions, type LayerOptions,
} from '../../src/layers/index.js';
import * as ops from '../../src/ops/index.js';
import { KerasTensor } from '../../src/ops/keras-tensor.js';
import { SeedGenerator } from '../../src/random/index.js';
import { resetNames } from '../../src/utils/naming.js';
import { describeBackends } from '../support/backends.js';

/** A layer made of functions, for one test each. */
class Custom extends Layer {
  readonly #fn: (inputs: Tensor, options: CallOptions) => unknown;
  constructor(fn: (inputs: Tensor, options: CallOptions) => unknown, options: LayerOptions = {}) {
    super(options);
    this.#fn = fn;
  }
  override call(inputs: Tensor, options: CallOptions = {}): unknown {
    return this.#fn(inputs, options);
  }
}

class Scale extends Layer {
  factor!: Variable;
  override build([, features]: number[]): void {
    this.factor = this.add_weight({ shape: [features], initializer: 'ones', name: 'factor' });
  }
  override call(inputs: Tensor): Tensor {
    return ops.multiply(inputs, this.factor);
  }
}

class Block extends Layer {
  first = new Dense(2);
  rest = [new Dense(3), { deep: new Map([['a', new Dense(4)]]) }];
  override call(inputs: Tensor): Tensor {
    const [second, { deep }] = this.rest as [Dense, { deep: Map<string, Dense> }];
    return deep.get('a')!(second(this.first(inputs)));
  }
}

const x = (): Tensor => ops.ones([2, 3]);

beforeEach(() => resetNames());

describe('Layer: names and paths', () => {
  it('names a layer after its class, and counts', () => {
    expect([new Dense(1).name, new Dense(1).name, new Conv2D(1, 1).name, new BatchNormalization().name])
      .to.deep.equal(['dense', 'dense_1', 'conv2d', 'batch_normalization']);
    expect(new Dense(1, { name: 'mine' }).name).to.equal('mine');
  });

  it('refuses a name with a slash', () => {
    expect(() => new Dense(1, { name: 'a/b' })).to.throw(/The name of Dense must not contain '\/', received 'a\/b'/);
  });

  it('gives weights the path of the layers around them', () => tidy(() => {
    const block = new Block();
    block(x());
    expect(block.weights.map(({ path }) => path)).to.deep.equal([
      'block/dense/kernel', 'block/dense/bias', 'block/dense_1/kernel', 'block/dense_1/bias',
      'block/dense_2/kernel', 'block/dense_2/bias']);
    expect([block.path, block.first.path]).to.deep.equal(['block', 'block/dense']);
  }));

  it('keeps the place of a layer that was used before', () => tidy(() => {
    const shared = new Dense(3);
    shared(x());
    new Custom((inputs) => shared(inputs), { name: 'around' })(x());
    expect(shared.kernel.path).to.equal('dense/kernel');
  }));

  it('names weights made in the constructor too', () => {
    class Early extends Layer {
      w = this.add_weight({ shape: [2], name: 'w' });
      override call(inputs: Tensor): Tensor {
        return ops.add(inputs, this.w);
      }
    }
    expect(new Early().w.path).to.equal('early/w');
  });

  it('prints itself', () => {
    const layer = new Dense(1);
    expect(inspect(layer)).to.equal('<Dense name=dense, built=false>');
    layer.build([null, 2]);
    expect(String(layer)).to.equal('<Dense name=dense, built=true>');
    expect(inspect(layer.kernel)).to.equal('<Variable path=dense/kernel, shape=[2, 1], dtype=float32>');
  });
});

describe('Layer: building', () => {
  it('builds at the first call, and once', () => tidy(() => {
    let built = 0;
    class Counting extends Scale {
      override build(shape: number[]): void {
        built++;
        super.build(shape);
      }
    }
    const layer = new Counting();
    expect(layer.built).to.equal(false);
    layer(x());
    layer(x());
    expect([layer.built, built, layer.factor.shape]).to.deep.equal([true, 1, [3]]);
    expect(layer.get_build_config()).to.deep.equal({ input_shape: [2, 3] });
  }));

  it('builds sublayers by a call on abstract tensors, which computes nothing', () => {
    const block = new Block();
    block.build([null, 5]);
    expect(block.weights.map(({ shape }) => shape)).to.deep.equal([[5, 2], [2], [2, 3], [3], [3, 4], [4]]);
    expect(block._flatten_layers(false).every((layer) => layer.built)).to.equal(true);
  });

  it('hands the shapes of further tensors to build, and to files by name', () => tidy(() => {
    class Pair extends Layer {
      static override call_arguments = ['value', 'value_mask', 'factor'];
      shapes: unknown[] = [];
      override build(...shapes: unknown[]): void {
        this.shapes = shapes;
      }
      override call(query: Tensor, { value, factor }: CallOptions): Tensor {
        return ops.add(query, ops.multiply(value as Tensor, factor as number));
      }
    }
    const layer = new Pair();
    expect(layer(x(), ops.ones([1, 3]), { factor: 2 }).arraySync()).to.deep.equal([[3, 3, 3], [3, 3, 3]]);
    expect(layer.shapes).to.deep.equal([[2, 3], [1, 3]]);
    const config = layer.get_build_config();
    expect(config).to.deep.equal({ shapes_dict: { input_shape: [2, 3], value_shape: [1, 3] } });
    const again = new Pair();
    again.build_from_config(config);
    expect(again.shapes).to.deep.equal([[2, 3], [1, 3]]);
  }));

  it('does not count parameters before it is built', () => {
    expect(() => new Dense(2).count_params()).to.throw(/Layer 'dense' \(Dense\) has no weights to count yet: it is not built/);
    const layer = new Dense(2);
    layer.build([null, 3]);
    expect(layer.count_params()).to.equal(8);
  });

  it('needs known dimensions for weights', () => {
    expect(() => new Dense(2).build([null, null]))
      .to.throw(/Layer 'dense' \(Dense\) cannot make the weight 'kernel' of shape \[null, 2\]: every dimension must be known/);
  });

  it("lets an error of the user's own build through", () => {
    class Broken extends Layer {
      override build(): void {
        throw new RangeError('mine');
      }
      override call(inputs: Tensor): Tensor {
        return inputs;
      }
    }
    expect(() => new Broken()(x())).to.throw(RangeError, 'mine');
  });
});

describe('Layer: weights', () => {
  it('makes weights of every kind', () => {
    class Kinds extends Layer {
      a = this.add_weight({ shape: [2, 2], name: 'a' });
      b = this.add_weight([3], 'zeros', { dtype: 'int32', trainable: false, name: 'b' });
      c = this.add_weight({ name: 'c', initializer: 'ones', regularizer: 'l2', constraint: 'non_neg' });
      override call(inputs: Tensor): Tensor {
        return inputs;
      }
    }
    const layer = new Kinds();
    expect(layer.weights.map(({ name, shape, dtype, trainable }) => [name, shape, dtype, trainable])).to.deep.equal([
      ['a', [2, 2], 'float32', true], ['c', [], 'float32', true], ['b', [3], 'int32', false]]);
    expect(layer.losses.map((loss) => loss.item().toFixed(4))).to.deep.equal(['0.0100']);
    expect(layer.c.constraint).to.be.a('function');
    expect(() => layer.add_weight({ shap: [2] } as never)).to.throw(/add_weight of layer 'kinds' \(Kinds\) has no argument 'shap'/);
  });

  it('finds layers, variables and seeds among the attributes, nested ones too, each once', () => {
    class Owner extends Layer {
      list = [new Dense(1), [new Dense(1)]];
      byName = { left: new Dense(1) };
      set = new Set([new Dense(1)]);
      again = this.list[0];
      state = new Variable(ops.ones([2]), { trainable: false, name: 'state' });
      seeds = new SeedGenerator(1);
      numbers = [1, 2, 3];
      override call(inputs: Tensor): Tensor {
        return inputs;
      }
    }
    const owner = new Owner();
    expect(owner.sublayers.map(({ name }) => name)).to.deep.equal(['dense', 'dense_1', 'dense_2', 'dense_3']);
    expect(owner.weights.map(({ name }) => name)).to.deep.equal(['state']);
    expect(owner.variables.map(({ name }) => name)).to.deep.equal(['state', 'seed_generator_state']);
    expect(owner._flatten_layers().length).to.equal(5);
  });

  it('copies weights out and in', () => tidy(() => {
    const [a, b] = [new Dense(2), new Dense(2)];
    a.build([null, 3]);
    b.build([null, 3]);
    b.set_weights(a.get_weights());
    expect(b(x()).arraySync()).to.deep.equal(a(x()).arraySync());
    b.set_weights([ops.zeros([3, 2]), [1, 2]]);
    expect(b(x()).arraySync()).to.deep.equal([[1, 2], [1, 2]]);
    expect(() => b.set_weights([])).to.throw(/Layer 'dense_1' \(Dense\) has 2 weights, but set_weights received 0. Expected dense_1\/kernel \[3, 2\], dense_1\/bias \[2\]/);
    expect(() => b.set_weights([ops.zeros([2, 2]), [1, 2]])).to.throw(/shape \[2, 2\] to variable 'dense_1\/kernel' of shape \[3, 2\]/);
  }));

  it('freezes and thaws, nested layers too, without changing the order of the weights', () => {
    const block = new Block();
    block.build([null, 3]);
    const paths = block.weights.map(({ path }) => path);
    block.trainable = false;
    expect(block.first.trainable).to.equal(false);
    expect([block.trainable_weights.length, block.non_trainable_weights.length]).to.deep.equal([0, 6]);
    expect(block.weights.map(({ path }) => path)).to.deep.equal(paths);
    block.trainable = true;
    block.first.trainable = false;
    expect(block.trainable_weights.length).to.equal(4);
    expect(new Dense(1, { trainable: false }).get_config().trainable).to.equal(false);
    expect(() => new Dense(1, { trainable: 'no' as never })).to.throw(/'trainable' of layer 'dense.*' \(Dense\) must be true or false/);
  });

  it('keeps variables that never train frozen', () => {
    const layer = new BatchNormalization();
    layer.build([null, 2]);
    layer.trainable = false;
    layer.trainable = true;
    expect(layer.trainable_weights.map(({ name }) => name)).to.deep.equal(['gamma', 'beta']);
    expect(layer.moving_mean.trainable).to.equal(false);
  });
});

describeBackends('Layer: calling', () => {
  it('takes tensors, arrays, typed arrays and numbers', () => tidy(() => {
    const layer = new Scale();
    expect(layer([[1, 2], [3, 4]]).arraySync()).to.deep.equal([[1, 2], [3, 4]]);
    expect(new Custom((inputs) => inputs)(Float32Array.of(1, 2)).dtype).to.equal('float32');
    expect(new Custom((inputs) => inputs)(Int32Array.of(1, 2)).dtype).to.equal('int32');
    expect(new Custom((inputs) => inputs)(3).shape).to.deep.equal([]);
  }));

  it('hands training on to the layers inside, unless they are given their own', () => tidy(() => {
    const seen: unknown[] = [];
    const inner = new Custom((inputs, { training }) => {
      seen.push(training);
      return inputs;
    });
    const outer = new Custom((inputs) => inner(inner(inputs, { training: false })));
    outer(x(), { training: true });
    outer(x());
    expect(seen).to.deep.equal([false, true, false, undefined]);
  }));

  it('knows its arguments', () => tidy(() => {
    expect(() => new Dense(1)(x(), { trainig: true })).to.throw(/The layer 'dense' \(Dense\) has no argument 'trainig'. Known arguments: training, mask/);
    expect(() => new Dense(1)(x(), x())).to.throw(/takes 0 positional arguments after its inputs, received 1. .*several inputs go in one array/);
    expect(() => (new Dense(1) as unknown as () => void)()).to.throw(/was called without inputs/);
    expect(new Dropout(0.5)(x(), true).shape).to.deep.equal([2, 3]);
    expect(() => new Dropout(0.5)(x(), true, { training: false })).to.throw(/received the argument 'training' twice/);
    expect(new Custom((inputs, { by }) => ops.multiply(inputs, by as number))(x(), { by: 3 }).arraySync()).to.deep.equal([[3, 3, 3], [3, 3, 3]]);
  }));

  it('says what it takes', () => tidy(() => {
    const cases: [() => unknown, RegExp][] = [
      [() => new Dense(1)(ops.ones([3])), /The input of layer 'dense.*' \(Dense\) must have rank at least 2, but has rank 1. Received shape \[3\]/],
      [() => new Conv2D(1, 2)(ops.ones([2, 3, 3])), /must have rank at least 4, but has rank 3. Received shape \[2, 3, 3\]/],
      [() => {
        const layer = new Dense(1);
        layer(x());
        layer(ops.ones([2, 4]));
      }, /must have size 3 along axis -1, but has 4. Received shape \[2, 4\]/],
      [() => new Dense(1)([x(), x()]), /The layer 'dense.*' \(Dense\) expects 1 input\(s\), but received 2/],
      [() => new Dense(1)(null), /The input of layer 'dense.*' \(Dense\) is missing/],
      [() => new Dense(1)(new Dense(2)), /takes tensors, received a layer \(<Dense name=.*>\); call it first, or pass its output/],
      [() => new Dense(1)(() => 1), /takes tensors, received a function/],
      [() => new Conv2D(1, 5)(ops.ones([1, 3, 3, 2])), /The output of layer 'conv2d.*' \(Conv2D\) would be empty: spatial axis 0 of the input shape \[1, 3, 3, 2\] is shorter than the window of 5/],
    ];
    for (const [act, message] of cases) expect(act).to.throw(message);
  }));

  it('checks every part of an InputSpec', () => tidy(() => {
    const withSpec = (spec: InputSpec | InputSpec[]): Layer => {
      const layer = new Custom((inputs) => inputs, { name: 'c' });
      layer.input_spec = spec;
      return layer;
    };
    const cases: [InputSpec | InputSpec[], unknown, RegExp | undefined][] = [
      [new InputSpec({ ndim: 2 }), x(), undefined],
      [new InputSpec({ ndim: 3 }), x(), /must have rank 3, but has rank 2/],
      [new InputSpec({ max_ndim: 1 }), x(), /must have rank at most 1/],
      [new InputSpec({ dtype: 'int32' }), x(), /must have dtype int32, but has dtype float32/],
      [new InputSpec({ shape: [null, 3] }), x(), undefined],
      [new InputSpec({ shape: [null, 4] }), x(), /must have shape \[null, 4\]. Received shape \[2, 3\]/],
      [new InputSpec({ shape: [null, 3, 1], allow_last_axis_squeeze: true }), x(), undefined],
      [new InputSpec({ axes: { 1: 5 } }), x(), /must have size 5 along axis 1, but has 3/],
      [[new InputSpec({ name: 'a' }), new InputSpec({ name: 'b' })], { b: x(), a: x() }, undefined],
      [[new InputSpec({ name: 'a' }), new InputSpec({ name: 'b' })], { a: x() }, /The data for input 'b' of layer 'c' \(Custom\) is missing. Received the keys a; expected a, b/],
      [[new InputSpec(), new InputSpec({ optional: true })], [x(), null], undefined],
    ];
    for (const [spec, inputs, message] of cases) {
      const act = (): unknown => withSpec(spec)<unknown, unknown>(inputs);
      if (message) expect(act).to.throw(message);
      else expect(act).not.to.throw();
    }
  }));

  it('computes in half precision with weights in float32', function () {
    if (context.backend!.unsupported('matmul', 'bfloat16')) this.skip();
    tidy(() => {
      const layer = new Dense(2, { dtype: 'mixed_bfloat16' });
      const y = layer(x());
      expect([y.dtype, layer.kernel.dtype, layer.compute_dtype, layer.variable_dtype])
        .to.deep.equal(['bfloat16', 'float32', 'bfloat16', 'float32']);
      expect(layer(new KerasTensor([null, 3], 'float32')).dtype).to.equal('bfloat16');
      // A float32 layer inside of it reads its weights in float32.
      const inner = new Dense(2, { dtype: 'float32' });
      const outer = new Custom((inputs) => inner(inputs), { dtype: 'mixed_bfloat16' });
      expect(outer(x()).dtype).to.equal('float32');
      expect(new Custom((inputs) => inputs, { dtype: 'mixed_bfloat16', autocast: false })(x()).dtype).to.equal('float32');
    });
  });

  it('frees what it computes on the way', () => {
    const block = new Block();
    const input = x();
    block(input).dispose();
    const before = context.backend!.memory();
    for (let i = 0; i < 3; i++) block(input).dispose();
    block.losses.forEach((loss) => loss.dispose());
    block.build_from_config(null);
    expect(context.backend!.memory()).to.deep.equal(before);
    input.dispose();
  });

  it('keeps a result that is its own input', () => tidy(() => {
    const input = x();
    expect(new Custom((inputs) => inputs)(input)).to.equal(input);
    expect(input.isDisposed).to.equal(false);
  }));
});

describe('Layer: symbolic calls', () => {
  it('gives shapes with unknown dimensions', () => {
    expect(new Dense(4)(Input([null, 3])).shape).to.deep.equal([null, null, 4]);
    expect(new Conv2D(8, 3)(Input([28, null, 1])).shape).to.deep.equal([null, 26, null, 8]);
    expect(new Flatten()(Input([2, 3])).shape).to.deep.equal([null, 6]);
    expect(new Flatten()(Input([null, 3])).shape).to.deep.equal([null, null]);
    expect(new Custom((inputs) => [inputs, ops.sum(inputs)])<unknown, KerasTensor[]>(Input([3])).map(({ shape }) => shape))
      .to.deep.equal([[null, 3], []]);
  });

  it('remembers its calls', () => {
    const layer = new Dense(4);
    const input = Input([3]);
    const output = layer(input);
    expect(output._keras_history).to.deep.include({ operation: layer, node_index: 0, tensor_index: 0 });
    expect([layer.input, layer.output]).to.deep.equal([input, output]);
    layer(Input([3]));
    expect(() => layer.output).to.throw(/has been called on symbolic tensors 2 times, so it has no single output/);
  });

  it('computes output shapes without building', () => {
    const layer = new Conv2D(8, 3, 2, 'same');
    expect(layer.compute_output_shape([null, 28, null, 3])).to.deep.equal([null, 14, null, 8]);
    expect(layer.built).to.equal(false);
    expect((layer.compute_output_spec(new KerasTensor([2, 4, 4, 3])) as KerasTensor).shape).to.deep.equal([2, 2, 2, 8]);
    expect(layer.built).to.equal(false);
    expect(new Block().compute_output_shape([7, 3])).to.deep.equal([7, 4]);
  });

  it('uses the shape rule of a layer that reads values', () => {
    class Reading extends Layer {
      override call(inputs: Tensor): Tensor {
        return ops.multiply(inputs, (inputs.dataSync()[0] as number) > 0 ? 1 : -1);
      }
    }
    expect(() => new Reading()(Input([3]))).to.throw(/has no value yet/);
    class Ruled extends Reading {
      override compute_output_shape(shape: unknown): unknown {
        return shape;
      }
    }
    expect(new Ruled()(Input([3])).shape).to.deep.equal([null, 3]);
  });
});

describe('Layer: losses', () => {
  it('collects penalties and added losses, and forgets those of the call before', () => tidy(() => {
    class Adding extends Layer {
      inner = new Dense(1, { kernel_regularizer: 'l2', kernel_initializer: 'ones', activity_regularizer: 'l1' });
      override call(inputs: Tensor): Tensor {
        this.add_loss(ops.sum(inputs));
        return this.inner(inputs);
      }
    }
    const layer = new Adding();
    for (let i = 0; i < 2; i++) {
      layer(x());
      // The sum, then |y| = 3 in each of 2 rows by 0.01 and the batch, then 0.01 times 3 squares.
      expect(layer.losses.map((loss) => Number(loss.item().toFixed(4)))).to.deep.equal([6, 0.03, 0.03]);
    }
    layer.trainable = false;
    expect(layer.losses.length).to.equal(2);
    expect(() => layer.add_loss(3 as never)).to.throw(/add_loss of layer 'adding' \(Adding\) takes tensors computed in call\(\), received 3/);
  }));

  it('hands losses out that outlive the call', () => {
    const layer = new Custom((inputs) => inputs, { activity_regularizer: 'l2' });
    const input = x();
    layer(input);
    const [loss] = layer.losses;
    layer(input);
    expect(loss.item().toFixed(4)).to.equal('0.0300');
    [loss, ...layer.losses, input].forEach((tensor) => tensor.dispose());
  });
});

describe('Layer: stateless_call', () => {
  it('computes with given values and changes nothing', () => tidy(() => {
    const layer = new BatchNormalization({ momentum: 0.5, beta_regularizer: 'l2' });
    layer.build([null, 2]);
    const input = ops.array([[1, 2], [3, 6]]);
    const [outputs, updated, losses] = layer.stateless_call(
      [[2, 2], [1, 1]], [[0, 0], [1, 1]], input, { training: true, return_losses: true }) as [Tensor, Tensor[], Tensor[]];
    expect((outputs.arraySync() as number[][]).map((row) => row.map(Math.round))).to.deep.equal([[-1, -1], [3, 3]]);
    expect(updated.map((value) => value.arraySync())).to.deep.equal([[1, 2], [1, 2.5]]);
    expect(losses.map((loss) => loss.item().toFixed(3))).to.deep.equal(['0.020']);
    expect(layer.moving_mean.value.arraySync()).to.deep.equal([0, 0]);
  }));

  it('leaves the losses of the layer as they were', () => tidy(() => {
    const layer = new Custom((inputs) => inputs, { activity_regularizer: 'l2' });
    layer(x());
    const [before] = layer.losses;
    const [, , losses] = layer.stateless_call([], [], ops.zeros([2, 3]), { return_losses: true }) as [Tensor, Tensor[], Tensor[]];
    expect(losses[0].item()).to.equal(0);
    expect(layer.losses).to.deep.equal([before]);
  }));

  it('says which values it lacks', () => {
    expect(() => new Dense(1).stateless_call([], [], x())).to.throw(/Layer 'dense' \(Dense\) must be built before stateless_call/);
    const layer = new Dense(1);
    layer.build([null, 3]);
    expect(() => layer.stateless_call([], [], x()))
      .to.throw(/stateless_call of layer 'dense_1' \(Dense\) expects 2 trainable_variables \(dense_1\/kernel, dense_1\/bias\), received 0/);
  });
});

describe('Layer: masks', () => {
  const steps = [[[1, 2], [0, 0], [3, 4]]];

  it('passes masks through layers that support them', () => tidy(() => {
    const masked = new Masking()(steps);
    expect(masked.mask!.arraySync()).to.deep.equal([[true, false, true]]);
    const hidden = new Dense(4)(masked);
    expect(new Activation('relu')(hidden).mask!.arraySync()).to.deep.equal([[true, false, true]]);
    expect(new Embedding(4, 2, { mask_zero: true })([[1, 0]]).mask!.arraySync()).to.deep.equal([[true, false]]);
  }));

  it('hands the mask to call, and takes one that is passed', () => tidy(() => {
    const seen: unknown[] = [];
    const layer = new Custom((inputs, { mask }) => {
      seen.push((mask as Tensor | undefined)?.arraySync());
      return inputs;
    });
    layer.supports_masking = true;
    layer(new Masking()(steps));
    layer(ops.ones([1, 3, 2]), { mask: [[true, true, false]] });
    layer(ops.ones([1, 3, 2]));
    expect(seen).to.deep.equal([[[true, false, true]], [[true, true, false]], undefined]);
  }));

  it('drops masks where they are not supported', () => tidy(() => {
    expect(new Custom((inputs) => ops.add(inputs, 1))(new Masking()(steps)).mask).to.equal(undefined);
  }));

  it('survives the scopes around a call', () => {
    const y = tidy(() => new Dense(1)(new Masking()(steps)));
    expect(y.mask!.arraySync()).to.deep.equal([[true, false, true]]);
    y.mask!.dispose();
    y.dispose();
  });

  it('works inside of a compiled function', () => tidy(() => {
    const [masking, dense] = [new Masking(), new Dense(1)];
    dense.build([null, 3, 2]);
    const compiled = jit((inputs: Tensor) => dense(masking(inputs)).mask);
    expect(compiled(ops.array(steps))!.arraySync()).to.deep.equal([[true, false, true]]);
    compiled.dispose();
  }));
});

describe('Layer: configs', () => {
  it('comes back from its config', () => {
    const layer = new Dense(3, { activation: 'relu', kernel_regularizer: 'l2', dtype: 'mixed_bfloat16', trainable: false });
    const again = Dense.from_config(JSON.parse(JSON.stringify(layer.get_config())) as Record<string, unknown>);
    expect(again).to.be.instanceOf(Dense);
    expect(JSON.stringify(again.get_config())).to.equal(JSON.stringify(layer.get_config()));
  });

  it('knows its options', () => {
    expect(() => new Dense(3, { unit: 2 } as never)).to.throw(/Dense has no argument 'unit'. Known arguments: units, activation, use_bias/);
    expect(() => new Dense(3, { units: 3 } as never)).to.throw(/received the argument 'units' twice: by position and by name/);
    expect(() => new Dense({} as never)).to.throw(/Dense: the argument 'units' must be a positive integer, received undefined/);
    expect(() => new Dense(-1)).to.throw(/received -1/);
    expect(() => new Dense(1, { dtype: 'mixed_float8' })).to.throw(/Cannot make a dtype policy from the name "mixed_float8"/);
    expect(() => Dense.from_config({ ...new Dense(1).get_config(), quantization_config: { mode: 'int8' } }))
      .to.throw(/asks for quantization, which this version does not have/);
  });

  it('takes its arguments by position and by name', () => {
    const config = (layer: Layer): string => JSON.stringify({ ...layer.get_config(), name: '' });
    expect(config(new Dense(3, 'relu', false))).to.equal(config(new Dense({ units: 3, activation: 'relu', use_bias: false })));
    expect(config(new Dense(3, 'relu', { use_bias: false }))).to.equal(config(new Dense(3, { activation: 'relu', use_bias: false })));
  });
});
