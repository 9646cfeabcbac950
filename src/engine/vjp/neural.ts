/** Vjp rules of pooling, softmax and the fused losses. */
import { apply } from '../apply.js';
import type { neural, PoolParams } from '../primitives/neural.js';
import type { ParamsOf } from '../primitives/index.js';
import type { Tensor } from '../tensor.js';
import { add, mul, neg, sub, type VjpRule } from './rule.js';

const sumLast = (x: Tensor): Tensor =>
  apply('reduce_sum', [x], { axes: [x.shape.length - 1], keepdims: true });

const column = (x: Tensor): Tensor => apply('reshape', [x], { shape: [...x.shape, 1] });

/** Gradient of a fused loss by its logits; its own derivative follows from softmax, for second derivatives. */
const crossEntropy = (labelsDifferentiable: boolean): VjpRule<object> =>
  ({ gradients: [g, gg], inputs: [logits], outputs: [, backprop], needs }) => {
    let byLogits: Tensor | undefined;
    if (g && needs[0]) byLogits = mul(column(g), backprop);
    if (gg && needs[0]) {
      const p = apply('softmax', [logits]);
      const second = mul(p, sub(gg, sumLast(mul(gg, p))));
      byLogits = byLogits ? add(byLogits, second) : second;
    }
    let byLabels: Tensor | undefined;
    if (labelsDifferentiable && needs[1]) {
      if (g) byLabels = neg(mul(column(g), apply('log_softmax', [logits])));
      if (gg) byLabels = byLabels ? sub(byLabels, gg) : neg(gg);
    }
    return [byLogits, byLabels];
  };

export const neuralVjp = {
  max_pool: ({ gradients: [g], inputs: [x], outputs: [y], params }) => [apply('max_pool_grad', [x, y, g!], params)],
  max_pool_grad: ({ gradients: [g], inputs: [x, y], params }: { gradients: readonly (Tensor | undefined)[];
    inputs: readonly Tensor[]; params: PoolParams }) =>
    [undefined, undefined, apply('max_pool_grad_grad', [x, y, g!], params)],
  max_pool_grad_grad: ({ gradients: [g], inputs: [x, y], params }) =>
    [undefined, undefined, apply('max_pool_grad', [x, y, g!], params)],
  average_pool: ({ gradients: [g], inputs: [x], params }) =>
    [apply('average_pool_grad', [g!], { ...params, inputShape: x.shape })],
  average_pool_grad: ({ gradients: [g], params: { window, strides, padding } }) =>
    [apply('average_pool', [g!], { window, strides, padding })],
  softmax: ({ gradients: [g], outputs: [y] }) => [mul(sub(g!, sumLast(mul(g!, y))), y)],
  log_softmax: ({ gradients: [g], outputs: [y] }) => [sub(g!, mul(apply('exp', [y]), sumLast(g!)))],
  softmax_cross_entropy: crossEntropy(true),
  sparse_softmax_cross_entropy: crossEntropy(false),
  ctc_beam_search: null,
  adam_update: () => {
    throw new Error('adam_update is not differentiable. Write the update with ops to differentiate through it.');
  },
} satisfies { [N in keyof typeof neural]: VjpRule<ParamsOf<N>> | null };
