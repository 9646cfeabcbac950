/** keras.backend: enlarged images and volumes. */
import { toTensor, type TensorLike } from '../engine/convert.js';
import { formatShape, ShapeError } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { requireInteger } from '../ops/compose.js';
import { defineOp } from '../ops/define.js';
import { resize } from '../ops/image/resize.js';
import { repeat } from '../ops/numpy/rearranging.js';
import { dataFormat } from './settings.js';

/** Each spatial axis with its elements repeated. */
function enlarged(what: string, X: TensorLike, factors: readonly number[], first: number): Tensor {
  const x = toTensor(X);
  if (x.ndim !== factors.length + 2) {
    throw new ShapeError(`K.${what} takes a tensor of rank ${factors.length + 2}, received shape ${formatShape(x.shape)}.`);
  }
  return factors.reduce((y, factor, i) => repeat(y, requireInteger(factor, `A factor of K.${what}`, 1), first + i), x);
}

/**
 * Images enlarged by whole factors. Source: keras.backend.resize_images.
 *
 * @param X [batch, channels, height, width] ('th') or [batch, height, width, channels] ('tf')
 * @param height_factor a positive integer
 * @param width_factor a positive integer
 * @param dim_ordering 'th' or 'tf'; Keras 2's spellings 'channels_first' and 'channels_last' too
 * @param interpolation 'nearest' (default) repeats pixels; 'bilinear', 'bicubic', 'lanczos3', 'lanczos5' as in
 *   ops.image.resize
 * @example
 * keras.backend.resize_images([[[[1, 2]]]], 2, 2, 'th'); // [[[[1, 1, 2, 2], [1, 1, 2, 2]]]]
 */
export const resize_images = defineOp('keras.backend.resize_images',
  ['X', 'height_factor', 'width_factor', 'dim_ordering', 'interpolation'], (
    X: TensorLike, height_factor: number, width_factor: number, dim_ordering: string, interpolation: string = 'nearest',
  ): Tensor => {
    const data_format = dataFormat('K.resize_images', dim_ordering);
    const first = data_format === 'channels_first' ? 2 : 1;
    const factors = [height_factor, width_factor];
    if (interpolation === 'nearest') return enlarged('resize_images', X, factors, first);
    const x = toTensor(X);
    const size = factors.map((factor, i) => x.shape[first + i] * requireInteger(factor, 'A factor of K.resize_images', 1));
    return resize(x, [size[0], size[1]], { interpolation, data_format });
  });

/**
 * Volumes enlarged by whole factors; elements are repeated. Source: keras.backend.resize_volumes.
 *
 * @param X [batch, channels, depth, height, width] ('th') or [batch, depth, height, width, channels] ('tf')
 * @param depth_factor a positive integer
 * @param height_factor a positive integer
 * @param width_factor a positive integer
 * @param dim_ordering 'th' or 'tf'; Keras 2's spellings too
 * @example
 * keras.backend.resize_volumes(keras.ops.ones([1, 2, 3, 4, 5]), 2, 1, 3, 'tf').shape; // [1, 4, 3, 12, 5]
 */
export const resize_volumes = defineOp('keras.backend.resize_volumes',
  ['X', 'depth_factor', 'height_factor', 'width_factor', 'dim_ordering'], (
    X: TensorLike, depth_factor: number, height_factor: number, width_factor: number, dim_ordering: string,
  ): Tensor => enlarged('resize_volumes', X, [depth_factor, height_factor, width_factor],
    dataFormat('K.resize_volumes', dim_ordering) === 'channels_first' ? 2 : 1));
