/** RandomNormal: normal numbers. */
import type { Shape } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { normal } from '../random/samplers.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { dtypeOf, type DTypeArgument } from './initializer.js';
import { RandomInitializer, type SeedOption } from './random-initializer.js';

export interface RandomNormalOptions extends SeedOption {
  /** Mean; default 0. */
  mean?: number;
  /** Standard deviation; default 0.05. */
  stddev?: number;
}
const NAMES = ['mean', 'stddev', 'seed'] as const;

/**
 * Normal numbers. Source: keras.initializers.RandomNormal.
 * @example
 * new keras.initializers.RandomNormal({seed: 1})([2, 3]).shape; // [2, 3]
 */
export class RandomNormal extends RandomInitializer {
  readonly mean: number;
  readonly stddev: number;

  constructor(...args: ConstructorArgs<RandomNormalOptions, typeof NAMES>) {
    const { mean = 0, stddev = 0.05, seed } = namedArguments<RandomNormalOptions>('RandomNormal', NAMES, args, []);
    super(seed);
    this.mean = mean;
    this.stddev = stddev;
  }

  override __call__(shape: Shape, dtype?: DTypeArgument): Tensor {
    return normal(shape, this.mean, this.stddev, dtypeOf(dtype), this.seed);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), mean: this.mean, stddev: this.stddev };
  }
}
kerasExport(RandomNormal, 'keras.initializers.RandomNormal', 'keras.initializers.random_normal');
export { RandomNormal as random_normal };
