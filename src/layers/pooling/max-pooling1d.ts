/** MaxPooling1D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import { BasePooling, type POOLING_ARGUMENTS, type PoolingOptions } from './base-pooling.js';

/**
 * The largest element of each window of steps.
 *
 * Arguments: `pool_size` (default 2), `strides` (default `pool_size`), `padding` ('valid' or 'same'),
 * `data_format`.
 * Input shape: `[batch, steps, channels]` (channels_first: channels after the batch).
 * Output shape: the same with shorter spatial axes. Source: keras.layers.MaxPooling1D.
 *
 * @example
 * new keras.layers.MaxPooling1D(2)(keras.ops.ones([2, 8, 3])).shape; // [2, 4, 3]
 */
export class MaxPooling1D extends BasePooling {
  constructor(...args: ConstructorArgs<PoolingOptions, typeof POOLING_ARGUMENTS>) {
    super('max', 1, 2, args);
  }
}
kerasExport(MaxPooling1D, 'keras.layers.MaxPooling1D', 'keras.layers.MaxPool1D');
export { MaxPooling1D as MaxPool1D };
