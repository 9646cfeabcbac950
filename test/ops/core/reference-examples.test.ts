/** The examples in Keras's documentation of the core ops, with the results that it states. */
import { expect } from 'chai';
import * as keras from '../../../src/index.js';
import type { Tensor } from '../../../src/engine/tensor.js';

const { ops } = keras;

/** A tensor, or tensors in a structure, as nested arrays. */
const values = (result: unknown): unknown =>
  (Array.isArray(result) ? result.map(values) : result instanceof keras.Tensor ? result.arraySync() : result);

function closeTo(result: unknown, expected: unknown, what: string): void {
  if (Array.isArray(expected)) {
    expect(result, what).to.have.length(expected.length);
    expected.forEach((item, i) => closeTo((result as unknown[])[i], item, what));
  } else if (typeof expected === 'number') expect(result, what).to.be.closeTo(expected, 1e-5);
  else expect(result, what).to.equal(expected);
}

const image = new keras.NDArray(Uint8Array.of(0, 1, 254, 255), [1, 2, 2, 1]);
const resized = (): Tensor => ops.image.resize(ops.cast(image, 'float32'), [4, 4], { interpolation: 'bicubic' });
const log1pexp = ops.custom_gradient((x: Tensor) => {
  const e = ops.exp(x);
  return [ops.log(ops.add(1, e)), (upstream: Tensor) =>
    ops.multiply(upstream, ops.subtract(1, ops.divide(1, ops.add(1, e))))];
});
const zeros4 = (): Tensor => ops.zeros([4, 4, 4]);
const ints = (x: number[]): Tensor => ops.convert_to_tensor(x, 'int32');

const examples: Record<string, [() => unknown, unknown][]> = {
  associative_scan: [
    [() => ops.associative_scan((x: Tensor, y: Tensor) => ops.add(x, y), ops.arange(5), { axis: 0 }), [0, 1, 3, 6, 10]],
    // Along axis 0 of three arrays of length 1 nothing is added; the documentation's result is that of their last axis.
    [() => ops.associative_scan((x: Tensor[], y: Tensor[]) => x.map((part, i) => ops.add(part, y[i])),
      [0, 1, 2].map(() => ops.array([[1, 2]])), { axis: 1 }), [[[1, 3]], [[1, 3]], [[1, 3]]]],
  ],
  cast: [[() => ops.cast(ops.arange(4), 'float16').dtype, 'float16']],
  cond: [[() => ops.cond(ops.array(true), () => 1, () => 2), 1], [() => ops.cond(ops.array(false), () => 1, () => 2), 2]],
  convert_to_numpy: [[() => ops.convert_to_numpy(ops.array([1, 2, 3])).tolist(), [1, 2, 3]]],
  convert_to_tensor: [[() => ops.convert_to_tensor(new Int32Array([1, 2, 3])), [1, 2, 3]]],
  custom_gradient: [
    [() => log1pexp(ops.array(0)), Math.log(2)], [() => keras.grad((x: Tensor) => log1pexp(x))(ops.array(100)), 1],
  ],
  dtype: [[() => ops.dtype(ops.zeros([8, 12])), 'float32']],
  erf: [[() => ops.erf([-3, -2, -1, 0, 1]), [-0.99998, -0.99532, -0.842701, 0, 0.842701]]],
  erfinv: [[() => ops.erfinv([-0.5, -0.2, -0.1, 0, 0.3]), [-0.47694, -0.17914, -0.08886, 0, 0.27246]]],
  extract_sequences: [[() => ops.extract_sequences([1, 2, 3, 4, 5, 6], 3, 2), [[1, 2, 3], [3, 4, 5]]]],
  fori_loop: [[() => ops.fori_loop(0, 10, (i: Tensor, s: Tensor) => [ops.add(i, 1), ops.add(s, i)], 0), 45]],
  in_top_k: [[() => ops.in_top_k(ints([2, 5, 3]),
    [[0.1, 0.4, 0.6, 0.9, 0.5], [0.1, 0.7, 0.9, 0.8, 0.3], [0.1, 0.6, 0.9, 0.9, 0.5]], 3), [true, false, true]]],
  is_tensor: [[() => ops.is_tensor(ops.array(1)), true], [() => ops.is_tensor([1]), false]],
  logsumexp: [[() => ops.logsumexp([1, 2, 3]), 3.407606]],
  map: [
    [() => ops.map((x: Tensor) => ops.square(x), ops.arange(10)), [0, 1, 4, 9, 16, 25, 36, 49, 64, 81]],
    [() => {
      const ys = ops.map((x: Tensor) => ({ y1: ops.square(x), y2: ops.multiply(x, 10) }), ops.arange(10));
      return [ys.y1, ys.y2];
    }, [[0, 1, 4, 9, 16, 25, 36, 49, 64, 81], [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]]],
  ],
  rsqrt: [[() => ops.rsqrt([1, 10, 100]), [1, 0.31622776, 0.1]]],
  saturate_cast: [
    [() => ops.saturate_cast([-1, 256], 'uint8'), [0, 255]],
    [() => ops.reshape(ops.saturate_cast(resized(), 'uint8'), [4, 4]),
      [[0, 0, 0, 0], [52, 52, 53, 53], [201, 201, 202, 202], [255, 255, 255, 255]]],
  ],
  scan: [[() => ops.scan((c: Tensor, x: Tensor) => [ops.add(c, x), ops.add(c, x)], ops.array(0), ops.array([1, 2, 3, 4, 5])),
    [15, [1, 3, 6, 10, 15]]]],
  scatter: [[() => ops.scatter([[0, 1], [1, 1]], [1, 1], [2, 2]), [[0, 1], [0, 1]]]],
  scatter_update: [
    [() => {
      const made = ops.scatter_update(zeros4(), [[1, 2, 3], [0, 1, 3]], [1, 1]);
      return [ops.get_item(made, [1, 2, 3]), ops.get_item(made, [0, 1, 3]), ops.sum(made)];
    }, [1, 1, 2]],
    [() => {
      const made = ops.scatter_update(zeros4(), [[1, 2], [2, 3]], [[1, 1, 1, 1], [1, 1, 1, 1]]);
      return [ops.get_item(made, [1, 2]), ops.get_item(made, [2, 3]), ops.sum(made)];
    }, [[1, 1, 1, 1], [1, 1, 1, 1], 8]],
  ],
  segment_max: [[() => ops.segment_max([1, 2, 10, 20, 100, 200], ints([0, 0, 1, 1, 2, 2]), 3), [2, 20, 200]]],
  segment_sum: [[() => ops.segment_sum([1, 2, 10, 20, 100, 200], ints([0, 0, 1, 1, 2, 2]), 3), [3, 30, 300]]],
  shape: [[() => ops.shape(ops.zeros([8, 12])), [8, 12]]],
  slice: [[() => ops.slice(ops.zeros([5, 5]), [3, 3], [2, 2]), [[0, 0], [0, 0]]]],
  slice_update: [[() => ops.get_item(ops.slice_update(ops.zeros([5, 5]), [3, 3], ops.ones([2, 2])), 4), [0, 0, 0, 1, 1]]],
  stop_gradient: [[() => ops.stop_gradient([1, 2, 3]), [1, 2, 3]]],
  switch: [0, 1].map((index): [() => unknown, unknown] => [() => ops.switch(index, [
    (x: Tensor, y: Tensor) => ops.add(x, y), (x: Tensor, y: Tensor) => ops.subtract(x, y),
  ], ops.array(2), ops.array(0.5)), [2.5, 1.5][index]]),
  top_k: [[() => ops.top_k([5, 2, 7, 1, 9, 3], 3), [[9, 7, 5], [4, 2, 0]]]],
  unstack: [[() => ops.unstack([[1, 2], [3, 4]], { axis: 0 }), [[1, 2], [3, 4]]]],
  vectorized_map: [[() => ops.vectorized_map((e: Tensor) => ops.multiply(e, 2), ops.array([1, 2, 3])), [2, 4, 6]]],
  while_loop: [
    [() => ops.while_loop((i: Tensor) => ops.less(i, 10), (i: Tensor) => ops.add(i, 1), 0), 10],
    [() => ops.while_loop((x: Tensor) => ops.less(x, 10),
      (x: Tensor, y: Tensor) => [ops.add(x, 1), ops.add(y, 1)], [0, 1]), [10, 11]],
  ],
};

describe('examples of the core ops', () => {
  for (const [name, cases] of Object.entries(examples)) {
    it(name, () => {
      for (const [run, expected] of cases) closeTo(values(run()), expected, name);
    });
  }

  it('there is one of each of the 31 functions', () => expect(Object.keys(examples)).to.have.length(31));
});
