/** TruncatedNormal: normal numbers within two deviations. */
import type { Shape } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { truncated_normal } from '../random/samplers.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { dtypeOf, type DTypeArgument } from './initializer.js';
import { RandomInitializer, type SeedOption } from './random-initializer.js';

export interface TruncatedNormalOptions extends SeedOption {
  /** Mean; default 0. */
  mean?: number;
  /** Standard deviation before the cut; default 0.05. */
  stddev?: number;
}
const NAMES = ['mean', 'stddev', 'seed'] as const;

/**
 * Normal numbers of which none is farther than two standard deviations from the mean. Source:
 * keras.initializers.TruncatedNormal.
 * @example
 * new keras.initializers.TruncatedNormal({seed: 1})([2, 3]).shape; // [2, 3]
 */
export class TruncatedNormal extends RandomInitializer {
  readonly mean: number;
  readonly stddev: number;

  constructor(...args: ConstructorArgs<TruncatedNormalOptions, typeof NAMES>) {
    const { mean = 0, stddev = 0.05, seed } = namedArguments<TruncatedNormalOptions>('TruncatedNormal', NAMES, args, []);
    super(seed);
    this.mean = mean;
    this.stddev = stddev;
  }

  override __call__(shape: Shape, dtype?: DTypeArgument): Tensor {
    return truncated_normal(shape, this.mean, this.stddev, dtypeOf(dtype), this.seed);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), mean: this.mean, stddev: this.stddev };
  }
}
kerasExport(TruncatedNormal, 'keras.initializers.TruncatedNormal', 'keras.initializers.truncated_normal');
export { TruncatedNormal as truncated_normal };
