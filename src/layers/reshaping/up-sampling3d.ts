/** UpSampling3D. */
import { standardize_data_format, type ImageDataFormat } from '../../backend/config.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { standardizeTuple } from '../../utils/checks.js';
import { InputSpec } from '../input-spec.js';
import { Layer, type LayerOptions } from '../layer.js';
import { firstSpatialAxis } from '../window.js';

export interface UpSampling3DOptions extends LayerOptions {
  /** How many times the elements of each spatial axis are repeated. Default 2. */
  size?: number | readonly number[];
  /** Default: the configured one. */
  data_format?: ImageDataFormat | null;
}

const ARGUMENTS = ['size', 'data_format'] as const;

/**
 * Repeats the elements of volumes along each spatial axis.
 *
 * Input shape: `[batch, depth, height, width, channels]` (channels_first: channels after the batch).
 * Output shape: the same with `size` times the spatial lengths. Source: keras.layers.UpSampling3D.
 *
 * @example
 * new keras.layers.UpSampling3D([1, 2, 2])(keras.ops.ones([1, 2, 3, 4, 3])).shape; // [1, 2, 6, 8, 3]
 */
export class UpSampling3D extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly size: readonly number[];
  readonly data_format: ImageDataFormat;

  constructor(...args: ConstructorArgs<UpSampling3DOptions, typeof ARGUMENTS>) {
    const options = namedArguments<UpSampling3DOptions>('UpSampling3D', ARGUMENTS, args);
    super(options);
    this.size = standardizeTuple('UpSampling3D', 'size', options.size ?? 2, 3);
    this.data_format = standardize_data_format(options.data_format);
    this.input_spec = new InputSpec({ ndim: 5 });
  }

  override call(inputs: Tensor): Tensor {
    const axis = firstSpatialAxis(this.data_format);
    return this.size.reduce((x, times, i) => ops.repeat(x, times, axis + i), inputs);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), size: this.size, data_format: this.data_format };
  }
}
kerasExport(UpSampling3D, 'keras.layers.UpSampling3D');
