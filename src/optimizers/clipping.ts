/** Clipping of gradients. */
import { apply } from '../engine/apply.js';
import { scalarTensor } from '../engine/convert.js';
import type { Tensor } from '../engine/tensor.js';

export interface ClipOptions {
  clipnorm: number | null;
  clipvalue: number | null;
  global_clipnorm: number | null;
}

const scalarLike = (value: number, like: Tensor): Tensor => scalarTensor(value, like.dtype);
const squaredSum = (x: Tensor): Tensor =>
  apply('reduce_sum', [apply('square', [x])], { axes: x.shape.map((_, i) => i), keepdims: false });

/** g limit / max(|g|, limit): gradients shorter than the limit stay as they are. */
function byNorm(g: Tensor, limit: number): Tensor {
  const norm = apply('sqrt', [squaredSum(g)]);
  return apply('divide', [apply('multiply', [g, scalarLike(limit, g)]), apply('maximum', [norm, scalarLike(limit, g)])]);
}

function byGlobalNorm(gradients: readonly Tensor[], limit: number): Tensor[] {
  const norm = apply('sqrt', [gradients.map(squaredSum).reduce((a, b) => apply('add', [a, b]))]);
  const inverse = apply('minimum', [apply('divide', [scalarLike(1, norm), norm]), scalarLike(1 / limit, norm)]);
  const scale = apply('multiply', [scalarLike(limit, norm), inverse]);
  return gradients.map((g) => apply('multiply', [g, scale]));
}

export function clipGradients(gradients: readonly Tensor[], { clipnorm, clipvalue, global_clipnorm }: ClipOptions): readonly Tensor[] {
  if (clipnorm) return gradients.map((g) => byNorm(g, clipnorm));
  if (global_clipnorm) return byGlobalNorm(gradients, global_clipnorm);
  if (clipvalue) {
    return gradients.map((g) => apply('minimum', [apply('maximum', [g, scalarLike(-clipvalue, g)]), scalarLike(clipvalue, g)]));
  }
  return gradients;
}
