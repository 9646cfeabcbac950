/** LogCosh: the mean of log(cosh(difference)). */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { log_cosh } from './regression.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

const NAMES = ['reduction', 'name', 'dtype'] as const;

/**
 * The mean of log(cosh(difference)). For regression: like the squared error near 0, like the absolute one
 * far away. Source: keras.losses.LogCosh.
 * @example
 * new keras.losses.LogCosh()([0], [0]).item(); // 0
 */
export class LogCosh extends LossFunctionWrapper {
  constructor(...args: ConstructorArgs<LossOptions, typeof NAMES>) {
    const options = namedArguments<LossOptions>('LogCosh', NAMES, args, []);
    super(log_cosh, { ...options, name: options.name ?? 'log_cosh' });
  }

  override get_config(): Record<string, unknown> {
    return Loss.prototype.get_config.call(this);
  }
}
kerasExport(LogCosh, 'keras.losses.LogCosh');
