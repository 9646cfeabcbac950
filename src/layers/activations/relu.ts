/** ReLU with a ceiling, a leak and a threshold. */
import type { Tensor } from '../../engine/tensor.js';
import * as activations from '../../activations/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requireNonNegative } from '../../utils/checks.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface ReLUOptions extends LayerOptions {
  /** Ceiling, >= 0. Default null: none. */
  max_value?: number | null;
  /** Slope below the threshold, >= 0. Default 0. */
  negative_slope?: number;
  /** Where the unit begins to respond, >= 0. Default 0. */
  threshold?: number;
}

const ARGUMENTS = ['max_value', 'negative_slope', 'threshold'] as const;

/**
 * `max_value` where x >= max_value, x where threshold <= x < max_value, and `negative_slope (x - threshold)`
 * below. The output has the shape of the input. Source: keras.layers.ReLU.
 *
 * @example
 * new keras.layers.ReLU({ max_value: 6 })([-1, 2, 8]).arraySync(); // [0, 2, 6]
 */
export class ReLU extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly max_value: number | null;
  readonly negative_slope: number;
  readonly threshold: number;

  constructor(...args: ConstructorArgs<ReLUOptions, typeof ARGUMENTS>) {
    const options = namedArguments<ReLUOptions>('ReLU', ARGUMENTS, args);
    super(options);
    const { max_value = null, negative_slope = 0, threshold = 0 } = options;
    this.max_value = max_value === null ? null : requireNonNegative('ReLU', 'max_value', max_value);
    this.negative_slope = requireNonNegative('ReLU', 'negative_slope', negative_slope);
    this.threshold = requireNonNegative('ReLU', 'threshold', threshold);
    this.supports_masking = true;
    this.buildAtInit();
  }

  override call(inputs: Tensor): Tensor {
    return activations.relu(inputs, this.negative_slope, this.max_value, this.threshold);
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(), max_value: this.max_value, negative_slope: this.negative_slope,
      threshold: this.threshold,
    };
  }
}
kerasExport(ReLU, 'keras.layers.ReLU');
