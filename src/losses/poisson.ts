/** Poisson: the mean of y_pred - y_true log(y_pred). */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { poisson } from './probabilistic.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

const NAMES = ['reduction', 'name', 'dtype'] as const;

/**
 * The mean of y_pred - y_true log(y_pred). For counts, of which the predictions are the expected values.
 * Source: keras.losses.Poisson.
 * @example
 * new keras.losses.Poisson()([1], [1]).item(); // 1
 */
export class Poisson extends LossFunctionWrapper {
  constructor(...args: ConstructorArgs<LossOptions, typeof NAMES>) {
    const options = namedArguments<LossOptions>('Poisson', NAMES, args, []);
    super(poisson, { ...options, name: options.name ?? 'poisson' });
  }

  override get_config(): Record<string, unknown> {
    return Loss.prototype.get_config.call(this);
  }
}
kerasExport(Poisson, 'keras.losses.Poisson');
