/** Lowering of matrix products and convolutions. One spatial axis is computed as two. */
import type { ConvParams, linear } from '../../../engine/primitives/linear.js';
import type { DType } from '../../../engine/dtype.js';
import type { Shape } from '../../../engine/shape.js';
import type { Attrs } from '../attributes.js';
import {
  inFloat32, reshape, withHeight, type Builder, type LoweringContext, type LoweringFunction, type LoweringTable,
} from './builder.js';
import { denseKernel, denseResult, isDilated } from './dilation.js';

/** Parameters and shapes with two or three spatial axes. */
function spatial({ strides, padding, dilations }: ConvParams): { rank: number; attrs: Attrs } {
  const flat = strides.length === 1;
  const widen = (values: readonly number[]): number[] => [1, ...(flat ? [1, values[0]] : values), 1];
  return {
    rank: flat ? 2 : strides.length,
    attrs: {
      strides: { ints: widen(strides) },
      padding: { string: padding.toUpperCase() },
      dilations: { ints: widen(dilations) },
    },
  };
}

const widenKernel = (shape: Shape): number[] => [1, ...shape];

interface Slices {
  groups: number;
  /** Channels of x and filters of y in each group. */
  channels: number;
  filters: number;
}
function groupsOf(x: Shape, kernel: Shape): Slices {
  const channels = kernel[kernel.length - 2];
  const groups = x[x.length - 1] / channels;
  return { groups, channels, filters: kernel[kernel.length - 1] / groups };
}

/** TensorFlow's CPU kernels have no gradients of grouped convolutions: each group is computed by itself. */
function splitLast<V>(b: Builder<V>, x: V, rank: number, count: number, size: number): V[] {
  if (count === 1) return [x];
  return b.ops('SplitV', [x, b.ints(Array.from({ length: count }, () => size)), b.scalar(rank - 1, 'int32')],
    { num_split: { int: count } }, count);
}
function joinLast<V>(b: Builder<V>, parts: readonly V[], rank: number, attrs: Attrs): V {
  if (parts.length === 1) return parts[0];
  return b.op('ConcatV2', [...parts, b.scalar(rank - 1, 'int32')],
    { ...attrs, N: { int: parts.length }, Tidx: { type: 'int32' } });
}

const conv: LoweringFunction<ConvParams> = (b, [x, kernel], { params, inputs: [xa, ka], outputs: [out] }) => {
  const { rank, attrs } = spatial(params);
  const flat = params.strides.length === 1;
  const { groups, channels, filters } = groupsOf(xa.shape, ka.shape);
  const wide = flat ? reshape(b, x, withHeight(xa.shape)) : x;
  const weights = flat ? reshape(b, kernel, widenKernel(ka.shape)) : kernel;
  const kernels = splitLast(b, weights, rank + 2, groups, filters);
  const parts = splitLast(b, wide, rank + 2, groups, channels)
    .map((part, i) => b.op(rank === 2 ? 'Conv2D' : 'Conv3D', [part, kernels[i]], attrs));
  const y = joinLast(b, parts, rank + 2, { T: { type: xa.dtype } });
  return flat ? reshape(b, y, out.shape) : y;
};

const convGradInput: LoweringFunction<ConvParams> = (b, [kernel, g], { params, inputs: [ka, ga], outputs: [out] }) => {
  const { rank, attrs } = spatial(params);
  const flat = params.strides.length === 1;
  const { groups, channels, filters } = groupsOf(out.shape, ka.shape);
  const wide = flat ? reshape(b, g, withHeight(ga.shape)) : g;
  const weights = flat ? reshape(b, kernel, widenKernel(ka.shape)) : kernel;
  const kernels = splitLast(b, weights, rank + 2, groups, filters);
  const shape = (flat ? withHeight(out.shape) : out.shape).map((d, i, s) => (i === s.length - 1 ? channels : d));
  const parts = splitLast(b, wide, rank + 2, groups, filters).map((part, i) =>
    b.op(rank === 2 ? 'Conv2DBackpropInput' : 'Conv3DBackpropInputV2', [b.ints(shape), kernels[i], part], attrs));
  const x = joinLast(b, parts, rank + 2, { T: { type: ga.dtype } });
  return flat ? reshape(b, x, out.shape) : x;
};

const convGradKernel: LoweringFunction<ConvParams> = (b, [x, g], { params, inputs: [xa, ga], outputs: [out] }) => {
  const { rank, attrs } = spatial(params);
  const flat = params.strides.length === 1;
  const { groups, channels, filters } = groupsOf(xa.shape, out.shape);
  const wide = flat ? reshape(b, x, withHeight(xa.shape)) : x;
  const gradients = splitLast(b, flat ? reshape(b, g, withHeight(ga.shape)) : g, rank + 2, groups, filters);
  const shape = (flat ? widenKernel(out.shape) : out.shape).map((d, i, s) => (i === s.length - 1 ? filters : d));
  const parts = splitLast(b, wide, rank + 2, groups, channels).map((part, i) =>
    b.op(rank === 2 ? 'Conv2DBackpropFilter' : 'Conv3DBackpropFilterV2', [part, b.ints(shape), gradients[i]], attrs));
  const kernel = joinLast(b, parts, rank + 2, { T: { type: xa.dtype } });
  return flat ? reshape(b, kernel, out.shape) : kernel;
};

type When = (context: LoweringContext<ConvParams>) => boolean;
/**
 * TensorFlow's CPU kernels take dilations in float32 alone; in bfloat16 they did on a processor with AVX-512, and did not on one
 * without (2D convolutions themselves take all floats).
 */
const dilatedIn = (...dtypes: DType[]): When => ({ params, inputs }) => isDilated(params) && dtypes.includes(inputs[0].dtype);
const dilatedHalf = dilatedIn('float16', 'bfloat16');
const in3D = (when: When): When => (context) => context.params.strides.length === 3 && when(context);
const dilated: When = ({ params }) => isDilated(params);

export const linearLowering: LoweringTable<keyof typeof linear> = {
  matmul: (b, x, { params: { transposeA, transposeB }, inputs: [a, c] }) => {
    if (a.shape.length === 2 && c.shape.length === 2) {
      return b.op('MatMul', x, { transpose_a: { bool: transposeA }, transpose_b: { bool: transposeB } });
    }
    // The batched op takes adjoints, where complex numbers are conjugated.
    const conjugated = [transposeA, transposeB].map((is) => is && a.dtype === 'complex64');
    const operands = x.map((v, i) => (conjugated[i] ? b.op('Conj', [v]) : v));
    return b.op('BatchMatMulV2', operands, { adj_x: { bool: transposeA }, adj_y: { bool: transposeB } });
  },

  conv: denseKernel(inFloat32(conv, in3D(dilatedHalf)), 1, in3D(dilatedIn('float64'))),
  conv_grad_input: denseKernel(inFloat32(convGradInput, dilatedHalf), 0, dilatedIn('float64')),
  conv_grad_kernel: denseResult(inFloat32(convGradKernel, dilatedHalf), dilatedIn('float64')),

  depthwise_conv: denseKernel(
    inFloat32((b, x, { params }) => b.op('DepthwiseConv2dNative', x, spatial(params).attrs), dilatedHalf),
    1, dilatedIn('float64')),
  depthwise_conv_grad_input: denseKernel((b, [kernel, g], { params, outputs: [out] }) =>
    b.op('DepthwiseConv2dNativeBackpropInput', [b.ints(out.shape), kernel, g], spatial(params).attrs), 0, dilated),
  depthwise_conv_grad_kernel: denseResult((b, [x, g], { params, outputs: [out] }) =>
    b.op('DepthwiseConv2dNativeBackpropFilter', [x, b.ints(out.shape), g], spatial(params).attrs), dilated),
};
