/** AveragePooling2D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import { BasePooling, type POOLING_ARGUMENTS, type RequiredPoolingOptions } from './base-pooling.js';

/**
 * The mean of each window of images; padding does not count.
 *
 * Arguments: `pool_size`, `strides` (default `pool_size`), `padding` ('valid' or 'same'), `data_format`.
 * Input shape: `[batch, height, width, channels]` (channels_first: channels after the batch).
 * Output shape: the same with shorter spatial axes. Source: keras.layers.AveragePooling2D.
 *
 * @example
 * new keras.layers.AveragePooling2D(2)(keras.ops.ones([2, 8, 8, 3])).shape; // [2, 4, 4, 3]
 */
export class AveragePooling2D extends BasePooling {
  constructor(...args: ConstructorArgs<RequiredPoolingOptions, typeof POOLING_ARGUMENTS>) {
    super('average', 2, undefined, args);
  }
}
kerasExport(AveragePooling2D, 'keras.layers.AveragePooling2D', 'keras.layers.AvgPool2D');
export { AveragePooling2D as AvgPool2D };
