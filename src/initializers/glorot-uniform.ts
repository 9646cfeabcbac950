/** GlorotUniform: the default of most layers, also called Xavier uniform. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import type { SeedOption } from './random-initializer.js';
import { VarianceScaling, type FanOptions } from './variance-scaling.js';

export interface GlorotUniformOptions extends SeedOption, FanOptions {}
const NAMES = ['seed', 'input_axes', 'output_axes'] as const;

/**
 * Uniform numbers within sqrt(6 / (fan_in + fan_out)). Keeps the variance of signals and of gradients alike.
 * Source: keras.initializers.GlorotUniform; Glorot and Bengio, 2010.
 * @example
 * new keras.initializers.GlorotUniform({seed: 1})([2, 3]).shape; // [2, 3]
 */
export class GlorotUniform extends VarianceScaling {
  constructor(...args: ConstructorArgs<GlorotUniformOptions, typeof NAMES>) {
    const options = namedArguments<GlorotUniformOptions>('GlorotUniform', NAMES, args, []);
    super({ ...options, scale: 1, mode: 'fan_avg', distribution: 'uniform' });
  }

  override get_config(): Record<string, unknown> {
    const { seed, input_axes, output_axes } = super.get_config();
    return { seed, input_axes, output_axes };
  }
}
kerasExport(GlorotUniform, 'keras.initializers.GlorotUniform', 'keras.initializers.glorot_uniform');
export { GlorotUniform as glorot_uniform };
