/** AdaptiveMaxPooling3D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import {
  BaseAdaptivePooling, type ADAPTIVE_POOLING_ARGUMENTS, type AdaptivePoolingOptions,
} from './base-adaptive-pooling.js';

/**
 * The largest element of each of `output_size` windows that cover volumes, whatever their size: the windows have lengths that differ by 1
 * at most, and may overlap.
 *
 * Arguments: `output_size`, `data_format`.
 * Input shape: `[batch, depth, height, width, channels]` (channels_first: channels after the batch).
 * Output shape: `[batch, ...output_size, channels]`. Source: keras.layers.AdaptiveMaxPooling3D.
 *
 * @throws ArgumentError when `output_size` is not made of positive integers
 * @example
 * new keras.layers.AdaptiveMaxPooling3D([2, 3, 2])(keras.ops.ones([1, 4, 7, 5, 3])).shape; // [1, 2, 3, 2, 3]
 */
export class AdaptiveMaxPooling3D extends BaseAdaptivePooling {
  constructor(...args: ConstructorArgs<AdaptivePoolingOptions, typeof ADAPTIVE_POOLING_ARGUMENTS>) {
    super('max', 3, args);
  }
}
kerasExport(AdaptiveMaxPooling3D, 'keras.layers.AdaptiveMaxPooling3D');
