/** GaussianNoise: random numbers are added in training. */
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import * as random from '../../random/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requireBetween } from '../../utils/checks.js';
import { Layer, type CallOptions, type LayerOptions } from '../layer.js';

export interface GaussianNoiseOptions extends LayerOptions {
  /** Standard deviation of the noise, from 0 to 1. */
  stddev: number;
  /** An integer makes the random numbers the same in every run. */
  seed?: number | null;
}

const ARGUMENTS = ['stddev', 'seed'] as const;

/**
 * In training (`training: true`) adds normally distributed numbers of mean 0; else returns the inputs. The
 * output has the shape of the input. Source: keras.layers.GaussianNoise.
 *
 * @example
 * new keras.layers.GaussianNoise(0.1)(keras.ops.ones([2, 3]), { training: true }).shape; // [2, 3]
 */
export class GaussianNoise extends Layer {
  static override call_arguments: readonly string[] = ['training'];

  readonly stddev: number;
  readonly seed: number | null;
  readonly seed_generator: random.SeedGenerator | null;

  constructor(...args: ConstructorArgs<GaussianNoiseOptions, typeof ARGUMENTS>) {
    const options = namedArguments<GaussianNoiseOptions>('GaussianNoise', ARGUMENTS, args);
    super(options);
    this.stddev = requireBetween('GaussianNoise', 'stddev', options.stddev, 0, 1);
    this.seed = options.seed ?? null;
    this.seed_generator = this.stddev > 0 ? new random.SeedGenerator(this.seed) : null;
    this.supports_masking = true;
    this.buildAtInit();
  }

  override call(inputs: Tensor, { training = false }: CallOptions = {}): Tensor {
    if (!training || this.stddev === 0) return inputs;
    const noise = random.normal(inputs.shape, 0, this.stddev, this.compute_dtype, this.seed_generator);
    return ops.add(inputs, noise);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), stddev: this.stddev, seed: this.seed };
  }
}
kerasExport(GaussianNoise, 'keras.layers.GaussianNoise');
