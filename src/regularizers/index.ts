/** keras.regularizers: penalties on weights and outputs, and finding them by name. */
import type { CustomObjects } from '../saving/registration.js';
import { makeResolver, publishResolver, type Identifier as IdentifierOf } from '../utils/resolve.js';
import type { RegularizerFunction } from './regularizer.js';

export * from './l1.js';
export * from './l1l2.js';
export * from './l2.js';
export * from './orthogonal-regularizer.js';
export { Regularizer, type RegularizerFunction } from './regularizer.js';

/** What layers take for a regularizer. */
export type Identifier = IdentifierOf<RegularizerFunction>;

const resolver = makeResolver<RegularizerFunction>({ module: 'keras.regularizers', what: 'regularizer' });

/**
 * The regularizer that a name, a config, a class or a function means; null for null. Source: keras.regularizers.get.
 * @example
 * keras.regularizers.get('l2')(keras.ops.array([10])).item(); // 1
 */
export const get = (identifier: unknown): RegularizerFunction | null => resolver.get(identifier);

/** The config of a regularizer. Source: keras.regularizers.serialize. */
export const serialize = (regularizer: unknown): unknown => resolver.serialize(regularizer);

/** The regularizer of a config. Source: keras.regularizers.deserialize. */
export const deserialize = (config: unknown, custom_objects: CustomObjects | null = null): RegularizerFunction =>
  resolver.deserialize(config, custom_objects);

publishResolver('keras.regularizers', { get, serialize, deserialize });
