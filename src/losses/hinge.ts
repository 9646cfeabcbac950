/** Hinge: the mean of max(1 - y_true y_pred, 0). */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { hinge } from './hinge-functions.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

const NAMES = ['reduction', 'name', 'dtype'] as const;

/**
 * The mean of max(1 - y_true y_pred, 0). For labels -1 and 1 (0 and 1 are converted) and predictions
 * without a bound. Source: keras.losses.Hinge.
 * @example
 * new keras.losses.Hinge()([-1, 1], [-2, 0]).item(); // 0.5
 */
export class Hinge extends LossFunctionWrapper {
  constructor(...args: ConstructorArgs<LossOptions, typeof NAMES>) {
    const options = namedArguments<LossOptions>('Hinge', NAMES, args, []);
    super(hinge, { ...options, name: options.name ?? 'hinge' });
  }

  override get_config(): Record<string, unknown> {
    return Loss.prototype.get_config.call(this);
  }
}
kerasExport(Hinge, 'keras.losses.Hinge');
