/** GlobalMaxPooling2D. */
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import {
  BaseGlobalPooling, type GLOBAL_POOLING_ARGUMENTS, type GlobalPoolingOptions,
} from './base-global-pooling.js';

/**
 * The largest element over all of space.
 *
 * Arguments: `data_format`, `keepdims` (default false).
 * Input shape: `[batch, height, width, channels]` (channels_first: channels after the batch).
 * Output shape: `[batch, channels]`, with `keepdims` also the spatial axes of length 1.
 * Source: keras.layers.GlobalMaxPooling2D.
 *
 * @example
 * new keras.layers.GlobalMaxPooling2D()(keras.ops.ones([2, 8, 8, 3])).shape; // [2, 3]
 */
export class GlobalMaxPooling2D extends BaseGlobalPooling {
  constructor(...args: ConstructorArgs<GlobalPoolingOptions, typeof GLOBAL_POOLING_ARGUMENTS>) {
    super(2, args);
  }

  override call(inputs: Tensor): Tensor {
    return ops.max(inputs, this.space, this.keepdims);
  }
}
kerasExport(GlobalMaxPooling2D, 'keras.layers.GlobalMaxPooling2D', 'keras.layers.GlobalMaxPool2D');
export { GlobalMaxPooling2D as GlobalMaxPool2D };
