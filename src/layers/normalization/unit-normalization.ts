/** UnitNormalization: each sample is divided by its length. */
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requireIntegers } from '../../utils/checks.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface UnitNormalizationOptions extends LayerOptions {
  /** Axis or axes over which the length is taken. Default -1. */
  axis?: number | readonly number[];
}

const ARGUMENTS = ['axis'] as const;

/**
 * Divides by the Euclidean norm over `axis`, so that it becomes 1. The output has the shape of the input.
 * Source: keras.layers.UnitNormalization.
 *
 * @example
 * new keras.layers.UnitNormalization()([[3, 4]]).arraySync(); // [[0.6, 0.8]]
 */
export class UnitNormalization extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly axis: number | readonly number[];

  constructor(...args: ConstructorArgs<UnitNormalizationOptions, typeof ARGUMENTS>) {
    const options = namedArguments<UnitNormalizationOptions>('UnitNormalization', ARGUMENTS, args);
    super(options);
    this.axis = requireIntegers('UnitNormalization', 'axis', options.axis ?? -1);
    this.supports_masking = true;
    this.buildAtInit();
  }

  override call(inputs: Tensor): Tensor {
    // Keras's least norm here: all but zero vectors get length 1.
    return ops.normalize(inputs, this.axis, 2, 1e-12);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), axis: this.axis };
  }
}
kerasExport(UnitNormalization, 'keras.layers.UnitNormalization');
