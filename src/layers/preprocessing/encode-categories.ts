/** Numbers of categories as vectors. */
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';

/** One vector for each number; one for all of a sample, with 1 for those that occur; or with how often they do. */
export type CategoryMode = 'one_hot' | 'multi_hot' | 'count';

/**
 * Numbers from 0 to `depth` - 1 as vectors of that length; others count nowhere.
 * @param weights what each number counts, for 'count'
 */
export function encodeCategories(indices: Tensor, mode: CategoryMode, depth: number, dtype: string, weights?: Tensor): Tensor {
  const x = ops.cast(indices.ndim === 0 ? ops.expand_dims(indices, -1) : indices, 'int32');
  if (mode === 'one_hot') {
    const isColumn = x.ndim > 1 && x.shape.at(-1) === 1;
    return ops.one_hot(isColumn ? ops.squeeze(x, -1) : x, depth, { dtype });
  }
  const axis = x.ndim > 1 ? 1 : 0;
  const vectors = ops.one_hot(x, depth, { dtype });
  if (mode === 'multi_hot') return ops.max(vectors, axis);
  return ops.sum(weights ? ops.multiply(vectors, ops.expand_dims(weights, -1)) : vectors, axis);
}

/** The shape of what `encodeCategories` gives. */
export function encodedShape(shape: readonly (number | null)[], mode: CategoryMode, depth: number): (number | null)[] {
  if (mode === 'one_hot') return [...(shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape), depth];
  return shape.length > 1 ? [shape[0], ...shape.slice(2), depth] : [depth];
}
