/** How ops are called, what they refuse and with which words, and what they leave behind. */
import { expect } from 'chai';
import { activeBackend } from '../../src/engine/context.js';
import { NDArray, toTensor } from '../../src/engine/convert.js';
import { custom_gradient } from '../../src/engine/custom-gradient.js';
import { grad } from '../../src/engine/gradients.js';
import { jit } from '../../src/engine/jit.js';
import { ShapeError } from '../../src/engine/shape.js';
import { TracedValueError, type Tensor } from '../../src/engine/tensor.js';
import { Variable } from '../../src/engine/variable.js';
import * as ops from '../../src/ops/index.js';
import { KerasTensor } from '../../src/ops/keras-tensor.js';
import { UnknownArgumentError } from '../../src/utils/arguments.js';
import { ellipsis, slice } from '../../src/utils/slice.js';
import { describeBackends } from '../support/backends.js';
import { opNamed } from '../support/check-op.js';

const ITEM = ops.get_item as unknown as (x: unknown, key: unknown) => Tensor;
const MATRIX = [[1, 2, 3], [4, 5, 6]];

describeBackends('calling ops', (backend) => {
  it('takes arguments by position and by name', () => {
    expect(ops.sum(MATRIX, 1).arraySync()).to.deep.equal([6, 15]);
    expect(ops.sum(MATRIX, { axis: 1 }).arraySync()).to.deep.equal([6, 15]);
    expect(ops.sum({ x: MATRIX, axis: 1, keepdims: true }).arraySync()).to.deep.equal([[6], [15]]);
    expect(() => (ops.sum as (...args: unknown[]) => unknown)(MATRIX, { axes: 1 }))
      .to.throw(UnknownArgumentError, "no argument 'axes'. Known arguments: x, axis, keepdims");
  });

  it('takes any number of operands where Keras does', () => {
    expect(ops.einsum('ij,j->i', MATRIX, [1, 0, 1]).arraySync()).to.deep.equal([4, 10]);
    const [x, y] = ops.meshgrid([1, 2], [3, 4, 5], { indexing: 'ij' });
    expect([x.shape, y.shape]).to.deep.equal([[2, 3], [2, 3]]);
    const symbolic = ops.einsum('bi,io->bo', new KerasTensor([null, 3]), toTensor([[1, 2], [3, 4], [5, 6]]));
    expect(symbolic).to.be.instanceOf(KerasTensor);
    expect(symbolic.shape).to.deep.equal([null, 2]);
  });

  it('takes numbers, arrays, typed arrays, NDArrays and variables', () => {
    const variable = new Variable(toTensor([1, 2]));
    for (const x of [[1, 2], Float32Array.of(1, 2), new NDArray(Float32Array.of(1, 2), [2]), variable]) {
      expect(ops.add(x, 1).arraySync()).to.deep.equal([2, 3]);
    }
    expect(ops.add(toTensor([1, 2], 'int32'), 1).dtype).to.equal('int32');
    expect(ops.add(toTensor([1, 2], 'int32'), 0.5).dtype).to.equal('float32');
    expect(ops.add(toTensor([1, 2], 'float16'), 0.5).dtype).to.equal('float16');
    variable.dispose();
  });

  it('leaves nothing behind but results', () => {
    const x = toTensor(MATRIX);
    const run = (): Tensor[] =>
      [ops.std(x), ops.logsumexp(x, 1), ops.median(x), ops.einsum('ij,ij->', x, x), ops.norm(x, 1, [0, 1])];
    // The first run leaves constants that the backend keeps.
    run().forEach((result) => result.dispose());
    const before = activeBackend().memory().tensors;
    const results = run();
    expect(activeBackend().memory().tensors - before).to.equal(results.length);
    results.forEach((result) => result.dispose());
    expect(() => ops.matmul(x, x)).to.throw(ShapeError);
    expect(activeBackend().memory().tensors).to.equal(before);
  });

  it('indexes as Python does', () => {
    const x = ops.reshape(ops.arange(24), [2, 3, 4]);
    const item = (...key: unknown[]): unknown => ITEM(x, key).arraySync();
    expect(item(1, 2, 3)).to.equal(23);
    expect(item(-1, slice(null, null, -2), 0)).to.deep.equal([20, 12]);
    expect(item(ellipsis, slice(1, 3))).to.deep.equal(ops.slice(x, [0, 0, 1], [2, 3, 2]).arraySync());
    expect(ops.get_item(x, [null, 0, ellipsis, null]).shape).to.deep.equal([1, 3, 4, 1]);
    expect(item([1, 0], [2, 1])).to.deep.equal([[20, 21, 22, 23], [4, 5, 6, 7]]);
    expect(item(slice(null, null), [0, 2], slice(0, 1))).to.deep.equal([[[0], [8]], [[12], [20]]]);
    // Arrays that a slice separates put their axes in front, next to each other they stay in place.
    expect(ops.get_item(x, [[0, 1], slice(null, null), [1, 2]]).shape).to.deep.equal([2, 3]);
    expect(ops.get_item(x, [0, slice(null, null), [1, 2]]).shape).to.deep.equal([2, 3]);
    expect(ops.get_item(x, ops.greater(x, 21)).arraySync()).to.deep.equal([22, 23]);
    expect(item([true, false], ellipsis)).to.deep.equal([ops.get_item(x, 0).arraySync()]);
    expect(() => item(2)).to.throw(RangeError, 'Index 2 is out of bounds for axis 0 of shape [2, 3, 4]');
    expect(() => item(0, 0, 0, 0)).to.throw(ShapeError, 'indices for 4 axes');
    expect(() => item(ellipsis, ellipsis)).to.throw(TypeError, 'one ellipsis');
  });

  it('says what does not fit', () => {
    const messages: [() => unknown, RegExp][] = [
      [() => ops.add([1, 2], [1, 2, 3]), /add cannot broadcast operands of shapes \[2\] and \[3\]/],
      [() => ops.matmul(MATRIX, MATRIX), /matmul cannot multiply shapes \[2, 3\] and \[2, 3\]/],
      [() => ops.reshape(MATRIX, [4, -1]), /reshape a tensor of shape \[2, 3\] \(6 elements\) to \[4, -1\]/],
      [() => ops.concatenate([MATRIX, [[1]]]), /along axis 0 .* float32\[2, 3\], float32\[1, 1\]/],
      [() => ops.sum(MATRIX, 2), /axis 2 is out of bounds for a tensor of rank 2/],
      [() => ops.squeeze(MATRIX, 0), /cannot remove axis 0 of .* shape \[2, 3\]: its length is 2/],
      [() => ops.split(MATRIX, 2, 1), /split cannot cut axis 1 of shape \[2, 3\] into 2 equal parts/],
      [() => ops.max(ops.zeros([0])), /max of no elements is not defined/],
      [() => ops.take(MATRIX, [0.5]), /indices of take must be integers, received 0.5/],
      [() => ops.take(MATRIX, toTensor([0, 1])), /indices of take must be integers, received dtype float32/],
      [() => ops.transpose(MATRIX, [0, 0]), /each of the 2 axes of shape \[2, 3\] once, received \[0, 0\]/],
      [() => ops.einsum('ij,jk->ik', MATRIX, MATRIX), /the label 'j' .* stands for axes of 3 and 2/],
      [() => ops.einsum('ij,jk->ik', MATRIX), /received 1 operands for the 2 terms/],
      [() => ops.pad(MATRIX, [1, 2, 3] as never), /pad takes a width, a pair/],
      [() => ops.scatter([[0]], [1, 2], [3]), /take values of shape \[1\], received \[2\]/],
      [() => ops.slice(MATRIX, [1, 1], [2, 1]), /does not fit into inputs of shape \[2, 3\]/],
      [() => ops.where([true], 1 as never), /where takes both x1 and x2/],
      [() => ops.bitwise_and([1.5], 1), /bitwise_and takes integers/],
      [() => ops.full([-1], 0), /full expects a shape of integers >= 0, received \[-1\]/],
      [() => ops.cast([1], 'float31'), /Unknown dtype 'float31'/],
    ];
    for (const [call, message] of messages) expect(call).to.throw(message);
  });

  it('refuses sparse and ragged results, which do not exist', () => {
    const calls: [string, unknown[]][] = [
      ['one_hot', [[1], 2, { sparse: true }]], ['multi_hot', [[1], 2, { sparse: true }]],
      ['bincount', [toTensor([1], 'int32'), { sparse: true }]], ['convert_to_tensor', [[1], { ragged: true }]],
    ];
    for (const [op, args] of calls) {
      expect(() => opNamed(op)(...args), op).to.throw(TypeError, /(sparse|ragged) tensor/);
    }
    expect(() => opNamed('moments')([1], 0, { synchronized: true })).to.throw(TypeError, 'one device');
    expect(ops.one_hot([1], 2, { sparse: false }).arraySync()).to.deep.equal([[0, 1]]);
  });

  it('tells where values are needed that a compiled function does not have', () => {
    const run = jit((x: Tensor) => ops.nonzero(x));
    expect(() => run(toTensor([1, 0]))).to.throw(TracedValueError, 'nonzero cannot be used in a compiled');
    const symbolic = new KerasTensor([null], 'int32');
    expect(() => ops.bincount(symbolic)).to.throw(TracedValueError, 'ops.segment_sum');
    const reading = jit((x: Tensor) => ops.convert_to_numpy(x).data.length);
    expect(() => reading(toTensor([1]))).to.throw(TracedValueError);
  });

  it('sorts and searches long sequences', () => {
    if (backend !== 'tensorflow') return;
    const values = ops.arange(0, 1000, 1, 'float32');
    const sorted = ops.sort({ x: ops.flip(values) });
    expect(sorted.arraySync()).to.deep.equal(values.arraySync());
    const places = ops.searchsorted(values, [-1, 0, 0.5, 998.5, 999, 2000]);
    expect(places.arraySync()).to.deep.equal([0, 0, 1, 999, 999, 1000]);
  });

  it('keeps custom gradients apart from what they are made of', () => {
    const reversed = custom_gradient((x: Tensor) => [x, (upstream: Tensor) => ops.negative(upstream)]);
    const gradient = grad((x: Tensor) => ops.sum(ops.multiply(reversed(x), 3)));
    expect((gradient(toTensor([1, 2])) as Tensor).arraySync()).to.deep.equal([-3, -3]);
    const stopped = grad((x: Tensor) => ops.sum(ops.multiply(ops.stop_gradient(x), x)));
    expect((stopped(toTensor([2, 5])) as Tensor).arraySync()).to.deep.equal([2, 5]);
  });
});
