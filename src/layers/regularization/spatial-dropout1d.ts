/** SpatialDropout1D. */
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import { BaseSpatialDropout, type SpatialDropoutOptions } from './base-spatial-dropout.js';

const ARGUMENTS = ['rate', 'seed', 'name', 'dtype'] as const;

/**
 * Dropout of whole channels: neighbours within a feature map, which are alike, are left out together.
 *
 * Arguments: `rate`, `seed`, `name`, `dtype`.
 * Input shape: `[batch, steps, channels]`; the output has the same.
 * Source: keras.layers.SpatialDropout1D; Tompson et al., 2014.
 *
 * @example
 * new keras.layers.SpatialDropout1D(0.5)(keras.ops.ones([2, 3, 4]), { training: true }).shape; // [2, 3, 4]
 */
export class SpatialDropout1D extends BaseSpatialDropout {
  constructor(...args: ConstructorArgs<SpatialDropoutOptions, typeof ARGUMENTS>) {
    super(1, ARGUMENTS, args);
  }
}
kerasExport(SpatialDropout1D, 'keras.layers.SpatialDropout1D');
