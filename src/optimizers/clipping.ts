/** Gradients cut to size. */
import { apply } from '../engine/apply.js';
import type { Tensor } from '../engine/tensor.js';
import {
  add, clip, divide, greater, maximum, minimum, multiply, sqrt, square, subtract, sum, where,
} from '../ops/tensor-math.js';
import { cast } from '../ops/promotion.js';

/** The gradient, shortened to the norm where it is longer. */
function clipByNorm(gradient: Tensor, norm: number): Tensor {
  const squares = sum(square(gradient));
  const isPositive = greater(squares, 0);
  // The root has no derivative at 0.
  const length = where(isPositive, sqrt(where(isPositive, squares, 1)), squares);
  return divide(multiply(gradient, norm), maximum(length, norm));
}

/** All gradients shortened alike, so that their norm together is at most `norm`. Not finite: all become NaN. */
function clipByGlobalNorm(gradients: readonly Tensor[], norm: number): Tensor[] {
  const { dtype } = gradients[0];
  const total = sum(apply('stack', gradients.map((gradient) => cast(sum(square(gradient)), dtype)), { axis: 0 }));
  const length = sqrt(total);
  const scale = multiply(minimum(divide(1, length), 1 / norm), norm);
  const factor = add(scale, subtract(length, length));
  return gradients.map((gradient) => multiply(gradient, cast(factor, gradient.dtype)));
}

export function clipGradients(
  gradients: Tensor[],
  { clipnorm, global_clipnorm, clipvalue }: Record<'clipnorm' | 'global_clipnorm' | 'clipvalue', number | null>,
): Tensor[] {
  if (clipnorm && clipnorm > 0) return gradients.map((gradient) => clipByNorm(gradient, clipnorm));
  if (global_clipnorm && global_clipnorm > 0) return clipByGlobalNorm(gradients, global_clipnorm);
  if (clipvalue && clipvalue > 0) return gradients.map((gradient) => clip(gradient, -clipvalue, clipvalue));
  return gradients;
}
