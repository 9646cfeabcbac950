/** UpSampling2D. */
import { standardize_data_format, type ImageDataFormat } from '../../backend/config.js';
import type { Tensor } from '../../engine/tensor.js';
import { resize } from '../../ops/image/resize.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requireOneOf, standardizeTuple } from '../../utils/checks.js';
import { InputSpec } from '../input-spec.js';
import { Layer, type LayerOptions } from '../layer.js';
import { firstSpatialAxis } from '../window.js';

const INTERPOLATIONS = ['nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5'] as const;

export interface UpSampling2DOptions extends LayerOptions {
  /** Enlargement of height and width. Default 2. */
  size?: number | readonly number[];
  /** Default: the configured one. */
  data_format?: ImageDataFormat | null;
  /** Default 'nearest': rows and columns are repeated. */
  interpolation?: (typeof INTERPOLATIONS)[number];
}

const ARGUMENTS = ['size', 'data_format', 'interpolation'] as const;

/**
 * Enlarges images by whole factors.
 *
 * Input shape: `[batch, height, width, channels]` (channels_first: channels after the batch).
 * Output shape: the same with `size` times the height and width. Source: keras.layers.UpSampling2D.
 *
 * @example
 * new keras.layers.UpSampling2D(2)(keras.ops.ones([1, 3, 4, 3])).shape; // [1, 6, 8, 3]
 */
export class UpSampling2D extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly size: readonly number[];
  readonly data_format: ImageDataFormat;
  readonly interpolation: (typeof INTERPOLATIONS)[number];

  constructor(...args: ConstructorArgs<UpSampling2DOptions, typeof ARGUMENTS>) {
    const options = namedArguments<UpSampling2DOptions>('UpSampling2D', ARGUMENTS, args);
    super(options);
    this.size = standardizeTuple('UpSampling2D', 'size', options.size ?? 2, 2);
    this.data_format = standardize_data_format(options.data_format);
    const { interpolation = 'nearest' } = options;
    this.interpolation = requireOneOf('UpSampling2D', 'interpolation', interpolation, INTERPOLATIONS);
    this.input_spec = new InputSpec({ ndim: 4 });
  }

  override call(inputs: Tensor): Tensor {
    const axis = firstSpatialAxis(this.data_format);
    const [rows, columns] = this.size;
    const { interpolation, data_format } = this;
    if (interpolation === 'nearest') return ops.repeat(ops.repeat(inputs, rows, axis), columns, axis + 1);
    const size = [inputs.shape[axis] * rows, inputs.shape[axis + 1] * columns] as const;
    return resize(inputs, size, { interpolation, data_format });
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(), size: this.size, data_format: this.data_format,
      interpolation: this.interpolation,
    };
  }
}
kerasExport(UpSampling2D, 'keras.layers.UpSampling2D');
