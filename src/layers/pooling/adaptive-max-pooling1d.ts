/** AdaptiveMaxPooling1D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import {
  BaseAdaptivePooling, type ADAPTIVE_POOLING_ARGUMENTS, type AdaptivePoolingOptions,
} from './base-adaptive-pooling.js';

/**
 * The largest element of each of `output_size` windows that cover sequences, whatever their size: the windows have lengths that differ by 1
 * at most, and may overlap.
 *
 * Arguments: `output_size`, `data_format`.
 * Input shape: `[batch, steps, channels]` (channels_first: channels after the batch).
 * Output shape: `[batch, output_size, channels]`. Source: keras.layers.AdaptiveMaxPooling1D.
 *
 * @throws ArgumentError when `output_size` is not made of positive integers
 * @example
 * new keras.layers.AdaptiveMaxPooling1D(2)(keras.ops.ones([1, 7, 3])).shape; // [1, 2, 3]
 */
export class AdaptiveMaxPooling1D extends BaseAdaptivePooling {
  constructor(...args: ConstructorArgs<AdaptivePoolingOptions, typeof ADAPTIVE_POOLING_ARGUMENTS>) {
    super('max', 1, args);
  }
}
kerasExport(AdaptiveMaxPooling1D, 'keras.layers.AdaptiveMaxPooling1D');
