/** UpSampling1D. */
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requirePositiveInteger } from '../../utils/checks.js';
import { InputSpec } from '../input-spec.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface UpSampling1DOptions extends LayerOptions {
  /** How many times each step is repeated. Default 2. */
  size?: number;
}

const ARGUMENTS = ['size'] as const;

/**
 * Repeats each step `size` times.
 *
 * Input shape: `[batch, steps, features]`. Output shape: `[batch, size * steps, features]`.
 * Source: keras.layers.UpSampling1D.
 *
 * @example
 * new keras.layers.UpSampling1D(2)(keras.ops.ones([2, 3, 4])).shape; // [2, 6, 4]
 */
export class UpSampling1D extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly size: number;

  constructor(...args: ConstructorArgs<UpSampling1DOptions, typeof ARGUMENTS>) {
    const options = namedArguments<UpSampling1DOptions>('UpSampling1D', ARGUMENTS, args);
    super(options);
    this.size = requirePositiveInteger('UpSampling1D', 'size', options.size ?? 2);
    this.input_spec = new InputSpec({ ndim: 3 });
  }

  override call(inputs: Tensor): Tensor {
    return ops.repeat(inputs, this.size, 1);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), size: this.size };
  }
}
kerasExport(UpSampling1D, 'keras.layers.UpSampling1D');
