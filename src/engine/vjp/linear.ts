/** Vjp rules of matrix products and convolutions. */
import { apply } from '../apply.js';
import type { linear, MatmulParams } from '../primitives/linear.js';
import type { ParamsOf } from '../primitives/index.js';
import type { Tensor } from '../tensor.js';
import { conj, unbroadcast, type VjpRule } from './rule.js';

const matmul = (a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor =>
  apply('matmul', [a, b], { transposeA, transposeB });

const matmulRule: VjpRule<MatmulParams> = ({ gradients: [gradient], inputs: [a, b], params: { transposeA, transposeB }, needs }) => {
  const g = conj(gradient!);
  return [
    needs[0]
      ? unbroadcast(conj(transposeA ? matmul(b, g, transposeB, true) : matmul(g, b, false, !transposeB)), a.shape)
      : undefined,
    needs[1]
      ? unbroadcast(conj(transposeB ? matmul(g, a, true, transposeA) : matmul(a, g, !transposeA, false)), b.shape)
      : undefined,
  ];
};

/** A convolution is linear in x and in its kernel, so each of its three forms differentiates into the others. */
export const linearVjp = {
  matmul: matmulRule,
  conv: ({ gradients: [g], inputs: [x, kernel], params, needs }) => [
    needs[0] ? apply('conv_grad_input', [kernel, g!], { ...params, inputShape: x.shape }) : undefined,
    needs[1] ? apply('conv_grad_kernel', [x, g!], { ...params, kernelShape: kernel.shape }) : undefined,
  ],
  conv_grad_input: ({ gradients: [g], inputs: [kernel, y], params: { strides, padding, dilations }, needs }) => [
    needs[0] ? apply('conv_grad_kernel', [g!, y], { strides, padding, dilations, kernelShape: kernel.shape }) : undefined,
    needs[1] ? apply('conv', [g!, kernel], { strides, padding, dilations }) : undefined,
  ],
  conv_grad_kernel: ({ gradients: [g], inputs: [x, y], params: { strides, padding, dilations }, needs }) => [
    needs[0] ? apply('conv_grad_input', [g!, y], { strides, padding, dilations, inputShape: x.shape }) : undefined,
    needs[1] ? apply('conv', [x, g!], { strides, padding, dilations }) : undefined,
  ],
  depthwise_conv: ({ gradients: [g], inputs: [x, kernel], params, needs }) => [
    needs[0] ? apply('depthwise_conv_grad_input', [kernel, g!], { ...params, inputShape: x.shape }) : undefined,
    needs[1] ? apply('depthwise_conv_grad_kernel', [x, g!], { ...params, kernelShape: kernel.shape }) : undefined,
  ],
  depthwise_conv_grad_input: ({ gradients: [g], inputs: [kernel, y], params: { strides, padding, dilations }, needs }) => [
    needs[0]
      ? apply('depthwise_conv_grad_kernel', [g!, y], { strides, padding, dilations, kernelShape: kernel.shape })
      : undefined,
    needs[1] ? apply('depthwise_conv', [g!, kernel], { strides, padding, dilations }) : undefined,
  ],
  depthwise_conv_grad_kernel: ({ gradients: [g], inputs: [x, y], params: { strides, padding, dilations }, needs }) => [
    needs[0]
      ? apply('depthwise_conv_grad_input', [g!, y], { strides, padding, dilations, inputShape: x.shape })
      : undefined,
    needs[1] ? apply('depthwise_conv', [x, g!], { strides, padding, dilations }) : undefined,
  ],
} satisfies { [N in keyof typeof linear]: VjpRule<ParamsOf<N>> | null };
