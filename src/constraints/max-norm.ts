/** MaxNorm: norms up to a bound. */
import { epsilon } from '../backend/config.js';
import type { Tensor } from '../engine/tensor.js';
import { add, clip, divide, multiply, type Axes } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { Constraint, normsOf } from './constraint.js';

export interface MaxNormOptions {
  /** Greatest norm; default 2. */
  max_value?: number;
  /** Axis or axes of a vector: 0 (default) for the inputs of each unit of Dense, [0, 1, 2] for a Conv2D kernel. */
  axis?: Axes;
}
const NAMES = ['max_value', 'axis'] as const;

/**
 * Shortens vectors whose norm is above a bound. Source: keras.constraints.MaxNorm; Srivastava et al., 2014.
 * @example
 * new keras.constraints.MaxNorm(1)(keras.ops.array([[3], [4]])).arraySync(); // [[0.6], [0.8]]
 */
export class MaxNorm extends Constraint {
  readonly max_value: number;
  readonly axis: Axes;

  constructor(...args: ConstructorArgs<MaxNormOptions, typeof NAMES>) {
    super();
    const { max_value = 2, axis = 0 } = namedArguments<MaxNormOptions>('MaxNorm', NAMES, args, []);
    this.max_value = max_value;
    this.axis = axis;
  }

  override __call__(w: Tensor): Tensor {
    const norms = normsOf(w, this.axis);
    return multiply(w, divide(clip(norms, 0, this.max_value), add(norms, epsilon())));
  }

  override get_config(): Record<string, unknown> {
    return { max_value: this.max_value, axis: this.axis };
  }
}
kerasExport(MaxNorm, 'keras.constraints.MaxNorm', 'keras.constraints.max_norm');
export { MaxNorm as max_norm };
