/** SpatialDropout2D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import { BaseSpatialDropout, type ImageSpatialDropoutOptions } from './base-spatial-dropout.js';

const ARGUMENTS = ['rate', 'data_format', 'seed', 'name', 'dtype'] as const;

/**
 * Dropout of whole channels: neighbours within a feature map, which are alike, are left out together.
 *
 * Arguments: `rate`, `data_format`, `seed`, `name`, `dtype`.
 * Input shape: `[batch, height, width, channels]` (channels_first: channels after the batch); the output has
 * the same.
 * Source: keras.layers.SpatialDropout2D; Tompson et al., 2014.
 *
 * @example
 * new keras.layers.SpatialDropout2D(0.5)(keras.ops.ones([1, 8, 8, 3]), true).shape; // [1, 8, 8, 3]
 */
export class SpatialDropout2D extends BaseSpatialDropout {
  constructor(...args: ConstructorArgs<ImageSpatialDropoutOptions, typeof ARGUMENTS>) {
    super(2, ARGUMENTS, args);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), data_format: this.data_format };
  }
}
kerasExport(SpatialDropout2D, 'keras.layers.SpatialDropout2D');
