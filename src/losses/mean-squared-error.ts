/** MeanSquaredError: the mean of squared differences. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { mean_squared_error } from './regression.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

const NAMES = ['reduction', 'name', 'dtype'] as const;

/**
 * The mean of squared differences. For regression. Large errors count much. Source: keras.losses.MeanSquaredError.
 * @example
 * new keras.losses.MeanSquaredError()([0, 1], [1, 3]).item(); // 2.5
 */
export class MeanSquaredError extends LossFunctionWrapper {
  constructor(...args: ConstructorArgs<LossOptions, typeof NAMES>) {
    const options = namedArguments<LossOptions>('MeanSquaredError', NAMES, args, []);
    super(mean_squared_error, { ...options, name: options.name ?? 'mean_squared_error' });
  }

  override get_config(): Record<string, unknown> {
    return Loss.prototype.get_config.call(this);
  }
}
kerasExport(MeanSquaredError, 'keras.losses.MeanSquaredError');
