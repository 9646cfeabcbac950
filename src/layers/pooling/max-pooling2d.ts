/** MaxPooling2D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import { BasePooling, type POOLING_ARGUMENTS, type PoolingOptions } from './base-pooling.js';

/**
 * The largest element of each window of images.
 *
 * Arguments: `pool_size` (default 2), `strides` (default `pool_size`), `padding` ('valid' or 'same'),
 * `data_format`.
 * Input shape: `[batch, height, width, channels]` (channels_first: channels after the batch).
 * Output shape: the same with shorter spatial axes. Source: keras.layers.MaxPooling2D.
 *
 * @example
 * new keras.layers.MaxPooling2D(2)(keras.ops.ones([2, 8, 8, 3])).shape; // [2, 4, 4, 3]
 */
export class MaxPooling2D extends BasePooling {
  constructor(...args: ConstructorArgs<PoolingOptions, typeof POOLING_ARGUMENTS>) {
    super('max', 2, 2, args);
  }
}
kerasExport(MaxPooling2D, 'keras.layers.MaxPooling2D', 'keras.layers.MaxPool2D');
export { MaxPooling2D as MaxPool2D };
