/** ZeroPadding3D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import { standardizeAmounts } from './amounts.js';
import {
  BaseZeroPadding, type ZERO_PADDING_ARGUMENTS, type ZeroPaddingOptions,
} from './base-zero-padding.js';

/**
 * Adds zeros around the spatial axes.
 *
 * Arguments: `padding` (a number for all sides, 3 numbers for the axes, or 3 pairs `[before, after]`; default
 * 1), `data_format`.
 * Input shape: `[batch, depth, height, width, channels]` (channels_first: channels after the batch).
 * Source: keras.layers.ZeroPadding3D.
 *
 * @example
 * new keras.layers.ZeroPadding3D(1)(keras.ops.ones([1, 8, 8, 8, 3])).shape; // [1, 10, 10, 10, 3]
 */
export class ZeroPadding3D extends BaseZeroPadding {
  constructor(...args: ConstructorArgs<ZeroPaddingOptions, typeof ZERO_PADDING_ARGUMENTS>) {
    super(3, args, (padding) => standardizeAmounts('ZeroPadding3D', 'padding', padding, 3));
  }
}
kerasExport(ZeroPadding3D, 'keras.layers.ZeroPadding3D');
