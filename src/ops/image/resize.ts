/** Resizing of images. */
import { standardize_data_format } from '../../backend/config.js';
import { apply } from '../../engine/apply.js';
import { fromHost, toTensor, type TensorLike } from '../../engine/convert.js';
import { isFloat, isInteger, type DType } from '../../engine/dtype.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { clip, inversePermutation, reshape, slice, transpose } from '../tensor-math.js';
import { defineOp } from '../define.js';
import { cast } from '../promotion.js';
import { INTERPOLATIONS, nearestIndices, resizeMatrix, type Interpolation } from './resize-weights.js';

type Size = readonly [number, number];

/** Integer part of a product and quotient in float32, as TensorFlow computes sizes. */
const scaled = (length: number, by: number, over: number): number =>
  Math.trunc(Math.fround(Math.fround(length * by) / over));

/** The largest centred part of [batch, height, width, channels] with the proportions of `size`. */
function cropToAspect(x: Tensor, [th, tw]: Size): Tensor {
  const [batch, height, width, channels] = x.shape;
  const h = Math.max(Math.min(height, scaled(width, th, tw)), 1);
  const w = Math.max(Math.min(width, scaled(height, tw, th)), 1);
  return slice(x, [0, Math.trunc((height - h) / 2), Math.trunc((width - w) / 2), 0], [batch, h, w, channels]);
}

/** The image with a border on two sides, so that it has the proportions of `size`. */
function padToAspect(x: Tensor, [th, tw]: Size, fill_value: number): Tensor {
  const [, height, width] = x.shape;
  const h = Math.trunc((Math.max(height, scaled(width, th, tw)) - height) / 2);
  const w = Math.trunc((Math.max(width, scaled(height, tw, th)) - width) / 2);
  if (h === 0 && w === 0) return x;
  return apply('pad', [x], { paddings: [[0, 0], [h, h], [w, w], [0, 0]], mode: 'constant', value: fill_value });
}

/** The matrix applied along axis 1 or 2 of [batch, height, width, channels]. */
function resizeAxis(x: Tensor, axis: 1 | 2, output: number, interpolation: Interpolation, antialias: boolean): Tensor {
  const input = x.shape[axis];
  if (input === output) return x;
  if (interpolation === 'nearest') {
    return apply('gather', [x, toTensor(nearestIndices(input, output))], { axis, batchDims: 0 });
  }
  const matrix = fromHost(resizeMatrix(input, output, interpolation, antialias), [output, input], 'float32');
  const [batch, height, width, channels] = x.shape;
  const rows = axis === 1 ? [batch, height, width * channels] : [batch * height, width, channels];
  const y = apply('matmul', [cast(matrix, x.dtype), reshape(x, rows)], { transposeA: false, transposeB: false });
  return reshape(y, axis === 1 ? [batch, output, width, channels] : [batch, height, output, channels]);
}

const RANGE: Partial<Record<DType, [number, number]>> = {
  uint8: [0, 255], int8: [-128, 127], uint16: [0, 65535], int16: [-32768, 32767], float16: [-65504, 65504],
  // The largest float32 values that do not overflow the integer.
  int32: [-2147483648, 2147483520], uint32: [0, 4294967040],
};

/** Back to the dtype of the images: rounded, and cut to its range. */
function toImageDType(x: Tensor, dtype: DType): Tensor {
  if (x.dtype === dtype) return x;
  const rounded = isInteger(dtype) ? apply('round', [x]) : x;
  const range = RANGE[dtype];
  return cast(range ? clip(rounded, ...range) : rounded, dtype);
}

function checkArguments(x: Tensor, size: unknown, interpolation: string, fill_mode: string, crop: boolean, pad: boolean): void {
  if (!Array.isArray(size) || size.length !== 2 || size.some((d) => !Number.isInteger(d) || d <= 0)) {
    throw new TypeError(`The size of resize is [height, width], two positive integers, received ${JSON.stringify(size)}.`);
  }
  if (x.shape.length !== 3 && x.shape.length !== 4) {
    throw new ShapeError('resize takes an image [height, width, channels] or a batch of them, received shape ' +
      `${formatShape(x.shape)}.`);
  }
  if (!(INTERPOLATIONS as readonly string[]).includes(interpolation)) {
    throw new TypeError(`The interpolation of resize is one of ${INTERPOLATIONS.join(', ')}, received '${interpolation}'.`);
  }
  if (fill_mode !== 'constant') throw new TypeError(`The fill_mode of resize is 'constant', received '${fill_mode}'.`);
  if (crop && pad) throw new TypeError('resize takes one of crop_to_aspect_ratio and pad_to_aspect_ratio, received both.');
}

/**
 * Images in another size. Source: keras.ops.image.resize; the numbers are those of tf.image.resize.
 *
 * @param images [batch, height, width, channels] or one image without the batch axis
 * @param size [height, width] of the result
 * @param interpolation 'bilinear' (default), 'nearest', 'bicubic', 'area', 'lanczos3', 'lanczos5'
 * @param antialias whether to blur an image that is made smaller; default false, no effect for nearest and area
 * @param crop_to_aspect_ratio whether to cut the image to the proportions of `size` first; default false
 * @param pad_to_aspect_ratio whether to add a border for that; default false
 * @param fill_mode what the border holds: 'constant'
 * @param fill_value the border's value; default 0
 * @param data_format default: the configured one
 * @returns images of the same dtype; integers are rounded
 * @example
 * ops.image.resize(ops.ones([1, 4, 4, 3]), [2, 8]).shape; // [1, 2, 8, 3]
 */
export const resize = defineOp('keras.ops.image.resize', [
  'images', 'size', 'interpolation', 'antialias', 'crop_to_aspect_ratio', 'pad_to_aspect_ratio', 'fill_mode',
  'fill_value', 'data_format',
], (
  images: TensorLike, size: Size, interpolation: string = 'bilinear', antialias: boolean = false,
  crop_to_aspect_ratio: boolean = false, pad_to_aspect_ratio: boolean = false, fill_mode: string = 'constant',
  fill_value: number = 0, data_format: string | null = null,
): Tensor => {
  const given = toTensor(images);
  checkArguments(given, size, interpolation, fill_mode, crop_to_aspect_ratio, pad_to_aspect_ratio);
  const format = standardize_data_format(data_format);
  const method = interpolation as Interpolation;

  // 1. a batch of channels-last images
  const batched = given.shape.length === 3 ? reshape(given, [1, ...given.shape]) : given;
  const permutation = format === 'channels_first' ? [0, 2, 3, 1] : [0, 1, 2, 3];
  let x = transpose(batched, permutation);

  // 2. the wanted proportions
  if (crop_to_aspect_ratio) x = cropToAspect(x, size);
  else if (pad_to_aspect_ratio) x = padToAspect(x, size, fill_value);

  // 3. each axis; float32 is as precise as the kernels are
  if (method !== 'nearest' && !(isFloat(x.dtype) && x.dtype !== 'float16' && x.dtype !== 'bfloat16')) x = cast(x, 'float32');
  x = resizeAxis(resizeAxis(x, 1, size[0], method, antialias), 2, size[1], method, antialias);

  // 4. back to dtype and layout of the images
  const y = transpose(toImageDType(x, given.dtype), inversePermutation(permutation));
  return given.shape.length === 3 ? reshape(y, y.shape.slice(1)) : y;
});
