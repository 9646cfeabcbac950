/** keras.constraints: what weights must keep to, and finding them by name. */
import type { CustomObjects } from '../saving/registration.js';
import { makeResolver, publishResolver, type Identifier as IdentifierOf } from '../utils/resolve.js';
import type { ConstraintFunction } from './constraint.js';

export { Constraint, type ConstraintFunction } from './constraint.js';
export * from './max-norm.js';
export * from './min-max-norm.js';
export * from './non-neg.js';
export * from './unit-norm.js';

/** What layers take for a constraint. */
export type Identifier = IdentifierOf<ConstraintFunction>;

const resolver = makeResolver<ConstraintFunction>({ module: 'keras.constraints', what: 'constraint' });

/**
 * The constraint that a name, a config, a class or a function means; null for null. Source: keras.constraints.get.
 * @example
 * keras.constraints.get('non_neg')(keras.ops.array([-1])).arraySync(); // [0]
 */
export const get = (identifier: unknown): ConstraintFunction | null => resolver.get(identifier);

/** The config of a constraint. Source: keras.constraints.serialize. */
export const serialize = (constraint: unknown): unknown => resolver.serialize(constraint);

/** The constraint of a config. Source: keras.constraints.deserialize. */
export const deserialize = (config: unknown, custom_objects: CustomObjects | null = null): ConstraintFunction =>
  resolver.deserialize(config, custom_objects);

publishResolver('keras.constraints', { get, serialize, deserialize });
