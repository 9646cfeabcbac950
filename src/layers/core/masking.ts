/** Masking: time steps that hold one value only are left out by the layers after it. */
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface MaskingOptions extends LayerOptions {
  /** A step is left out when all its features equal this number. Default 0. */
  mask_value?: number;
}

const ARGUMENTS = ['mask_value'] as const;

/**
 * Marks the time steps whose features all equal `mask_value`, and sets them to 0. Layers that support masks
 * ignore these steps.
 *
 * Input shape: `[batch, steps, ..., features]`; the output has the same. Source: keras.layers.Masking.
 *
 * @example
 * const y = new keras.layers.Masking()([[[1, 2], [0, 0]]]);
 * y.mask.arraySync(); // [[true, false]]
 */
export class Masking extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly mask_value: number;

  constructor(...args: ConstructorArgs<MaskingOptions, typeof ARGUMENTS>) {
    const options = namedArguments<MaskingOptions>('Masking', ARGUMENTS, args);
    super(options);
    this.mask_value = options.mask_value ?? 0;
    this.supports_masking = true;
    this.buildAtInit();
  }

  override compute_mask(inputs: Tensor): Tensor {
    return ops.any(ops.not_equal(inputs, this.mask_value), -1);
  }

  override call(inputs: Tensor): Tensor {
    const kept = ops.any(ops.not_equal(inputs, this.mask_value), -1, true);
    const outputs = ops.where(kept, inputs, 0);
    outputs.mask = ops.squeeze(kept, -1);
    return outputs;
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), mask_value: this.mask_value };
  }
}
kerasExport(Masking, 'keras.layers.Masking');
