/** HeNormal: for layers with relu. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import type { SeedOption } from './random-initializer.js';
import { VarianceScaling, type FanOptions } from './variance-scaling.js';

export interface HeNormalOptions extends SeedOption, FanOptions {}
const NAMES = ['seed', 'input_axes', 'output_axes'] as const;

/**
 * Truncated normal numbers with the variance 2 / fan_in.
 * Source: keras.initializers.HeNormal; He et al., 2015.
 * @example
 * new keras.initializers.HeNormal({seed: 1})([2, 3]).shape; // [2, 3]
 */
export class HeNormal extends VarianceScaling {
  constructor(...args: ConstructorArgs<HeNormalOptions, typeof NAMES>) {
    const options = namedArguments<HeNormalOptions>('HeNormal', NAMES, args, []);
    super({ ...options, scale: 2, mode: 'fan_in', distribution: 'truncated_normal' });
  }

  override get_config(): Record<string, unknown> {
    const { seed, input_axes, output_axes } = super.get_config();
    return { seed, input_axes, output_axes };
  }
}
kerasExport(HeNormal, 'keras.initializers.HeNormal', 'keras.initializers.he_normal');
export { HeNormal as he_normal };
