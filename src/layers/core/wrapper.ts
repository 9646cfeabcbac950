/** Wrapper: base of the layers that hold another layer. */
import { kerasExport, type CustomObjects } from '../../saving/registration.js';
import { deserialize_keras_object, serialize_keras_object } from '../../saving/serialization.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { Layer, LayerError, type LayerOptions } from '../layer.js';

export interface WrapperOptions extends LayerOptions {
  /** The layer inside. */
  layer: Layer;
}

const ARGUMENTS = ['layer'] as const;

/**
 * Base of the layers that wrap another one, such as `TimeDistributed`: it keeps the layer inside, builds it and saves
 * it. A subclass computes in `call` with `this.layer`.
 *
 * Input and output shapes: those of the subclass. Source: keras.layers.Wrapper.
 *
 * @throws LayerError when what is wrapped is no layer
 * @example
 * class Twice extends keras.layers.Wrapper {
 *   call(inputs) {
 *     return this.layer(this.layer(inputs));
 *   }
 * }
 * new Twice(new keras.layers.Dense(3))(keras.ops.ones([2, 3])).shape; // [2, 3]
 */
export abstract class Wrapper extends Layer {
  readonly layer: Layer;

  constructor(...args: ConstructorArgs<WrapperOptions, typeof ARGUMENTS>) {
    const { layer, ...options } = namedArguments<WrapperOptions>(new.target.name, ARGUMENTS, args);
    if (!(layer instanceof Layer)) {
      throw new LayerError(`${new.target.name}: the argument 'layer' must be a layer, received ${describe(layer)}.`);
    }
    super(options);
    this.layer = layer;
  }

  override build(input_shape: unknown): void {
    if (!this.layer.built) this.layer.build(input_shape);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), layer: serialize_keras_object(this.layer) };
  }

  static override from_config(config: Record<string, unknown>, custom_objects: CustomObjects | null = null): Layer {
    const layer = deserialize_keras_object(config.layer, { custom_objects });
    return new (this as unknown as new (config: Record<string, unknown>) => Layer)({ ...config, layer });
  }
}
kerasExport(Wrapper, 'keras.layers.Wrapper');

function describe(value: unknown): string {
  const isClass = typeof value === 'function' && value.prototype instanceof Layer;
  return isClass ? `the class ${value.name}; make a layer of it with new` : JSON.stringify(value) ?? String(value);
}
