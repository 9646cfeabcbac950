/** MaxPooling3D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import { BasePooling, type POOLING_ARGUMENTS, type PoolingOptions } from './base-pooling.js';

/**
 * The largest element of each window of volumes.
 *
 * Arguments: `pool_size` (default 2), `strides` (default `pool_size`), `padding` ('valid' or 'same'),
 * `data_format`.
 * Input shape: `[batch, depth, height, width, channels]` (channels_first: channels after the batch).
 * Output shape: the same with shorter spatial axes. Source: keras.layers.MaxPooling3D.
 *
 * @example
 * new keras.layers.MaxPooling3D(2)(keras.ops.ones([2, 8, 8, 8, 3])).shape; // [2, 4, 4, 4, 3]
 */
export class MaxPooling3D extends BasePooling {
  constructor(...args: ConstructorArgs<PoolingOptions, typeof POOLING_ARGUMENTS>) {
    super('max', 3, 2, args);
  }
}
kerasExport(MaxPooling3D, 'keras.layers.MaxPooling3D', 'keras.layers.MaxPool3D');
export { MaxPooling3D as MaxPool3D };
