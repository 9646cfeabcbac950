/** Layers to configs and back. */
import { kerasExport, type CustomObjects } from '../saving/registration.js';
import { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
import { Layer, LayerError } from './layer.js';

/**
 * The config of a layer, as files hold it. Source: keras.layers.serialize.
 * @example
 * keras.layers.serialize(new keras.layers.Dense(3)).class_name; // 'Dense'
 */
export function serialize(layer: Layer): Record<string, unknown> {
  return serialize_keras_object(layer) as Record<string, unknown>;
}
kerasExport(serialize, 'keras.layers.serialize');

/**
 * The layer of a config. Source: keras.layers.deserialize.
 *
 * @param config what `serialize` gave, here or in Python
 * @param custom_objects classes and functions of yours by name, besides the registered ones
 * @throws LayerError when the config is of something else
 * @example
 * keras.layers.deserialize(keras.layers.serialize(new keras.layers.Dense(3))).units; // 3
 */
export function deserialize(config: unknown, custom_objects: CustomObjects | null = null): Layer {
  const layer = deserialize_keras_object(config, { custom_objects });
  if (!(layer instanceof Layer)) {
    const { class_name } = Object(config) as { class_name?: unknown };
    throw new LayerError(`keras.layers.deserialize takes the config of a layer, received ` +
      `${class_name === undefined ? JSON.stringify(config) : `one of ${String(class_name)}`}.`);
  }
  return layer;
}
kerasExport(deserialize, 'keras.layers.deserialize');
