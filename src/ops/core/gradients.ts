/** Control of gradients, and a tensor as its slices. */
import { apply, applyAll } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { custom_gradient as customGradient } from '../../engine/custom-gradient.js';
import { jvp as forwardMode } from '../../engine/jvp.js';
import { canonicalAxis, formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { kerasExport } from '../../saving/registration.js';
import { reshapeTo } from '../compose.js';
import { defineOp } from '../define.js';
import type { Tensors } from './control.js';

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
 * A function with a gradient of its own. `f` returns its output and a function from the gradient of the output to the
 * gradients of the arguments. Source: keras.ops.custom_gradient.
 *
 * Use it for a gradient that is more stable or cheaper than what follows from the operations.
 *
 * @param f takes tensors or structures of them; gives [output, gradients]. The output is a tensor or a structure;
 *   `gradients` takes the gradient of each of its tensors, and gives one for each tensor of the arguments, in an array
 *   (or alone, when there is one)
 * @example
 * const log1pexp = ops.custom_gradient((x) => {
 *   const e = ops.exp(x);
 *   return [ops.log(ops.add(1, e)), (upstream) => ops.multiply(upstream, ops.subtract(1, ops.divide(1, ops.add(1, e))))];
 * });
 * keras.grad(log1pexp)(ops.array(100)).item(); // 1
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

/**
 * Value and directional derivative of a function (forward mode): `[fun(...primals), J tangents]`, with `has_aux`
 * `[value, J tangents, more]`. Differentiable itself. Source: keras.ops.jvp.
 *
 * @param fun takes the primals one by one; gives a tensor or a structure of tensors, with `has_aux` [value, more]
 * @param primals array of tensors, or of structures of them
 * @param tangents of the same structure and shapes
 * @param has_aux the function returns more than is differentiated. Default false
 * @throws ShapeError when a tangent has another shape than its primal
 * @example
 * const [primal, tangent] = ops.jvp(ops.sin, [ops.array(0.1)], [ops.array(0.2)]);
 * primal.item(); // 0.09983342
 * tangent.item(); // 0.19900084
 */
export const jvp = defineOp('keras.ops.jvp', ['fun', 'primals', 'tangents', 'has_aux'], forwardMode, [
  'primals', 'tangents',
]) as unknown as Jvp;
kerasExport(jvp, 'keras.ops.linalg.jvp');

interface Jvp {
  <A extends readonly unknown[], R>(
    fun: (...primals: { -readonly [I in keyof A]: Tensors<A[I]> }) => R, primals: readonly [...A],
    tangents: readonly unknown[], has_aux?: false | { has_aux?: false },
  ): [value: Tensors<R>, tangent: Tensors<R>];
  <A extends readonly unknown[], R, X>(
    fun: (...primals: { -readonly [I in keyof A]: Tensors<A[I]> }) => readonly [R, X], primals: readonly [...A],
    tangents: readonly unknown[], has_aux: true | { has_aux: true },
  ): [value: Tensors<R>, tangent: Tensors<R>, aux: X];
}
