/** Placeholders, functions, gradients, updates, phases: what the tables of calls do not reach. */
import { expect } from 'chai';
import * as keras from '../../src/index.js';
import { describeBackends } from '../support/backends.js';
import { captured, errorOf, notices } from '../support/capture.js';

const { backend: K, ops } = keras;

describeBackends('K.function', () => {
  it('runs a graph of ops, layers and variables, for any batch, and gives NDArrays', () => {
    const x = K.placeholder({ shape: [null, 2], name: 'x' });
    const w = K.variable([[1], [2]]);
    const dense = new keras.layers.Dense(1, { kernel_initializer: 'ones' });
    const f = K.function([x], [K.dot(x, w), dense(x), x, w]);
    const results = f([[[1, 1], [2, 0]]]);
    expect(results.map((r) => r.tolist())).to.deep.equal([[[3], [2]], [[2], [2]], [[1, 1], [2, 0]], [[1], [2]]]);
    expect(results[0]).to.be.instanceOf(keras.NDArray);
    K.set_value(w, [[0], [1]]);
    expect(f([new keras.NDArray(Float32Array.of(5, 7), [1, 2])])[0].tolist()).to.deep.equal([[7]]);
    const twice = K.function([x], { double: ops.multiply(x, 2) } as never) as unknown as
      (values: unknown[]) => { double: keras.NDArray };
    expect(twice([[[1, 2]]]).double.tolist()).to.deep.equal([[2, 4]]);
  });

  it('takes what is computed on the way for an input', () => {
    const x = K.placeholder([null, 2]);
    const hidden = ops.multiply(x, 10);
    const y = K.sum(hidden, 1);
    expect(K.function([hidden], [y])([[[1, 2]]])[0].tolist()).to.deep.equal([3]);
    expect(K.function([x], [y])([[[1, 2]]])[0].tolist()).to.deep.equal([30]);
  });

  it('assigns updates after everything is computed, at each call', () => {
    const x = K.placeholder({ shape: [] });
    const [a, b] = [K.variable(1), K.variable(2)];
    const f = K.function([x], [ops.add(x, a)], [[a, () => b.value], [b, () => a.value], K.update_add(K.variable(0), x)]);
    expect(f([10])[0].tolist()).to.equal(11);
    expect(K.batch_get_value([a, b]).map((v) => v.tolist())).to.deep.equal([2, 1]);
    f([0]);
    expect(K.batch_get_value([a, b]).map((v) => v.tolist())).to.deep.equal([1, 2]);
    const count = K.variable(0);
    const tick = K.function([], [count], [[count, () => ops.add(count, 1)]]);
    expect([tick(), tick(), tick()].map(([n]) => n.tolist())).to.deep.equal([0, 1, 2]);
  });

  it('trains: gradients by variables, and updates with them', () => {
    const [x, y] = [K.placeholder([null, 1]), K.placeholder([null, 1])];
    const [w, b] = [K.zeros([1, 1]), K.zeros([1])];
    const loss = K.mean(K.square(ops.subtract(K.bias_add(K.dot(x, w), b), y)));
    const [dw, db] = K.gradients(loss, [w, b]);
    const step = K.function([x, y], [loss], [K.update_sub(w, ops.multiply(dw, 0.1)), K.update_sub(b, ops.multiply(db, 0.1))]);
    let last = Infinity;
    for (let i = 0; i < 300; i++) last = step([[[0], [1], [2]], [[1], [3], [5]]])[0].tolist() as number;
    expect(last).to.be.below(1e-3);
    expect((K.get_value(w).tolist() as number[][])[0][0]).to.be.closeTo(2, 0.05);
    expect((K.get_value(b).tolist() as number[])[0]).to.be.closeTo(1, 0.05);
  });

  it('gradients by placeholders, by what lies between, of integers, and twice', () => {
    const x = K.placeholder([3]);
    const square = K.square(x);
    const loss = K.sum(ops.multiply(square, x));
    const [dx, dsquare] = K.gradients(loss, [x, square]);
    const [ddx] = K.gradients(K.sum(dx), x);
    const f = K.function([x], [dx, dsquare, ddx]);
    expect(f([[1, 2, 3]]).map((g) => g.tolist())).to.deep.equal([[3, 12, 27], [1, 2, 3], [6, 12, 18]]);
    const ids = K.placeholder({ shape: [2], dtype: 'int32' });
    const table = K.variable([[1, 2], [3, 4]]);
    const rows = K.gather(table, ids);
    const [drows, dtable, none] = K.gradients(K.sum(K.square(rows)), [rows, table, K.variable(0)]);
    expect(none).to.equal(null);
    expect(K.function([ids], [drows, dtable])([[1, 1]]).map((g) => g.tolist()))
      .to.deep.equal([[[6, 8], [6, 8]], [[0, 0], [12, 16]]]);
  });

  it('learning phase: fed, set, or test', () => {
    const x = K.placeholder([null, 2]);
    const y = new keras.layers.Dropout(1)(x);
    const z = K.in_train_phase(ops.multiply(x, 2), () => x);
    const f = K.function([x, K.learning_phase() as keras.KerasTensor], [y, z, K.in_test_phase(x, ops.negative(x))]);
    expect(f([[[1, 2]], 0]).map((r) => r.tolist())).to.deep.equal([[[1, 2]], [[1, 2]], [[1, 2]]]);
    expect(f([[[1, 2]], 1]).map((r) => r.tolist())).to.deep.equal([[[0, 0]], [[2, 4]], [[-1, -2]]]);
    const g = K.function([x], [z]);
    expect(g([[[1, 2]]])[0].tolist()).to.deep.equal([[1, 2]]);
    K.set_learning_phase(1);
    expect(g([[[1, 2]]])[0].tolist()).to.deep.equal([[2, 4]]);
    expect(K.learning_phase()).to.equal(1);
    K.clear_learning_phase();
    const [dx] = K.gradients(K.sum(y), x);
    const h = K.function([x, K.learning_phase() as keras.KerasTensor], [dx]);
    expect([0, 1].map((phase) => h([[[1, 2]], phase])[0].tolist())).to.deep.equal([[[1, 1]], [[0, 0]]]);
  });

  it('placeholders make models, and switch chooses in a graph', () => {
    const x = K.placeholder([null, 2]);
    const model = new keras.Model(x as never, K.repeat(x, 3) as never);
    expect((model(ops.ones([4, 2])) as keras.Tensor).shape).to.deep.equal([4, 3, 2]);
    expect(() => model.to_json()).to.throw('\'K.repeat\' in a functional model cannot be saved');
    const flag = K.placeholder({ shape: [], dtype: 'bool' });
    const y = K.switch(flag, x, () => ops.negative(x)) as keras.KerasTensor;
    const f = K.function([flag, x], [y]);
    expect([true, false].map((value) => f([value, [[1, 2]]])[0].tolist())).to.deep.equal([[[1, 2]], [[-1, -2]]]);
    let calls = 0;
    K.switch(false, () => {
      calls++;
      return 1;
    }, 2);
    expect(calls).to.equal(0);
  });

  it('a graph that reads values runs eagerly after one notice', async () => {
    const x = K.placeholder([2]);
    const f = K.function([x], [K.print_tensor(ops.multiply(x, 2), 'x2 ')]);
    const text = await notices(() => {
      f([[1, 2]]);
      f([[3, 4]]);
    });
    expect(text).to.match(/^(A function of K\.function reads values of tensors, .*\n)?x2 \[2,4\]\nx2 \[6,8\]\n$/);
    expect(await captured('stderr', () => K.print_tensor(ops.array([1])))).to.equal('[1]\n');
    const step: keras.backend.StepFunction = (now, [sum]) => [ops.multiply(now, sum.dataSync()[0] as number), [ops.add(sum, 1)]];
    const [last] = K.rnn(step, ops.ones([1, 3, 2]), [ops.zeros([1, 1])]);
    expect(last.arraySync()).to.deep.equal([[2, 2]]);
  });

  it('rnn is one loop of the graph unless it is unrolled; gradients flow through either', () => {
    const w = K.variable([[0.5]]);
    const results = [false, true].map((unroll) => {
      let calls = 0;
      const step: keras.backend.StepFunction = (x, [state]) => {
        calls++;
        const next = ops.tanh(ops.add(ops.matmul(state, w), x));
        return [next, [next]];
      };
      const x = K.placeholder([1, 20, 1]);
      const mask = ops.array([Array.from({ length: 20 }, (_, i) => i % 3)]);
      const [last] = K.rnn(step, x, [ops.zeros([1, 1])], { unroll, mask });
      const f = K.function([x], [last, ...K.gradients(K.sum(last), [w, x])]);
      const before = calls;
      const values = f([[Array.from({ length: 20 }, (_, i) => [Math.sin(i)])]]).map((r) => r.tolist() as number[]);
      return { calls: calls - before, values: values.flat(3) };
    });
    expect(results[0].calls).to.be.below(10);
    expect(results[1].calls).to.be.at.least(20);
    results[0].values.forEach((value, i) => expect(value).to.be.closeTo(results[1].values[i], 1e-5));
    expect(results[0].values).to.have.length(22);
  });

  it('nested inputs of rnn, and steps that are not there', async () => {
    const step = ([a, b]: keras.Tensor[], [s]: keras.Tensor[]): [keras.Tensor, keras.Tensor[]] => {
      const next = ops.add(s, ops.multiply(a, b));
      return [next, [next]];
    };
    const ones = ops.ones([1, 3, 2]);
    const [last] = K.rnn(step as never, [ones, ops.multiply(ones, 2)] as never, [ops.zeros([1, 2])]);
    expect((last as keras.Tensor).arraySync()).to.deep.equal([[6, 6]]);
    const one = ((x: keras.Tensor) => [x, []]) as unknown as keras.backend.StepFunction;
    await errorOf(() => K.rnn(one, ops.ones([2, 3]), []), 'at least 3 axes', '[2, 3]');
    await errorOf(() => K.rnn(one, ones, [], { input_length: 4 }), 'input_length is 4', '3 time steps');
    await errorOf(() => K.rnn(one, K.placeholder([1, null, 2]), [], { unroll: true }), 'input_length');
    const unrolled = K.rnn(one, K.placeholder([1, null, 2]), [], { unroll: true, input_length: 3 });
    expect(unrolled[1].shape).to.deep.equal([1, 3, 2]);
  });
});

describe('K: settings, values and mistakes', () => {
  it('variables have the default float type, shape and name', () => {
    for (const [v, values] of [[K.zeros([2, 1]), [[0], [0]]], [K.ones([2]), [1, 1]], [K.eye(2), [[1, 0], [0, 1]]]] as const) {
      expect([v.dtype, v.arraySync()]).to.deep.equal(['float32', values]);
    }
    expect(K.variable([1, 2], { dtype: 'int32', name: 'counts' })).to.include({ dtype: 'int32', name: 'counts' });
    const saved = K.floatx();
    K.set_floatx('float64');
    try {
      expect([K.zeros([1]).dtype, K.placeholder([1]).dtype, K.cast_to_floatx([1]).dtype])
        .to.deep.equal(['float64', 'float64', 'float64']);
    } finally {
      K.set_floatx(saved);
    }
    const value = K.cast_to_floatx(Int32Array.of(1, 2));
    expect([value instanceof keras.NDArray, value.dtype]).to.deep.equal([true, 'float32']);
    expect(K.cast_to_floatx(ops.array([1], 'int32'))).to.be.instanceOf(keras.Tensor);
    expect(K.count_params(K.ones([3, 4]))).to.equal(12);
    expect(K.get_uid('legacy') + 1).to.equal(K.get_uid('legacy'));
  });

  it('random numbers: the same for the same seed, of the shape, dtype and range asked for', () => {
    const draws = [
      () => K.random_normal([400], 3, 0.5, { seed: 7 }), () => K.random_uniform([400], -2, 2, 'float16', 7),
      () => K.truncated_normal([400], { seed: 7 }), () => K.random_bernoulli([400], 0.25, { seed: 7 }),
      () => K.random_binomial([400], { p: 0.25, seed: 7 }), () => K.dropout(ops.ones([400]), 0.75, { seed: 7 }),
      () => K.random_normal_variable([400], 3, 0.5, { seed: 7 }).value, () => K.random_uniform_variable([400], -2, 2, { seed: 7 }).value,
    ];
    const means = [3, 0, 0, 0.25, 0.25, 1, 3, 0];
    draws.forEach((draw, i) => {
      const [a, b] = [draw(), draw()];
      expect(a.arraySync()).to.deep.equal(b.arraySync());
      expect(a.shape).to.deep.equal([400]);
      expect(K.mean(a).item()).to.be.closeTo(means[i], 0.25);
    });
    expect(draws[1]().dtype).to.equal('float16');
    expect(new Set(draws[3]().arraySync() as number[])).to.deep.equal(new Set([0, 1]));
  });

  it('image_dim_ordering is the data format in other words', () => {
    expect(K.image_dim_ordering()).to.equal('tf');
    K.set_image_dim_ordering('th');
    expect(keras.config.image_data_format()).to.equal('channels_first');
    K.set_image_dim_ordering('tf');
    expect(keras.config.image_data_format()).to.equal('channels_last');
  });

  it('every function takes the arguments of the document, in its order and by its names', async () => {
    const reduction = 'x, axis, keepdims';
    const signatures: Record<string, string> = {
      variable: 'value, dtype, name', placeholder: 'shape, ndim, dtype, name', zeros: 'shape, dtype, name',
      ones: 'shape, dtype, name', eye: 'size, dtype, name', batch_dot: 'x, y, axes', gather: 'reference, indices',
      sum: reduction, prod: reduction, any: reduction, all: reduction,
      normalize_batch_in_training: 'x, gamma, beta, reduction_axes, epsilon',
      batch_normalization: 'x, mean, std, beta, gamma, epsilon', permute_dimensions: 'x, pattern',
      repeat_elements: 'x, rep, axis', resize_images: 'X, height_factor, width_factor, dim_ordering',
      resize_volumes: 'X, depth_factor, height_factor, width_factor, dim_ordering', repeat: 'x, n', batch_flatten: 'x',
      expand_dims: 'x, dim', squeeze: 'x, axis', temporal_padding: 'x, padding', spatial_2d_padding: 'x, padding, dim_ordering',
      spatial_3d_padding: 'x, padding, dim_ordering', switch: 'condition, then_expression, else_expression',
      rnn: 'step_function, inputs, initial_states, go_backwards, mask, constants, unroll, input_length',
      conv2d: 'x, kernel, strides, border_mode, dim_ordering, image_shape, filter_shape, filter_dilation',
      conv3d: 'x, kernel, strides, border_mode, dim_ordering, volume_shape, filter_shape',
    };
    for (const [name, names] of Object.entries(signatures)) {
      const fn = (K as unknown as Record<string, (options: object) => unknown>)[name];
      await errorOf(() => fn({ nothing: 0 }), `keras.backend.${name} has no argument`.replace(/backend\.(sum|prod|any|all) /, 'ops.$1 '),
        `Known arguments: ${names}`);
    }
    expect(K.switch({ condition: true, then_expression: [1], else_expression: [2] })).to.have.property('shape');
    expect(K.in_train_phase([1], [2], { training: 1 }).arraySync()).to.deep.equal([1]);
    expect(K.foldl((a, b) => ops.add(a, b), [1, 2], { initializer: 10 }).item()).to.equal(13);
    expect(K.map_fn((row) => row, [1, 2], { dtype: 'int32' }).dtype).to.equal('int32');
  });

  it('convolutions take Keras 2\'s names too, with its order of the kernel', () => {
    const x = keras.random.uniform([1, 2, 5, 5], { seed: 1 });
    const kernel = keras.random.uniform([3, 3, 2, 4], { seed: 2 });
    const options = { padding: 'same', data_format: 'channels_first', dilation_rate: [2, 2] } as const;
    const expected = ops.conv(x, kernel, { ...options, strides: 1 }).arraySync();
    expect(K.conv2d(x, kernel, options).arraySync()).to.deep.equal(expected);
    const th = ops.transpose(kernel, [3, 2, 0, 1]);
    expect(K.conv2d(x, th, [1, 1], 'same', 'th', [null, 2, 5, 5], [4, 2, 3, 3], [2, 2]).arraySync()).to.deep.equal(expected);
    const volume = K.conv3d(ops.ones([1, 3, 3, 3, 1]), ops.ones([2, 2, 2, 1, 1]), { padding: 'same', data_format: 'channels_last' });
    expect(volume.shape).to.deep.equal([1, 3, 3, 3, 1]);
    expect(K.expand_dims(x, { axis: 0 }).shape).to.deep.equal([1, 1, 2, 5, 5]);
    expect(K.spatial_2d_padding(x, { data_format: 'channels_last' }).shape).to.deep.equal([1, 4, 7, 5]);
  });

  it('shapes of placeholders whose lengths vary', () => {
    const shapeOf = (y: unknown): unknown => (y as keras.KerasTensor).shape;
    const images = K.placeholder({ shape: [null, 3, null, null] });
    const rows = K.placeholder([null, 4]);
    const cube = K.placeholder([null, 5, 4]);
    const table: [unknown, (number | null)[]][] = [
      [K.conv2d(images, ops.ones([8, 3, 3, 3])), [null, 8, null, null]],
      [K.spatial_2d_padding(images, [1, 2]), [null, 3, null, null]],
      [K.resize_images(images, 2, 3, 'th'), [null, 3, null, null]],
      [K.batch_flatten(cube), [null, 20]], [K.batch_dot(rows, cube, [1, 2]), [null, 5]], [K.batch_dot(rows, rows, 1), [null, 1]],
      [K.repeat(rows, 6), [null, 6, 4]], [K.repeat_elements(cube, 3, 1), [null, 15, 4]], [K.temporal_padding(cube), [null, 7, 4]],
      [K.normalize_batch_in_training(rows, ops.ones([4]), ops.zeros([4]), [0])[0], [null, 4]],
      [K.permute_dimensions(cube, [0, 2, 1]), [null, 4, 5]], [K.gather(rows, [1, 0]), [2, 4]],
      [K.expand_dims(rows), [null, 4, 1]], [K.dot(cube, ops.ones([4, 2])), [null, 5, 2]], [K.softmax(rows), [null, 4]],
      [K.pool2d(K.placeholder([null, 6, 6, 2]), [2, 2], [2, 2]), [null, 3, 3, 2]],
    ];
    table.forEach(([y, expected], i) => expect(shapeOf(y), `row ${i}`).to.deep.equal(expected));
  });

  const x = K.placeholder({ shape: [null, 3], name: 'pixels' });
  const t4 = ops.ones([1, 4, 4, 1]);
  const mistakes: Record<string, [() => unknown, ...string[]]> = {
    'eval of a symbolic tensor': [() => K.eval(x), 'pixels', 'K.function'],
    'a placeholder without a shape': [() => K.placeholder(), 'ndim'],
    'an input of the wrong shape': [() => K.function([x], [K.sum(x)])([[[1, 2]]]), '\'pixels\' of shape [null, 3]', '[1, 2]'],
    'too few inputs': [() => K.function([x], [K.sum(x)])([]), '1 values (pixels)', 'one of 0'],
    'an output without its input': [() => K.function([], [K.sum(x)]), 'pixels'],
    'gradients of a tensor': [() => K.gradients(ops.ones([]) as never, []), 'keras.grad'],
    'update of a tensor': [() => K.update(ops.ones([]) as never, 1), 'K.variable'],
    'an unknown name': [() => K.repeat(t4, { count: 2 } as never), 'count', 'x, n'],
    'repeat of a volume': [() => K.repeat(t4, 2), 'rank 2', '[1, 4, 4, 1]'],
    'an ordering that is none': [() => K.conv2d(t4, t4, { dim_ordering: 'nhwc' }), '\'th\' or \'tf\'', 'nhwc'],
    'an image_shape that is not so': [() => K.conv2d(t4, ops.ones([1, 4, 1, 1]), { image_shape: [1, 1, 4, 4] }), '[1, 1, 4, 4]', '[1, 4, 4, 1]'],
    'border_mode full': [() => K.conv2d(t4, ops.ones([1, 4, 1, 1]), [1, 1], 'full'), 'full'],
    'an output_shape that does not fit': [() => K.deconv2d(t4, ops.ones([3, 3, 1, 1]), [1, 9, 4, 1], { dim_ordering: 'tf' }), '[1, 9, 4, 1]'],
    'batches of two lengths': [() => K.batch_dot(ops.ones([2, 3]), ops.ones([3, 3])), '[2, 3]', '[3, 3]'],
    'batch_dot over the batch': [() => K.batch_dot(ops.ones([2, 3]), ops.ones([2, 3]), 0), 'axis 0'],
    'a learning phase of 2': [() => K.set_learning_phase(2 as never), '0 (test) or 1'],
    'a dim_ordering of Keras 2': [() => K.set_image_dim_ordering('channels_last'), '\'th\' or \'tf\''],
    'factors that are no integers': [() => K.resize_images(t4, 1.5, 1, 'tf'), '1.5'],
    'map_fn over nothing': [() => K.map_fn((e) => e, ops.zeros([0, 2])), 'at least one element'],
  };
  for (const [name, [fn, ...parts]] of Object.entries(mistakes)) it(name, () => errorOf(fn, ...parts));
});
