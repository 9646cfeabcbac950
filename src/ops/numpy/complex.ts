/**
 * Parts of complex numbers. The wasm and cpu backends hold none; there these ops take real tensors, of which the
 * imaginary part is 0.
 */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { bytesPerElement, standardizeDType } from '../../engine/dtype.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { either, full, imaginaryPart, realPart } from '../compose.js';
import { defineOp } from '../define.js';
import { scalarLike, toFloat } from '../promotion.js';

const X = ['x'] as const;

/**
 * The real part: float32 of complex64; a real tensor stays as it is. Source: keras.ops.real.
 * @example
 * ops.real([1, 2]).arraySync(); // [1, 2]
 */
export const real = defineOp('keras.ops.real', X, (x: TensorLike): Tensor => realPart(toTensor(x)));

/**
 * The imaginary part: float32 of complex64; zeros of a real tensor. Source: keras.ops.imag.
 * @example
 * ops.imag([1, 2]).arraySync(); // [0, 0]
 */
export const imag = defineOp('keras.ops.imag', X, (x: TensorLike): Tensor => imaginaryPart(toTensor(x)));

const conjugateOf = (x: TensorLike): Tensor => {
  const t = toTensor(x);
  return t.dtype === 'complex64' ? apply('conj', [t]) : t;
};

/**
 * The complex conjugate; a real tensor stays as it is. Source: keras.ops.conjugate.
 * @example
 * ops.conjugate([1, 2]).arraySync(); // [1, 2]
 */
export const conjugate = defineOp('keras.ops.conjugate', X, conjugateOf);

/**
 * Alias of `conjugate`. Source: keras.ops.conj.
 * @example
 * ops.conj([1, 2]); // [1, 2]
 */
export const conj = defineOp('keras.ops.conj', X, conjugateOf);

/**
 * The angle of complex numbers in radians, from -pi to pi: of real ones 0, or pi where they are negative. Integers
 * are computed in floatx. Source: keras.ops.angle.
 * @example
 * ops.angle([1, -1]).arraySync(); // [0, 3.14159...]
 */
export const angle = defineOp('keras.ops.angle', X, (x: TensorLike): Tensor => {
  const t = toFloat(x);
  if (t.dtype === 'complex64') return apply('arctan2', [apply('imag', [t]), apply('real', [t])]);
  return either(apply('less', [t, scalarLike(0, t)]), scalarLike(Math.PI, t), scalarLike(0, t));
});

/**
 * Whether the imaginary part is 0. Source: keras.ops.isreal.
 * @example
 * ops.isreal([1, NaN]).arraySync(); // [true, true]
 */
export const isreal = defineOp('keras.ops.isreal', X, (x: TensorLike): Tensor => {
  const t = toTensor(x);
  if (t.dtype !== 'complex64') return full(1, t.shape, 'bool');
  const imaginary = apply('imag', [t]);
  return apply('equal', [imaginary, scalarLike(0, imaginary)]);
});

/**
 * The same bits as another dtype. Where the sizes of elements differ, the last axis grows or shrinks; the first
 * bytes of an element are its lowest. Source: keras.ops.view.
 *
 * @param dtype of numbers; null (default): that of x
 * @example
 * ops.view(ops.array([1, -2], 'int32'), 'uint8').arraySync(); // [1, 0, 0, 0, 254, 255, 255, 255]
 */
export const view = defineOp('keras.ops.view', ['x', 'dtype'], (
  x: TensorLike, dtype: string | null = null,
): Tensor => {
  const t = toTensor(x);
  const target = dtype === null ? t.dtype : standardizeDType(dtype);
  if (target === t.dtype) return t;
  for (const type of [t.dtype, target]) {
    if (type === 'string' || type === 'bool') {
      throw new TypeError(`view reads the bits of numbers; it cannot read ${t.dtype} as ${target}.`);
    }
  }
  const [from, to] = [bytesPerElement(t.dtype), bytesPerElement(target)];
  if (from !== to && (t.ndim === 0 || (t.shape[t.ndim - 1] * from) % to !== 0)) {
    throw new ShapeError(`view cannot read a ${t.dtype} tensor of shape ${formatShape(t.shape)} as ${target}: the ` +
      `bytes of the last axis must be a multiple of ${to}.`);
  }
  return apply('bitcast', [t], { dtype: target });
});
