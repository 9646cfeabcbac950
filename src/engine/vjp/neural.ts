/** Vjp rules of pooling, softmax and the fused losses. */
import { apply, applyAll } from '../apply.js';
import type { neural, PoolParams } from '../primitives/neural.js';
import type { ParamsOf } from '../primitives/index.js';
import type { Tensor } from '../tensor.js';
import { sizeOf } from '../shape.js';
import { add, div, mul, neg, scalar, sub, zeros, type VjpRule } from './rule.js';

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

/** Sum, or mean, over all axes but that of the channels. */
const overBatch = (name: 'reduce_sum' | 'reduce_mean', x: Tensor): Tensor =>
  apply(name, [x], { axes: x.shape.slice(1).map((_, i) => i), keepdims: false });

/** The gradients of batch normalization from primitives that have gradients themselves. */
function batchGradients(
  g: Tensor, x: Tensor, gamma: Tensor, mean: Tensor, variance: Tensor, epsilon: number,
): Tensor[] {
  const factor = apply('rsqrt', [add(variance, scalar(epsilon, variance))]);
  const normalized = mul(sub(x, mean), factor);
  const byGamma = overBatch('reduce_sum', mul(g, normalized));
  const centered = sub(g, overBatch('reduce_mean', g));
  const byX = mul(mul(gamma, factor), sub(centered, mul(normalized, overBatch('reduce_mean', mul(g, normalized)))));
  return [byX, byGamma, overBatch('reduce_sum', g)];
}

export const neuralVjp = {
  normalize_batch: ({ gradients: [g, gm, gv], inputs: [x, gamma, beta], outputs: [, mean, variance], params }) => {
    const [byX, byGamma, byBeta] = g
      ? applyAll('normalize_batch_grad', [g, x, gamma, mean, variance], params) : [zeros(x), zeros(gamma), zeros(beta)];
    // What the statistics themselves are used for.
    const count = scalar(sizeOf(x.shape) / Math.max(1, sizeOf(mean.shape)), x);
    const parts = [byX];
    if (gm) parts.push(apply('broadcast_to', [div(gm, count)], { shape: x.shape }));
    if (gv) parts.push(mul(sub(x, mean), div(mul(scalar(2, x), gv), count)));
    return [parts.reduce(add), byGamma, byBeta];
  },
  normalize_batch_grad: ({ gradients, inputs, params: { epsilon }, newTape }) => {
    const tape = newTape();
    tape.watch(...inputs);
    const [g, x, gamma, mean, variance] = inputs;
    const made = tape.run(() => batchGradients(g, x, gamma, mean, variance, epsilon));
    return tape.gradients(made, inputs, made.map((value, i) => gradients[i] ?? zeros(value)));
  },
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
