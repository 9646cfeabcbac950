/** Functional: the model that `new Model(inputs, outputs)` makes. */
import type { LayerOptions } from '../layers/layer.js';
import { kerasExport } from '../saving/registration.js';
import { Model, setFunctionalClass } from './model.js';

/**
 * A model that is a graph of layers between inputs and outputs. Made by `new Model(inputs, outputs)`.
 * Source: keras.src.models.functional.Functional.
 *
 * @example
 * const x = keras.Input({ shape: [2] });
 * new keras.Model(x, keras.ops.relu(x)) instanceof keras.Functional; // true
 */
export class Functional extends Model {
  constructor(inputs: unknown, outputs: unknown, options: LayerOptions = {}) {
    super(inputs, outputs, options);
  }
}
kerasExport(Functional, 'keras.models.Functional', 'keras.src.models.functional.Functional');
setFunctionalClass(Functional);
