/** Transpositions in compiled functions: small ones that move rows go by TensorFlow's own kernel, others by oneDNN's. */
import { expect } from 'chai';
import * as keras from '../../../src/index.js';

const { ops } = keras;
type Tensor = keras.Tensor;

/** The element of a row-major array `0, 1, 2, ...` of this shape that a transposition brings to each place. */
function expectedOf(shape: readonly number[], permutation: readonly number[]): number[] {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const visit = (axes: readonly number[], at: number): number[] => (axes.length === 0 ? [at]
    : Array.from({ length: shape[axes[0]] }, (_, i) => visit(axes.slice(1), at + i * strides[axes[0]])).flat());
  return visit(permutation, 0);
}

describe('compiled transpositions', () => {
  it('move every element to its place', () => {
    const cases: [shape: number[], permutation: number[]][] = [
      [[2, 3, 4, 5], [0, 2, 1, 3]], [[3, 4, 5], [1, 0, 2]], [[3, 4], [1, 0]], [[2, 3, 4], [0, 2, 1]], [[2, 3, 4], [2, 0, 1]],
      [[2, 0, 3], [1, 0, 2]], [[1], [0]], [[8, 33, 4, 64], [0, 2, 1, 3]],
    ];
    for (const [shape, permutation] of cases) {
      const size = shape.reduce((a, b) => a * b, 1);
      for (const dtype of ['float32', 'float16', 'int32'] as const) {
        // Halves count no further.
        if (dtype === 'float16' && size > 2048) continue;
        const x = new keras.NDArray(Int32Array.from({ length: size }, (_, i) => i), shape);
        const y = keras.jit((t: Tensor) => ops.cast(ops.transpose(ops.cast(t, dtype), permutation), 'int32') as Tensor)(x as unknown as Tensor);
        expect(y.shape).to.deep.equal(permutation.map((axis) => shape[axis]));
        expect([...y.dataSync() as Int32Array], `${dtype} [${shape}]`).to.deep.equal(expectedOf(shape, permutation));
      }
    }
  });

  it('keep numbers that are none, and gradients', () => {
    const x = new keras.NDArray(Float32Array.of(NaN, -Infinity, -0, 1e-45, 3, 4, 5, 6), [2, 2, 2]);
    const transposed = keras.jit((t: Tensor) => ops.transpose(t, [1, 0, 2]) as Tensor)(x as unknown as Tensor);
    [NaN, -Infinity, 3, 4, -0, 1e-45, 5, 6].forEach((value, i) => expect(Object.is(transposed.dataSync()[i], Math.fround(value))).to.equal(true));
    const weights = ops.reshape(ops.arange(24, { dtype: 'float32' }), [3, 2, 4]) as Tensor;
    const gradient = keras.jit(keras.grad((t: Tensor) => ops.sum(ops.multiply(ops.transpose(t, [1, 0, 2]), weights)) as Tensor));
    expect([...(gradient(ops.ones([2, 3, 4]) as Tensor) as Tensor).dataSync() as Float32Array]).to.deep.equal(expectedOf([3, 2, 4], [1, 0, 2]));
  });
});
