/** GaussianDropout: inputs are multiplied by random numbers around 1 in training. */
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import * as random from '../../random/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requireBetween } from '../../utils/checks.js';
import { Layer, type CallOptions, type LayerOptions } from '../layer.js';

export interface GaussianDropoutOptions extends LayerOptions {
  /** From 0 to 1: the noise has the standard deviation `sqrt(rate / (1 - rate))`. */
  rate: number;
  /** An integer makes the random numbers the same in every run. */
  seed?: number | null;
}

const ARGUMENTS = ['rate', 'seed'] as const;

/**
 * In training (`training: true`) multiplies by normally distributed numbers of mean 1 that have the variance
 * of Dropout's; else returns the inputs. The output has the shape of the input.
 * Source: keras.layers.GaussianDropout; Srivastava et al., 2014.
 *
 * @example
 * new keras.layers.GaussianDropout(0.3)(keras.ops.ones([2, 3]), { training: true }).shape; // [2, 3]
 */
export class GaussianDropout extends Layer {
  static override call_arguments: readonly string[] = ['training'];

  readonly rate: number;
  readonly seed: number | null;
  readonly seed_generator: random.SeedGenerator | null;

  constructor(...args: ConstructorArgs<GaussianDropoutOptions, typeof ARGUMENTS>) {
    const options = namedArguments<GaussianDropoutOptions>('GaussianDropout', ARGUMENTS, args);
    super(options);
    this.rate = requireBetween('GaussianDropout', 'rate', options.rate, 0, 1);
    this.seed = options.seed ?? null;
    this.seed_generator = this.rate > 0 ? new random.SeedGenerator(this.seed) : null;
    this.supports_masking = true;
    this.buildAtInit();
  }

  override call(inputs: Tensor, { training = false }: CallOptions = {}): Tensor {
    if (!training || this.rate === 0) return inputs;
    const stddev = Math.sqrt(this.rate / (1 - this.rate));
    const noise = random.normal(inputs.shape, 1, stddev, this.compute_dtype, this.seed_generator);
    return ops.multiply(inputs, noise);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), rate: this.rate, seed: this.seed };
  }
}
kerasExport(GaussianDropout, 'keras.layers.GaussianDropout');
