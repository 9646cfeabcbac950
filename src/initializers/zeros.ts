/** Zeros: all elements 0. */
import { apply } from '../engine/apply.js';
import type { Shape } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { kerasExport } from '../saving/registration.js';
import { dtypeOf, Initializer, type DTypeArgument } from './initializer.js';

/**
 * All elements 0. Source: keras.initializers.Zeros.
 * @example
 * new keras.initializers.Zeros()([2]).arraySync(); // [0, 0]
 */
export class Zeros extends Initializer {
  override __call__(shape: Shape, dtype?: DTypeArgument): Tensor {
    return apply('full', [], { value: 0, shape, dtype: dtypeOf(dtype) });
  }
}
kerasExport(Zeros, 'keras.initializers.Zeros', 'keras.initializers.zeros');
export { Zeros as zeros };
