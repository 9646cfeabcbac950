/** AdaptiveAveragePooling2D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import {
  BaseAdaptivePooling, type ADAPTIVE_POOLING_ARGUMENTS, type AdaptivePoolingOptions,
} from './base-adaptive-pooling.js';

/**
 * The mean of each of `output_size` windows that cover images, whatever their size: the windows have lengths that differ by 1
 * at most, and may overlap.
 *
 * Arguments: `output_size`, `data_format`.
 * Input shape: `[batch, height, width, channels]` (channels_first: channels after the batch).
 * Output shape: `[batch, ...output_size, channels]`. Source: keras.layers.AdaptiveAveragePooling2D.
 *
 * @throws ArgumentError when `output_size` is not made of positive integers
 * @example
 * new keras.layers.AdaptiveAveragePooling2D([2, 3])(keras.ops.ones([1, 7, 5, 3])).shape; // [1, 2, 3, 3]
 */
export class AdaptiveAveragePooling2D extends BaseAdaptivePooling {
  constructor(...args: ConstructorArgs<AdaptivePoolingOptions, typeof ADAPTIVE_POOLING_ARGUMENTS>) {
    super('average', 2, args);
  }
}
kerasExport(AdaptiveAveragePooling2D, 'keras.layers.AdaptiveAveragePooling2D');
