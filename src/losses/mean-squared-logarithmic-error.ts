/** MeanSquaredLogarithmicError: the mean of squared differences of log(x + 1). */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { mean_squared_logarithmic_error } from './regression.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

const NAMES = ['reduction', 'name', 'dtype'] as const;

/**
 * The mean of squared differences of log(x + 1). For regression of labels that grow exponentially. Source:
 * keras.losses.MeanSquaredLogarithmicError.
 * @example
 * new keras.losses.MeanSquaredLogarithmicError()([0], [Math.E - 1]).item(); // 1
 */
export class MeanSquaredLogarithmicError extends LossFunctionWrapper {
  constructor(...args: ConstructorArgs<LossOptions, typeof NAMES>) {
    const options = namedArguments<LossOptions>('MeanSquaredLogarithmicError', NAMES, args, []);
    super(mean_squared_logarithmic_error, { ...options, name: options.name ?? 'mean_squared_logarithmic_error' });
  }

  override get_config(): Record<string, unknown> {
    return Loss.prototype.get_config.call(this);
  }
}
kerasExport(MeanSquaredLogarithmicError, 'keras.losses.MeanSquaredLogarithmicError');
