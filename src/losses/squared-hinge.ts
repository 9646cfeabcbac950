/** SquaredHinge: the mean of max(1 - y_true y_pred, 0) squared. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { squared_hinge } from './hinge-functions.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

const NAMES = ['reduction', 'name', 'dtype'] as const;

/**
 * The mean of max(1 - y_true y_pred, 0) squared. For labels -1 and 1 (0 and 1 are converted) and
 * predictions without a bound. Source: keras.losses.SquaredHinge.
 * @example
 * new keras.losses.SquaredHinge()([-1, 1], [-2, -1]).item(); // 2
 */
export class SquaredHinge extends LossFunctionWrapper {
  constructor(...args: ConstructorArgs<LossOptions, typeof NAMES>) {
    const options = namedArguments<LossOptions>('SquaredHinge', NAMES, args, []);
    super(squared_hinge, { ...options, name: options.name ?? 'squared_hinge' });
  }

  override get_config(): Record<string, unknown> {
    return Loss.prototype.get_config.call(this);
  }
}
kerasExport(SquaredHinge, 'keras.losses.SquaredHinge');
