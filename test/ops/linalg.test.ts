/** Linear algebra, Fourier transforms and their kin where golden rows do not reach: refusals, unknown shapes. */
import { expect } from 'chai';
import { grad } from '../../src/engine/gradients.js';
import { jit } from '../../src/engine/jit.js';
import { ShapeError } from '../../src/engine/shape.js';
import { Tensor, TracedValueError } from '../../src/engine/tensor.js';
import * as ops from '../../src/ops/index.js';
import { KerasTensor } from '../../src/ops/keras-tensor.js';
import { slice } from '../../src/utils/slice.js';
import { describeBackends } from '../support/backends.js';

const shapesOf = (result: unknown): unknown[] =>
  [result].flat().map((x) => (x as KerasTensor).shape);

describe('linear algebra on symbolic tensors', () => {
  const x = new KerasTensor([null, 3, 2]);
  const square = new KerasTensor([null, 3, 3]);

  it('keeps the batch unknown', () => {
    expect(shapesOf(ops.qr(x))).to.deep.equal([[null, 3, 2], [null, 2, 2]]);
    expect(shapesOf(ops.qr(x, 'complete'))).to.deep.equal([[null, 3, 3], [null, 3, 2]]);
    expect(shapesOf(ops.svd(x))).to.deep.equal([[null, 3, 3], [null, 2], [null, 2, 2]]);
    expect(shapesOf(ops.svd(x, { full_matrices: false }))).to.deep.equal([[null, 3, 2], [null, 2], [null, 2, 2]]);
    expect(shapesOf(ops.svd(x, { compute_uv: false }))).to.deep.equal([[null, 2]]);
    expect(shapesOf(ops.pinv(x))).to.deep.equal([[null, 2, 3]]);
    expect(shapesOf(ops.matrix_rank(x))).to.deep.equal([[null]]);
    expect(shapesOf(ops.lu_factor(square))).to.deep.equal([[null, 3, 3], [null, 3]]);
    expect(shapesOf(ops.solve(square, x))).to.deep.equal([[null, 3, 2]]);
    expect(shapesOf(ops.slogdet(square))).to.deep.equal([[null], [null]]);
    expect(shapesOf(ops.norm(x, { ord: 'nuc', axis: [1, 2] }))).to.deep.equal([[null]]);
  });

  it('infers lengths of signals, known or not', () => {
    const signal = new KerasTensor([null, 16]);
    expect(shapesOf(ops.rfft(signal))).to.deep.equal([[null, 9], [null, 9]]);
    expect(shapesOf(ops.rfft(new KerasTensor([2, null])))).to.deep.equal([[2, null], [2, null]]);
    expect(shapesOf(ops.stft(signal, 4, 2, 4))).to.deep.equal([[null, 9, 3], [null, 9, 3]]);
    expect(shapesOf(ops.stft(new KerasTensor([2, null]), 4, 2, 4))).to.deep.equal([[2, null, 3], [2, null, 3]]);
    const part = new KerasTensor([null, 9, 3]);
    expect(shapesOf(ops.istft([part, part], 4, 2, 4))).to.deep.equal([[null, 16]]);
    expect(shapesOf(ops.nanquantile(signal, [0.1, 0.9], -1))).to.deep.equal([[2, null]]);
    expect(shapesOf(ops.gcd(new KerasTensor([null, 2], 'int32'), 4))).to.deep.equal([[null, 2]]);
  });
});

describe('bad input of linear algebra', () => {
  const wide = ops.zeros([2, 3]);
  it('names both shapes', () => {
    for (const call of [() => ops.cholesky(wide), () => ops.det(wide), () => ops.inv(wide), () => ops.eigh(wide)]) {
      expect(call).to.throw(ShapeError, /square.*\[2, 3\]/);
    }
    expect(() => ops.svd([1, 2])).to.throw(ShapeError, /rank of at least 2.*\[2\]/);
    expect(() => ops.solve(ops.eye(2), ops.zeros([3, 1]))).to.throw(ShapeError, /\[2, 2\] and \[3, 1\]/);
    expect(() => ops.lstsq(wide, ops.zeros([3]))).to.throw(ShapeError, /\[2, 3\] and \[3\]/);
    expect(() => ops.fft([ops.zeros([2]), ops.zeros([3])])).to.throw(ShapeError, /\[2\] and \[3\]/);
    expect(() => ops.view_as_complex(ops.zeros([3]))).to.throw(ShapeError, /\[3\]/);
    expect(() => ops.view(ops.zeros([3], 'uint8'), 'int32')).to.throw(ShapeError, /\[3\]/);
    expect(() => ops.correlate(wide, [1])).to.throw(ShapeError, /\[2, 3\] and \[1\]/);
  });
  it('says what is expected of other arguments', () => {
    expect(() => ops.rfft(ops.zeros([4], 'int32'))).to.throw(TypeError, /floating-point.*int32/);
    expect(() => ops.stft(ops.zeros([8]), 4, 2, 3)).to.throw(RangeError, /3 and 4/);
    expect(() => ops.stft(ops.zeros([8]), 4, 2, 4, 'bartlett' as 'hann')).to.throw(TypeError, /'bartlett'/);
    expect(() => ops.gcd([1.5], 2)).to.throw(TypeError, /integers/);
    expect(() => ops.norm(ops.eye(2), 3)).to.throw(TypeError, /'nuc'.*3/);
    expect(() => ops.unique(new KerasTensor([3]) as unknown as Tensor)).to.throw(TracedValueError, /unique/);
  });
});

describeBackends('linear algebra beyond golden rows', (name) => {
  it('refuses what has no factor, inverse or gradient', () => {
    expect(() => ops.cholesky([[1, 2], [2, 1]])).to.throw(Error, /Cholesky decomposition failed/);
    expect(() => ops.inv([[1, 2], [2, 4]])).to.throw(Error, /invertible/);
    const tall = ops.reshape([1, 2, 3, 4, 5, 7], [3, 2]);
    expect(() => grad((x: Tensor) => ops.sum(ops.qr(x, 'complete')[0]))(tall)).to.throw(Error, /3 rows and 2 columns/);
    const long = ops.reshape([1, 2, 3, 5], [4, 1]);
    expect(() => grad((x: Tensor) => ops.sum(ops.svd(x)[0]))(long)).to.throw(Error, /4 rows and 1 columns/);
  });

  it('refuses in a compiled function too', () => {
    const run = jit((x: Tensor) => ops.cholesky(x));
    expect(() => run(ops.convert_to_tensor([[1, 2], [2, 1]])).dataSync()).to.throw(Error, /positive definite/);
    run.dispose();
  });

  it('argpartition has the kth smallest in its place', () => {
    const values = [[4.5, -1, 3.25, 3.75, 0], [1, 1, -2, 9, 5]];
    for (const kth of [0, 2, 4]) {
      const taken = ops.take_along_axis(values, ops.argpartition(values, kth), -1).arraySync() as number[][];
      taken.forEach((row, i) => {
        expect(row.toSorted()).to.deep.equal(values[i].toSorted());
        row.forEach((v, j) => expect(j < kth ? v <= row[kth] : v >= row[kth]).to.equal(true));
      });
    }
  });

  it('nextafter steps in the dtype', () => {
    const steps = ops.nextafter(ops.convert_to_tensor([1, 1, 0, -2]), [2, 0, 1, -3]).dataSync();
    expect([...steps]).to.deep.equal([1 + 2 ** -23, 1 - 2 ** -24, 2 ** -149, -2 - 2 ** -22]);
    const half = ops.nextafter(ops.cast([1, -1], 'float16'), ops.cast([2, 0], 'float16'));
    expect([...half.dataSync()]).to.deep.equal([1 + 2 ** -10, -1 + 2 ** -11]);
    expect(ops.nextafter(ops.cast(1, 'bfloat16'), 2).item()).to.equal(1 + 2 ** -7);
  });

  it('istft undoes stft', () => {
    const signal = ops.sin(ops.arange(50));
    for (const [window, length] of [['hann', 8], ['hamming', 10], [ops.ones([6]), 8]] as const) {
      const pieces = typeof window === 'string' ? 8 : 6;
      const back = ops.istft(ops.stft(signal, pieces, 2, length, window), pieces, 2, length, { window });
      // Towards the ends fewer pieces overlap.
      const inner = (x: Tensor): Tensor => ops.get_item(x, slice(8, 40));
      expect(ops.max(ops.abs(ops.subtract(inner(back), inner(signal)))).item()).to.be.lessThan(1e-5);
    }
  });

  if (name === 'tensorflow') return;
  it('refuses complex numbers by name', () => {
    for (const call of [() => ops.polar([1], [2]), () => ops.eig([[1, 2], [3, 4]]), () => ops.cast([1], 'complex64')]) {
      expect(call).to.throw(Error, new RegExp(`complex64.*${name}`));
    }
  });
});
