/** Gathering, scattering, sorting. Indices are int32 or int64 and within range; the ops above see to negative ones. */
import type { DType } from '../dtype.js';
import { formatShape, ShapeError, type Shape } from '../shape.js';
import type { AbstractRule, NoParams } from './rule.js';

const rule = <P>(abstract: AbstractRule<P>): AbstractRule<P> => abstract;

export interface GatherParams {
  axis: number;
  /** Leading axes that x and the indices share. */
  batchDims: number;
}

export const indexing = {
  /** Operands: x, indices. Result: x.shape[:axis] + indices.shape[batchDims:] + x.shape[axis+1:]. */
  gather: rule<GatherParams>(([x, indices], { axis, batchDims }) => ({
    shape: [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...x.shape.slice(axis + 1)],
    dtype: x.dtype,
  })),
  /** Operands: x, indices [..., k] into the first k axes. */
  gather_nd: rule<NoParams>(([x, indices]) => {
    const k = indices.shape[indices.shape.length - 1];
    if (k > x.shape.length) {
      throw new ShapeError(`Indices of shape ${formatShape(indices.shape)} address ${k} axes, but x has shape ${formatShape(x.shape)}.`);
    }
    return { shape: [...indices.shape.slice(0, -1), ...x.shape.slice(k)], dtype: x.dtype };
  }),
  /** Operands: indices [..., k], values. Values at equal indices add up. */
  scatter_nd: rule<{ shape: Shape }>(([, values], { shape }) => ({ shape, dtype: values.dtype })),
  /** Operands: x, indices [..., k], values: x with the values written (update) or combined. */
  tensor_scatter: rule<{ mode: 'update' | 'add' | 'max' | 'min' }>(([x]) => ({ shape: x.shape, dtype: x.dtype })),
  /** Operands: values, segment ids (of values' leading shape) from -1 to count-1; rows with the id -1 are dropped. */
  segment_sum: rule<{ count: number }>(([values, ids], { count }) => ({
    shape: [count, ...values.shape.slice(ids.shape.length)], dtype: values.dtype,
  })),
  /** Products of rows; as segment_sum. Segments without rows are 1. */
  segment_prod: rule<{ count: number }>(([values, ids], { count }) => ({
    shape: [count, ...values.shape.slice(ids.shape.length)], dtype: values.dtype,
  })),
  one_hot: rule<{ depth: number; axis: number; dtype: DType }>(([indices], { depth, axis, dtype }) => ({
    shape: [...indices.shape.slice(0, axis), depth, ...indices.shape.slice(axis)], dtype,
  })),
  /** Results: values and indices (int32) of the k largest along the last axis. */
  top_k: rule<{ k: number; sorted: boolean }>(([x], { k }) => {
    const last = x.shape[x.shape.length - 1];
    if (x.shape.length === 0 || k > last) {
      throw new ShapeError(`top_k with k=${k} needs at least ${k} elements along the last axis, received shape ${formatShape(x.shape)}.`);
    }
    const shape = [...x.shape.slice(0, -1), k];
    return [{ shape, dtype: x.dtype }, { shape, dtype: 'int32' as const }];
  }),
};
