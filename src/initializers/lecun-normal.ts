/** LecunNormal: for layers with selu. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import type { SeedOption } from './random-initializer.js';
import { VarianceScaling, type FanOptions } from './variance-scaling.js';

export interface LecunNormalOptions extends SeedOption, FanOptions {}
const NAMES = ['seed', 'input_axes', 'output_axes'] as const;

/**
 * Truncated normal numbers with the variance 1 / fan_in.
 * Source: keras.initializers.LecunNormal; Klambauer et al., 2017.
 * @example
 * new keras.initializers.LecunNormal({seed: 1})([2, 3]).shape; // [2, 3]
 */
export class LecunNormal extends VarianceScaling {
  constructor(...args: ConstructorArgs<LecunNormalOptions, typeof NAMES>) {
    const options = namedArguments<LecunNormalOptions>('LecunNormal', NAMES, args, []);
    super({ ...options, scale: 1, mode: 'fan_in', distribution: 'truncated_normal' });
  }

  override get_config(): Record<string, unknown> {
    const { seed, input_axes, output_axes } = super.get_config();
    return { seed, input_axes, output_axes };
  }
}
kerasExport(LecunNormal, 'keras.initializers.LecunNormal', 'keras.initializers.lecun_normal');
export { LecunNormal as lecun_normal };
