/** Uses of every primitive at which its vjp rule is compared with finite differences. */
import { apply } from '../../src/engine/apply.js';
import type { DType } from '../../src/engine/dtype.js';
import type { ParamsOf, PrimitiveName } from '../../src/engine/primitives/index.js';
import type { Subgraph } from '../../src/engine/graph.js';
import { sizeOf, type Shape } from '../../src/engine/shape.js';
import { traceClosed } from '../../src/engine/subgraph.js';
import type { Tensor } from '../../src/engine/tensor.js';

/** An operand: float values (differentiated), or integers and booleans (not). */
export interface Input {
  shape: Shape;
  values: readonly number[];
  dtype?: 'int32' | 'bool';
  /** A float operand that is not differentiated. */
  fixed?: boolean;
  /** Matrices of which one triangle is read: moved along with the other, as a symmetric matrix. */
  symmetric?: boolean;
}

export interface GradientCase<P> {
  inputs: readonly Input[];
  params: P | ((dtype: DType) => P);
  /** Whether second derivatives are compared as well. Default true. */
  second?: boolean;
  /** Computed in float32 alone: TensorFlow has no 3D pooling in float64. */
  single?: boolean;
}

/** Cases; `null` where no gradient flows; a pattern where the rule refuses. */
export type GradientTable = { [N in PrimitiveName]: readonly GradientCase<ParamsOf<N>>[] | null | RegExp };

/** Values in [low, high) that look random, at least `gap` away from each of `kinks` and from each other. */
function x(shape: Shape, low = -2, high = 2, kinks: readonly number[] = [], gap = 0.03): Input {
  let state = 12345 + sizeOf(shape) * 77 + shape.length;
  const values: number[] = [];
  while (values.length < sizeOf(shape)) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const value = low + ((state >>> 8) / 2 ** 24) * (high - low);
    if ([...kinks, ...values].every((other) => Math.abs(value - other) > gap)) values.push(value);
  }
  return { shape, values };
}

const at = (shape: Shape, ...values: number[]): Input => ({ shape, values });
const ints = (shape: Shape, ...values: number[]): Input => ({ shape, values, dtype: 'int32' });
const bools = (shape: Shape, ...values: number[]): Input => ({ shape, values, dtype: 'bool' });
const fixed = (input: Input): Input => ({ ...input, fixed: true });

/** The place across the diagonal. */
export function mirrored(shape: Shape, i: number): number {
  const n = shape[shape.length - 1];
  const [row, column] = [Math.floor(i / n) % n, i % n];
  return i - row * n - column + column * n + row;
}
/** Symmetric matrices with eigenvalues near 1, 2, 3, ... */
function symmetric(shape: Shape): Input {
  const { values } = regular(shape, 0.4);
  return { shape, values: values.map((v, i) => (v + values[mirrored(shape, i)]) / 2), symmetric: true };
}
/** Matrices far from singular: 1, 2, 3, ... on the diagonal, and some noise. */
function regular(shape: Shape, noise = 0.8): Input {
  const n = shape[shape.length - 1];
  const { values } = x(shape, -noise, noise);
  return { shape, values: values.map((v, i) => v + (Math.floor(i / n) % n === i % n ? 1 + (i % n) : 0)) };
}
/** A graph of tensors of these shapes. */
const graph = (dtype: DType, shapes: readonly Shape[], fn: (...args: Tensor[]) => Tensor[]): Subgraph =>
  traceClosed(shapes.map((shape) => ({ shape, dtype })), fn);

const one = <P>(params: P, second: boolean, ...inputs: Input[]): GradientCase<P> => ({ inputs, params, second });

/** A unary function on its domain: odd shapes, empty, one element. */
const unary = (low = -2, high = 2, kinks: readonly number[] = [], second = true): GradientCase<object>[] =>
  ([[2, 3], [], [1, 1], [0, 2]] as Shape[]).map((shape) => one({}, second, x(shape, low, high, kinks)));

const PAIRS: readonly (readonly [Shape, Shape])[] =
  [[[2, 3], [2, 3]], [[2, 3], [3]], [[3], [2, 1]], [[], [2, 2]], [[2, 1, 2], [3, 1]], [[1], [1, 1]], [[0, 3], [3]], [[2, 1], [1, 0]]];

const binary = (low: number, high: number, low2: number, high2: number, second = true): GradientCase<object>[] =>
  PAIRS.map(([a, b]) => one({}, second, x(a, low, high), x(b, low2, high2)));

/** f'(y) g for a y away from the kinks. */
const gradientKernel = (low: number, high: number, kinks: readonly number[], second = true): GradientCase<object>[] =>
  [one({}, second, x([2, 3]), x([2, 3], low, high, kinks)), one({}, second, x([0, 2]), x([0, 2]))];

const AXES: readonly (readonly [Shape, readonly number[], boolean])[] = [
  [[2, 3], [0], false], [[2, 3], [1], true], [[2, 3, 2], [0, 2], false], [[2, 3], [0, 1], false], [[3], [], false], [[], [], false],
  [[0, 3], [1], false], [[2, 1], [1], false],
];
const reduced = (second: boolean): GradientCase<{ axes: readonly number[]; keepdims: boolean }>[] =>
  AXES.map(([shape, axes, keepdims]) => one({ axes, keepdims }, second, x(shape)));

const SCANS = [[false, false], [false, true], [true, false], [true, true]] as const;
const scans = (second: boolean, ...more: Input[]): GradientCase<{ axis: number; reverse: boolean; exclusive: boolean }>[] =>
  SCANS.flatMap(([reverse, exclusive]) => [
    one({ axis: 1, reverse, exclusive }, second, x([2, 3, 2], 0.3, 2)), one({ axis: 0, reverse, exclusive }, second, x([3])),
    one({ axis: 0, reverse, exclusive }, second, x([0, 2])),
    ...more.map((input) => one({ axis: 0, reverse, exclusive }, false, input)),
  ]);

const MATMULS: readonly (readonly [Shape, Shape])[] =
  [[[2, 3], [3, 2]], [[2, 2, 3], [2, 3, 1]], [[2, 2, 3], [3, 2]], [[3, 2], [2, 2, 1]], [[2, 1, 1, 2], [3, 2, 2]], [[2, 0], [0, 2]]];
const turn = (shape: Shape): Shape => [...shape.slice(0, -2), shape[shape.length - 1], shape[shape.length - 2]];

interface Conv {
  image: Shape;
  kernel: Shape;
  output: Shape;
  params: { strides: number[]; padding: 'valid' | 'same'; dilations: number[] };
}
const conv = (
  image: Shape, kernel: Shape, output: Shape, strides: number[], padding: 'valid' | 'same', dilations = strides.map(() => 1),
): Conv => ({ image, kernel, output, params: { strides, padding, dilations } });

const CONVS: readonly Conv[] = [
  conv([1, 4, 3, 2], [2, 2, 2, 3], [1, 3, 2, 3], [1, 1], 'valid'), conv([2, 3, 4, 1], [3, 3, 1, 2], [2, 3, 4, 2], [1, 1], 'same'),
  conv([1, 5, 5, 1], [2, 2, 1, 1], [1, 2, 2, 1], [2, 2], 'valid'), conv([1, 5, 4, 1], [3, 2, 1, 1], [1, 3, 2, 1], [2, 2], 'same'),
  conv([1, 5, 5, 1], [2, 2, 1, 1], [1, 3, 3, 1], [1, 1], 'valid', [2, 2]), conv([1, 3, 3, 4], [2, 2, 2, 2], [1, 2, 2, 2], [1, 1], 'valid'),
  conv([2, 5, 2], [3, 2, 2], [2, 3, 2], [1], 'valid'), conv([1, 6, 1], [3, 1, 2], [1, 3, 2], [2], 'same'),
  conv([1, 4, 4], [2, 2, 4], [1, 4, 4], [1], 'same'), conv([1, 3, 3, 2, 1], [2, 2, 2, 1, 2], [1, 2, 2, 1, 2], [1, 1, 1], 'valid'),
  conv([1, 3, 4, 3, 1], [2, 2, 2, 1, 1], [1, 2, 2, 2, 1], [2, 2, 2], 'same'),
];
const DEPTHWISE: readonly Conv[] = [
  conv([1, 4, 3, 2], [2, 2, 2, 1], [1, 3, 2, 2], [1, 1], 'valid'), conv([1, 4, 4, 2], [3, 3, 2, 2], [1, 2, 2, 4], [2, 2], 'same'),
  conv([1, 5, 5, 1], [2, 2, 1, 1], [1, 3, 3, 1], [1, 1], 'valid', [2, 2]),
];

interface Pool {
  image: Shape;
  output: Shape;
  params: { window: number[]; strides: number[]; padding: 'valid' | 'same' };
}
const single = ({ image }: Pool): { single: boolean } => ({ single: image.length > 4 });
const pool = (image: Shape, output: Shape, window: number[], strides: number[], padding: 'valid' | 'same'): Pool =>
  ({ image, output, params: { window, strides, padding } });
const POOLS: readonly Pool[] = [
  pool([1, 4, 3, 2], [1, 3, 2, 2], [2, 2], [1, 1], 'valid'), pool([1, 5, 4, 1], [1, 3, 2, 1], [3, 2], [2, 2], 'same'),
  pool([1, 5, 2], [1, 3, 2], [2], [2], 'same'), pool([1, 3, 4, 2, 1], [1, 2, 2, 1, 1], [2, 2, 2], [2, 2, 2], 'same'),
];

/** The largest value of each window, as an operand of the gradient kernels; windows as `POOLS` lists them. */
function pooled(image: Input, { output, params: { window, strides, padding } }: Pool): Input {
  const rank = window.length;
  const before = window.map((w, i) => (padding === 'same'
    ? Math.floor(Math.max((output[i + 1] - 1) * strides[i] + w - image.shape[i + 1], 0) / 2) : 0));
  const values = Array.from({ length: sizeOf(output) }, (_, flat) => {
    let rest = flat;
    const place = output.toReversed().map((d) => {
      const p = rest % d;
      rest = Math.floor(rest / d);
      return p;
    }).toReversed();
    let best = -Infinity;
    for (let tap = 0; tap < sizeOf(window); tap++) {
      let offset = tap;
      let inside = true;
      let position = place[0];
      const taps = window.toReversed().map((w) => {
        const p = offset % w;
        offset = Math.floor(offset / w);
        return p;
      }).toReversed();
      for (let i = 0; i < rank; i++) {
        const p = place[i + 1] * strides[i] + taps[i] - before[i];
        inside &&= p >= 0 && p < image.shape[i + 1];
        position = position * image.shape[i + 1] + p;
      }
      if (inside) best = Math.max(best, image.values[position * image.shape[rank + 1] + place[rank + 1]]);
    }
    return best;
  });
  return { shape: output, values };
}

const NONE = { keepdims: false };

export const gradientCases: GradientTable = {
  negative: unary(), absolute: unary(-2, 2, [0]), square: unary(), reciprocal: unary(0.4, 2), sqrt: unary(0.3, 2),
  rsqrt: unary(0.4, 2), exp: unary(), expm1: unary(), log: unary(0.3, 2), log1p: unary(-0.6, 2), sin: unary(), cos: unary(),
  tan: unary(-1, 1), asin: unary(-0.8, 0.8), acos: unary(-0.8, 0.8), atan: unary(), sinh: unary(), cosh: unary(), tanh: unary(),
  asinh: unary(), acosh: unary(1.3, 3), atanh: unary(-0.8, 0.8), erf: unary(), erf_inv: unary(-0.8, 0.8),
  erfc: unary(), bessel_i0: unary(), bessel_i1: unary(-2, 2, [0]),
  lgamma: unary(0.5, 3, [], false), digamma: /digamma/, sigmoid: unary(), softplus: unary(),
  relu: unary(-2, 2, [0]), relu6: unary(-2, 8, [0, 6]), elu: unary(-2, 2, [0]), selu: unary(-2, 2, [0]),
  sign: null, floor: null, ceil: null, round: null, is_nan: null, is_inf: null, is_finite: null,
  logical_not: null, bitwise_not: null, stop_gradient: null,
  relu_grad: gradientKernel(-2, 2, [0]), relu6_grad: gradientKernel(-2, 8, [0, 6]), elu_grad: gradientKernel(-0.9, 2, [0]),
  selu_grad: gradientKernel(-1.5, 2, [0]), sigmoid_grad: gradientKernel(0.1, 0.9, []), tanh_grad: gradientKernel(-0.9, 0.9, []),
  add: binary(-2, 2, -2, 2), subtract: binary(-2, 2, -2, 2), multiply: binary(-2, 2, -2, 2), divide: binary(-2, 2, 0.5, 2),
  floor_divide: null, mod: [one({}, false, at([2, 2], 1.3, 5.1, -1.2, 7.7), at([2], 2, -3.3))],
  power: [
    ...binary(0.4, 2, -2, 3),
    // A negative base under whole exponents, and a base of zero.
    one({}, true, at([3], -1.5, -0.5, 2), fixed(at([3], 2, 3, -1))), one({}, false, at([2], 0, 0), fixed(at([2], 1, 2))),
  ],
  maximum: binary(-2, 0.4, -0.3, 2), minimum: binary(-2, 0.4, -0.3, 2),
  arctan2: binary(0.3, 2, 0.3, 2), squared_difference: binary(-2, 2, -2, 2),
  bitwise_and: null, bitwise_or: null, bitwise_xor: null, left_shift: null, right_shift: null, logical_and: null, logical_or: null,
  equal: null, not_equal: null, greater: null, greater_equal: null, less: null, less_equal: null,
  select: [
    one({}, true, bools([2, 2], 1, 0, 0, 1), x([2, 2]), x([2, 2])), one({}, true, bools([2, 1], 1, 0), x([3]), x([])),
    one({}, true, bools([], 1), x([2]), x([2, 1])),
  ],
  cast: [{ inputs: [x([2, 3])], params: (dtype) => ({ dtype }) }],

  reduce_sum: reduced(true), reduce_mean: reduced(true),
  reduce_prod: [...reduced(true), one({ ...NONE, axes: [0] }, true, at([3, 2], 1.5, 0, 2, 0, 0.5, 0))],
  reduce_max: reduced(true), reduce_min: reduced(true),
  reduce_any: null, reduce_all: null, argmax: null, argmin: null,
  cumsum: scans(true), cumprod: scans(true, at([4], 2, 0, 1.5, -1), at([5], 1.5, 0, 2, 0, 3)),

  constant: null, full: null, iota: null,
  reshape: [one({ shape: [3, -1] }, true, x([2, 3])), one({ shape: [] }, true, x([1, 1])), one({ shape: [2, 0] }, true, x([0, 3]))],
  transpose: [one({ permutation: [2, 0, 1] }, true, x([2, 3, 2])), one({ permutation: [] }, true, x([]))],
  broadcast_to: [one({ shape: [2, 3] }, true, x([3])), one({ shape: [2, 3, 2] }, true, x([3, 1])), one({ shape: [0, 2] }, true, x([1, 2]))],
  concatenate: [one({ axis: 1 }, true, x([2, 1]), x([2, 3]), x([2, 0])), one({ axis: 0 }, true, x([2]))],
  stack: [one({ axis: 1 }, true, x([2, 2]), x([2, 2])), one({ axis: 0 }, true, x([]))],
  split: [one({ axis: 1, sizes: [1, 2, 0] }, true, x([2, 3]))],
  strided_slice: [
    one({ begin: [1, 0], size: [2, 2], strides: [1, 1] }, true, x([4, 3])), one({ begin: [3, 2], size: [2, 3], strides: [-2, -1] }, true, x([4, 3])),
    one({ begin: [0], size: [3], strides: [2] }, true, x([5])), one({ begin: [1], size: [0], strides: [1] }, true, x([3])),
    one({ begin: [], size: [], strides: [] }, true, x([])),
  ],
  dynamic_slice: [one({ size: [2, 1] }, true, x([3, 2]), ints([2], 1, 1)), one({ size: [2, 2] }, true, x([3, 2]), ints([2], 9, -4))],
  dynamic_update_slice: [one({}, true, x([3, 2]), ints([2], 1, 0), x([2, 1])), one({}, true, x([3, 2]), ints([2], 9, 9), x([2, 2]))],
  pad: [
    one({ paddings: [[1, 0], [0, 2]], mode: 'constant', value: 3 }, true, x([2, 2])),
    one({ paddings: [[-1, 0], [1, -1]], mode: 'constant', value: 3 }, true, x([3, 3])),
    one({ paddings: [[1, 2], [2, 1]], mode: 'reflect', value: 0 }, true, x([3, 3])),
    one({ paddings: [[2, 1], [0, 3]], mode: 'symmetric', value: 0 }, true, x([2, 3])),
  ],
  reverse: [one({ axes: [0, 1] }, true, x([2, 3])), one({ axes: [] }, true, x([2]))],
  tile: [one({ repeats: [2, 3] }, true, x([2, 2])), one({ repeats: [1, 0] }, true, x([2, 2])), one({ repeats: [] }, true, x([]))],

  gather: [
    one({ axis: 0, batchDims: 0 }, true, x([3, 2]), ints([4], 2, 0, 2, 1)), one({ axis: 1, batchDims: 0 }, true, x([2, 3]), ints([2, 2], 0, 2, 2, 1)),
    one({ axis: 1, batchDims: 1 }, true, x([2, 3, 2]), ints([2, 2], 0, 2, 1, 1)), one({ axis: 2, batchDims: 1 }, true, x([2, 2, 3]), ints([2, 1], 2, 0)),
    one({ axis: 0, batchDims: 0 }, true, x([3]), ints([], 1)), one({ axis: 0, batchDims: 0 }, true, x([3, 2]), ints([0])),
    one({ axis: 1, batchDims: 1 }, true, x([2, 3]), ints([2], 2, 0)),
  ],
  gather_nd: [
    one({}, true, x([3, 2]), ints([3, 1], 2, 0, 2)), one({}, true, x([2, 3]), ints([2, 1, 2], 0, 1, 1, 2)), one({}, true, x([3]), ints([0, 1])),
  ],
  scatter_nd: [
    one({ shape: [4] }, true, ints([3, 1], 1, 3, 1), x([3])), one({ shape: [3, 2] }, true, ints([2, 1], 2, 0), x([2, 2])),
    one({ shape: [2, 2] }, true, ints([0, 2]), x([0])),
  ],
  tensor_scatter: (['update', 'add', 'max', 'min'] as const).flatMap((mode) => [
    one({ mode }, true, x([4], -1, 1), ints([2, 1], 1, 3), x([2], -0.5, 0.5)), one({ mode }, true, x([3, 2], -1, 1), ints([1, 1], 2), x([1, 2], -0.5, 0.5)),
  ]),
  segment_sum: [
    one({ count: 3 }, true, x([4]), ints([4], 0, 2, 0, -1)), one({ count: 2 }, true, x([2, 2, 2]), ints([2, 2], 0, 1, -1, 0)),
    one({ count: 2 }, true, x([0, 2]), ints([0])),
  ],
  segment_prod: [
    one({ count: 3 }, true, x([4], 0.5, 2), ints([4], 0, 2, 0, -1)), one({ count: 2 }, true, x([2, 2, 2], 0.5, 2), ints([2, 2], 0, 1, -1, 0)),
    one({ count: 2 }, true, x([0, 2]), ints([0])), one({ count: 2 }, false, at([4], 0, 2, 3, 0), ints([4], 0, 0, 1, 1)),
  ],
  one_hot: null,
  top_k: [one({ k: 2, sorted: true }, true, x([2, 4])), one({ k: 3, sorted: true }, true, x([3])), one({ k: 0, sorted: true }, true, x([2, 2]))],

  matmul: MATMULS.flatMap(([a, b]) => [false, true].flatMap((transposeA) => [false, true].map((transposeB) =>
    one({ transposeA, transposeB }, true, x(transposeA ? turn(a) : a), x(transposeB ? turn(b) : b))))),
  conv: CONVS.map(({ image, kernel, params }) => one(params, true, x(image), x(kernel))),
  conv_grad_input: CONVS.map(({ image, kernel, output, params }) =>
    one({ ...params, inputShape: image }, true, x(kernel), x(output))),
  conv_grad_kernel: CONVS.map(({ image, kernel, output, params }) =>
    one({ ...params, kernelShape: kernel }, true, x(image), x(output))),
  depthwise_conv: DEPTHWISE.map(({ image, kernel, params }) => one(params, true, x(image), x(kernel))),
  depthwise_conv_grad_input: DEPTHWISE.map(({ image, kernel, output, params }) =>
    one({ ...params, inputShape: image }, true, x(kernel), x(output))),
  depthwise_conv_grad_kernel: DEPTHWISE.map(({ image, kernel, output, params }) =>
    one({ ...params, kernelShape: kernel }, true, x(image), x(output))),

  max_pool: POOLS.map((p) => ({ ...single(p), ...one(p.params, true, x(p.image)) })),
  average_pool: POOLS.map((p) => ({ ...single(p), ...one(p.params, true, x(p.image)) })),
  max_pool_grad: POOLS.map((p) =>
    ({ ...single(p), ...one(p.params, true, fixed(x(p.image)), fixed(pooled(x(p.image), p)), x(p.output)) })),
  max_pool_grad_grad: POOLS.map((p) =>
    ({ ...single(p), ...one(p.params, true, fixed(x(p.image)), fixed(pooled(x(p.image), p)), x(p.image)) })),
  average_pool_grad: POOLS.map((p) => ({ ...single(p), ...one({ ...p.params, inputShape: p.image }, true, x(p.output)) })),
  normalize_batch: [
    one({ epsilon: 0.1 }, true, x([2, 2, 2, 2]), x([2], 0.5, 1.5), x([2])), one({ epsilon: 0.01 }, true, x([5, 3]), x([3], 0.5, 1.5), x([3])),
  ],
  normalize_batch_grad: [one({ epsilon: 0.1 }, true, x([3, 2]), x([3, 2]), x([2], 0.5, 1.5), x([2]), x([2], 0.5, 1.5))],
  softmax: [one({}, true, x([2, 3])), one({}, true, x([4])), one({}, true, x([3, 1])), one({}, true, x([0, 3]))],
  log_softmax: [one({}, true, x([2, 3])), one({}, true, x([4])), one({}, true, x([3, 1])), one({}, true, x([0, 3]))],
  softmax_cross_entropy: [
    one({}, true, x([2, 3]), fixed(at([2, 3], 1, 0, 0, 0.25, 0.5, 0.25))), one({}, true, fixed(x([2, 3])), x([2, 3], 0.1, 0.6)), one({}, true, x([0, 3]), x([0, 3])),
  ],
  sparse_softmax_cross_entropy: [one({}, true, x([3, 4]), ints([3], 0, 3, 1)), one({}, true, x([0, 2]), ints([0]))],
  ctc_beam_search: null,
  adam_update: /adam_update/,

  cholesky: [one({}, true, symmetric([3, 3])), one({}, true, symmetric([2, 2, 2])), one({}, true, at([1, 1], 2.25))],
  triangular_solve: [true, false].flatMap((lower) => [true, false].flatMap((adjoint) => [
    one({ lower, adjoint }, true, regular([3, 3]), x([3, 2])), one({ lower, adjoint }, true, regular([2, 2, 2]), x([2, 2, 1])),
  ])),
  matrix_solve: [true, false].flatMap((adjoint) => [
    one({ adjoint }, true, regular([3, 3]), x([3, 2])), one({ adjoint }, true, regular([2, 2, 2]), x([2, 2, 1])),
  ]),
  determinant: [one({}, true, regular([3, 3])), one({}, true, regular([2, 2, 2])), one({}, true, at([1, 1], -2))],
  log_determinant: [one({}, true, regular([3, 3])), one({}, true, regular([2, 2, 2])), one({}, true, at([1, 1], 2))],
  lu: [one({}, true, regular([3, 3])), one({}, true, regular([2, 2, 2])), one({}, true, at([2, 2], 0.25, 2, 1.5, 1))],
  qr: [
    ...[[3, 3], [4, 2], [2, 3], [2, 2, 2]].map((shape) => one({ full: false }, true, regular(shape))),
    one({ full: true }, true, regular([3, 3])), one({ full: true }, true, regular([2, 3])),
  ],
  svd: [
    ...[[3, 3], [4, 2], [2, 4], [2, 2, 2]].map((shape) => one({ full: false, vectors: true }, true, regular(shape))),
    ...[[3, 2], [2, 3], [2, 2]].map((shape) => one({ full: true, vectors: true }, true, regular(shape))),
    ...[[3, 3], [2, 3]].map((shape) => one({ full: false, vectors: false }, true, regular(shape))),
  ],
  eigh: [one({}, true, symmetric([3, 3])), one({}, true, symmetric([2, 2, 2]))],
  // Complex operands or results: test/ops/complex.test.ts.
  eig: [], complex: [], real: [], imag: [], conj: [], bitcast: null,
  fft: [
    one({ rank: 1 }, true, x([2, 4]), x([2, 4], -1, 1)), one({ rank: 1 }, true, x([5]), x([5], -1, 1)), one({ rank: 2 }, true, x([2, 3]), x([2, 3], -1, 1)),
  ],
  rfft: [one({}, true, x([2, 4])), one({}, true, x([5])), one({}, true, x([1]))],
  irfft: [one({ length: 4 }, true, x([2, 3]), x([2, 3], -1, 1)), one({ length: 5 }, true, x([3]), x([3], -1, 1)), one({ length: 1 }, true, x([1]), x([1], -1, 1))],
  switch: [0, 1].map((index) => ({
    inputs: [ints([], index), x([2, 3]), x([3])],
    params: (dtype) => ({ branches: [
      graph(dtype, [[2, 3], [3]], (a, b) => [apply('multiply', [a, b]), apply('tanh', [b])]),
      graph(dtype, [[2, 3], [3]], (a, b) => [apply('sin', [a]), b]),
    ] }),
  })),
  while: [{
    inputs: [x([2], 1, 2), x([2], 0.5, 1)],
    params: (dtype) => ({
      constants: 1, maximum: 4,
      condition: graph(dtype, [[2], [2]], (_, v) =>
        [apply('less', [apply('reduce_sum', [v], { axes: [0], keepdims: false }), apply('full', [], { value: 6, shape: [], dtype })])]),
      body: graph(dtype, [[2], [2]], (c, v) => [apply('multiply', [apply('multiply', [c, v]), c])]),
    }),
  }],
  scan: ([[4, false], [3, true], [1, false], [0, false]] as const).map(([length, reverse]) => ({
    inputs: [x([2, 2], -1, 1), x([3, 2], -1, 1), x([length, 3, 2], -1, 1)],
    params: (dtype) => ({
      constants: 1, carries: 1, length, reverse,
      body: graph(dtype, [[2, 2], [3, 2], [3, 2]], (w, h, v) => {
        const product = apply('matmul', [h, w], { transposeA: false, transposeB: false });
        const next = apply('tanh', [apply('add', [product, v])]);
        return [next, apply('multiply', [next, h]), apply('cos', [w])];
      }),
    }),
  })),
  barrier: [one({}, true, x([2]), x([2, 2]), fixed(x([])))],
  all_reduce: [one({ size: 1, ordinal: 0 }, true, x([2, 3]))],
  // The gradient is its author's, and no difference quotient's: see test/ops/core/control.test.ts.
  with_gradient: [],

  random_uniform: null, random_normal: null, random_truncated_normal: null, random_integers: null,
  random_gamma: /stop_gradient/, random_binomial: null,
};
