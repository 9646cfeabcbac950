/** RandomUniform: uniform numbers. */
import type { Shape } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { uniform } from '../random/samplers.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { dtypeOf, type DTypeArgument } from './initializer.js';
import { RandomInitializer, type SeedOption } from './random-initializer.js';

export interface RandomUniformOptions extends SeedOption {
  /** Lower end; default -0.05. */
  minval?: number;
  /** Upper end, excluded; default 0.05. */
  maxval?: number;
}
const NAMES = ['minval', 'maxval', 'seed'] as const;

/**
 * Uniform numbers. Source: keras.initializers.RandomUniform.
 * @example
 * new keras.initializers.RandomUniform({seed: 1})([2, 3]).shape; // [2, 3]
 */
export class RandomUniform extends RandomInitializer {
  readonly minval: number;
  readonly maxval: number;

  constructor(...args: ConstructorArgs<RandomUniformOptions, typeof NAMES>) {
    const { minval = -0.05, maxval = 0.05, seed } = namedArguments<RandomUniformOptions>('RandomUniform', NAMES, args, []);
    super(seed);
    this.minval = minval;
    this.maxval = maxval;
  }

  override __call__(shape: Shape, dtype?: DTypeArgument): Tensor {
    return uniform(shape, this.minval, this.maxval, dtypeOf(dtype), this.seed);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), minval: this.minval, maxval: this.maxval };
  }
}
kerasExport(RandomUniform, 'keras.initializers.RandomUniform', 'keras.initializers.random_uniform');
export { RandomUniform as random_uniform };
