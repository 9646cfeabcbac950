/** Complex numbers made of real ones, and taken apart. The wasm and cpu backends hold none and refuse. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { imaginaryPart, realPart, reshapeTo, sliceAxis, times } from '../compose.js';
import { defineOp } from '../define.js';
import { cast, promoteFloat } from '../promotion.js';

/**
 * Complex numbers (complex64) of a size and an angle: abs (cos angle + i sin angle). Source: keras.ops.polar.
 *
 * @param abs_ sizes
 * @param angle angles in radians, of a shape that broadcasts with theirs
 * @example
 * ops.polar([2, 3], [0, 0]).arraySync(); // [[2, 0], [3, 0]], pairs of parts
 */
export const polar = defineOp('keras.ops.polar', ['abs_', 'angle'], (abs_: TensorLike, angle: TensorLike): Tensor => {
  const [size, turn] = promoteFloat(abs_, angle);
  const part = (name: 'cos' | 'sin'): Tensor => cast(times(size, apply(name, [turn])), 'float32');
  return apply('complex', [part('cos'), part('sin')]);
});

/**
 * Complex numbers (complex64) of pairs along the last axis. Source: keras.ops.view_as_complex.
 *
 * @param x real tensor [..., 2]: real and imaginary parts
 * @returns [...]
 * @example
 * ops.absolute(ops.view_as_complex([[3, 4]])).arraySync(); // [5]
 */
export const view_as_complex = defineOp('keras.ops.view_as_complex', ['x'], (x: TensorLike): Tensor => {
  const t = toTensor(x);
  const last = t.ndim - 1;
  if (t.ndim === 0 || t.shape[last] !== 2) {
    throw new ShapeError('view_as_complex expects a last axis of length 2, real and imaginary parts; received shape ' +
      `${formatShape(t.shape)}.`);
  }
  const part = (i: number): Tensor => reshapeTo(cast(sliceAxis(t, last, i, 1), 'float32'), t.shape.slice(0, -1));
  return apply('complex', [part(0), part(1)]);
});

/**
 * Real and imaginary parts as a last axis of length 2; of a real tensor the second is 0.
 * Source: keras.ops.view_as_real.
 * @example
 * ops.view_as_real([1, 2]).arraySync(); // [[1, 0], [2, 0]]
 */
export const view_as_real = defineOp('keras.ops.view_as_real', ['x'], (x: TensorLike): Tensor => {
  const t = toTensor(x);
  return apply('stack', [realPart(t), imaginaryPart(t)], { axis: t.ndim });
});
