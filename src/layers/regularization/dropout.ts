/** Dropout: a random part of the inputs is left out in training. */
import type { Tensor } from '../../engine/tensor.js';
import * as random from '../../random/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { ArgumentError, requireBetween } from '../../utils/checks.js';
import { Layer, type CallOptions, type LayerOptions } from '../layer.js';

export interface DropoutOptions extends LayerOptions {
  /** The part that is left out, from 0 to 1. */
  rate: number;
  /**
   * Shape of the random mask, null for a dimension of the inputs: elements along a dimension of 1 are left
   * out together. Default: the shape of the inputs.
   */
  noise_shape?: readonly (number | null)[] | null;
  /** An integer makes the random numbers the same in every run. */
  seed?: number | null;
}

const ARGUMENTS = ['rate', 'noise_shape', 'seed'] as const;

/**
 * In training (`training: true`) sets a random part of the inputs to 0 and multiplies the others by
 * `1 / (1 - rate)`, so that the expected sum stays; else returns the inputs. The output has the shape of the
 * input. Source: keras.layers.Dropout; Srivastava et al., 2014.
 *
 * @example
 * new keras.layers.Dropout(0.5)(keras.ops.ones([2, 3]), { training: true }).shape; // [2, 3]
 */
export class Dropout extends Layer {
  static override call_arguments: readonly string[] = ['training'];

  readonly rate: number;
  readonly noise_shape: readonly (number | null)[] | null;
  readonly seed: number | null;
  readonly seed_generator: random.SeedGenerator | null;

  constructor(...args: ConstructorArgs<DropoutOptions, typeof ARGUMENTS>) {
    const what = new.target.name;
    const options = namedArguments<DropoutOptions>(what, ARGUMENTS, args);
    super(options);
    this.rate = requireBetween(what, 'rate', options.rate, 0, 1);
    this.noise_shape = checkNoiseShape(what, options.noise_shape ?? null);
    this.seed = options.seed ?? null;
    this.seed_generator = this.rate > 0 ? new random.SeedGenerator(this.seed) : null;
    this.supports_masking = true;
    this.buildAtInit();
  }

  /** The shape of the random mask for these inputs. */
  protected noiseShape(_inputs: Tensor): readonly (number | null)[] | null {
    return this.noise_shape;
  }

  override call(inputs: Tensor, { training = false }: CallOptions = {}): Tensor {
    if (!training || this.rate === 0) return inputs;
    return random.dropout(inputs, this.rate, this.noiseShape(inputs), this.seed_generator);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), rate: this.rate, seed: this.seed, noise_shape: this.noise_shape };
  }
}
kerasExport(Dropout, 'keras.layers.Dropout');

/** Checks the argument of this name. */
export function checkNoiseShape(what: string, shape: unknown): readonly (number | null)[] | null {
  if (shape === null) return null;
  if (!Array.isArray(shape) || shape.some((d) => d !== null && (!Number.isInteger(d) || d <= 0))) {
    throw new ArgumentError(`${what}: the argument 'noise_shape' must be an array of positive integers or ` +
      `null, received ${JSON.stringify(shape)}.`);
  }
  return [...shape] as (number | null)[];
}
