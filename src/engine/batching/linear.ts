/** Batching rules of matrix products and convolutions. A batch of kernels is a convolution in as many groups. */
import { apply } from '../apply.js';
import type { ConvParams, linear } from '../primitives/linear.js';
import { sizeOf, type Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { moveAxis, ones, reshape, spreadAll, type BatchContext, type BatchRule, type BatchTable } from './rule.js';

const matmul: BatchTable<'matmul'>['matmul'] = ({ inputs: [a, b], batched, avals, outputs, params, size }) => {
  const [ra, rb] = avals.map(({ shape }) => shape.length);
  if (!batched[1] && rb === 2 && !params.transposeA) {
    // One product of many rows, rather than many products.
    const row = a.shape.length - 1;
    const rows = apply('matmul', [reshape(a, [sizeOf(a.shape.slice(0, row)), a.shape[row]]), b], params);
    return [reshape(rows, [size, ...outputs[0].shape])];
  }
  const rank = Math.max(ra, rb);
  const align = (x: Tensor, i: number): Tensor =>
    (batched[i] ? reshape(x, [size, ...ones(rank - avals[i].shape.length), ...avals[i].shape]) : x);
  return [apply('matmul', [align(a, 0), align(b, 1)], params)];
};

/** [batch, n, ..., c] as [n, ..., batch * c], and back. */
const toChannels = (x: Tensor): Tensor => {
  const last = x.shape.length - 1;
  const moved = moveAxis(x, 0, last - 1);
  return reshape(moved, [...moved.shape.slice(0, -2), moved.shape[last - 1] * moved.shape[last]]);
};
const fromChannels = (x: Tensor, size: number): Tensor => {
  const split = reshape(x, [...x.shape.slice(0, -1), size, x.shape[x.shape.length - 1] / size]);
  return moveAxis(split, split.shape.length - 2, 0);
};
const times = (shape: Shape, size: number): number[] => [...shape.slice(0, -1), shape[shape.length - 1] * size];
const joinBatches = (x: Tensor): Tensor => reshape(x, [x.shape[0] * x.shape[1], ...x.shape.slice(2)]);

/** The kernel's channels: the last axis, and of a depthwise kernel the one before it. */
const kernelToChannels = (kernel: Tensor, isDepthwise: boolean): Tensor => {
  if (!isDepthwise) return toChannels(kernel);
  const rank = kernel.shape.length;
  const moved = moveAxis(kernel, 0, rank - 3);
  return reshape(moved, [...moved.shape.slice(0, -3), moved.shape[rank - 3] * moved.shape[rank - 2], moved.shape[rank - 1]]);
};

const conv = (name: 'conv' | 'depthwise_conv'): BatchRule<ConvParams> => (ctx) => {
  const { inputs: [, kernel], batched, outputs: [{ shape }], params, size } = ctx;
  const [x, kernels] = spreadAll(ctx);
  if (!batched[1]) return [reshape(apply(name, [joinBatches(x), kernel], params), [size, ...shape])];
  return [fromChannels(apply(name, [toChannels(x), kernelToChannels(kernels, name !== 'conv')], params), size)];
};

const gradInput = (
  name: 'conv_grad_input' | 'depthwise_conv_grad_input',
): BatchRule<ConvParams & { inputShape: Shape }> => (ctx) => {
  const { inputs: [kernel], batched, params, size } = ctx;
  const { inputShape } = params;
  const [kernels, gradient] = spreadAll(ctx);
  if (!batched[0]) {
    const joined = [inputShape[0] * size, ...inputShape.slice(1)];
    const made = apply(name, [kernel, joinBatches(gradient)], { ...params, inputShape: joined });
    return [reshape(made, [size, ...inputShape])];
  }
  const operands = [kernelToChannels(kernels, name !== 'conv_grad_input'), toChannels(gradient)];
  return [fromChannels(apply(name, operands, { ...params, inputShape: times(inputShape, size) }), size)];
};

const gradKernel = (
  name: 'conv_grad_kernel' | 'depthwise_conv_grad_kernel',
): BatchRule<ConvParams & { kernelShape: Shape }> => (ctx: BatchContext<ConvParams & { kernelShape: Shape }>) => {
  const { params, size } = ctx;
  const { kernelShape } = params;
  const operands = spreadAll(ctx).map(toChannels);
  if (name === 'conv_grad_kernel') {
    return [fromChannels(apply(name, operands, { ...params, kernelShape: times(kernelShape, size) }), size)];
  }
  const space = kernelShape.slice(0, -2);
  const [channels, multiplier] = kernelShape.slice(-2);
  const made = apply(name, operands, { ...params, kernelShape: [...space, size * channels, multiplier] });
  return [moveAxis(reshape(made, [...space, size, channels, multiplier]), space.length, 0)];
};

export const linearBatching: BatchTable<keyof typeof linear> = {
  matmul,
  conv: conv('conv'), depthwise_conv: conv('depthwise_conv'),
  conv_grad_input: gradInput('conv_grad_input'), depthwise_conv_grad_input: gradInput('depthwise_conv_grad_input'),
  conv_grad_kernel: gradKernel('conv_grad_kernel'), depthwise_conv_grad_kernel: gradKernel('depthwise_conv_grad_kernel'),
};
