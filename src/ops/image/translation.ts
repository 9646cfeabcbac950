/** Images scaled and moved along any axes. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { isInteger, resultType } from '../../engine/dtype.js';
import { canonicalAxis, formatShape, ShapeError, sizeOf } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { iota } from '../compose.js';
import { defineOp } from '../define.js';
import { cast, toFloat } from '../promotion.js';
import {
  absolute, add, clip, divide, equal, greater, greaterEqual, lessEqual, logicalAnd, max, maximum, min, multiply, reshape,
  sliceAxis, subtract, sum, where, withLastAxis,
} from '../tensor-math.js';
import { requireChoice } from './shared.js';

type Kernel = (distance: Tensor) => Tensor;

const triangle: Kernel = (x) => maximum(0, subtract(1, x));

/** Keys's cubic convolution kernel with a = -0.5. Source: Keys, 1981. */
const cubic: Kernel = (x) => {
  const near = add(multiply(multiply(subtract(multiply(x, 1.5), 2.5), x), x), 1);
  const far = add(multiply(subtract(multiply(add(multiply(x, -0.5), 2.5), x), 4), x), 2);
  return where(greaterEqual(x, 2), 0, where(greaterEqual(x, 1), far, near));
};

const lanczos = (radius: number): Kernel => (x) => {
  const t = multiply(x, Math.PI);
  const above = multiply(multiply(apply('sin', [t]), apply('sin', [divide(t, radius)])), radius);
  // 1 is the limit at 0, which the formula cannot give.
  const isApart = greater(x, 1e-3);
  const value = where(isApart, divide(above, where(isApart, multiply(t, t), 1)), 1);
  return where(greater(x, radius), 0, value);
};

const METHODS = [
  'linear', 'bilinear', 'trilinear', 'triangle', 'cubic', 'bicubic', 'tricubic', 'lanczos3', 'lanczos5',
] as const;

function kernelOf(method: (typeof METHODS)[number]): Kernel {
  if (method === 'lanczos3') return lanczos(3);
  if (method === 'lanczos5') return lanczos(5);
  return method.endsWith('cubic') ? cubic : triangle;
}

/** Below this a sum of weights counts as nothing. */
const TINY = 1000 * 2 ** -23;

/** Weights [input, output] of an axis. */
function weightsOf(input: number, output: number, scale: Tensor, translation: Tensor, kernel: Kernel, antialias: boolean): Tensor {
  const { dtype } = scale;
  const inverse = divide(1, scale);
  const centres = add(cast(iota(output), dtype), 0.5);
  const places = subtract(subtract(multiply(centres, inverse), multiply(translation, inverse)), 0.5);
  const distances = absolute(subtract(places, reshape(cast(iota(input), dtype), [input, 1])));
  const weights = kernel(antialias ? divide(distances, maximum(inverse, 1)) : distances);
  const total = sum(weights, 0, true);
  const normalized = where(greater(absolute(total), TINY), divide(weights, where(equal(total, 0), 1, total)), 0);
  return where(logicalAnd(greaterEqual(places, -0.5), lessEqual(places, input - 0.5)), normalized, 0);
}

/**
 * Images scaled and moved: what is at x goes to x scale + translation along each of `spatial_dims`, pixels having their
 * centres at halves. Beyond the image there is 0. Source: keras.ops.image.scale_and_translate.
 *
 * @param images tensor of any rank
 * @param output_shape one length an axis; those outside of `spatial_dims` stay as they are
 * @param scale one factor for each of `spatial_dims`
 * @param translation one distance for each of them, in pixels of the result
 * @param spatial_dims axes
 * @param method 'linear' (also 'bilinear', 'trilinear', 'triangle'), 'cubic' (also 'bicubic', 'tricubic'), 'lanczos3' or
 *   'lanczos5'
 * @param antialias whether to blur what is made smaller; default true
 * @returns images of the same dtype; integers are rounded, and kept in the range that they have
 * @throws ShapeError when there is not one length an axis, or one scale and translation for each spatial axis
 * @example
 * ops.image.scale_and_translate([1, 2], [4], [2], [0], [0], 'linear').arraySync(); // [1, 1.25, 1.75, 2]
 */
export const scale_and_translate = defineOp('keras.ops.image.scale_and_translate',
  ['images', 'output_shape', 'scale', 'translation', 'spatial_dims', 'method', 'antialias'], (
    images: TensorLike, output_shape: readonly number[], scale: TensorLike, translation: TensorLike,
    spatial_dims: readonly number[], method: string, antialias: boolean = true,
  ): Tensor => {
    const kernel = kernelOf(requireChoice('scale_and_translate', 'method', method, METHODS));
    const x = toTensor(images);
    const [scales, moves] = [toFloat(scale), toFloat(translation)];
    const dtype = resultType(scales.dtype, moves.dtype);
    if (output_shape.length !== x.shape.length) {
      throw new ShapeError(`scale_and_translate takes an output_shape with one length for each axis of ${formatShape(x.shape)}, ` +
        `received ${formatShape(output_shape)}.`);
    }
    if ([scales, moves].some((t) => t.shape.length !== 1 || t.size !== spatial_dims.length)) {
      throw new ShapeError(`scale_and_translate takes one scale and one translation for each of ${spatial_dims.length} ` +
        `spatial_dims, received shapes ${formatShape(scales.shape)} and ${formatShape(moves.shape)}.`);
    }
    if (spatial_dims.length === 0) return x;
    const isRounded = isInteger(x.dtype);
    let y = isRounded ? cast(x, 'float32') : x;
    spatial_dims.forEach((axis, i) => {
      const at = canonicalAxis(axis, x.shape.length);
      const [input, output] = [y.shape[at], output_shape[at]];
      const scalar = (t: Tensor): Tensor => reshape(cast(sliceAxis(t, 0, i, i + 1), dtype), []);
      const weights = cast(weightsOf(input, output, scalar(scales), scalar(moves), kernel, antialias), y.dtype);
      y = withLastAxis(y, at, (t) => {
        const rows = reshape(t, [sizeOf(t.shape.slice(0, -1)), input]);
        const product = apply('matmul', [rows, weights], { transposeA: false, transposeB: false });
        return reshape(product, [...t.shape.slice(0, -1), output]);
      });
    });
    if (!isRounded) return y;
    const [least, most] = [min(x), max(x)].map((t) => cast(t, y.dtype));
    return cast(clip(apply('round', [y]), least, most), x.dtype);
  });
