/** keras.backend: convolution and pooling. */
import { apply } from '../engine/apply.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import { formatShape, ShapeError } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { defineOp } from '../ops/define.js';
import { conv, depthwise_conv, separable_conv } from '../ops/nn/convolution.js';
import { channelsLast, perAxis, standardizePadding } from '../ops/nn/layout.js';
import { average_pool, max_pool } from '../ops/nn/pooling.js';
import { add } from '../ops/numpy/arithmetic.js';
import { reshape, transpose } from '../ops/numpy/shaping.js';
import { dataFormat } from './settings.js';
import { temporal_padding } from './shapes.js';

type Window = number | readonly number[];
type GivenShape = readonly (number | null)[] | null;

function requireRank(what: string, x: TensorLike, rank: number): Tensor {
  const t = toTensor(x);
  if (t.ndim === rank) return t;
  throw new ShapeError(`K.${what} takes inputs of rank ${rank}, received shape ${formatShape(t.shape)}.`);
}

/** Theano wanted shapes beforehand; here they are known, so one that is given has to agree. */
function checkShape(what: string, given: GivenShape, { shape }: Tensor): void {
  if (given === null) return;
  const agrees = given.length === shape.length && given.every((d, i) => d === null || d === shape[i]);
  if (!agrees) throw new ShapeError(`The ${what} is ${formatShape(given)}, but the tensor has shape ${formatShape(shape)}.`);
}

/** Keras 1's 'th' has kernels [filters, channels, ...window]; all others have [...window, channels, filters]. */
function kernelOf(kernel: Tensor, dim_ordering: string | null): Tensor {
  if (dim_ordering !== 'th') return kernel;
  const window = Array.from({ length: kernel.ndim - 2 }, (_, i) => i + 2);
  return transpose(kernel, [...window, 1, 0]);
}

/**
 * 1D convolution of [samples, time, channels]. Source: keras.backend.conv1d.
 *
 * @param kernel [window, channels, filters]
 * @param strides default 1
 * @param padding 'valid' (default), 'same', or 'causal': zeros before the first element only
 * @param data_format 'channels_last' or 'channels_first'; default: the configured one
 * @param dilation_rate default 1
 * @example
 * keras.backend.conv1d([[[1], [2], [3]]], [[[1]], [[1]]], { padding: 'causal' }); // [[[1], [3], [5]]]
 */
export const conv1d = defineOp('keras.backend.conv1d',
  ['x', 'kernel', 'strides', 'padding', 'data_format', 'dilation_rate'], (
    x: TensorLike, kernel: TensorLike, strides: number = 1, padding: string = 'valid',
    data_format: string | null = null, dilation_rate: number = 1,
  ): Tensor => {
    const format = dataFormat('K.conv1d', data_format);
    const [inputs, weights] = [requireRank('conv1d', x, 3), toTensor(kernel)];
    if (padding !== 'causal') return conv(inputs, weights, strides, padding, format, dilation_rate);
    if (format === 'channels_first') throw new TypeError('K.conv1d pads causally with data_format \'channels_last\' only.');
    const before = dilation_rate * (weights.shape[0] - 1);
    return conv(temporal_padding(inputs, [before, 0]), weights, strides, 'valid', format, dilation_rate);
  });

/**
 * 2D convolution (the kernel is not turned round, as in Keras's TensorFlow backend). Source: keras.backend.conv2d.
 *
 * @param x [samples, channels, rows, columns] ('th') or channels last ('tf')
 * @param kernel [filters, channels, rows, columns] ('th') or [rows, columns, channels, filters] ('tf')
 * @param strides default [1, 1]
 * @param border_mode 'valid' (default) or 'same'
 * @param dim_ordering 'th' (default) or 'tf', for inputs, kernel and outputs
 * @param image_shape the shape of `x`, null where it varies; it is checked. Default null
 * @param filter_shape the shape of `kernel`; it is checked. Default null
 * @param filter_dilation distance of the kernel's elements; default [1, 1]
 * @param padding, data_format, dilation_rate Keras 2's names of `border_mode`, `dim_ordering` and `filter_dilation`,
 *   which they replace; with a `data_format` the kernel is [rows, columns, channels, filters]
 * @throws ShapeError when shapes do not fit
 * @example
 * keras.backend.conv2d(keras.ops.ones([1, 3, 5, 5]), keras.ops.ones([8, 3, 3, 3])).shape; // [1, 8, 3, 3]
 */
export const conv2d = defineOp('keras.backend.conv2d', [
  'x', 'kernel', 'strides', 'border_mode', 'dim_ordering', 'image_shape', 'filter_shape', 'filter_dilation',
  'padding', 'data_format', 'dilation_rate'], (
  x: TensorLike, kernel: TensorLike, strides: Window = [1, 1], border_mode: string = 'valid', dim_ordering: string = 'th',
  image_shape: GivenShape = null, filter_shape: GivenShape = null, filter_dilation: Window = [1, 1],
  padding: string | null = null, data_format: string | null = null, dilation_rate: Window | null = null,
): Tensor => convolve('conv2d', 2, x, kernel, strides, padding ?? border_mode, data_format ?? dim_ordering, image_shape,
  filter_shape, dilation_rate ?? filter_dilation));

/**
 * 3D convolution. Source: keras.backend.conv3d.
 *
 * @param x [samples, channels, ...space] ('th') or channels last ('tf')
 * @param kernel [filters, channels, ...window] ('th') or [...window, channels, filters] ('tf')
 * @param strides default [1, 1, 1]
 * @param border_mode 'valid' (default) or 'same'
 * @param dim_ordering 'th' (default) or 'tf', for inputs, kernel and outputs
 * @param volume_shape the shape of `x`, null where it varies; it is checked. Default null
 * @param filter_shape the shape of `kernel`; it is checked. Default null
 * @param padding, data_format, dilation_rate as for `conv2d`
 * @example
 * keras.backend.conv3d(keras.ops.ones([1, 4, 4, 4, 2]), keras.ops.ones([2, 2, 2, 2, 5]), { dim_ordering: 'tf' }).shape; // [1, 3, 3, 3, 5]
 */
export const conv3d = defineOp('keras.backend.conv3d', [
  'x', 'kernel', 'strides', 'border_mode', 'dim_ordering', 'volume_shape', 'filter_shape', 'padding', 'data_format',
  'dilation_rate'], (
  x: TensorLike, kernel: TensorLike, strides: Window = [1, 1, 1], border_mode: string = 'valid',
  dim_ordering: string = 'th', volume_shape: GivenShape = null, filter_shape: GivenShape = null,
  padding: string | null = null, data_format: string | null = null, dilation_rate: Window = [1, 1, 1],
): Tensor => convolve('conv3d', 3, x, kernel, strides, padding ?? border_mode, data_format ?? dim_ordering, volume_shape,
  filter_shape, dilation_rate));

function convolve(
  what: string, rank: number, x: TensorLike, kernel: TensorLike, strides: Window, padding: string, ordering: string,
  image_shape: GivenShape, filter_shape: GivenShape, dilation: Window,
): Tensor {
  const [inputs, given] = [requireRank(what, x, rank + 2), requireRank(what, kernel, rank + 2)];
  checkShape(`image shape of K.${what}`, image_shape, inputs);
  checkShape(`filter_shape of K.${what}`, filter_shape, given);
  return conv(inputs, kernelOf(given, ordering), strides, padding, dataFormat(`K.${what}`, ordering), dilation);
}

/** Transposed convolution to images of a given shape: the gradient of a convolution of such images. */
function transposed(
  what: string, x: TensorLike, kernel: TensorLike, output_shape: readonly (number | null)[], strides: Window,
  padding: string, ordering: string | null, dilation_rate: Window,
): Tensor {
  const format = dataFormat(`K.${what}`, ordering);
  const [inputs, given] = [requireRank(what, x, 4), requireRank(what, kernel, 4)];
  // Keras 1's kernels for 'th' are those of the convolution in the other direction: [channels, filters, ...window].
  const weights = ordering === 'th' ? transpose(given, [2, 3, 1, 0]) : given;
  const params = {
    strides: perAxis(`The strides of K.${what}`, strides, 2), padding: standardizePadding(`K.${what}`, padding),
    dilations: perAxis(`The dilation_rate of K.${what}`, dilation_rate, 2),
  };
  return channelsLast(inputs, format, (t) => {
    const sizes = format === 'channels_last' ? output_shape.slice(1, 3) : output_shape.slice(2);
    const filters = output_shape[format === 'channels_last' ? 3 : 1];
    const fits = output_shape.length === 4 && [null, t.shape[0]].includes(output_shape[0]) && sizes.every((size, i) => {
      const reach = (weights.shape[i] - 1) * params.dilations[i] + 1;
      const room = params.padding === 'same' ? size! : size! - reach + 1;
      return Math.ceil(room / params.strides[i]) === t.shape[i + 1];
    });
    if (!fits || filters !== weights.shape[2] || t.shape[3] !== weights.shape[3]) {
      throw new ShapeError(`K.${what}: a convolution of the output_shape ${formatShape(output_shape)} (${format}) with a ` +
        `kernel of shape ${formatShape(given.shape)} does not give the shape of the inputs, ${formatShape(inputs.shape)}.`);
    }
    return apply('conv_grad_input', [weights, t], { ...params, inputShape: [t.shape[0], ...(sizes as number[]), filters] });
  });
}

/**
 * Transposed 2D convolution, to images of a given shape, as Keras 1 calls it. Source: keras.backend.deconv2d.
 *
 * @param kernel [channels, filters, rows, columns] ('th') or [rows, columns, filters, channels] ('tf')
 * @param output_shape of the result; null for the batch
 * @param strides default [1, 1]
 * @param border_mode 'valid' (default) or 'same'
 * @param dim_ordering 'th' (default) or 'tf'
 * @throws ShapeError when a convolution of the output_shape would not give the shape of `x`
 * @example
 * keras.backend.deconv2d(keras.ops.ones([1, 2, 4, 4]), keras.ops.ones([2, 3, 3, 3]), [null, 3, 6, 6]).shape; // [1, 3, 6, 6]
 */
export const deconv2d = defineOp('keras.backend.deconv2d', [
  'x', 'kernel', 'output_shape', 'strides', 'border_mode', 'dim_ordering'], (
  x: TensorLike, kernel: TensorLike, output_shape: readonly (number | null)[], strides: Window = [1, 1],
  border_mode: string = 'valid', dim_ordering: string = 'th',
): Tensor => transposed('deconv2d', x, kernel, output_shape, strides, border_mode, dim_ordering, 1));

/**
 * Transposed 2D convolution, to images of a given shape. Source: keras.backend.conv2d_transpose.
 *
 * @param kernel [rows, columns, filters, channels]
 * @param output_shape of the result; null for the batch
 * @param strides default [1, 1]
 * @param padding 'valid' (default) or 'same'
 * @param data_format default: the configured one
 * @param dilation_rate default [1, 1]
 * @example
 * keras.backend.conv2d_transpose(keras.ops.ones([1, 4, 4, 2]), keras.ops.ones([3, 3, 5, 2]), [null, 6, 6, 5]).shape; // [1, 6, 6, 5]
 */
export const conv2d_transpose = defineOp('keras.backend.conv2d_transpose', [
  'x', 'kernel', 'output_shape', 'strides', 'padding', 'data_format', 'dilation_rate'], (
  x: TensorLike, kernel: TensorLike, output_shape: readonly (number | null)[], strides: Window = [1, 1],
  padding: string = 'valid', data_format: string | null = null, dilation_rate: Window = [1, 1],
): Tensor => transposed('conv2d_transpose', x, kernel, output_shape, strides, padding, dataFormat('K.conv2d_transpose', data_format),
  dilation_rate));

/**
 * Convolution of each channel by itself. Source: keras.backend.depthwise_conv2d.
 *
 * @param depthwise_kernel [rows, columns, channels, multiplier]
 * @param strides, padding, data_format, dilation_rate as for `conv2d_transpose`
 * @example
 * keras.backend.depthwise_conv2d(keras.ops.ones([1, 4, 4, 2]), keras.ops.ones([3, 3, 2, 2])).shape; // [1, 2, 2, 4]
 */
export const depthwise_conv2d = defineOp('keras.backend.depthwise_conv2d', [
  'x', 'depthwise_kernel', 'strides', 'padding', 'data_format', 'dilation_rate'], (
  x: TensorLike, depthwise_kernel: TensorLike, strides: Window = [1, 1], padding: string = 'valid',
  data_format: string | null = null, dilation_rate: Window = [1, 1],
): Tensor => depthwise_conv(requireRank('depthwise_conv2d', x, 4), depthwise_kernel, strides, padding,
  dataFormat('K.depthwise_conv2d', data_format), dilation_rate));

/**
 * Depthwise convolution, then a mixing of channels at each place. Source: keras.backend.separable_conv2d.
 *
 * @param depthwise_kernel [rows, columns, channels, multiplier]
 * @param pointwise_kernel [1, 1, channels multiplier, filters]
 * @param strides, padding, data_format, dilation_rate as for `conv2d_transpose`
 * @example
 * keras.backend.separable_conv2d(keras.ops.ones([1, 4, 4, 2]), keras.ops.ones([3, 3, 2, 2]), keras.ops.ones([1, 1, 4, 5])).shape; // [1, 2, 2, 5]
 */
export const separable_conv2d = defineOp('keras.backend.separable_conv2d', [
  'x', 'depthwise_kernel', 'pointwise_kernel', 'strides', 'padding', 'data_format', 'dilation_rate'], (
  x: TensorLike, depthwise_kernel: TensorLike, pointwise_kernel: TensorLike, strides: Window = [1, 1],
  padding: string = 'valid', data_format: string | null = null, dilation_rate: Window = [1, 1],
): Tensor => separable_conv(requireRank('separable_conv2d', x, 4), depthwise_kernel, pointwise_kernel, strides, padding,
  dataFormat('K.separable_conv2d', data_format), dilation_rate));

const POOL = ['x', 'pool_size', 'strides', 'padding', 'data_format', 'pool_mode'] as const;

function pool(
  what: string, x: Tensor, pool_size: Window, strides: Window, padding: string, data_format: string | null, mode: string,
): Tensor {
  if (mode !== 'max' && mode !== 'avg') {
    throw new TypeError(`The pool_mode of K.${what} is 'max' or 'avg', received ${JSON.stringify(mode)}.`);
  }
  return (mode === 'max' ? max_pool : average_pool)(x, pool_size, strides, padding, dataFormat(`K.${what}`, data_format));
}

/**
 * The largest element or the mean of windows of images. Source: keras.backend.pool2d.
 *
 * @param pool_size rows and columns of the window
 * @param strides default [1, 1]
 * @param padding 'valid' (default) or 'same'
 * @param data_format default: the configured one
 * @param pool_mode 'max' (default) or 'avg'
 * @example
 * keras.backend.pool2d([[[[1], [2]], [[3], [4]]]], [2, 2], { pool_mode: 'avg' }); // [[[[2.5]]]]
 */
export const pool2d = defineOp('keras.backend.pool2d', POOL, (
  x: TensorLike, pool_size: Window, strides: Window = [1, 1], padding: string = 'valid',
  data_format: string | null = null, pool_mode: string = 'max',
): Tensor => pool('pool2d', requireRank('pool2d', x, 4), pool_size, strides, padding, data_format, pool_mode));

/**
 * The largest element or the mean of windows of volumes; arguments as for `pool2d`. Source: keras.backend.pool3d.
 * @example
 * keras.backend.pool3d(keras.ops.ones([1, 4, 4, 4, 2]), [2, 2, 2], [2, 2, 2]).shape; // [1, 2, 2, 2, 2]
 */
export const pool3d = defineOp('keras.backend.pool3d', POOL, (
  x: TensorLike, pool_size: Window, strides: Window = [1, 1, 1], padding: string = 'valid',
  data_format: string | null = null, pool_mode: string = 'max',
): Tensor => pool('pool3d', requireRank('pool3d', x, 5), pool_size, strides, padding, data_format, pool_mode));

/**
 * Adds a bias. Source: keras.backend.bias_add.
 *
 * @param bias one number for each channel, or a tensor with the shape of a sample, channels last
 * @param data_format where the channels of `x` are; default: the configured one
 * @throws ShapeError for a bias of another rank
 * @example
 * keras.backend.bias_add([[1, 2], [3, 4]], [10, 20]); // [[11, 22], [13, 24]]
 */
export const bias_add = defineOp('keras.backend.bias_add', ['x', 'bias', 'data_format'], (
  x: TensorLike, bias: TensorLike, data_format: string | null = null,
): Tensor => {
  const [t, b] = [toTensor(x), toTensor(bias)];
  if (b.ndim !== 1 && b.ndim !== t.ndim - 1) {
    throw new ShapeError(`K.bias_add takes a bias of rank 1 or ${t.ndim - 1}, received shape ${formatShape(b.shape)}.`);
  }
  if (dataFormat('K.bias_add', data_format) === 'channels_last' || t.ndim < 3) return add(t, b);
  // Keras reads the elements of such a bias in the order of the other layout; it does not move the axis.
  if (b.ndim > 1) return add(t, reshape(b, [b.shape[b.ndim - 1], ...b.shape.slice(0, -1)]));
  return add(t, reshape(b, [-1, ...Array.from({ length: t.ndim - 2 }, () => 1)]));
});
