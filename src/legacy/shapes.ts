/** keras.backend: other shapes and orders for the same elements, repetition and padding. */
import { toTensor, type TensorLike } from '../engine/convert.js';
import { formatShape, ShapeError } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { requireInteger } from '../ops/compose.js';
import { defineOp } from '../ops/define.js';
import { take } from '../ops/numpy/indexing.js';
import { concatenate as join } from '../ops/numpy/joining.js';
import { flip, pad, repeat as repeatElements, tile as tileBy } from '../ops/numpy/rearranging.js';
import { expand_dims as expand, reshape as reshapeTo, squeeze as without, transpose } from '../ops/numpy/shaping.js';
import { dataFormat } from './settings.js';

function requireRank(what: string, x: Tensor, rank: number): Tensor {
  if (x.ndim === rank) return x;
  throw new ShapeError(`K.${what} takes a tensor of rank ${rank}, received shape ${formatShape(x.shape)}.`);
}

/**
 * The rows of a tensor at indices. Source: keras.backend.gather.
 *
 * @param reference a tensor
 * @param indices an int tensor
 * @returns a tensor of the dtype of `reference` and of shape indices.shape + reference.shape[1:]
 * @example
 * keras.backend.gather([[1, 2], [3, 4], [5, 6]], [2, 0]); // [[5, 6], [1, 2]]
 */
export const gather = defineOp('keras.backend.gather', ['reference', 'indices'], (
  reference: TensorLike, indices: TensorLike,
): Tensor => take(toTensor(reference), toTensor(indices, Array.isArray(indices) ? 'int32' : undefined), 0));

/**
 * Axes in another order. Source: keras.backend.permute_dimensions.
 *
 * @param pattern the old place of each new axis, such as [0, 2, 1]
 * @example
 * keras.backend.permute_dimensions(keras.ops.ones([2, 3, 4]), [0, 2, 1]).shape; // [2, 4, 3]
 */
export const permute_dimensions = defineOp('keras.backend.permute_dimensions', ['x', 'pattern'], (
  x: TensorLike, pattern: readonly number[],
): Tensor => transpose(toTensor(x), pattern));

/**
 * Each element along an axis `rep` times, one after the other: [s1, s2, s3] becomes [s1, s2 rep, s3] for axis 1.
 * Source: keras.backend.repeat_elements.
 * @example
 * keras.backend.repeat_elements([[1, 2], [3, 4]], 2, 1); // [[1, 1, 2, 2], [3, 3, 4, 4]]
 */
export const repeat_elements = defineOp('keras.backend.repeat_elements', ['x', 'rep', 'axis'], (
  x: TensorLike, rep: number, axis: number,
): Tensor => repeatElements(toTensor(x), requireInteger(rep, 'The rep of K.repeat_elements', 1), axis));

/**
 * A matrix [samples, dim] `n` times along a new axis: [samples, n, dim]. Source: keras.backend.repeat.
 * @example
 * keras.backend.repeat([[1, 2], [3, 4]], 2); // [[[1, 2], [1, 2]], [[3, 4], [3, 4]]]
 */
export const repeat = defineOp('keras.backend.repeat', ['x', 'n'], (x: TensorLike, n: number): Tensor =>
  repeatElements(expand(requireRank('repeat', toTensor(x), 2), 1), requireInteger(n, 'The n of K.repeat', 1), 1));

/**
 * A matrix whose first axis is that of the tensor. Source: keras.backend.batch_flatten.
 * @example
 * keras.backend.batch_flatten(keras.ops.ones([2, 3, 4])).shape; // [2, 12]
 */
export const batch_flatten = defineOp('keras.backend.batch_flatten', ['x'], (x: TensorLike): Tensor => {
  const t = toTensor(x);
  if (t.ndim === 0) throw new ShapeError('K.batch_flatten takes a tensor with a batch axis, received a scalar.');
  return reshapeTo(t, [t.shape[0], t.shape.slice(1).reduce((n, d) => n * d, 1)]);
});

/**
 * All elements in one axis. Source: keras.backend.flatten.
 * @example
 * keras.backend.flatten([[1, 2], [3, 4]]); // [1, 2, 3, 4]
 */
export const flatten = defineOp('keras.backend.flatten', ['x'], (x: TensorLike): Tensor => reshapeTo(toTensor(x), [-1]));

/**
 * The elements in another shape; one length may be -1. Source: keras.backend.reshape.
 * @example
 * keras.backend.reshape([1, 2, 3, 4], [2, -1]); // [[1, 2], [3, 4]]
 */
export const reshape = defineOp('keras.backend.reshape', ['x', 'shape'], (x: TensorLike, shape: readonly number[]): Tensor =>
  reshapeTo(toTensor(x), shape));

/**
 * A new axis of length 1. Source: keras.backend.expand_dims.
 *
 * @param dim its place in the result; default -1. Keras 2 calls it `axis`, which is understood
 * @example
 * keras.backend.expand_dims(keras.ops.ones([2, 3]), 1).shape; // [2, 1, 3]
 */
export const expand_dims = defineOp('keras.backend.expand_dims', ['x', 'dim', 'axis'], (
  x: TensorLike, dim: number = -1, axis: number | null = null,
): Tensor => expand(toTensor(x), axis ?? dim));

/**
 * The tensor without an axis of length 1. Source: keras.backend.squeeze.
 * @example
 * keras.backend.squeeze(keras.ops.ones([2, 1, 3]), 1).shape; // [2, 3]
 */
export const squeeze = defineOp('keras.backend.squeeze', ['x', 'axis'], (
  x: TensorLike, axis: number,
): Tensor => without(toTensor(x), axis));

/**
 * Tensors one after the other along an axis. Source: keras.backend.concatenate.
 *
 * @param axis default -1
 * @example
 * keras.backend.concatenate([[[1], [2]], [[3], [4]]]); // [[1, 3], [2, 4]]
 */
export const concatenate = defineOp('keras.backend.concatenate', ['tensors', 'axis'], (
  tensors: readonly TensorLike[], axis: number = -1,
): Tensor => join(tensors, axis));

/**
 * The tensor `n` times along each axis. Source: keras.backend.tile.
 *
 * @param n one integer for each axis; a single integer is for a tensor with one axis
 * @example
 * keras.backend.tile([[1, 2]], [2, 1]); // [[1, 2], [1, 2]]
 */
export const tile = defineOp('keras.backend.tile', ['x', 'n'], (
  x: TensorLike, n: number | readonly number[],
): Tensor => {
  const t = toTensor(x);
  const counts = [n].flat();
  if (counts.length !== t.ndim) {
    throw new ShapeError(`K.tile takes one count for each axis of shape ${formatShape(t.shape)}, received ${JSON.stringify(n)}.`);
  }
  return tileBy(t, counts);
});

/**
 * The tensor reversed along axes. Source: keras.backend.reverse.
 *
 * @param axes one axis or several
 * @example
 * keras.backend.reverse([[1, 2], [3, 4]], 0); // [[3, 4], [1, 2]]
 */
export const reverse = defineOp('keras.backend.reverse', ['x', 'axes'], (
  x: TensorLike, axes: number | readonly number[],
): Tensor => flip(toTensor(x), axes));

type Amount = number | readonly [number, number];
const sides = (what: string, amount: unknown): [number, number] => {
  const pair = Array.isArray(amount) ? (amount as number[]) : [amount as number, amount as number];
  if (pair.length === 2 && pair.every((n) => Number.isInteger(n) && n >= 0)) return pair as [number, number];
  throw new TypeError(`The padding of K.${what} is an integer >= 0, or two for before and after, received ` +
    `${JSON.stringify(amount)}.`);
};

/**
 * Zeros before and after the middle axis of [samples, time, features]. Source: keras.backend.temporal_padding.
 *
 * @param padding how many on either side; default 1. A pair gives both sides
 * @example
 * keras.backend.temporal_padding([[[1], [2]]], 1); // [[[0], [1], [2], [0]]]
 */
export const temporal_padding = defineOp('keras.backend.temporal_padding', ['x', 'padding'], (
  x: TensorLike, padding: Amount = 1,
): Tensor => pad(requireRank('temporal_padding', toTensor(x), 3), [[0, 0], sides('temporal_padding', padding), [0, 0]]));

function spatialPadding(what: string, x: Tensor, padding: readonly Amount[], dim_ordering: string | null): Tensor {
  const rank = x.ndim - 2;
  if (!Array.isArray(padding) || padding.length !== rank) {
    throw new TypeError(`The padding of K.${what} has ${rank} elements, received ${JSON.stringify(padding)}.`);
  }
  const space = padding.map((amount) => sides(what, amount));
  const none: [number, number] = [0, 0];
  return pad(x, dataFormat(what, dim_ordering) === 'channels_first' ? [none, none, ...space] : [none, ...space, none]);
}
const PADDING = ['x', 'padding', 'dim_ordering', 'data_format'] as const;

/**
 * Zeros around the two spatial axes of images. Source: keras.backend.spatial_2d_padding.
 *
 * @param padding for rows and columns: an integer for both sides, or a pair; default [1, 1]
 * @param dim_ordering 'th' (default): [samples, channels, rows, columns]; 'tf': channels last. Keras 2's
 *   `data_format` is understood in its place
 * @example
 * keras.backend.spatial_2d_padding(keras.ops.ones([1, 3, 4, 5]), [1, 2]).shape; // [1, 3, 6, 9]
 */
export const spatial_2d_padding = defineOp('keras.backend.spatial_2d_padding', PADDING, (
  x: TensorLike, padding: readonly Amount[] = [1, 1], dim_ordering: string = 'th', data_format: string | null = null,
): Tensor => spatialPadding('spatial_2d_padding', requireRank('spatial_2d_padding', toTensor(x), 4), padding,
  data_format ?? dim_ordering));

/**
 * Zeros around the three spatial axes of volumes. Source: keras.backend.spatial_3d_padding.
 *
 * @param padding for each spatial axis: an integer for both sides, or a pair; default [1, 1, 1]
 * @param dim_ordering 'th' (default): channels in the second axis; 'tf': in the last. Keras 2's `data_format` is
 *   understood in its place
 * @example
 * keras.backend.spatial_3d_padding(keras.ops.ones([1, 2, 2, 2, 3]), [1, 0, 2], 'tf').shape; // [1, 4, 2, 6, 3]
 */
export const spatial_3d_padding = defineOp('keras.backend.spatial_3d_padding', PADDING, (
  x: TensorLike, padding: readonly Amount[] = [1, 1, 1], dim_ordering: string = 'th', data_format: string | null = null,
): Tensor => spatialPadding('spatial_3d_padding', requireRank('spatial_3d_padding', toTensor(x), 5), padding,
  data_format ?? dim_ordering));
