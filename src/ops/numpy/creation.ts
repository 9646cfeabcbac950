/** New tensors: constants, copies, ranges. */
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { getDefaultFloat, standardizeDType, type DType } from '../../engine/dtype.js';
import type { Shape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { apply } from '../../engine/apply.js';
import { broadcastTo, full as fullOf, toShape } from '../compose.js';
import { defineOp } from '../define.js';

const SHAPED = ['shape', 'dtype'] as const;
const LIKE = ['x', 'dtype'] as const;

/** The dtype named by a user, floatx by default. */
const dtypeOr = (dtype: string | null | undefined, otherwise: DType = getDefaultFloat()): DType =>
  (dtype ? standardizeDType(dtype) : otherwise);

const filled = (name: string, value: 0 | 1) =>
  (shape: number | readonly number[], dtype: string | null = null): Tensor =>
    fullOf(value, toShape(shape, name), dtypeOr(dtype));

/**
 * A tensor of zeros. Source: keras.ops.zeros.
 *
 * @param shape an array of integers, or one integer
 * @param dtype default floatx
 * @example
 * ops.zeros([2, 2]).arraySync(); // [[0, 0], [0, 0]]
 */
export const zeros = defineOp('keras.ops.zeros', SHAPED, filled('zeros', 0));

/**
 * A tensor of ones. Source: keras.ops.ones.
 * @example
 * ops.ones([2], 'int32').arraySync(); // [1, 1]
 */
export const ones = defineOp('keras.ops.ones', SHAPED, filled('ones', 1));

/**
 * A tensor whose values do not matter: zeros. Source: keras.ops.empty.
 * @example
 * ops.empty([2]).shape; // [2]
 */
export const empty = defineOp('keras.ops.empty', SHAPED, filled('empty', 0));

/** A value in every place of a shape. */
function spread(value: TensorLike, shape: Shape, dtype: DType): Tensor {
  if (typeof value === 'number' || typeof value === 'bigint') return fullOf(value, shape, dtype);
  return broadcastTo(toTensor(value, dtype), shape);
}

/**
 * A tensor with one value everywhere. Source: keras.ops.full.
 *
 * @param fill_value a number, or a tensor that broadcasts to the shape
 * @param dtype default floatx
 * @example
 * ops.full([2], 7).arraySync(); // [7, 7]
 */
export const full = defineOp('keras.ops.full', ['shape', 'fill_value', 'dtype'], (
  shape: number | readonly number[], fill_value: TensorLike, dtype: string | null = null,
): Tensor => spread(fill_value, toShape(shape, 'full'), dtypeOr(dtype)));

const filledLike = (value: 0 | 1) => (x: TensorLike, dtype: string | null = null): Tensor => {
  const t = toTensor(x);
  return fullOf(value, t.shape, dtypeOr(dtype, t.dtype));
};

/**
 * Zeros of the shape and dtype of x. Source: keras.ops.zeros_like.
 * @example
 * ops.zeros_like([1, 2]).arraySync(); // [0, 0]
 */
export const zeros_like = defineOp('keras.ops.zeros_like', LIKE, filledLike(0));

/**
 * Ones of the shape and dtype of x. Source: keras.ops.ones_like.
 * @example
 * ops.ones_like([5, 6]).arraySync(); // [1, 1]
 */
export const ones_like = defineOp('keras.ops.ones_like', LIKE, filledLike(1));

/**
 * A tensor of the shape and dtype of x whose values do not matter: zeros. Source: keras.ops.empty_like.
 * @example
 * ops.empty_like([[1, 2]]).shape; // [1, 2]
 */
export const empty_like = defineOp('keras.ops.empty_like', LIKE, filledLike(0));

/**
 * One value in the shape and dtype of x. Source: keras.ops.full_like.
 * @example
 * ops.full_like([5, 6], 7).arraySync(); // [7, 7]
 */
export const full_like = defineOp('keras.ops.full_like', ['x', 'fill_value', 'dtype'], (
  x: TensorLike, fill_value: TensorLike, dtype: string | null = null,
): Tensor => {
  const t = toTensor(x);
  return spread(fill_value, t.shape, dtypeOr(dtype, t.dtype));
});

/**
 * Numbers, nested arrays, typed arrays or NDArrays as a tensor. Source: keras.ops.array.
 *
 * @param dtype default: floatx for numbers, bool for booleans, int64 for BigInt, a typed array's own
 * @example
 * ops.array([[1, 2], [3, 4]], 'int32').shape; // [2, 2]
 */
export const array = defineOp('keras.ops.array', LIKE, (x: TensorLike, dtype: string | null = null): Tensor =>
  toTensor(x, dtype ? standardizeDType(dtype) : undefined));

/**
 * A tensor with the same values in memory of its own. Source: keras.ops.copy.
 * @example
 * ops.copy([1, 2]).arraySync(); // [1, 2]
 */
export const copy = defineOp('keras.ops.copy', ['x'], (x: TensorLike): Tensor => {
  const t = toTensor(x);
  return apply('tile', [t], { repeats: t.shape.map(() => 1) });
});

/**
 * A tensor repeated along axes of length 1, and along new axes in front. Source: keras.ops.broadcast_to.
 *
 * @throws ShapeError when x does not broadcast to the shape
 * @example
 * ops.broadcast_to([1, 2], [2, 2]).arraySync(); // [[1, 2], [1, 2]]
 */
export const broadcast_to = defineOp('keras.ops.broadcast_to', ['x', 'shape'], (
  x: TensorLike, shape: number | readonly number[],
): Tensor => {
  const t = toTensor(x);
  return broadcastTo(t, toShape(shape, 'broadcast_to'));
});
