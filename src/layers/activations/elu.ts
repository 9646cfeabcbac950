/** ELU: exponential on the negative side. */
import type { Tensor } from '../../engine/tensor.js';
import * as activations from '../../activations/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface ELUOptions extends LayerOptions {
  /** The limit for large negative numbers is -alpha. Default 1. */
  alpha?: number;
}

const ARGUMENTS = ['alpha'] as const;

/**
 * x where x > 0, else `alpha (exp(x) - 1)`. The output has the shape of the input. Source: keras.layers.ELU.
 *
 * @example
 * new keras.layers.ELU()([0, 2]).arraySync(); // [0, 2]
 */
export class ELU extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly alpha: number;

  constructor(...args: ConstructorArgs<ELUOptions, typeof ARGUMENTS>) {
    const options = namedArguments<ELUOptions>('ELU', ARGUMENTS, args);
    super(options);
    this.alpha = options.alpha ?? 1;
    this.supports_masking = true;
    this.buildAtInit();
  }

  override call(inputs: Tensor): Tensor {
    return activations.elu(inputs, this.alpha);
  }

  /** Keras writes `alpha` before the options that all layers have. */
  override get_config(): Record<string, unknown> {
    const { name, ...rest } = super.get_config();
    return { name, alpha: this.alpha, ...rest };
  }
}
kerasExport(ELU, 'keras.layers.ELU');
