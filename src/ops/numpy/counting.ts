/** Counts of values. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { isFloat, isInteger, resultType, type DType } from '../../engine/dtype.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import {
  and, broadcastTo, either, full, iota, minus, over, plus, reduce, requireInteger, reshapeTo, times,
} from '../compose.js';
import { defineOp } from '../define.js';
import { requireDense } from '../dense.js';
import { cast, scalarLike, toIndices } from '../promotion.js';
import { requireValues } from './nonzero.js';
import { searchsorted } from './sorting.js';

/** Length of the result: one more than the largest value, or `minlength`. */
function binsFor(places: Tensor, minlength: number): number {
  if (places.size === 0) return minlength;
  requireValues(places, 'bincount', 'Use ops.segment_sum with num_segments, which gives the number of bins.');
  const values = places.dataSync();
  let most = -1;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Number(values[i]));
  return Math.max(minlength, most + 1);
}

/**
 * How often each integer occurs along the last axis, or the sum of its weights. Source: keras.ops.bincount.
 *
 * The number of bins depends on values, so this works eagerly only.
 * @param x integers >= 0: [n] or [batch, n]
 * @param weights of the shape of x; null (default): ones, counted in int32
 * @param minlength least number of bins; default 0
 * @param sparse false: there are no sparse tensors
 * @throws TracedValueError in a compiled function and on symbolic tensors
 * @example
 * ops.bincount(ops.array([1, 2, 2], 'int32')).arraySync(); // [0, 1, 2]
 */
export const bincount = defineOp('keras.ops.bincount', ['x', 'weights', 'minlength', 'sparse'], (
  x: TensorLike, weights: TensorLike | null = null, minlength = 0, sparse: false = false,
): Tensor => {
  requireDense('bincount', 'sparse', sparse);
  const given = toTensor(x);
  const places = isInteger(given.dtype) ? toIndices(given, 'The values of bincount') : cast(given, 'int32');
  if (places.ndim !== 1 && places.ndim !== 2) {
    throw new ShapeError(`bincount expects one or two axes, received shape ${formatShape(places.shape)}.`);
  }
  const bins = binsFor(places, requireInteger(minlength, 'The argument minlength of bincount', 0));
  const values = weights === null ? full(1, places.shape, 'int32') : toTensor(weights);
  const dtype: DType = weights === null ? 'int32' : resultType(given.dtype, values.dtype);
  const isWide = values.dtype === 'float64';
  const compute: DType = isFloat(values.dtype) ? (isWide ? 'float64' : 'float32') : 'int32';
  const [rows, length] = places.ndim === 1 ? [1, places.size] : places.shape;
  const offsets = reshapeTo(iota(rows, places.dtype, 0, bins), [rows, 1]);
  const numbered = reshapeTo(plus(reshapeTo(places, [rows, length]), offsets), [rows * length]);
  const flat = reshapeTo(cast(values, compute), [rows * length]);
  const counts = apply('segment_sum', [flat, numbered], { count: rows * bins });
  return cast(reshapeTo(counts, [...places.shape.slice(0, -1), bins]), dtype);
});

/**
 * Numbers of elements in bins of equal width; all bins but the last are open on the right.
 * Source: keras.ops.histogram.
 *
 * @param bins number of bins; default 10
 * @param range lower end of the first and upper end of the last bin; null (default): the extrema of x.
 *   Elements outside are not counted
 * @returns the counts [bins] and the edges [bins + 1], in the dtype of x
 * @example
 * ops.histogram([1, 2, 4], 3)[0].arraySync(); // [1, 1, 1]
 */
export const histogram = defineOp('keras.ops.histogram', ['x', 'bins', 'range'], (
  x: TensorLike, bins = 10, range: readonly number[] | null = null,
): [Tensor, Tensor] => {
  const given = toTensor(x);
  requireInteger(bins, 'The number of bins of histogram', 1);
  if (given.ndim !== 1) {
    throw new ShapeError(`histogram expects a tensor of one axis, received shape ${formatShape(given.shape)}. Flatten it with ops.ravel.`);
  }
  const flat = cast(given, resultType(given.dtype, 'float'));
  if (range !== null && (range.length !== 2 || !(range[0] < range[1]))) {
    throw new TypeError(
      `The range of histogram is [lower, upper] with lower < upper, received ${JSON.stringify(range)}.`);
  }
  const low = range ? scalarLike(range[0], flat) : reduce('reduce_min', flat, null);
  const high = range ? scalarLike(range[1], flat) : reduce('reduce_max', flat, null);
  const index = iota(bins + 1);
  const share = over(cast(index, flat.dtype), scalarLike(bins, flat));
  const isLast = apply('equal', [index, full(bins, [], 'int32')]);
  const edges = either(isLast, high, plus(low, times(minus(high, low), share)));
  const inner = apply('strided_slice', [edges], { begin: [1], size: [bins - 1], strides: [1] });
  const place = searchsorted(inner, flat, 'right');
  const inside = and(apply('greater_equal', [flat, low]), apply('less_equal', [flat, high]));
  // Elements outside of the range go to the row that segment_sum drops.
  const rows = either(inside, place, full(-1, [], 'int32'));
  const counts = apply('segment_sum', [broadcastTo(full(1, [], 'int32'), flat.shape), rows], { count: bins });
  return [cast(counts, given.dtype), cast(edges, given.dtype)];
});
