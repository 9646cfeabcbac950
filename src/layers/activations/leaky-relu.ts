/** LeakyReLU: a small slope on the negative side. */
import type { Tensor } from '../../engine/tensor.js';
import * as activations from '../../activations/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requireNonNegative } from '../../utils/checks.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface LeakyReLUOptions extends LayerOptions {
  /** Slope on the negative side, >= 0. Default 0.3. */
  negative_slope?: number;
}

const ARGUMENTS = ['negative_slope'] as const;

/**
 * x where x >= 0, else `negative_slope x`. The output has the shape of the input. Source:
 * keras.layers.LeakyReLU.
 *
 * @example
 * new keras.layers.LeakyReLU(0.5)([-1, 2]).arraySync(); // [-0.5, 2]
 */
export class LeakyReLU extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly negative_slope: number;

  constructor(...args: ConstructorArgs<LeakyReLUOptions, typeof ARGUMENTS>) {
    const options = namedArguments<LeakyReLUOptions>('LeakyReLU', ARGUMENTS, args);
    super(options);
    const { negative_slope = 0.3 } = options;
    this.negative_slope = requireNonNegative('LeakyReLU', 'negative_slope', negative_slope);
    this.supports_masking = true;
    this.buildAtInit();
  }

  override call(inputs: Tensor): Tensor {
    return activations.leaky_relu(inputs, this.negative_slope);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), negative_slope: this.negative_slope };
  }
}
kerasExport(LeakyReLU, 'keras.layers.LeakyReLU');
