/** Products and convolutions in ONNX, which has channels first. */
import { slidingLength, type ConvParams, type linear } from '../../../engine/primitives/linear.js';
import type { Shape } from '../../../engine/shape.js';
import { type Attributes, type Builder, type Ref, type Result, type Rule, type RuleContext } from '../builder.js';
import { GRADIENT, type RuleTable } from './table.js';

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** The last two axes changed places. */
const turned = (b: Builder, x: Ref, rank: number): string =>
  b.arranged(x, [...range(rank - 2), rank - 1, rank - 2]);

/** How many zeros a window that slides with padding 'same' needs around an axis; the odd one comes behind. */
function samePads(length: number, window: number, stride: number, dilation: number): [before: number, after: number] {
  const covered = (slidingLength(length, window, stride, dilation, 'same') - 1) * stride + (window - 1) * dilation + 1;
  const total = Math.max(covered - length, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

interface Windows {
  window: Shape;
  strides: readonly number[];
  dilations: readonly number[];
  padding: ConvParams['padding'];
}

/** Attributes of windows that slide over an image of shape [batch, ...space, channels]. */
export function windowAttributes(
  b: Builder, { window, strides, dilations, padding }: Windows, [image]: RuleContext<object>['inputs'],
): Attributes {
  const attributes: Attributes = {
    kernel_shape: { ints: window }, strides: { ints: strides },
    ...(dilations.some((d) => d !== 1) ? { dilations: { ints: dilations } } : {}),
  };
  if (padding === 'valid') return attributes;
  // With a stride the padding depends on the length, which the runtime must find out where it differs.
  if (strides.some((stride, i) => stride !== 1 && b.isUnknown(image, i + 1))) return { ...attributes, auto_pad: { string: 'SAME_UPPER' } };
  const pads = window.map((size, i) => samePads(image.shape[i + 1], size, strides[i], dilations[i]));
  return { ...attributes, pads: { ints: [...pads.map(([before]) => before), ...pads.map(([, after]) => after)] } };
}

/** [...window, in, out] as [out, in, ...window]. */
const kernelOrder = (space: number): number[] => [space + 1, space, ...range(space)];

const conv: Rule<ConvParams> = (b, [x, kernel], { params, inputs }): Result => {
  const [image, { shape }] = inputs;
  const space = params.strides.length;
  const group = image.shape[space + 1] / shape[space];
  return { first: b.op('Conv', [b.first(x, space + 2), b.arranged(kernel, kernelOrder(space))], {
    ...windowAttributes(b, { ...params, window: shape.slice(0, space) }, inputs), group: { int: group } }) };
};

const depthwise: Rule<ConvParams> = (b, [x, kernel], { params, inputs }): Result => {
  const [height, width, channels, multiplier] = inputs[1].shape;
  const weights = b.arranged(kernel, [2, 3, 0, 1], [channels * multiplier, 1, height, width]);
  return { first: b.op('Conv', [b.first(x, 4), weights], {
    ...windowAttributes(b, { ...params, window: [height, width] }, inputs), group: { int: channels } }) };
};

/** The gradient of a convolution by its input is the transposed convolution that layers use. */
const convTranspose: Rule<ConvParams & { inputShape: Shape }> = (b, [kernel, gradient], { params, inputs }): Result => {
  const { strides, dilations, padding, inputShape } = params;
  const [{ shape }, { shape: from }] = inputs;
  const space = strides.length;
  const axes = strides.map((stride, i) => {
    const covered = (from[i + 1] - 1) * stride + (shape[i] - 1) * dilations[i] + 1;
    const missing = inputShape[i + 1] - covered;
    const total = padding === 'same' ? Math.max(-missing, 0) : 0;
    return { before: Math.floor(total / 2), after: Math.ceil(total / 2), further: Math.max(missing, 0) };
  });
  const made = b.op('ConvTranspose', [b.first(gradient, space + 2), b.arranged(kernel, kernelOrder(space))], {
    kernel_shape: { ints: shape.slice(0, space) }, strides: { ints: strides }, dilations: { ints: dilations },
    pads: { ints: [...axes.map(({ before }) => before), ...axes.map(({ after }) => after)] },
    group: { int: inputShape[space + 1] / shape[space] } });
  if (axes.every(({ further }) => further === 0)) return { first: made };
  // What no window reaches is zero.
  const amounts = [...range(space + 2).map(() => 0), 0, 0, ...axes.map(({ further }) => further)];
  return { first: b.op('Pad', [made, b.ints(amounts), b.scalar(0, inputs[1].dtype)]) };
};

export const linearRules: RuleTable<keyof typeof linear> = {
  matmul: (b, [x, y], { params: { transposeA, transposeB }, inputs: [p, q] }) => b.op('MatMul', [
    transposeA ? turned(b, x, p.shape.length) : b.last(x), transposeB ? turned(b, y, q.shape.length) : b.last(y)]),
  conv, depthwise_conv: depthwise, conv_grad_input: convTranspose, conv_grad_kernel: GRADIENT,
  depthwise_conv_grad_input: GRADIENT, depthwise_conv_grad_kernel: GRADIENT,
};
