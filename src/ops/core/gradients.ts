/** Control of gradients, and a tensor as its slices. */
import { apply, applyAll } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { custom_gradient as customGradient } from '../../engine/gradients.js';
import { canonicalAxis, formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { kerasExport } from '../../saving/registration.js';
import { reshapeTo } from '../compose.js';
import { defineOp } from '../define.js';

/**
 * The same values; no gradient flows through. Source: keras.ops.stop_gradient.
 * @example
 * ops.stop_gradient([1, 2]).arraySync(); // [1, 2]
 */
export const stop_gradient = defineOp('keras.ops.stop_gradient', ['variable'], (
  variable: TensorLike,
): Tensor =>
  apply('stop_gradient', [toTensor(variable)]));

/**
 * A function with a gradient of its own. `f` returns its value and a function from the gradient of the value
 * to the gradients of its arguments (an array when there are several). Source: keras.ops.custom_gradient.
 *
 * @example
 * const clipped = ops.custom_gradient((x) => [x, (upstream) => ops.clip(upstream, -1, 1)]);
 * keras.grad((x) => ops.multiply(clipped(x), 5))(ops.array(2)).item(); // 1
 */
export const custom_gradient = customGradient;
kerasExport(custom_gradient, 'keras.ops.custom_gradient');

/**
 * The slices along an axis, as an array of tensors without that axis. Source: keras.ops.unstack.
 *
 * @param num how many there are; null (default): the length of the axis. Another number is an error
 * @param axis default 0
 * @example
 * ops.unstack([[1, 2], [3, 4]]).map((row) => row.arraySync()); // [[1, 2], [3, 4]]
 */
export const unstack = defineOp('keras.ops.unstack', ['x', 'num', 'axis'], (
  x: TensorLike, num: number | null = null, axis = 0,
): Tensor[] => {
  const t = toTensor(x);
  const along = canonicalAxis(axis, t.ndim);
  const count = t.shape[along];
  if (num !== null && num !== count) {
    throw new ShapeError(
      `unstack was told num=${num}, but axis ${along} of shape ${formatShape(t.shape)} has length ` +
      `${count}.`);
  }
  if (count === 0) return [];
  const rest = t.shape.filter((_, i) => i !== along);
  const sizes = Array.from({ length: count }, () => 1);
  return applyAll('split', [t], { axis: along, sizes }).map((part) => reshapeTo(part, rest));
});
