/** Constant: a given value everywhere. */
import { apply } from '../engine/apply.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import type { Shape } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { kerasExport } from '../saving/registration.js';
import { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { dtypeOf, Initializer, type DTypeArgument } from './initializer.js';

export interface ConstantOptions {
  /** A number, or an array that broadcasts to the shape; default 0. */
  value?: TensorLike;
}
const NAMES = ['value'] as const;

/**
 * A given value everywhere. Source: keras.initializers.Constant.
 * @example
 * new keras.initializers.Constant(2.5)([2]).arraySync(); // [2.5, 2.5]
 */
export class Constant extends Initializer {
  readonly value: TensorLike;

  constructor(...args: ConstructorArgs<ConstantOptions, typeof NAMES>) {
    super();
    this.value = namedArguments<ConstantOptions>('Constant', NAMES, args, []).value ?? 0;
  }

  override __call__(shape: Shape, dtype?: DTypeArgument): Tensor {
    const type = dtypeOf(dtype);
    if (typeof this.value === 'number') return apply('full', [], { value: this.value, shape, dtype: type });
    return apply('broadcast_to', [toTensor(this.value, type)], { shape });
  }

  override get_config(): Record<string, unknown> {
    return { value: serialize_keras_object(this.value) };
  }

  static override from_config(config: Record<string, unknown>): Constant {
    return new Constant({ value: (deserialize_keras_object(config.value ?? null) ?? 0) as TensorLike });
  }
}
kerasExport(Constant, 'keras.initializers.Constant', 'keras.initializers.constant');
export { Constant as constant };
