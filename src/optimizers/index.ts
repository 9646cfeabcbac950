/** keras.optimizers: rules that change weights by gradients, and finding them by name. */
import type { CustomObjects } from '../saving/registration.js';
import { ArgumentError } from '../utils/checks.js';
import { makeResolver, publishResolver } from '../utils/resolve.js';
import { Optimizer } from './optimizer.js';

export { Adadelta, type AdadeltaOptions } from './adadelta.js';
export { Adafactor, type AdafactorOptions } from './adafactor.js';
export { Adagrad, type AdagradOptions } from './adagrad.js';
export { Adam, type AdamOptions } from './adam.js';
export { Adamax, type AdamaxOptions } from './adamax.js';
export { AdamW } from './adamw.js';
export { Ftrl, type FtrlOptions } from './ftrl.js';
export { Lamb, type LambOptions } from './lamb.js';
export { Lion, type LionOptions } from './lion.js';
export { LossScaleOptimizer, type LossScaleOptimizerOptions } from './loss-scale-optimizer.js';
export { MultiOptimizer, type MultiOptimizerOptions } from './multi-optimizer.js';
export { Muon, type MuonOptions } from './muon.js';
export { Nadam, type NadamOptions } from './nadam.js';
export { Optimizer, OptimizerError, type LearningRate, type OptimizerOptions } from './optimizer.js';
export { OptimizerMap, type OptimizerMapOptions } from './optimizer-map.js';
export { RMSprop, type RMSpropOptions } from './rmsprop.js';
export { ScheduleFreeAdamW, type ScheduleFreeAdamWOptions } from './schedule-free-adamw.js';
export { SGD, type SGDOptions } from './sgd.js';
export * as schedules from './schedules/index.js';

const MODULE = 'keras.optimizers';
const resolver = makeResolver<Optimizer>({
  module: MODULE, what: 'optimizer', spelling: (className) => className.toLowerCase(),
});

/**
 * The optimizer that a name, a config or an optimizer means. Source: keras.optimizers.get.
 * @example
 * keras.optimizers.get('adam') instanceof keras.optimizers.Adam; // true
 */
export function get(identifier: unknown): Optimizer {
  const optimizer = resolver.get(typeof identifier === 'string' ? identifier.toLowerCase() : identifier);
  if (!(optimizer instanceof Optimizer)) {
    throw new ArgumentError(`Expected an optimizer, its name or its config, received ${String(identifier)}.`);
  }
  return optimizer;
}

/** The config of an optimizer. Source: keras.optimizers.serialize. */
export const serialize = (optimizer: Optimizer): unknown => resolver.serialize(optimizer);

/** The optimizer of a config. Source: keras.optimizers.deserialize. */
export const deserialize = (config: unknown, custom_objects: CustomObjects | null = null): Optimizer =>
  resolver.deserialize(config, custom_objects);

publishResolver(MODULE, { get, serialize, deserialize });
