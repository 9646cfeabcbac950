/** GlorotNormal: also called Xavier normal. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import type { SeedOption } from './random-initializer.js';
import { VarianceScaling, type FanOptions } from './variance-scaling.js';

export interface GlorotNormalOptions extends SeedOption, FanOptions {}
const NAMES = ['seed', 'input_axes', 'output_axes'] as const;

/**
 * Truncated normal numbers with the variance 2 / (fan_in + fan_out).
 * Source: keras.initializers.GlorotNormal; Glorot and Bengio, 2010.
 * @example
 * new keras.initializers.GlorotNormal({seed: 1})([2, 3]).shape; // [2, 3]
 */
export class GlorotNormal extends VarianceScaling {
  constructor(...args: ConstructorArgs<GlorotNormalOptions, typeof NAMES>) {
    const options = namedArguments<GlorotNormalOptions>('GlorotNormal', NAMES, args, []);
    super({ ...options, scale: 1, mode: 'fan_avg', distribution: 'truncated_normal' });
  }

  override get_config(): Record<string, unknown> {
    const { seed, input_axes, output_axes } = super.get_config();
    return { seed, input_axes, output_axes };
  }
}
kerasExport(GlorotNormal, 'keras.initializers.GlorotNormal', 'keras.initializers.glorot_normal');
export { GlorotNormal as glorot_normal };
