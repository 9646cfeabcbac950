/** GlobalAveragePooling2D. */
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import {
  BaseGlobalPooling, type GLOBAL_POOLING_ARGUMENTS, type GlobalPoolingOptions,
} from './base-global-pooling.js';

/**
 * The mean over all of space.
 *
 * Arguments: `data_format`, `keepdims` (default false).
 * Input shape: `[batch, height, width, channels]` (channels_first: channels after the batch).
 * Output shape: `[batch, channels]`, with `keepdims` also the spatial axes of length 1.
 * Source: keras.layers.GlobalAveragePooling2D.
 *
 * @example
 * new keras.layers.GlobalAveragePooling2D()(keras.ops.ones([2, 8, 8, 3])).shape; // [2, 3]
 */
export class GlobalAveragePooling2D extends BaseGlobalPooling {
  constructor(...args: ConstructorArgs<GlobalPoolingOptions, typeof GLOBAL_POOLING_ARGUMENTS>) {
    super(2, args);
  }

  override call(inputs: Tensor): Tensor {
    return ops.mean(inputs, this.space, this.keepdims);
  }
}
kerasExport(GlobalAveragePooling2D, 'keras.layers.GlobalAveragePooling2D', 'keras.layers.GlobalAvgPool2D');
export { GlobalAveragePooling2D as GlobalAvgPool2D };
