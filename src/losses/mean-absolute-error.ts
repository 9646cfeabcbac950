/** MeanAbsoluteError: the mean of absolute differences. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { mean_absolute_error } from './regression.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

const NAMES = ['reduction', 'name', 'dtype'] as const;

/**
 * The mean of absolute differences. For regression. Outliers count no more than in proportion. Source:
 * keras.losses.MeanAbsoluteError.
 * @example
 * new keras.losses.MeanAbsoluteError()([0, 1], [1, 3]).item(); // 1.5
 */
export class MeanAbsoluteError extends LossFunctionWrapper {
  constructor(...args: ConstructorArgs<LossOptions, typeof NAMES>) {
    const options = namedArguments<LossOptions>('MeanAbsoluteError', NAMES, args, []);
    super(mean_absolute_error, { ...options, name: options.name ?? 'mean_absolute_error' });
  }

  override get_config(): Record<string, unknown> {
    return Loss.prototype.get_config.call(this);
  }
}
kerasExport(MeanAbsoluteError, 'keras.losses.MeanAbsoluteError');
