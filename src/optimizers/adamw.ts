/** AdamW: Adam with weight decay. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import { Adam, type AdamOptions } from './adam.js';
import { BASE_ARGUMENTS } from './optimizer.js';

const [, ...AFTER_DECAY] = BASE_ARGUMENTS;
const ARGUMENTS = ['learning_rate', 'weight_decay', 'beta_1', 'beta_2', 'epsilon', 'amsgrad', ...AFTER_DECAY] as const;

/**
 * Adam, where each step also takes `weight_decay * learning_rate` of the weights away (default 0.004). Default
 * learning rate 0.001. Source: keras.optimizers.AdamW; Loshchilov and Hutter, 2019.
 *
 * @throws ArgumentError when the weight decay is null
 * @example
 * const optimizer = new keras.optimizers.AdamW(0.001, 0.01);
 */
export class AdamW extends Adam {
  constructor(...args: ConstructorArgs<AdamOptions, typeof ARGUMENTS>) {
    const options = namedArguments<AdamOptions>('AdamW', ARGUMENTS, args, []);
    if (options.weight_decay === null) throw new ArgumentError('AdamW: the argument \'weight_decay\' must be a number, received null.');
    super({ ...options, weight_decay: options.weight_decay ?? 0.004 });
  }
}
kerasExport(AdamW, 'keras.optimizers.AdamW');
