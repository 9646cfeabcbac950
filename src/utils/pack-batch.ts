/** A batch as data sources yield it. */
import { kerasExport } from '../saving/registration.js';

/**
 * Puts inputs, targets and weights of samples together, as `unpack_x_y_sample_weight` takes them apart: `[x, y,
 * sample_weight]`, `[x, y]`, or x alone. Source: keras.utils.pack_x_y_sample_weight.
 *
 * @example
 * keras.utils.pack_x_y_sample_weight([1, 2], [0, 1]); // [[1, 2], [0, 1]]
 */
export function pack_x_y_sample_weight(x: unknown, y: unknown = null, sample_weight: unknown = null): unknown {
  if (y === null) return Array.isArray(x) ? [x] : x;
  return sample_weight === null ? [x, y] : [x, y, sample_weight];
}
kerasExport(pack_x_y_sample_weight, 'keras.utils.pack_x_y_sample_weight');
