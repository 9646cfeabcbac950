/** keras.losses: what training makes small, and finding losses by name. */
import type { CustomObjects } from '../saving/registration.js';
import { makeResolver, publishResolver } from '../utils/resolve.js';
import type { Loss } from './loss.js';
import type { LossFunction } from './loss-function-wrapper.js';

export * from './binary-crossentropy.js';
export * from './binary-focal-crossentropy.js';
export * from './categorical-crossentropy.js';
export * from './categorical-focal-crossentropy.js';
export * from './categorical-generalized-cross-entropy.js';
export * from './categorical-hinge.js';
export * from './circle.js';
export * from './cosine-similarity.js';
export * from './ctc.js';
export * from './dice.js';
export * from './hinge.js';
export * from './huber.js';
export * from './kl-divergence.js';
export * from './log-cosh.js';
export * from './mean-absolute-error.js';
export * from './mean-absolute-percentage-error.js';
export * from './mean-squared-error.js';
export * from './mean-squared-logarithmic-error.js';
export * from './poisson.js';
export * from './sparse-categorical-crossentropy.js';
export * from './squared-hinge.js';
export * from './tversky.js';
export * from './focal.js';
export * from './hinge-functions.js';
export { Loss, type LossOptions, type SampleWeight } from './loss.js';
export * from './loss-function-wrapper.js';
export {
  binary_crossentropy, categorical_crossentropy, categorical_generalized_cross_entropy, kl_divergence, poisson,
  sparse_categorical_crossentropy,
} from './probabilistic.js';
export type { Reduction } from './reduction.js';
export * from './regression.js';
export * from './segmentation.js';
export * from './similarity.js';

const resolver = makeResolver<Loss | LossFunction>({
  module: 'keras.losses', what: 'loss',
  aliases: {
    bce: 'binary_crossentropy', BCE: 'binary_crossentropy', kld: 'kl_divergence', KLD: 'kl_divergence',
    mae: 'mean_absolute_error', MAE: 'mean_absolute_error', mse: 'mean_squared_error', MSE: 'mean_squared_error',
    mape: 'mean_absolute_percentage_error', MAPE: 'mean_absolute_percentage_error',
    msle: 'mean_squared_logarithmic_error', MSLE: 'mean_squared_logarithmic_error',
  },
});

/**
 * The loss that a name, a config, a class or a function means; null for null. Names in snake case mean functions,
 * names of classes objects. Source: keras.losses.get.
 * @example
 * keras.losses.get('mse')([[0]], [[2]]).arraySync(); // [4]
 */
export function get(identifier: null | undefined): null;
export function get(identifier: unknown): Loss | LossFunction;
export function get(identifier: unknown): Loss | LossFunction | null {
  return resolver.get(identifier);
}

/** The config of a loss. Source: keras.losses.serialize. */
export const serialize = (loss: unknown): unknown => resolver.serialize(loss);

/** The loss of a config. Source: keras.losses.deserialize. */
export const deserialize = (name: unknown, custom_objects: CustomObjects | null = null): Loss | LossFunction =>
  resolver.deserialize(name, custom_objects);

publishResolver('keras.losses', { get, serialize, deserialize });
