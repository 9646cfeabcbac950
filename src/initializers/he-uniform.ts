/** HeUniform: for layers with relu. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import type { SeedOption } from './random-initializer.js';
import { VarianceScaling, type FanOptions } from './variance-scaling.js';

export interface HeUniformOptions extends SeedOption, FanOptions {}
const NAMES = ['seed', 'input_axes', 'output_axes'] as const;

/**
 * Uniform numbers within sqrt(6 / fan_in).
 * Source: keras.initializers.HeUniform; He et al., 2015.
 * @example
 * new keras.initializers.HeUniform({seed: 1})([2, 3]).shape; // [2, 3]
 */
export class HeUniform extends VarianceScaling {
  constructor(...args: ConstructorArgs<HeUniformOptions, typeof NAMES>) {
    const options = namedArguments<HeUniformOptions>('HeUniform', NAMES, args, []);
    super({ ...options, scale: 2, mode: 'fan_in', distribution: 'uniform' });
  }

  override get_config(): Record<string, unknown> {
    const { seed, input_axes, output_axes } = super.get_config();
    return { seed, input_axes, output_axes };
  }
}
kerasExport(HeUniform, 'keras.initializers.HeUniform', 'keras.initializers.he_uniform');
export { HeUniform as he_uniform };
