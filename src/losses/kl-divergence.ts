/** KLDivergence: the sum of y_true log(y_true / y_pred). */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { kl_divergence } from './probabilistic.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

const NAMES = ['reduction', 'name', 'dtype'] as const;

/**
 * The sum of y_true log(y_true / y_pred). For two probability distributions. Source: keras.losses.KLDivergence.
 * @example
 * new keras.losses.KLDivergence()([[0.5, 0.5]], [[0.5, 0.5]]).item(); // 0
 */
export class KLDivergence extends LossFunctionWrapper {
  constructor(...args: ConstructorArgs<LossOptions, typeof NAMES>) {
    const options = namedArguments<LossOptions>('KLDivergence', NAMES, args, []);
    super(kl_divergence, { ...options, name: options.name ?? 'kl_divergence' });
  }

  override get_config(): Record<string, unknown> {
    return Loss.prototype.get_config.call(this);
  }
}
kerasExport(KLDivergence, 'keras.losses.KLDivergence');
