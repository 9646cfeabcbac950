/** Base of the initializers. */
import { getDefaultFloat, standardizeDType, type DType } from '../engine/dtype.js';
import type { Shape } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { kerasExport } from '../saving/registration.js';
import { declareAbstract } from '../utils/abstract.js';
import { Callable } from '../utils/callable.js';

/** The dtype of an initializer's result, by position or by name; floatx when it is left out. */
export type DTypeArgument = string | null | { dtype?: string | null };

/** What a layer calls for the first value of a weight. */
export type InitializerFunction = (shape: Shape, dtype?: DType) => Tensor;

export const dtypeOf = (argument: DTypeArgument | undefined): DType => {
  const dtype = typeof argument === 'object' ? argument?.dtype : argument;
  return dtype === null || dtype === undefined ? getDefaultFloat() : standardizeDType(dtype);
};

export interface Initializer {
  (shape: Shape, dtype?: DTypeArgument): Tensor;
}

/**
 * Gives weights their first values: `initializer(shape, dtype)`. Derive from it and define `__call__` for your own.
 * Source: keras.initializers.Initializer.
 *
 * @example
 * class Halves extends keras.initializers.Initializer {
 *   __call__(shape, dtype) { return keras.ops.full(shape, 0.5, dtype); }
 * }
 * const layer = new keras.layers.Dense(3, {kernel_initializer: new Halves()});
 */
export abstract class Initializer extends Callable {
  abstract override __call__(shape: Shape, dtype?: DTypeArgument): Tensor;

  /** The constructor's options. */
  get_config(): Record<string, unknown> {
    return {};
  }

  static from_config(config: Record<string, unknown>): Initializer {
    return new (this as unknown as new (options: Record<string, unknown>) => Initializer)(config);
  }

  /** Another initializer with the same options. */
  clone(): this {
    return (this.constructor as typeof Initializer).from_config(this.get_config()) as this;
  }

  protected override inspectFields(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this.get_config()).filter(([, value]) => value !== null));
  }
}
declareAbstract(Initializer, '__call__');
kerasExport(Initializer, 'keras.initializers.Initializer', 'keras.Initializer');
