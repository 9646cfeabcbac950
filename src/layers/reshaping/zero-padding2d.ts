/** ZeroPadding2D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import { standardizeAmounts } from './amounts.js';
import {
  BaseZeroPadding, type ZERO_PADDING_ARGUMENTS, type ZeroPaddingOptions,
} from './base-zero-padding.js';

/**
 * Adds zeros around the spatial axes.
 *
 * Arguments: `padding` (a number for all sides, 2 numbers for the axes, or 2 pairs `[before, after]`; default
 * 1), `data_format`.
 * Input shape: `[batch, height, width, channels]` (channels_first: channels after the batch).
 * Source: keras.layers.ZeroPadding2D.
 *
 * @example
 * new keras.layers.ZeroPadding2D(1)(keras.ops.ones([1, 28, 28, 3])).shape; // [1, 30, 30, 3]
 */
export class ZeroPadding2D extends BaseZeroPadding {
  constructor(...args: ConstructorArgs<ZeroPaddingOptions, typeof ZERO_PADDING_ARGUMENTS>) {
    super(2, args, (padding) => standardizeAmounts('ZeroPadding2D', 'padding', padding, 2));
  }
}
kerasExport(ZeroPadding2D, 'keras.layers.ZeroPadding2D');
