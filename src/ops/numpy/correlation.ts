/** Correlation of sequences. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { isFloat, resultType } from '../../engine/dtype.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { reshapeTo, sliceAxis } from '../compose.js';
import { defineOp } from '../define.js';
import { cast } from '../promotion.js';

/**
 * Cross-correlation of two vectors: sum over k of x1[n + k] x2[k]. Source: keras.ops.correlate.
 *
 * Integers are computed in float32, int64 in float64.
 * @param mode `valid` (default): places where the second lies within the first; `full`: where they meet at all;
 *   `same`: the middle of these, as many as the longer one has
 * @example
 * ops.correlate([1, 2, 3], [0, 1, 0.5]).arraySync(); // [3.5]
 */
export const correlate = defineOp('keras.ops.correlate', ['x1', 'x2', 'mode'], (
  x1: TensorLike, x2: TensorLike, mode: 'valid' | 'same' | 'full' = 'valid',
): Tensor => {
  const [a, b] = [toTensor(x1), toTensor(x2)];
  if (a.ndim !== 1 || b.ndim !== 1 || a.size === 0 || b.size === 0) {
    throw new ShapeError(`correlate expects two vectors that are not empty, received shapes ${formatShape(a.shape)} and ` +
      `${formatShape(b.shape)}.`);
  }
  if (mode !== 'valid' && mode !== 'same' && mode !== 'full') {
    throw new TypeError(`The mode of correlate is 'valid', 'same' or 'full', received '${String(mode)}'.`);
  }
  if (mode === 'valid' && b.size > a.size) {
    throw new ShapeError(`correlate with the mode 'valid' needs a first vector at least as long as the second, received ` +
      `${a.size} and ${b.size} elements.`);
  }
  const common = resultType(a.dtype, b.dtype);
  const dtype = common === 'int64' ? 'float64' : isFloat(common) ? common : 'float32';
  const border = mode === 'valid' ? 0 : b.size - 1;
  const padded = apply('pad', [cast(a, dtype)], { paddings: [[border, border]], mode: 'constant', value: 0 });
  const sums = apply('conv', [reshapeTo(padded, [1, padded.size, 1]), reshapeTo(cast(b, dtype), [b.size, 1, 1])], {
    strides: [1], padding: 'valid', dilations: [1] });
  const flat = reshapeTo(sums, [sums.size]);
  if (mode !== 'same') return flat;
  const length = Math.max(a.size, b.size);
  return sliceAxis(flat, 0, Math.floor((flat.size - length) / 2), length);
});
