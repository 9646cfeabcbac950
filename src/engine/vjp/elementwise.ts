/** Vjp rules of the elementwise primitives. */
import { apply } from '../apply.js';
import type { elementwise } from '../primitives/elementwise.js';
import {
  add, binary, div, holomorphic, mul, neg, scalar, sub, toDType, unary, unbroadcast, where, type VjpRule,
} from './rule.js';
import type { ParamsOf } from '../primitives/index.js';
import type { Tensor } from '../tensor.js';

const square = (x: Tensor): Tensor => apply('square', [x]);
const plus = (c: number, x: Tensor): Tensor => add(x, scalar(c, x));
const times = (c: number, x: Tensor): Tensor => mul(x, scalar(c, x));
/** 1 - x */
const complement = (x: Tensor): Tensor => sub(scalar(1, x), x);
/** Where no gradient arrives none leaves, although the derivative at 0 is infinite: TensorFlow's rule for roots. */
const whereFlowing = (g: Tensor, result: Tensor): Tensor => where(apply('not_equal', [g, scalar(0, g)]), result);

/** max and min: the gradient goes to the larger (smaller) operand; in a tie to the first, as TensorFlow does. */
const extremum = (chosen: 'greater_equal' | 'less_equal') => binary(
  (g, x, y) => where(apply(chosen, [x, y]), g),
  (g, x, y) => where(apply('logical_not', [apply(chosen, [x, y])]), g));

/** Rule of a gradient kernel f'(y) g: linear in g, and `second` gives its derivative by y, without the g. */
const gradientKernel = (name: 'relu_grad' | 'relu6_grad' | 'elu_grad' | 'selu_grad' | 'sigmoid_grad' | 'tanh_grad',
  second: ((g: Tensor, y: Tensor) => Tensor) | null) => binary(
  (gg, _, y) => apply(name, [gg, y]),
  second && ((gg, g, y) => mul(gg, second(g, y))));

/** Where y is on the exponential branch (y < 0), the derivative of elu' and selu' by y is the incoming gradient. */
const negativeBranch = (g: Tensor, y: Tensor): Tensor => where(apply('less', [y, scalar(0, y)]), g);

export const elementwiseVjp = {
  negative: unary((g) => neg(g)),
  absolute: unary((g, x, y) => {
    if (x.dtype !== 'complex64') return mul(g, apply('sign', [x]));
    // In the direction of x, which has a derivative of its own; none at 0.
    const isZero = apply('equal', [y, scalar(0, y)]);
    const share = div(g, apply('select', [isZero, scalar(1, y), y]));
    return mul(toDType(where(apply('logical_not', [isZero]), share), x), x);
  }),
  sign: null, floor: null, ceil: null, round: null,
  square: holomorphic((g, x) => mul(g, times(2, x))),
  reciprocal: holomorphic((g, _, y) => neg(mul(g, square(y)))),
  sqrt: holomorphic((g, _, y) => whereFlowing(g, div(times(0.5, g), y))),
  rsqrt: holomorphic((g, _, y) => whereFlowing(g, mul(times(-0.5, g), mul(y, square(y))))),
  exp: holomorphic((g, _, y) => mul(g, y)),
  expm1: holomorphic((g, _, y) => mul(g, plus(1, y))),
  log: holomorphic((g, x) => div(g, x)),
  log1p: holomorphic((g, x) => div(g, plus(1, x))),
  sin: holomorphic((g, x) => mul(g, apply('cos', [x]))),
  cos: holomorphic((g, x) => neg(mul(g, apply('sin', [x])))),
  tan: holomorphic((g, _, y) => mul(g, plus(1, square(y)))),
  asin: holomorphic((g, x) => mul(g, apply('rsqrt', [complement(square(x))]))),
  acos: holomorphic((g, x) => neg(mul(g, apply('rsqrt', [complement(square(x))])))),
  atan: holomorphic((g, x) => div(g, plus(1, square(x)))),
  sinh: holomorphic((g, x) => mul(g, apply('cosh', [x]))),
  cosh: holomorphic((g, x) => mul(g, apply('sinh', [x]))),
  tanh: holomorphic((g, _, y) => apply('tanh_grad', [g, y])),
  asinh: holomorphic((g, x) => mul(g, apply('rsqrt', [plus(1, square(x))]))),
  // By the result, so that it is NaN where the function is.
  acosh: holomorphic((g, _, y) => div(g, apply('sinh', [y]))),
  atanh: holomorphic((g, x) => div(g, complement(square(x)))),
  erf: unary((g, x) => mul(times(2 / Math.sqrt(Math.PI), g), apply('exp', [neg(square(x))]))),
  erfc: unary((g, x) => mul(times(-2 / Math.sqrt(Math.PI), g), apply('exp', [neg(square(x))]))),
  erf_inv: unary((g, _, y) => mul(times(Math.sqrt(Math.PI) / 2, g), apply('exp', [square(y)]))),
  lgamma: unary((g, x) => mul(g, apply('digamma', [x]))),
  digamma: () => {
    throw new Error('The derivative of digamma (trigamma) has no primitive, so it cannot be differentiated.');
  },
  bessel_i0: unary((g, x) => mul(g, apply('bessel_i1', [x]))),
  // I1' = I0 - I1 / x, which is 1/2 at 0.
  bessel_i1: unary((g, x, y) => {
    const isZero = apply('equal', [x, scalar(0, x)]);
    const safe = apply('select', [isZero, scalar(1, x), x]);
    return mul(g, apply('select', [isZero, scalar(0.5, x), sub(apply('bessel_i0', [safe]), div(y, safe))]));
  }),
  sigmoid: holomorphic((g, _, y) => apply('sigmoid_grad', [g, y])),
  softplus: unary((g, x) => mul(g, apply('sigmoid', [x]))),
  relu: unary((g, _, y) => apply('relu_grad', [g, y])),
  relu6: unary((g, _, y) => apply('relu6_grad', [g, y])),
  elu: unary((g, _, y) => apply('elu_grad', [g, y])),
  selu: unary((g, _, y) => apply('selu_grad', [g, y])),
  is_nan: null, is_inf: null, is_finite: null, logical_not: null, bitwise_not: null,
  stop_gradient: null,
  relu_grad: gradientKernel('relu_grad', null),
  relu6_grad: gradientKernel('relu6_grad', null),
  elu_grad: gradientKernel('elu_grad', negativeBranch),
  selu_grad: gradientKernel('selu_grad', negativeBranch),
  sigmoid_grad: gradientKernel('sigmoid_grad', (g, y) => mul(g, complement(times(2, y)))),
  tanh_grad: gradientKernel('tanh_grad', (g, y) => mul(g, times(-2, y))),
  add: binary((g) => g, (g) => g),
  subtract: binary((g) => g, (g) => neg(g)),
  multiply: binary((g, _, y) => mul(g, y), (g, x) => mul(g, x)),
  divide: binary((g, _, y) => div(g, y), (g, _, y, out) => neg(div(mul(g, out), y))),
  floor_divide: null,
  mod: binary((g) => g, (g, x, y) => neg(mul(g, apply('floor', [div(x, y)])))),
  power: binary(
    (g, x, y) => mul(g, mul(y, apply('power', [x, plus(-1, y)]))),
    // log of the base only where it is positive: x ** y has no derivative by y elsewhere, TensorFlow gives 0.
    (g, x, _, out) => {
      if (x.dtype === 'complex64') {
        const isZero = apply('equal', [x, scalar(0, x)]);
        const base = apply('select', [isZero, scalar(1, x), x]);
        return mul(g, mul(out, where(apply('logical_not', [isZero]), apply('log', [base]))));
      }
      const positive = apply('greater', [x, scalar(0, x)]);
      const safe = apply('select', [positive, x, scalar(1, x)]);
      return mul(g, mul(out, where(positive, apply('log', [safe]))));
    }),
  maximum: extremum('greater_equal'),
  minimum: extremum('less_equal'),
  arctan2: binary(
    (g, y, x) => div(mul(g, x), add(square(x), square(y))),
    (g, y, x) => neg(div(mul(g, y), add(square(x), square(y))))),
  squared_difference: binary(
    (g, x, y) => mul(g, times(2, sub(x, y))),
    (g, x, y) => mul(g, times(-2, sub(x, y)))),
  bitwise_and: null, bitwise_or: null, bitwise_xor: null, left_shift: null, right_shift: null,
  logical_and: null, logical_or: null,
  equal: null, not_equal: null, greater: null, greater_equal: null, less: null, less_equal: null,
  select: ({ gradients: [g], inputs: [condition, x, y], needs }) => [
    undefined,
    needs[1] ? unbroadcast(where(condition, g!), x.shape) : undefined,
    needs[2] ? unbroadcast(where(apply('logical_not', [condition]), g!), y.shape) : undefined,
  ],
  cast: unary((g, x) => toDType(g, x)),
} satisfies { [N in keyof typeof elementwise]: VjpRule<ParamsOf<N>> | null };
