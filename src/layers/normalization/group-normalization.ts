/** GroupNormalization: groups of channels of a sample are normalized each by itself. */
import { resultType } from '../../engine/dtype.js';
import { canonicalAxis, type SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import type { Variable } from '../../engine/variable.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { ArgumentError, requireInteger } from '../../utils/checks.js';
import { InputSpec } from '../input-spec.js';
import { LayerError } from '../layer.js';
import { BaseNormalization, type ScaleAndOffsetOptions } from './base-normalization.js';

export interface GroupNormalizationOptions extends ScaleAndOffsetOptions {
  /** Number of groups, a divisor of the channels; -1: as many as channels. Default 32. */
  groups?: number;
  /** The axis of the channels. Default -1. */
  axis?: number;
  /** Added to the variance. Default 1e-3. */
  epsilon?: number;
}

const ARGUMENTS = ['groups', 'axis', 'epsilon', 'center', 'scale', 'beta_initializer', 'gamma_initializer',
  'beta_regularizer', 'gamma_regularizer', 'beta_constraint', 'gamma_constraint'] as const;

/**
 * `(x - mean) / sqrt(variance + epsilon) gamma + beta`, with the mean and variance of each group of channels
 * of each sample. The output has the shape of the input. Source: keras.layers.GroupNormalization; Wu and He,
 * 2018.
 *
 * @throws LayerError when the groups do not divide the channels
 * @example
 * new keras.layers.GroupNormalization(2)(keras.ops.ones([2, 3, 4])).shape; // [2, 3, 4]
 */
export class GroupNormalization extends BaseNormalization {
  static override call_arguments: readonly string[] = [];

  groups: number;
  readonly axis: number;
  readonly epsilon: number;

  constructor(...args: ConstructorArgs<GroupNormalizationOptions, typeof ARGUMENTS>) {
    const options = namedArguments<GroupNormalizationOptions>('GroupNormalization', ARGUMENTS, args);
    super(options);
    this.groups = options.groups ?? 32;
    if (!Number.isInteger(this.groups) || (this.groups <= 0 && this.groups !== -1)) {
      throw new ArgumentError("GroupNormalization: the argument 'groups' must be a positive integer, or -1 " +
        `for as many groups as channels, received ${JSON.stringify(options.groups)}.`);
    }
    this.axis = requireInteger('GroupNormalization', 'axis', options.axis ?? -1);
    this.epsilon = options.epsilon ?? 1e-3;
    this.autocast = false;
  }

  override build(input_shape: SymbolicShape): void {
    const channels = this.lengthOf(input_shape, this.axis);
    if (this.groups === -1) this.groups = channels;
    if (channels % this.groups !== 0) {
      throw new LayerError(`The ${this.groups} groups of ${this.describe()} do not divide its ${channels} ` +
        `channels. Choose a divisor of the number of channels.`);
    }
    this.input_spec = new InputSpec({ ndim: input_shape.length, axes: { [this.axis]: channels } });
    this.addScaleAndOffset([channels]);
  }

  override call(inputs: Tensor): Tensor {
    const axis = canonicalAxis(this.axis, inputs.ndim);
    const inGroups = [this.groups, inputs.shape[axis] / this.groups];
    const split = [...inputs.shape.slice(0, axis), ...inGroups, ...inputs.shape.slice(axis + 1)];
    const x = ops.cast(ops.reshape(inputs, split), resultType(inputs.dtype, 'float32'));
    // All axes but the batch and the groups.
    const reduced = split.map((_, i) => i).filter((i) => i !== 0 && i !== axis);
    const [mean, variance] = ops.moments(x, reduced, true);
    const parameter = (value: Variable): Tensor =>
      ops.cast(ops.reshape(value, split.map((d, i) => (i === axis || i === axis + 1 ? d : 1))), x.dtype);
    let factor = ops.rsqrt(ops.add(variance, this.epsilon));
    if (this.gamma) factor = ops.multiply(factor, parameter(this.gamma));
    let shift = ops.negative(ops.multiply(mean, factor));
    if (this.beta) shift = ops.add(shift, parameter(this.beta));
    const y = ops.add(ops.multiply(x, factor), shift);
    return ops.cast(ops.reshape(y, inputs.shape), this.compute_dtype);
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(), groups: this.groups, axis: this.axis, epsilon: this.epsilon, center: this.center,
      scale: this.scale, ...this.scaleAndOffsetConfig(),
    };
  }
}
kerasExport(GroupNormalization, 'keras.layers.GroupNormalization');
