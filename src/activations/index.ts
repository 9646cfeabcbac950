/** keras.activations: functions, and finding them by name. */
import type { Tensor } from '../engine/tensor.js';
import { getExportedPath, type CustomObjects, type Registrable } from '../saving/registration.js';
import { makeResolver, publishResolver, type Identifier as IdentifierOf } from '../utils/resolve.js';
import { linear } from './activations.js';

export * from './activations.js';

/** What a layer applies to its result. */
export type Activation = (x: Tensor) => Tensor;

/** What layers take for an activation. */
export type Identifier = IdentifierOf<Activation>;

const MODULE = 'keras.activations';
const resolver = makeResolver<Activation>({ module: MODULE, what: 'activation' });

/**
 * The activation function that a name, a config, a function or a layer means; `linear` for null.
 * Source: keras.activations.get.
 * @example
 * keras.activations.get('relu')(keras.ops.array([-1, 2])).arraySync(); // [0, 2]
 */
export const get = (identifier: unknown): Activation => resolver.get(identifier) ?? linear;

/**
 * The name of an activation of Keras's, or the config of another function or layer. Source:
 * keras.activations.serialize.
 */
export function serialize(activation: unknown): unknown {
  const path = typeof activation === 'function' ? getExportedPath(activation as Registrable) : undefined;
  if (path?.startsWith(`${MODULE}.`)) return path.slice(MODULE.length + 1);
  return resolver.serialize(activation);
}

/** The activation of a name or config. Source: keras.activations.deserialize. */
export const deserialize = (config: unknown, custom_objects: CustomObjects | null = null): Activation =>
  resolver.deserialize(config, custom_objects);

publishResolver(MODULE, { get, serialize, deserialize });
