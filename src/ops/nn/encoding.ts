/** Integers as vectors of zeros and ones. */
import { apply } from '../../engine/apply.js';
import type { TensorLike } from '../../engine/convert.js';
import { getDefaultFloat, standardizeDType, type DType } from '../../engine/dtype.js';
import { canonicalAxis } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { requireDense } from '../dense.js';
import { any, max } from '../tensor-math.js';
import { classIndices } from '../promotion.js';
import { defineNN } from './define.js';

function oneHot(
  op: string, x: TensorLike, num_classes: number, axis: number, dtype: string | null, sparse: boolean,
): Tensor {
  requireDense(op, 'sparse', sparse);
  if (!Number.isInteger(num_classes) || num_classes < 1) {
    throw new RangeError(`The num_classes of ${op} must be a positive integer, received ${String(num_classes)}.`);
  }
  const indices = classIndices(x);
  const at = canonicalAxis(axis, indices.shape.length + 1);
  const type: DType = dtype === null ? getDefaultFloat() : standardizeDType(dtype);
  return apply('one_hot', [indices], { depth: num_classes, axis: at, dtype: type });
}

/**
 * A new axis with a one at the place that the number says, zeros elsewhere; numbers outside of
 * 0 ... num_classes - 1 give zeros only. Source: keras.ops.one_hot.
 *
 * @param x integers
 * @param num_classes length of the new axis
 * @param axis where the new axis is put; default -1
 * @param dtype of the result; default floatx
 * @param sparse only false (the default): there are no sparse tensors
 * @throws TypeError for true `sparse`
 * @example
 * ops.one_hot([1, 2], 3).arraySync(); // [[0, 1, 0], [0, 0, 1]]
 */
export const one_hot = defineNN('one_hot', ['x', 'num_classes', 'axis', 'dtype', 'sparse'], (
  x: TensorLike, num_classes: number, axis: number = -1, dtype: string | null = null, sparse: boolean = false,
): Tensor => oneHot('one_hot', x, num_classes, axis, dtype, sparse));

/**
 * For each sample a vector with ones at all the places that its numbers say. Source: keras.ops.multi_hot.
 *
 * @param inputs integers [batch, n], or [n] for one sample
 * @param num_classes length of the vector
 * @param axis where the new axis is put before the numbers of a sample are joined; default -1
 * @param dtype of the result; default floatx
 * @param sparse only false (the default): there are no sparse tensors
 * @throws TypeError for true `sparse`
 * @example
 * ops.multi_hot([1, 2], 4).arraySync(); // [0, 1, 1, 0]
 */
export const multi_hot = defineNN('multi_hot', ['inputs', 'num_classes', 'axis', 'dtype', 'sparse'], (
  inputs: TensorLike, num_classes: number, axis: number = -1, dtype: string | null = null, sparse: boolean = false,
): Tensor => {
  const hot = oneHot('multi_hot', inputs, num_classes, axis, dtype, sparse);
  const joined = hot.shape.length > 2 ? 1 : 0;
  return hot.dtype === 'bool' ? any(hot, joined) : max(hot, joined);
});
