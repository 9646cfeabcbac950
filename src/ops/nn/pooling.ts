/** Pooling: the largest or the mean element of each window. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { toFloat } from '../promotion.js';
import { defineNN } from './define.js';
import { channelsLast, perAxis, spatialRank, standardizePadding } from './layout.js';

const ARGS = ['inputs', 'pool_size', 'strides', 'padding', 'data_format'] as const;
type Window = number | readonly number[];

function pool(
  op: 'max_pool' | 'average_pool', x: Tensor, pool_size: Window, strides: Window | null, padding: string,
  data_format: string | null,
): Tensor {
  const rank = spatialRank(op, x);
  const window = perAxis(`The pool_size of ${op}`, pool_size, rank);
  const steps = perAxis(`The strides of ${op}`, strides ?? pool_size, rank);
  const mode = standardizePadding(op, padding);
  return channelsLast(x, data_format, (t) => apply(op, [t], { window, strides: steps, padding: mode }));
}

/**
 * The largest element of each window. Source: keras.ops.max_pool.
 *
 * @param inputs [batch, ...space, channels] with one to three spatial axes (channels_first: [batch,
 *   channels, ...space])
 * @param pool_size length of the window, one for all axes or one for each
 * @param strides step of the window; default `pool_size`
 * @param padding 'valid' (default) or 'same'
 * @param data_format default: the configured one
 * @example
 * ops.max_pool(ops.reshape(ops.arange(4), [1, 4, 1]), 2).shape; // [1, 2, 1]
 */
export const max_pool = defineNN('max_pool', ARGS, (
  inputs: TensorLike, pool_size: Window, strides: Window | null = null, padding: string = 'valid',
  data_format: string | null = null,
): Tensor => pool('max_pool', toTensor(inputs), pool_size, strides, padding, data_format));

/**
 * The mean of each window; padding does not count. Arguments as for `max_pool`. Source: keras.ops.average_pool.
 * @example
 * ops.average_pool(ops.ones([1, 4, 4, 3]), 2).shape; // [1, 2, 2, 3]
 */
export const average_pool = defineNN('average_pool', ARGS, (
  inputs: TensorLike, pool_size: Window, strides: Window | null = null, padding: string = 'valid',
  data_format: string | null = null,
): Tensor => pool('average_pool', toFloat(inputs), pool_size, strides, padding, data_format));

/** Pools one axis into `size` windows: the i-th reaches from floor(i n / size) to ceil((i + 1) n / size). */
function adaptiveAxis(op: 'max_pool' | 'average_pool', x: Tensor, axis: number, size: number): Tensor {
  const length = x.shape[axis];
  const starts = Array.from({ length: size }, (_, i) => Math.floor((i * length) / size));
  const lengths = starts.map((start, i) => Math.ceil(((i + 1) * length) / size) - start);
  // Windows have at most two lengths: each is pooled at every place, and the wanted places are gathered.
  const kinds = [...new Set(lengths)].toSorted((a, b) => a - b);
  const rank = x.shape.length - 2;
  const pooled = kinds.map((kind) => apply(op, [x], {
    window: Array.from({ length: rank }, (_, i) => (i + 1 === axis ? kind : 1)),
    strides: Array.from({ length: rank }, () => 1), padding: 'valid',
  }));
  const offsets = kinds.map((_, k) => pooled.slice(0, k).reduce((n, t) => n + t.shape[axis], 0));
  const indices = starts.map((start, i) => start + offsets[kinds.indexOf(lengths[i])]);
  const joined = pooled.length === 1 ? pooled[0] : apply('concatenate', pooled, { axis });
  return apply('gather', [joined, toTensor(Int32Array.from(indices))], { axis, batchDims: 0 });
}

function adaptive(op: 'max_pool' | 'average_pool', x: Tensor, output_size: Window, data_format: string | null): Tensor {
  const rank = spatialRank(`adaptive_${op}`, x);
  const sizes = perAxis(`The output_size of adaptive_${op}`, output_size, rank);
  return channelsLast(x, data_format, (t) => {
    const small = sizes.findIndex((size, i) => size > t.shape[i + 1]);
    if (small >= 0) {
      throw new ShapeError(`adaptive_${op} cannot make ${sizes[small]} windows of spatial axis ${small} of inputs of ` +
        `shape ${formatShape(x.shape)}: it is shorter than that.`);
    }
    return sizes.reduce((y, size, i) => adaptiveAxis(op, y, i + 1, size), t);
  });
}

const ADAPTIVE = ['inputs', 'output_size', 'data_format'] as const;

/**
 * The mean of as many windows as the output has places, of lengths as equal as can be.
 * Source: keras.ops.adaptive_average_pool.
 *
 * @param inputs [batch, ...space, channels] with one to three spatial axes
 * @param output_size number of windows, one for all axes or one for each
 * @param data_format default: the configured one
 * @example
 * ops.adaptive_average_pool(ops.ones([1, 5, 7, 3]), 3).shape; // [1, 3, 3, 3]
 */
export const adaptive_average_pool = defineNN('adaptive_average_pool', ADAPTIVE, (
  inputs: TensorLike, output_size: Window, data_format: string | null = null,
): Tensor => adaptive('average_pool', toFloat(inputs), output_size, data_format));

/**
 * The largest element of as many windows as the output has places. Arguments as for `adaptive_average_pool`.
 * Source: keras.ops.adaptive_max_pool.
 * @example
 * ops.adaptive_max_pool(ops.ones([1, 5, 7, 3]), [2, 3]).shape; // [1, 2, 3, 3]
 */
export const adaptive_max_pool = defineNN('adaptive_max_pool', ADAPTIVE, (
  inputs: TensorLike, output_size: Window, data_format: string | null = null,
): Tensor => adaptive('max_pool', toTensor(inputs), output_size, data_format));
