/** Quantiles by sorting; what `ops.quantile`, `percentile` and `median` share. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { getDefaultFloat } from '../../engine/dtype.js';
import { canonicalAxes, formatShape, ShapeError } from '../../engine/shape.js';
import { Tensor } from '../../engine/tensor.js';
import { Variable } from '../../engine/variable.js';
import { axesOf, either, full, minus, permute, plus, reduce, reshapeTo, times, type Axis } from '../compose.js';
import { cast, scalarLike } from '../promotion.js';
import { sortLast } from './sorting.js';

/** What stands for a place between two elements. */
export type QuantileMethod = 'linear' | 'lower' | 'higher' | 'nearest' | 'midpoint';
const METHODS: readonly string[] = ['linear', 'lower', 'higher', 'nearest', 'midpoint'];

/** Elements before and after each place in the sorted order, and the weight of the one before. */
interface Places {
  lower: Tensor;
  higher: Tensor;
  nearest: Tensor;
  weight: Tensor;
}

/** Places of q among `count` sorted elements. */
function placesOf(q: Tensor, count: number): Places {
  const place = times(q, scalarLike(count - 1, q));
  const index = (name: 'floor' | 'ceil' | 'round'): Tensor => {
    const t = cast(apply(name, [place]), 'int32');
    return apply('maximum', [apply('minimum', [t, full(count - 1, [], 'int32')]), full(0, [], 'int32')]);
  };
  const higher = index('ceil');
  // The weight of the element before the higher one keeps its gradient when the place is an element.
  const before = apply('maximum', [minus(higher, full(1, [], 'int32')), full(0, [], 'int32')]);
  const after = apply('minimum', [plus(before, full(1, [], 'int32')), full(count - 1, [], 'int32')]);
  return { lower: index('floor'), higher, nearest: index('round'), weight: minus(cast(after, q.dtype), place) };
}

/**
 * @param t a floating-point tensor
 * @param whole the q that stands for all elements: 1 for shares, 100 for percentages
 */
export function quantileOf(
  t: Tensor, q: TensorLike, whole: number, axis: Axis, method: QuantileMethod, keepdims: boolean,
): Tensor {
  if (!METHODS.includes(method)) {
    throw new TypeError(`The method of quantile is one of ${METHODS.join(', ')}, received '${String(method)}'.`);
  }
  const axes = canonicalAxes(axis, t.ndim);
  const others = axesOf(t).filter((i) => !axes.includes(i));
  const count = axes.reduce((n, i) => n * t.shape[i], 1);
  if (count === 0) throw new ShapeError(`The quantile of no elements is not defined: shape ${formatShape(t.shape)}.`);

  // 1. the elements of each quantile along the last axis, in order
  const rows = permute(t, [...others, ...axes]);
  const sorted = sortLast(reshapeTo(rows, [...others.map((i) => t.shape[i]), count]));

  // 2. the places of q; in float64, or places in a long axis would be off by one
  const isTensor = q instanceof Tensor || q instanceof Variable;
  const shares = toTensor(q, isTensor ? undefined : getDefaultFloat());
  const scaled = whole === 1 ? shares : apply('divide', [shares, scalarLike(whole, shares)]);
  const flat = reshapeTo(cast(scaled, 'float64'), [shares.size]);
  const { lower, higher, nearest, weight } = placesOf(flat, count);

  // 3. the elements there, along the last axis
  const at = (indices: Tensor): Tensor => apply('gather', [sorted, indices], { axis: others.length, batchDims: 0 });
  let found: Tensor;
  if (method === 'lower') found = at(lower);
  else if (method === 'higher') found = at(higher);
  else if (method === 'nearest') found = at(nearest);
  else if (method === 'midpoint') found = times(plus(at(lower), at(higher)), scalarLike(0.5, t));
  else {
    const w = cast(weight, t.dtype);
    const before = apply('maximum', [minus(higher, full(1, [], 'int32')), full(0, [], 'int32')]);
    const after = apply('minimum', [plus(before, full(1, [], 'int32')), full(count - 1, [], 'int32')]);
    found = plus(times(at(after), minus(scalarLike(1, w), w)), times(at(before), w));
  }

  // 4. NaN where an element is NaN
  const isBroken = reduce('reduce_any', apply('is_nan', [rows]), axes.map((_, i) => others.length + i));
  found = either(reshapeTo(isBroken, [...isBroken.shape, 1]), scalarLike(NaN, found), found);

  // 5. q's own axes in front
  const front = permute(found, [others.length, ...others.map((_, i) => i)]);
  const rest = keepdims ? t.shape.map((d, i) => (axes.includes(i) ? 1 : d)) : others.map((i) => t.shape[i]);
  return reshapeTo(front, [...shares.shape, ...rest]);
}
