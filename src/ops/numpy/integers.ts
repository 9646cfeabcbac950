/** Divisors and multiples of integers, and the neighbours of floating-point numbers. */
import { apply } from '../../engine/apply.js';
import type { TensorLike } from '../../engine/convert.js';
import { isInteger, isUnsigned, type DType } from '../../engine/dtype.js';
import { custom_gradient } from '../../engine/custom-gradient.js';
import { broadcastShapes } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { broadcastTo, either, full, plus, reduce, times } from '../compose.js';
import { while_loop } from '../core/control.js';
import { defineOp } from '../define.js';
import { promote, promoteFloat, scalarLike } from '../promotion.js';

const PAIR = ['x1', 'x2'] as const;

/** Sizes of two integer tensors, broadcast. */
function toSizes(x1: TensorLike, x2: TensorLike, what: string): [Tensor, Tensor] {
  const pair = promote(x1, x2);
  const [{ dtype }] = pair;
  if (!isInteger(dtype)) {
    throw new TypeError(`${what} expects integers, received dtype ${dtype}. Convert them with ops.cast(x, 'int32').`);
  }
  const shape = broadcastShapes(pair[0].shape, pair[1].shape, what);
  const [a, b] = pair.map((t) => broadcastTo(isUnsigned(dtype) ? t : apply('absolute', [t]), shape));
  return [a, b];
}

/** Euclid's algorithm, all elements in step; where the remainder is 0 nothing changes any more. */
function divisorOf(x1: Tensor, x2: Tensor): Tensor {
  const zero = scalarLike(0, x1);
  const one = scalarLike(1, x1);
  const isOpen = (b: Tensor): Tensor => apply('not_equal', [b, zero]);
  const [divisor] = while_loop(
    (_, b: Tensor) => reduce('reduce_any', isOpen(b), null),
    (a: Tensor, b: Tensor) => {
      const open = isOpen(b);
      const remainder = apply('mod', [a, either(open, b, one)]);
      return [either(open, b, a), either(open, remainder, zero)];
    },
    [x1, x2]);
  return divisor;
}

/**
 * Greatest common divisor, of the sizes of the numbers; that with 0 is the other number. Source: keras.ops.gcd.
 * @example
 * ops.gcd(ops.array([12, 18], 'int32'), 8).arraySync(); // [4, 2]
 */
export const gcd = defineOp('keras.ops.gcd', PAIR, (x1: TensorLike, x2: TensorLike): Tensor =>
  divisorOf(...toSizes(x1, x2, 'gcd')));

/**
 * Least common multiple, of the sizes of the numbers; that with 0 is 0. Source: keras.ops.lcm.
 * @example
 * ops.lcm(ops.array([4, 6], 'int32'), 10).arraySync(); // [20, 30]
 */
export const lcm = defineOp('keras.ops.lcm', PAIR, (x1: TensorLike, x2: TensorLike): Tensor => {
  const [a, b] = toSizes(x1, x2, 'lcm');
  const divisor = divisorOf(a, b);
  // Only 0 and 0 have the divisor 0.
  const safe = apply('maximum', [divisor, scalarLike(1, divisor)]);
  return times(a, apply('floor_divide', [b, safe]));
});

const BITS: Partial<Record<DType, DType>> = { float64: 'int64', float32: 'int32', float16: 'int16', bfloat16: 'int16' };

/** The neighbour of each element towards another: an element plus or minus a constant, as gradients see it. */
const neighbour = custom_gradient((from: Tensor, to: Tensor) => {
  const { dtype } = from;
  const integers = BITS[dtype]!;
  const zero = scalarLike(0, from);
  const bits = apply('bitcast', [from], { dtype: integers });
  const unit = (value: number): Tensor => full(value, [], integers);
  // Bits count away from zero: up when the direction is the sign's.
  const isAway = apply('equal', [apply('greater', [to, from]), apply('greater', [from, zero])]);
  const stepped = apply('bitcast', [plus(bits, either(isAway, unit(1), unit(-1)))], { dtype });
  const least = apply('bitcast', [full(1, from.shape, integers)], { dtype });
  const fromZero = either(apply('greater', [to, zero]), least, apply('negative', [least]));
  const moved = either(apply('equal', [from, zero]), fromZero, stepped);
  const isNaN = apply('logical_or', [apply('is_nan', [from]), apply('is_nan', [to])]);
  return [
    either(isNaN, scalarLike(NaN, from), either(apply('equal', [from, to]), to, moved)),
    (upstream: Tensor) => [upstream, full(0, to.shape, dtype)],
  ];
});

/**
 * The next number of the dtype from the first towards the second. Source: keras.ops.nextafter.
 *
 * Keras on TensorFlow steps in float64, which float32 rounds away; this steps in the dtype of the result, as
 * NumPy and Keras on JAX do.
 * @example
 * ops.nextafter(1, 2).item() - 1; // 1.1920928955078125e-7
 */
export const nextafter = defineOp('keras.ops.nextafter', PAIR, (x1: TensorLike, x2: TensorLike): Tensor => {
  const pair = promoteFloat(x1, x2);
  const shape = broadcastShapes(pair[0].shape, pair[1].shape, 'nextafter');
  return neighbour(broadcastTo(pair[0], shape), broadcastTo(pair[1], shape));
});
