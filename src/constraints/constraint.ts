/** Base of the constraints. */
import type { Tensor } from '../engine/tensor.js';
import { sqrt, square, sum, type Axes } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { Callable } from '../utils/callable.js';

/** Applied to a weight after each update. */
export type ConstraintFunction = (w: Tensor) => Tensor;

export interface Constraint {
  (w: Tensor): Tensor;
}

/**
 * Keeps a weight in a set: `constraint(w)` gives the weight to have instead, after each update by an optimizer.
 * Derive from it and define `__call__` for your own. Source: keras.constraints.Constraint.
 *
 * @example
 * const layer = new keras.layers.Dense(3, {kernel_constraint: new keras.constraints.NonNeg()});
 */
export class Constraint extends Callable {
  override __call__(w: Tensor): Tensor {
    return w;
  }

  /** The constructor's options. */
  get_config(): Record<string, unknown> {
    return {};
  }

  static from_config(config: Record<string, unknown>): Constraint {
    return new (this as unknown as new (options: Record<string, unknown>) => Constraint)(config);
  }

  protected override inspectFields(): Record<string, unknown> {
    return this.get_config();
  }
}
kerasExport(Constraint, 'keras.constraints.Constraint');

/** Euclidean norms over axes, which stay with length 1. */
export const normsOf = (w: Tensor, axis: Axes): Tensor => sqrt(sum(square(w), axis, true));
