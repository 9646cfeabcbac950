/** Which positions attention may see, as booleans that broadcast to [batch, query length, key length]. */
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';

const rows = (length: number): Tensor => ops.reshape(ops.arange(length, { dtype: 'int32' }), [1, length, 1]);
const columns = (length: number): Tensor => ops.reshape(ops.arange(length, { dtype: 'int32' }), [1, 1, length]);

/** Each position sees those up to itself. */
export const causalMask = (queries: number, keys: number): Tensor => ops.greater_equal(rows(queries), columns(keys));

/** Each position sees those less than `window` away. */
export const windowMask = (queries: number, keys: number, window: number): Tensor =>
  ops.less(ops.absolute(ops.subtract(rows(queries), columns(keys))), window);

/** Allowed by all of the masks; null without masks. */
export function allOf(masks: readonly (Tensor | null | undefined)[]): Tensor | null {
  const given = masks.filter((mask) => mask !== null && mask !== undefined).map((mask) => ops.cast(mask, 'bool'));
  return given.length === 0 ? null : given.reduce((a, b) => ops.logical_and(a, b));
}
