/** Filters: blur, edges, and the likeness that is measured through one. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { floatResult, type DType } from '../../engine/dtype.js';
import { formatShape, sameShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { iota, requireInteger } from '../compose.js';
import { defineOp } from '../define.js';
import { channelsLast } from '../nn/layout.js';
import { cast } from '../promotion.js';
import {
  add, divide, exp, mean, multiply, reshape, sliceAxis, square, subtract, sum, transpose,
} from '../tensor-math.js';
import { checkImages, overBatch, requireFloatImages } from './shared.js';

/** Weights of a bell curve that add up to 1. */
function bell(size: number, sigma: Tensor | number, dtype: DType): Tensor {
  const x = subtract(cast(iota(size), dtype), (size - 1) / 2);
  const weights = exp(multiply(square(divide(x, sigma)), -0.5));
  return divide(weights, sum(weights));
}

const outer = (a: Tensor, b: Tensor): Tensor => multiply(reshape(a, [a.size, 1]), b);

/** A convolution of each channel by itself with one kernel [height, width]. */
function filtered(x: Tensor, kernel: Tensor, padding: 'same' | 'valid'): Tensor {
  const channels = x.shape[3];
  const each = apply('tile', [reshape(kernel, [...kernel.shape, 1, 1])], { repeats: [1, 1, channels, 1] });
  return apply('depthwise_conv', [x, each], { strides: [1, 1], padding, dilations: [1, 1] });
}

/** Images blurred by a bell curve; `sigma` has two elements of the images' dtype. */
export function blurred(x: Tensor, [height, width]: readonly number[], sigma: Tensor): Tensor {
  const [first, second] = [0, 1].map((i) => reshape(sliceAxis(sigma, 0, i, i + 1), []));
  // Keras lays the weights of [width, height] out as [height, width]; the two differ where the sizes do.
  const weights = outer(bell(width, second, x.dtype), bell(height, first, x.dtype));
  return filtered(x, reshape(weights, [height, width]), 'same');
}

/**
 * Images blurred by a Gaussian filter, with zeros around the image. Source: keras.ops.image.gaussian_blur.
 *
 * @param images [batch, height, width, channels] or one image, floating-point
 * @param kernel_size height and width of the filter in pixels; default [3, 3]
 * @param sigma standard deviations along height and width; default [1, 1]
 * @param data_format default: the configured one
 * @throws TypeError when the images are not of a floating-point dtype
 * @example
 * ops.image.gaussian_blur(ops.ones([4, 4, 1])).shape; // [4, 4, 1]
 */
export const gaussian_blur = defineOp('keras.ops.image.gaussian_blur', ['images', 'kernel_size', 'sigma', 'data_format'], (
  images: TensorLike, kernel_size: readonly [number, number] = [3, 3], sigma: TensorLike = [1, 1],
  data_format: string | null = null,
): Tensor => {
  const x = toTensor(images);
  requireFloatImages('gaussian_blur', x);
  const widths = toTensor(sigma, x.dtype);
  if (kernel_size.length !== 2 || !sameShape(widths.shape, [2])) {
    throw new ShapeError('gaussian_blur takes two numbers each as kernel_size and sigma, received ' +
      `${JSON.stringify(kernel_size)} and a sigma of shape ${formatShape(widths.shape)}.`);
  }
  kernel_size.forEach((size) => requireInteger(size, 'kernel_size of gaussian_blur', 1));
  return overBatch('gaussian_blur', x, data_format, (batch) => blurred(batch, kernel_size, widths));
});

/** How much brighter it gets downwards; transposed, to the right. Source: Sobel and Feldman, 1968. */
const SOBEL = [[-1, -2, -1], [0, 0, 0], [1, 2, 1]];

/**
 * The change of brightness at each pixel, downwards and to the right, by the Sobel operator. The image goes on
 * mirrored beyond its edges. Source: keras.ops.image.sobel_edges.
 *
 * @param images [batch, height, width, channels], floating-point
 * @param data_format default: the configured one
 * @returns [batch, height, width, channels, 2], or [batch, channels, height, width, 2] for channels first
 * @throws ShapeError when the images are not of rank 4
 * @throws TypeError when they are not of a floating-point dtype
 * @example
 * ops.image.sobel_edges(ops.ones([1, 8, 8, 1])).shape; // [1, 8, 8, 1, 2]
 */
export const sobel_edges = defineOp('keras.ops.image.sobel_edges', ['images', 'data_format'], (
  images: TensorLike, data_format: string | null = null,
): Tensor => {
  const x = toTensor(images);
  requireFloatImages('sobel_edges', x);
  if (x.shape.length !== 4) {
    throw new ShapeError(`sobel_edges takes a batch of images (rank 4), received shape ${formatShape(x.shape)}.`);
  }
  const kernel = toTensor(SOBEL, x.dtype);
  const edges = [kernel, transpose(kernel, [1, 0])].map((direction) => channelsLast(x, data_format, (batch) => {
    const paddings = [[0, 0], [1, 1], [1, 1], [0, 0]] as const;
    return filtered(apply('pad', [batch], { paddings, mode: 'reflect', value: 0 }), direction, 'valid');
  }));
  return apply('stack', edges, { axis: 4 });
});

/**
 * How alike two images are, from -1 to 1 for equal ones: luminance, contrast and structure compared in a window that
 * moves over them. Source: keras.ops.image.ssim; Wang et al., 2004.
 *
 * @param image1 [batch, height, width, channels] or one image, at least as large as the window
 * @param image2 of the same shape
 * @param max_val the largest value that pixels can have; default 1
 * @param filter_size height and width of the window in pixels; default 11
 * @param filter_sigma standard deviation of the window's weights; default 1.5
 * @param k1 keeps the comparison of luminance finite; default 0.01
 * @param k2 keeps the comparison of contrast finite; default 0.03
 * @param data_format default: the configured one
 * @returns one number an image, of the dtype of image1
 * @throws ShapeError when the shapes differ or the images are smaller than the window
 * @example
 * ops.image.ssim(ops.ones([12, 12, 1]), ops.ones([12, 12, 1])).arraySync(); // 1
 */
export const ssim = defineOp('keras.ops.image.ssim',
  ['image1', 'image2', 'max_val', 'filter_size', 'filter_sigma', 'k1', 'k2', 'data_format'], (
    image1: TensorLike, image2: TensorLike, max_val: number = 1, filter_size: number = 11, filter_sigma: number = 1.5,
    k1: number = 0.01, k2: number = 0.03, data_format: string | null = null,
  ): Tensor => {
    const given = toTensor(image1);
    const dtype = floatResult(given.dtype);
    const [a, b] = [cast(given, dtype), toTensor(image2, dtype)];
    checkImages('ssim', a);
    if (!sameShape(a.shape, b.shape)) {
      throw new ShapeError(`ssim compares images of one shape, received ${formatShape(a.shape)} and ${formatShape(b.shape)}.`);
    }
    requireInteger(filter_size, 'filter_size of ssim', 1);
    const window = bell(filter_size, filter_sigma, dtype);
    const kernel = outer(window, window);
    const isBatch = a.shape.length === 4;

    // 1. means, variances and covariance in each window
    const images = (x: Tensor): Tensor => (isBatch ? x : reshape(x, [1, ...x.shape]));
    const local = (x: Tensor): Tensor => channelsLast(images(x), data_format, (batch) => filtered(batch, kernel, 'valid'));
    const [meanA, meanB] = [local(a), local(b)];
    const [squareA, squareB, product] = [square(meanA), square(meanB), multiply(meanA, meanB)];
    const varianceA = subtract(local(square(a)), squareA);
    const varianceB = subtract(local(square(b)), squareB);
    const covariance = subtract(local(multiply(a, b)), product);

    // 2. the index of each window, and its mean
    const [c1, c2] = [(k1 * max_val) ** 2, (k2 * max_val) ** 2];
    const above = multiply(add(multiply(product, 2), c1), add(multiply(covariance, 2), c2));
    const below = multiply(add(add(squareA, squareB), c1), add(add(varianceA, varianceB), c2));
    const index = mean(divide(above, below), [1, 2, 3]);
    return cast(isBatch ? index : reshape(index, []), given.dtype);
  });
