/** AlphaDropout: dropout that keeps mean and variance of self-normalizing networks. */
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import * as random from '../../random/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requireBetween } from '../../utils/checks.js';
import { Layer, type CallOptions, type LayerOptions } from '../layer.js';
import { checkNoiseShape, type DropoutOptions } from './dropout.js';

const ARGUMENTS = ['rate', 'noise_shape', 'seed'] as const;
/** Where selu ends on the negative side: -alpha scale, by Klambauer et al., 2017. */
const FLOOR = -1.6732632423543772 * 1.0507009873554805;

/**
 * In training (`training: true`) sets a random part of the inputs to the lower limit of selu, then shifts and
 * scales so that mean and variance stay; else returns the inputs. The output has the shape of the input.
 * Source: keras.layers.AlphaDropout; Klambauer et al., 2017.
 *
 * @example
 * new keras.layers.AlphaDropout(0.3)(keras.ops.ones([2, 3]), { training: true }).shape; // [2, 3]
 */
export class AlphaDropout extends Layer {
  static override call_arguments: readonly string[] = ['training'];

  readonly rate: number;
  readonly noise_shape: readonly (number | null)[] | null;
  readonly seed: number | null;
  readonly seed_generator: random.SeedGenerator | null;

  constructor(...args: ConstructorArgs<DropoutOptions, typeof ARGUMENTS>) {
    const options = namedArguments<DropoutOptions & LayerOptions>('AlphaDropout', ARGUMENTS, args);
    super(options);
    this.rate = requireBetween('AlphaDropout', 'rate', options.rate, 0, 1);
    this.noise_shape = checkNoiseShape('AlphaDropout', options.noise_shape ?? null);
    this.seed = options.seed ?? null;
    this.seed_generator = this.rate > 0 ? new random.SeedGenerator(this.seed) : null;
    this.supports_masking = true;
    this.buildAtInit();
  }

  override call(inputs: Tensor, { training = false }: CallOptions = {}): Tensor {
    if (!training || this.rate === 0) return inputs;
    const { rate } = this;
    const shape = this.noise_shape?.map((d, i) => d ?? inputs.shape[i]) ?? inputs.shape;
    const noise = random.uniform(shape, { seed: this.seed_generator });
    const kept = ops.cast(ops.greater_equal(noise, rate), inputs.dtype);
    const dropped = ops.add(ops.multiply(inputs, kept), ops.multiply(ops.subtract(1, kept), FLOOR));
    const scale = ((1 - rate) * (1 + rate * FLOOR ** 2)) ** -0.5;
    return ops.add(ops.multiply(dropped, scale), -scale * FLOOR * rate);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), rate: this.rate, seed: this.seed, noise_shape: this.noise_shape };
  }
}
kerasExport(AlphaDropout, 'keras.layers.AlphaDropout');
