/** RMSNormalization: each sample is divided by the root of its mean square. */
import { canonicalAxis, type SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import type { Variable } from '../../engine/variable.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requireIntegers } from '../../utils/checks.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface RMSNormalizationOptions extends LayerOptions {
  /** Axis or axes that are normalized. Default -1. */
  axis?: number | readonly number[];
  /** Added to the mean square. Default 1e-6. */
  epsilon?: number;
}

const ARGUMENTS = ['axis', 'epsilon'] as const;

/**
 * `x / sqrt(mean(x^2) + epsilon) scale`, with the mean of each sample over `axis`. The output has the shape
 * of the input. Source: keras.layers.RMSNormalization; Zhang and Sennrich, 2019.
 *
 * @example
 * new keras.layers.RMSNormalization()([[3, 3]]).shape; // [1, 2]
 */
export class RMSNormalization extends Layer {
  static override call_arguments: readonly string[] = [];

  axis: number | readonly number[];
  readonly epsilon: number;
  scale!: Variable;

  constructor(...args: ConstructorArgs<RMSNormalizationOptions, typeof ARGUMENTS>) {
    const options = namedArguments<RMSNormalizationOptions>('RMSNormalization', ARGUMENTS, args);
    super(options);
    this.axis = requireIntegers('RMSNormalization', 'axis', options.axis ?? -1);
    this.epsilon = options.epsilon ?? 1e-6;
  }

  override build(input_shape: SymbolicShape): void {
    const axes = typeof this.axis === 'number' ? [this.axis] : this.axis.toSorted((a, b) => a - b);
    this.axis = axes;
    this.scale = this.add_weight({
      name: 'scale', shape: axes.map((axis) => input_shape[canonicalAxis(axis, input_shape.length)]),
      initializer: 'ones' });
  }

  override call(inputs: Tensor): Tensor {
    return ops.rms_normalization(inputs, this.scale, this.axis, this.epsilon);
  }

  override compute_output_shape(input_shape: SymbolicShape): SymbolicShape {
    return input_shape;
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), axis: this.axis, epsilon: this.epsilon };
  }
}
kerasExport(RMSNormalization, 'keras.layers.RMSNormalization');
