/** AveragePooling1D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import { BasePooling, type POOLING_ARGUMENTS, type RequiredPoolingOptions } from './base-pooling.js';

/**
 * The mean of each window of steps; padding does not count.
 *
 * Arguments: `pool_size`, `strides` (default `pool_size`), `padding` ('valid' or 'same'), `data_format`.
 * Input shape: `[batch, steps, channels]` (channels_first: channels after the batch).
 * Output shape: the same with shorter spatial axes. Source: keras.layers.AveragePooling1D.
 *
 * @example
 * new keras.layers.AveragePooling1D(2)(keras.ops.ones([2, 8, 3])).shape; // [2, 4, 3]
 */
export class AveragePooling1D extends BasePooling {
  constructor(...args: ConstructorArgs<RequiredPoolingOptions, typeof POOLING_ARGUMENTS>) {
    super('average', 1, undefined, args);
  }
}
kerasExport(AveragePooling1D, 'keras.layers.AveragePooling1D', 'keras.layers.AvgPool1D');
export { AveragePooling1D as AvgPool1D };
