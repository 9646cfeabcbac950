/** LayerNormalization: each sample is normalized by its own mean and variance. */
import { resultType } from '../../engine/dtype.js';
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requireIntegers } from '../../utils/checks.js';
import { LAYER_OPTIONS } from '../../utils/arguments.js';
import { BaseNormalization, type ScaleAndOffsetOptions } from './base-normalization.js';

export interface LayerNormalizationOptions extends ScaleAndOffsetOptions {
  /** Axis or axes that are normalized. Default -1. */
  axis?: number | readonly number[];
  /** Added to the variance. Default 1e-3. */
  epsilon?: number;
  /** Divide by the deviation without subtracting the mean, as old files may ask for. Default false. */
  rms_scaling?: boolean;
}

const ARGUMENTS = ['axis', 'epsilon', 'center', 'scale', 'beta_initializer', 'gamma_initializer',
  'beta_regularizer', 'gamma_regularizer', 'beta_constraint', 'gamma_constraint'] as const;

/**
 * `(x - mean) / sqrt(variance + epsilon) gamma + beta`, with the mean and variance of each sample over
 * `axis`. The output has the shape of the input. Source: keras.layers.LayerNormalization; Ba et al., 2016.
 *
 * @example
 * new keras.layers.LayerNormalization()(keras.ops.ones([2, 3])).shape; // [2, 3]
 */
export class LayerNormalization extends BaseNormalization {
  static override call_arguments: readonly string[] = [];

  axis: number | readonly number[];
  readonly epsilon: number;
  readonly rms_scaling: boolean;

  constructor(...args: ConstructorArgs<LayerNormalizationOptions, typeof ARGUMENTS>) {
    const options = namedArguments<LayerNormalizationOptions>('LayerNormalization', ARGUMENTS, args,
      [...LAYER_OPTIONS, 'rms_scaling']);
    super(options);
    this.axis = requireIntegers('LayerNormalization', 'axis', options.axis ?? -1);
    this.epsilon = options.epsilon ?? 1e-3;
    this.rms_scaling = options.rms_scaling ?? false;
    this.autocast = false;
  }

  override build(input_shape: SymbolicShape): void {
    const axes = typeof this.axis === 'number' ? [this.axis] : this.axis.toSorted((a, b) => a - b);
    this.axis = axes;
    this.addScaleAndOffset(axes.map((axis) => this.lengthOf(input_shape, axis)),
      { gamma: this.scale || this.rms_scaling, beta: this.center && !this.rms_scaling });
  }

  override call(inputs: Tensor): Tensor {
    const outputs = this.rms_scaling ? this.#byDeviation(inputs)
      : ops.layer_normalization(inputs, this.gamma, this.beta, this.axis, this.epsilon);
    return ops.cast(outputs, this.compute_dtype);
  }

  #byDeviation(inputs: Tensor): Tensor {
    const axes = (this.axis as readonly number[]).map((axis) => (axis < 0 ? axis + inputs.ndim : axis));
    const x = ops.cast(inputs, resultType(inputs.dtype, 'float32'));
    const [, variance] = ops.moments(x, axes, true);
    const gamma = ops.reshape(this.gamma!, inputs.shape.map((d, axis) => (axes.includes(axis) ? d : 1)));
    return ops.multiply(ops.multiply(x, ops.rsqrt(ops.add(variance, this.epsilon))), gamma);
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(), axis: this.axis, epsilon: this.epsilon, center: this.center, scale: this.scale,
      rms_scaling: this.rms_scaling, ...this.scaleAndOffsetConfig(),
    };
  }
}
kerasExport(LayerNormalization, 'keras.layers.LayerNormalization');
