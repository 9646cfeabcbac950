/** Flatten: all axes but the batch become one. */
import { standardize_data_format, type ImageDataFormat } from '../../backend/config.js';
import { sizeOf } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { InputSpec } from '../input-spec.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface FlattenOptions extends LayerOptions {
  /**
   * With 'channels_first' the channels are moved to the end first, so that the order is that of
   * 'channels_last'.
   */
  data_format?: ImageDataFormat | null;
}

const ARGUMENTS = ['data_format'] as const;

/**
 * Makes a vector of each sample.
 *
 * Input shape: `[batch, ...]`. Output shape: `[batch, product of the others]`. Source: keras.layers.Flatten.
 *
 * @example
 * new keras.layers.Flatten()(keras.ops.ones([2, 3, 4])).shape; // [2, 12]
 */
export class Flatten extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly data_format: ImageDataFormat;

  constructor(...args: ConstructorArgs<FlattenOptions, typeof ARGUMENTS>) {
    const options = namedArguments<FlattenOptions>('Flatten', ARGUMENTS, args);
    super(options);
    this.data_format = standardize_data_format(options.data_format);
    this.input_spec = new InputSpec({ min_ndim: 1 });
  }

  override call(inputs: Tensor): Tensor {
    const { ndim } = inputs;
    const moved = this.data_format === 'channels_first' && ndim > 2
      ? ops.transpose(inputs, [0, ...Array.from({ length: ndim - 2 }, (_, i) => i + 2), 1]) : inputs;
    return ops.reshape(moved, [inputs.shape[0], sizeOf(inputs.shape.slice(1))]);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), data_format: this.data_format };
  }
}
kerasExport(Flatten, 'keras.layers.Flatten');
