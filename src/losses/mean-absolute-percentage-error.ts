/** MeanAbsolutePercentageError: the mean of differences relative to the label, in percent. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { mean_absolute_percentage_error } from './regression.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

const NAMES = ['reduction', 'name', 'dtype'] as const;

/**
 * The mean of differences relative to the label, in percent. For regression of labels that are not near 0.
 * Source: keras.losses.MeanAbsolutePercentageError.
 * @example
 * new keras.losses.MeanAbsolutePercentageError()([2, 4], [1, 5]).item(); // 37.5
 */
export class MeanAbsolutePercentageError extends LossFunctionWrapper {
  constructor(...args: ConstructorArgs<LossOptions, typeof NAMES>) {
    const options = namedArguments<LossOptions>('MeanAbsolutePercentageError', NAMES, args, []);
    super(mean_absolute_percentage_error, { ...options, name: options.name ?? 'mean_absolute_percentage_error' });
  }

  override get_config(): Record<string, unknown> {
    return Loss.prototype.get_config.call(this);
  }
}
kerasExport(MeanAbsolutePercentageError, 'keras.losses.MeanAbsolutePercentageError');
