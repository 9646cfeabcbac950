/** CategoricalGeneralizedCrossEntropy: (1 - p^q) / q, where p is the probability of the right class. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { categorical_generalized_cross_entropy } from './probabilistic.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

export interface CategoricalGeneralizedCrossEntropyOptions extends LossOptions {
  /** Between crossentropy (towards 0) and absolute error (towards 1), ends excluded; default 0.5. */
  q?: number;
}
const NAMES = ['q', 'reduction', 'name', 'dtype'] as const;

/**
 * (1 - p^q) / q, where p is the probability of the right class. For class numbers that may be wrong. Source
 * also: Zhang and Sabuncu, 2018.
 * Source: keras.losses.CategoricalGeneralizedCrossEntropy.
 *
 * @example
 * new keras.losses.CategoricalGeneralizedCrossEntropy()([0], [[1, 0]]).item(); // 0
 */
export class CategoricalGeneralizedCrossEntropy extends LossFunctionWrapper {
  readonly q: number;

  constructor(...args: ConstructorArgs<CategoricalGeneralizedCrossEntropyOptions, typeof NAMES>) {
    const {
      q = 0.5, ...options
    } = namedArguments<CategoricalGeneralizedCrossEntropyOptions>('CategoricalGeneralizedCrossEntropy', NAMES, args, []);
    if (!(q > 0 && q < 1)) throw new RangeError(`q of CategoricalGeneralizedCrossEntropy is between 0 and 1, received ${String(q)}.`);
    super(categorical_generalized_cross_entropy, {
      ...options, name: options.name ?? 'categorical_generalized_cross_entropy', q,
    });
    this.q = q;
  }

  override get_config(): Record<string, unknown> {
    const { q } = this;
    return { ...Loss.prototype.get_config.call(this), q };
  }
}
kerasExport(CategoricalGeneralizedCrossEntropy, 'keras.losses.CategoricalGeneralizedCrossEntropy');
