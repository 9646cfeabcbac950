/** NonNeg: no negative weights. */
import type { Tensor } from '../engine/tensor.js';
import { maximum } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { Constraint } from './constraint.js';

/**
 * Negative weights become 0. Source: keras.constraints.NonNeg.
 * @example
 * new keras.constraints.NonNeg()(keras.ops.array([-1, 2])).arraySync(); // [0, 2]
 */
export class NonNeg extends Constraint {
  override __call__(w: Tensor): Tensor {
    return maximum(w, 0);
  }
}
kerasExport(NonNeg, 'keras.constraints.NonNeg', 'keras.constraints.non_neg');
export { NonNeg as non_neg };
