/** Reductions over rows with the same number. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { largest, smallest } from '../../engine/limits.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { either, full, requireInteger, reshapeTo, sliceAxis } from '../compose.js';
import { defineOp } from '../define.js';
import { requireValues } from '../numpy/nonzero.js';
import { toIndices } from '../promotion.js';

const SEGMENT = ['data', 'segment_ids', 'num_segments', 'sorted'] as const;

interface Segments {
  rows: Tensor;
  ids: Tensor;
  count: number;
}

/** Checks the operands; without `num_segments` it is one more than the largest number. */
function segmentsOf(
  name: string, data: TensorLike, segment_ids: TensorLike, num_segments: number | null,
): Segments {
  const rows = toTensor(data);
  const ids = toIndices(segment_ids, `The segment_ids of ${name}`);
  if (ids.ndim !== 1 || rows.ndim === 0 || ids.size !== rows.shape[0]) {
    throw new ShapeError(
      `${name} expects one segment number for each row of data, received segment_ids of shape ` +
      `${formatShape(ids.shape)} and data of shape ${formatShape(rows.shape)}.`);
  }
  if (num_segments !== null) {
    return { rows, ids, count: requireInteger(num_segments, `num_segments of ${name}`, 0) };
  }
  requireValues(ids, name, 'Give num_segments.');
  const values = ids.dataSync();
  let most = -1;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Number(values[i]));
  return { rows, ids, count: most + 1 };
}

/** A place behind the last segment for rows whose number is out of range. */
function inRange({ ids, count }: Segments, otherwise: number): Tensor {
  const number = (value: number): Tensor => full(value, [], ids.dtype);
  const inside = apply('logical_and', [
    apply('greater_equal', [ids, number(0)]), apply('less', [ids, number(count)])]);
  return either(inside, ids, number(otherwise));
}

/**
 * Sums of the rows that have the same segment number. Rows with a number out of range are left out.
 * Source: keras.ops.segment_sum.
 *
 * @param data rows along the first axis
 * @param segment_ids one integer for each row
 * @param num_segments number of rows of the result; null (default): one more than the largest number, which
 *   reads values and so works eagerly only
 * @param sorted a promise that the numbers ascend; the result is the same without it
 * @example
 * ops.segment_sum([1, 2, 3], [0, 0, 1], 2).arraySync(); // [3, 3]
 */
export const segment_sum = defineOp('keras.ops.segment_sum', SEGMENT, (
  data: TensorLike, segment_ids: TensorLike, num_segments: number | null = null, sorted = false,
): Tensor => {
  void sorted;
  const segments = segmentsOf('segment_sum', data, segment_ids, num_segments);
  return apply('segment_sum', [segments.rows, inRange(segments, -1)], { count: segments.count });
});

/**
 * Products of the rows that have the same segment number; 1 where there are none. Arguments as in
 * `segment_sum`. Source: keras.ops.segment_prod.
 * @example
 * ops.segment_prod([1, 2, 3], [0, 0, 1], 2).arraySync(); // [2, 3]
 */
export const segment_prod = defineOp('keras.ops.segment_prod', SEGMENT, (
  data: TensorLike, segment_ids: TensorLike, num_segments: number | null = null, sorted = false,
): Tensor => {
  void sorted;
  const segments = segmentsOf('segment_prod', data, segment_ids, num_segments);
  return apply('segment_prod', [segments.rows, inRange(segments, -1)], { count: segments.count });
});

const extremum = (name: 'segment_max' | 'segment_min', mode: 'max' | 'min') => (
  data: TensorLike, segment_ids: TensorLike, num_segments: number | null = null, sorted = false,
): Tensor => {
  void sorted;
  const segments = segmentsOf(name, data, segment_ids, num_segments);
  const { rows, count } = segments;
  const limit = mode === 'max' ? smallest(rows.dtype) : largest(rows.dtype);
  const start = full(limit, [count + 1, ...rows.shape.slice(1)], rows.dtype);
  const places = reshapeTo(inRange(segments, count), [rows.shape[0], 1]);
  return sliceAxis(apply('tensor_scatter', [start, places, rows], { mode }), 0, 0, count);
};

/**
 * Largest elements of the rows that have the same segment number; the smallest number of the dtype where
 * there are none. Arguments as in `segment_sum`. Source: keras.ops.segment_max.
 * @example
 * ops.segment_max([1, 2, 3], [0, 0, 1], 2).arraySync(); // [2, 3]
 */
export const segment_max = defineOp('keras.ops.segment_max', SEGMENT, extremum('segment_max', 'max'));

/**
 * Smallest elements of the rows that have the same segment number; the largest number of the dtype where
 * there are none. Arguments as in `segment_sum`. Source: keras.ops.segment_min.
 * @example
 * ops.segment_min([1, 2, 3], [0, 0, 1], 2).arraySync(); // [1, 3]
 */
export const segment_min = defineOp('keras.ops.segment_min', SEGMENT, extremum('segment_min', 'min'));
