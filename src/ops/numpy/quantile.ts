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

/** Indices within 0 .. count - 1. */
const within = (t: Tensor, count: number): Tensor =>
  apply('maximum', [apply('minimum', [t, full(count - 1, [], 'int32')]), full(0, [], 'int32')]);

/** The elements of sorted rows at fractional places (float64). */
function elementsAt(sorted: Tensor, place: Tensor, method: QuantileMethod): Tensor {
  const axis = sorted.ndim - 1;
  const count = sorted.shape[axis];
  const index = (rounding: 'floor' | 'ceil' | 'round'): Tensor =>
    within(cast(apply(rounding, [place]), 'int32'), count);
  const at = (indices: Tensor): Tensor => apply('gather', [sorted, indices], { axis, batchDims: 0 });
  switch (method) {
    case 'lower': return at(index('floor'));
    case 'higher': return at(index('ceil'));
    case 'nearest': return at(index('round'));
    case 'midpoint': return times(plus(at(index('floor')), at(index('ceil'))), scalarLike(0.5, sorted));
    default: {
      // Two neighbours also where the place is an element, so that the weight keeps its gradient.
      const one = full(1, [], 'int32');
      const before = within(minus(index('ceil'), one), count);
      const after = within(plus(before, one), count);
      const weight = cast(minus(cast(after, place.dtype), place), sorted.dtype);
      return plus(times(at(after), minus(scalarLike(1, sorted), weight)), times(at(before), weight));
    }
  }
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
  const place = times(flat, scalarLike(count - 1, flat));

  // 3. the elements there, along the last axis
  let found = elementsAt(sorted, place, method);

  // 4. NaN where an element is NaN
  const isBroken = reduce('reduce_any', apply('is_nan', [rows]), axes.map((_, i) => others.length + i));
  found = either(reshapeTo(isBroken, [...isBroken.shape, 1]), scalarLike(NaN, found), found);

  // 5. q's own axes in front
  const front = permute(found, [others.length, ...others.map((_, i) => i)]);
  const rest = keepdims ? t.shape.map((d, i) => (axes.includes(i) ? 1 : d)) : others.map((i) => t.shape[i]);
  return reshapeTo(front, [...shares.shape, ...rest]);
}
