/** SpatialDropout3D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import { BaseSpatialDropout, type ImageSpatialDropoutOptions } from './base-spatial-dropout.js';

const ARGUMENTS = ['rate', 'data_format', 'seed', 'name', 'dtype'] as const;

/**
 * Dropout of whole channels: neighbours within a feature map, which are alike, are left out together.
 *
 * Arguments: `rate`, `data_format`, `seed`, `name`, `dtype`.
 * Input shape: `[batch, depth, height, width, channels]` (channels_first: channels after the batch); the
 * output has the same.
 * Source: keras.layers.SpatialDropout3D; Tompson et al., 2014.
 *
 * @example
 * new keras.layers.SpatialDropout3D(0.5)(keras.ops.ones([1, 4, 4, 4, 3]), true).shape; // [1, 4, 4, 4, 3]
 */
export class SpatialDropout3D extends BaseSpatialDropout {
  constructor(...args: ConstructorArgs<ImageSpatialDropoutOptions, typeof ARGUMENTS>) {
    super(3, ARGUMENTS, args);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), data_format: this.data_format };
  }
}
kerasExport(SpatialDropout3D, 'keras.layers.SpatialDropout3D');
