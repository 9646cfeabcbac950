/** CosineSimilarity: minus the cosine between vectors. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { cosine_similarity } from './regression.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

export interface CosineSimilarityOptions extends LossOptions {
  /** Axis of the vectors; default -1. */
  axis?: number;
}
const NAMES = ['axis', 'reduction', 'name', 'dtype'] as const;

/**
 * Minus the cosine between vectors. From -1 (same direction) to 1 (opposite).
 * Source: keras.losses.CosineSimilarity.
 *
 * @example
 * new keras.losses.CosineSimilarity()([[1, 0]], [[2, 0]]).item(); // -1
 */
export class CosineSimilarity extends LossFunctionWrapper {
  readonly axis: number;

  constructor(...args: ConstructorArgs<CosineSimilarityOptions, typeof NAMES>) {
    const {
      axis = -1, ...options
    } = namedArguments<CosineSimilarityOptions>('CosineSimilarity', NAMES, args, []);
    super(cosine_similarity, { ...options, name: options.name ?? 'cosine_similarity', axis });
    this.axis = axis;
  }

  /** Python Keras leaves `axis` out and so loses it; it is written where it is not the default. */
  override get_config(): Record<string, unknown> {
    const config = Loss.prototype.get_config.call(this);
    return this.axis === -1 ? config : { ...config, axis: this.axis };
  }
}
kerasExport(CosineSimilarity, 'keras.losses.CosineSimilarity');
