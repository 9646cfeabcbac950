/** CategoricalHinge: max(largest wrong prediction - right one + 1, 0). */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { categorical_hinge } from './hinge-functions.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

const NAMES = ['reduction', 'name', 'dtype'] as const;

/**
 * Max(largest wrong prediction - right one + 1, 0). For one-hot labels and predictions without a bound.
 * Source: keras.losses.CategoricalHinge.
 * @example
 * new keras.losses.CategoricalHinge()([[0, 1]], [[0.5, 0.5]]).item(); // 1
 */
export class CategoricalHinge extends LossFunctionWrapper {
  constructor(...args: ConstructorArgs<LossOptions, typeof NAMES>) {
    const options = namedArguments<LossOptions>('CategoricalHinge', NAMES, args, []);
    super(categorical_hinge, { ...options, name: options.name ?? 'categorical_hinge' });
  }

  override get_config(): Record<string, unknown> {
    return Loss.prototype.get_config.call(this);
  }
}
kerasExport(CategoricalHinge, 'keras.losses.CategoricalHinge');
