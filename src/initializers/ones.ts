/** Ones: all elements 1. */
import { apply } from '../engine/apply.js';
import type { Shape } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { kerasExport } from '../saving/registration.js';
import { dtypeOf, Initializer, type DTypeArgument } from './initializer.js';

/**
 * All elements 1. Source: keras.initializers.Ones.
 * @example
 * new keras.initializers.Ones()([2]).arraySync(); // [1, 1]
 */
export class Ones extends Initializer {
  override __call__(shape: Shape, dtype?: DTypeArgument): Tensor {
    return apply('full', [], { value: 1, shape, dtype: dtypeOf(dtype) });
  }
}
kerasExport(Ones, 'keras.initializers.Ones', 'keras.initializers.ones');
export { Ones as ones };
