/** ZeroPadding1D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import { standardizePair } from './amounts.js';
import {
  BaseZeroPadding, type ZERO_PADDING_ARGUMENTS, type ZeroPaddingOptions,
} from './base-zero-padding.js';

/**
 * Adds zeros around the spatial axis.
 *
 * Arguments: `padding` (zeros before and after the steps: a number for both, or `[before, after]`; default
 * 1), `data_format`.
 * Input shape: `[batch, steps, channels]` (channels_first: channels after the batch).
 * Source: keras.layers.ZeroPadding1D.
 *
 * @example
 * new keras.layers.ZeroPadding1D(1)(keras.ops.ones([2, 3, 4])).shape; // [2, 5, 4]
 */
export class ZeroPadding1D extends BaseZeroPadding {
  constructor(...args: ConstructorArgs<ZeroPaddingOptions, typeof ZERO_PADDING_ARGUMENTS>) {
    super(1, args, (padding) => [standardizePair('ZeroPadding1D', 'padding', padding)]);
  }
}
kerasExport(ZeroPadding1D, 'keras.layers.ZeroPadding1D');
