/** Base of the regularizers. */
import type { Tensor } from '../engine/tensor.js';
import { kerasExport } from '../saving/registration.js';
import { declareAbstract, fieldsOfConfig } from '../utils/abstract.js';
import { Callable } from '../utils/callable.js';

/** A penalty on a weight or an output: a scalar that is added to the loss. */
export type RegularizerFunction = (x: Tensor) => Tensor;

export interface Regularizer {
  (x: Tensor): Tensor;
}

/**
 * A penalty on a weight or an output, added to the loss: `regularizer(x)` gives a scalar. Derive from it and define
 * `__call__` and `get_config` for your own. Source: keras.regularizers.Regularizer.
 *
 * @example
 * const layer = new keras.layers.Dense(3, {kernel_regularizer: new keras.regularizers.L2(0.01)});
 */
export abstract class Regularizer extends Callable {
  abstract override __call__(x: Tensor): Tensor;

  /** The constructor's options. */
  abstract get_config(): Record<string, unknown>;

  static from_config(config: Record<string, unknown>): Regularizer {
    return new (this as unknown as new (options: Record<string, unknown>) => Regularizer)(config);
  }

  protected override inspectFields(): Record<string, unknown> {
    return fieldsOfConfig(this);
  }
}
declareAbstract(Regularizer, '__call__', 'get_config');
kerasExport(Regularizer, 'keras.regularizers.Regularizer', 'keras.Regularizer');

/** A factor of a penalty: finite and not negative. */
export function requireFactor(owner: string, name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new RangeError(`The argument ${name} of ${owner} is a number from 0, received ${String(value)}.`);
  }
  return value;
}
