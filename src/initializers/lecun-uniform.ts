/** LecunUniform: for layers with selu. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import type { SeedOption } from './random-initializer.js';
import { VarianceScaling, type FanOptions } from './variance-scaling.js';

export interface LecunUniformOptions extends SeedOption, FanOptions {}
const NAMES = ['seed', 'input_axes', 'output_axes'] as const;

/**
 * Uniform numbers within sqrt(3 / fan_in).
 * Source: keras.initializers.LecunUniform; Klambauer et al., 2017.
 * @example
 * new keras.initializers.LecunUniform({seed: 1})([2, 3]).shape; // [2, 3]
 */
export class LecunUniform extends VarianceScaling {
  constructor(...args: ConstructorArgs<LecunUniformOptions, typeof NAMES>) {
    const options = namedArguments<LecunUniformOptions>('LecunUniform', NAMES, args, []);
    super({ ...options, scale: 1, mode: 'fan_in', distribution: 'uniform' });
  }

  override get_config(): Record<string, unknown> {
    const { seed, input_axes, output_axes } = super.get_config();
    return { seed, input_axes, output_axes };
  }
}
kerasExport(LecunUniform, 'keras.initializers.LecunUniform', 'keras.initializers.lecun_uniform');
export { LecunUniform as lecun_uniform };
