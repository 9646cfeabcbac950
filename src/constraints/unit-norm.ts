/** UnitNorm: norms of 1. */
import { epsilon } from '../backend/config.js';
import type { Tensor } from '../engine/tensor.js';
import { add, divide, type Axes } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { Constraint, normsOf } from './constraint.js';

export interface UnitNormOptions {
  /** Axis or axes of a vector; default 0: the inputs of each unit of Dense. */
  axis?: Axes;
}
const NAMES = ['axis'] as const;

/**
 * Gives vectors the norm 1. Source: keras.constraints.UnitNorm.
 * @example
 * new keras.constraints.UnitNorm()(keras.ops.array([[3], [4]])).arraySync(); // [[0.6], [0.8]]
 */
export class UnitNorm extends Constraint {
  readonly axis: Axes;

  constructor(...args: ConstructorArgs<UnitNormOptions, typeof NAMES>) {
    super();
    this.axis = namedArguments<UnitNormOptions>('UnitNorm', NAMES, args, []).axis ?? 0;
  }

  override __call__(w: Tensor): Tensor {
    return divide(w, add(normsOf(w, this.axis), epsilon()));
  }

  override get_config(): Record<string, unknown> {
    return { axis: this.axis };
  }
}
kerasExport(UnitNorm, 'keras.constraints.UnitNorm', 'keras.constraints.unit_norm');
export { UnitNorm as unit_norm };
