/** GlobalAveragePooling1D. */
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import type { CallOptions } from '../layer.js';
import {
  BaseGlobalPooling, type GLOBAL_POOLING_ARGUMENTS, type GlobalPoolingOptions,
} from './base-global-pooling.js';

/**
 * The mean over all of space; steps that are masked do not count.
 *
 * Arguments: `data_format`, `keepdims` (default false).
 * Input shape: `[batch, steps, channels]` (channels_first: channels after the batch).
 * Output shape: `[batch, channels]`, with `keepdims` also the spatial axes of length 1.
 * Source: keras.layers.GlobalAveragePooling1D.
 *
 * @example
 * new keras.layers.GlobalAveragePooling1D()(keras.ops.ones([2, 8, 3])).shape; // [2, 3]
 */
export class GlobalAveragePooling1D extends BaseGlobalPooling {
  static override call_arguments: readonly string[] = ['mask'];

  constructor(...args: ConstructorArgs<GlobalPoolingOptions, typeof GLOBAL_POOLING_ARGUMENTS>) {
    super(1, args);
    this.supports_masking = true;
  }

  override call(inputs: Tensor, { mask }: CallOptions = {}): Tensor {
    if (mask === undefined || mask === null) return ops.mean(inputs, this.space, this.keepdims);
    const channels = this.data_format === 'channels_last' ? 2 : 1;
    const kept = ops.cast(ops.expand_dims(mask as Tensor, channels), 'bool');
    const total = ops.sum(ops.where(kept, inputs, 0), this.space, this.keepdims);
    return ops.divide(total, ops.sum(ops.cast(kept, inputs.dtype), this.space, this.keepdims));
  }

  /** The steps are gone, and their mask with them. */
  override compute_mask(): undefined {
    return undefined;
  }
}
kerasExport(GlobalAveragePooling1D, 'keras.layers.GlobalAveragePooling1D', 'keras.layers.GlobalAvgPool1D');
export { GlobalAveragePooling1D as GlobalAvgPool1D };
