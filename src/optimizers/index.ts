/** keras.optimizers. */
import { getExportsOf, kerasExport } from '../saving/registration.js';
import { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
import { isPlainObject } from '../engine/structure.js';
import { Optimizer } from './optimizer.js';

export { Adam, type AdamOptions } from './adam.js';
export { Optimizer, OptimizerError, type LearningRate, type OptimizerOptions } from './optimizer.js';
export { SGD, type SGDOptions } from './sgd.js';
export * as schedules from './schedules/index.js';

const isOptimizerClass = (value: unknown): value is new () => Optimizer =>
  typeof value === 'function' && value.prototype instanceof Optimizer;

/**
 * An optimizer from its name, its config or itself. Source: keras.optimizers.get.
 *
 * @example
 * keras.optimizers.get('adam') instanceof keras.optimizers.Adam; // true
 */
export function get(identifier: unknown): Optimizer {
  if (identifier instanceof Optimizer) return identifier;
  if (isPlainObject(identifier)) {
    const optimizer = deserialize_keras_object(identifier);
    if (optimizer instanceof Optimizer) return optimizer;
  }
  const known = [...getExportsOf('keras.optimizers')].filter(([, value]) => isOptimizerClass(value) && value !== (Optimizer as unknown));
  if (typeof identifier === 'string') {
    const found = known.find(([name]) => name.toLowerCase() === identifier.toLowerCase());
    if (found && isOptimizerClass(found[1])) return new found[1]();
  }
  throw new TypeError(`Unknown optimizer ${JSON.stringify(identifier) ?? String(identifier)}. Expected an optimizer, its config, or one of the names ` +
    `${known.map(([name]) => `'${name.toLowerCase()}'`).join(', ')}.`);
}
kerasExport(get, 'keras.optimizers.get');

/** The serialized form of an optimizer. Source: keras.optimizers.serialize. */
export const serialize = (optimizer: Optimizer): unknown => serialize_keras_object(optimizer);
kerasExport(serialize, 'keras.optimizers.serialize');

/** An optimizer from its serialized form. Source: keras.optimizers.deserialize. */
export const deserialize = (config: Record<string, unknown>): Optimizer => get(config);
kerasExport(deserialize, 'keras.optimizers.deserialize');

