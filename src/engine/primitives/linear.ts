/** Matrix products and convolutions with their two gradients each. Images are channels-last. */
import { broadcastShapes, formatShape, ShapeError, type Shape } from '../shape.js';
import type { Aval } from '../../backend/backend.js';
import { requireSameDType, type AbstractRule } from './rule.js';

export interface MatmulParams {
  transposeA: boolean;
  transposeB: boolean;
}
export type Padding = 'valid' | 'same';
export interface ConvParams {
  strides: readonly number[];
  padding: Padding;
  dilations: readonly number[];
}

/** Output length of a window that slides along one axis. */
export function slidingLength(length: number, window: number, stride: number, dilation: number, padding: Padding): number {
  if (padding === 'same') return Math.ceil(length / stride);
  return Math.max(0, Math.ceil((length - (window - 1) * dilation) / stride));
}

const matmul: AbstractRule<MatmulParams> = ([a, b], { transposeA, transposeB }) => {
  requireSameDType('matmul', a, b);
  const ra = a.shape.length;
  const rb = b.shape.length;
  const [m, k] = transposeA ? [a.shape[ra - 1], a.shape[ra - 2]] : [a.shape[ra - 2], a.shape[ra - 1]];
  const [l, n] = transposeB ? [b.shape[rb - 1], b.shape[rb - 2]] : [b.shape[rb - 2], b.shape[rb - 1]];
  if (ra < 2 || rb < 2 || k !== l) {
    throw new ShapeError(`matmul cannot multiply shapes ${formatShape(a.shape)} and ${formatShape(b.shape)}` +
      `${transposeA || transposeB ? ` (transposeA: ${transposeA}, transposeB: ${transposeB})` : ''}: ` +
      'the inner dimensions must be equal.');
  }
  return { shape: [...broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2), 'matmul'), m, n], dtype: a.dtype };
};

/** x [batch, ...space, in], kernel [...window, in / groups, out]. */
const conv: AbstractRule<ConvParams> = ([x, kernel], { strides, padding, dilations }) => {
  requireSameDType('conv', x, kernel);
  const rank = x.shape.length - 2;
  const channels = x.shape[rank + 1];
  const [perGroup, filters] = kernel.shape.slice(rank);
  if (kernel.shape.length !== rank + 2 || channels % perGroup !== 0 || filters % (channels / perGroup) !== 0) {
    throw new ShapeError(`conv cannot apply a kernel of shape ${formatShape(kernel.shape)} to inputs of shape ` +
      `${formatShape(x.shape)}: input channels must be a multiple of the kernel's, and filters of the groups.`);
  }
  return { shape: windowedShape(x, kernel.shape, strides, padding, dilations, filters, 'conv'), dtype: x.dtype };
};

/** x [batch, h, w, in], kernel [kh, kw, in, multiplier]. */
const depthwise: AbstractRule<ConvParams> = ([x, kernel], { strides, padding, dilations }) => {
  requireSameDType('depthwise_conv', x, kernel);
  if (x.shape.length !== 4 || kernel.shape.length !== 4 || kernel.shape[2] !== x.shape[3]) {
    throw new ShapeError(`depthwise_conv cannot apply a kernel of shape ${formatShape(kernel.shape)} to inputs of ` +
      `shape ${formatShape(x.shape)}: the kernel's third dimension must be the number of input channels.`);
  }
  const filters = kernel.shape[2] * kernel.shape[3];
  return { shape: windowedShape(x, kernel.shape, strides, padding, dilations, filters, 'depthwise_conv'), dtype: x.dtype };
};

/** Shape after sliding `window` over the spatial axes of channels-last inputs. */
export function windowedShape(
  x: Aval, window: Shape, strides: readonly number[], padding: Padding, dilations: readonly number[],
  channels: number, name: string,
): number[] {
  const space = strides.map((stride, i) => slidingLength(x.shape[i + 1], window[i], stride, dilations[i], padding));
  const empty = space.findIndex((d) => d <= 0);
  if (empty >= 0) {
    throw new ShapeError(`${name} gives an empty result: spatial axis ${empty} of inputs of shape ` +
      `${formatShape(x.shape)} is smaller than the window of ${window[empty]} (dilation ${dilations[empty]}) with padding 'valid'.`);
  }
  return [x.shape[0], ...space, channels];
}

export const linear = {
  matmul, conv, depthwise_conv: depthwise,
  /** Operands: kernel, gradient of the output. */
  conv_grad_input: (([, gradient], { inputShape }) => ({ shape: inputShape, dtype: gradient.dtype })) as
    AbstractRule<ConvParams & { inputShape: Shape }>,
  /** Operands: x, gradient of the output. */
  conv_grad_kernel: (([x], { kernelShape }) => ({ shape: kernelShape, dtype: x.dtype })) as
    AbstractRule<ConvParams & { kernelShape: Shape }>,
  depthwise_conv_grad_input: (([, gradient], { inputShape }) => ({ shape: inputShape, dtype: gradient.dtype })) as
    AbstractRule<ConvParams & { inputShape: Shape }>,
  depthwise_conv_grad_kernel: (([x], { kernelShape }) => ({ shape: kernelShape, dtype: x.dtype })) as
    AbstractRule<ConvParams & { kernelShape: Shape }>,
};
