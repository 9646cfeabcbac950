/** Quantiles by sorting; what `ops.quantile`, `percentile` and `median` share. */
import { apply } from '../../engine/apply.js';
import { fromHost, toTensor, type TensorLike } from '../../engine/convert.js';
import { activeBackend } from '../../engine/context.js';
import { getDefaultFloat, type DType } from '../../engine/dtype.js';
import { canonicalAxes, formatShape, ShapeError, type Shape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import {
  axesOf, either, full, minus, not, over, permute, plus, reduce, reshapeTo, times, type Axis,
} from '../compose.js';
import { cast, scalarLike, toFloat } from '../promotion.js';
import { sortLast } from './sorting.js';

/** What stands for a place between two elements. */
export type QuantileMethod = 'linear' | 'lower' | 'higher' | 'nearest' | 'midpoint';
const METHODS: readonly string[] = ['linear', 'lower', 'higher', 'nearest', 'midpoint'];

/** Where quantiles lie among `count` sorted elements: int32 vectors of indices. */
interface Places {
  lower(): Tensor;
  higher(): Tensor;
  nearest(): Tensor;
  /** Two neighbours around each place, and the share that the first of them has. */
  between(dtype: DType): { before: Tensor; after: Tensor; weight: Tensor };
}

const halfToEven = (x: number): number => {
  const below = Math.floor(x);
  return x - below === 0.5 ? below + (below % 2) : Math.round(x);
};

/** Of shares that are known: computed here, in double precision. */
function knownPlaces(shares: readonly number[], count: number): Places {
  const places = shares.map((q) => q * (count - 1));
  const within = (index: number): number => Math.min(Math.max(index, 0), count - 1);
  const indices = (fn: (place: number) => number): Tensor =>
    fromHost(Int32Array.from(places, (place) => within(fn(place))), [places.length], 'int32');
  const before = (place: number): number => Math.max(Math.ceil(place) - 1, 0);
  return {
    lower: () => indices(Math.floor),
    higher: () => indices(Math.ceil),
    nearest: () => indices(halfToEven),
    between: (dtype) => ({
      before: indices(before),
      after: indices((place) => before(place) + 1),
      weight: toTensor(places.map((place) => within(before(place) + 1) - place), dtype),
    }),
  };
}

/**
 * Of shares in a vector, among elements of which the last is at `last` (int32): computed in float64 where the
 * backend has it, or places in a long axis may be off by one.
 */
function computedPlaces(shares: Tensor, last: Tensor): Places {
  const isWide = activeBackend().unsupported('multiply', 'float64') === undefined;
  const q = isWide ? cast(shares, 'float64') : shares;
  const place = times(q, cast(last, q.dtype));
  const within = (t: Tensor): Tensor => apply('maximum', [apply('minimum', [t, last]), full(0, [], 'int32')]);
  const indices = (rounding: 'floor' | 'ceil' | 'round'): Tensor =>
    within(cast(apply(rounding, [place]), 'int32'));
  return {
    lower: () => indices('floor'),
    higher: () => indices('ceil'),
    nearest: () => indices('round'),
    between(dtype) {
      const one = full(1, [], 'int32');
      const before = within(minus(indices('ceil'), one));
      const after = within(plus(before, one));
      return { before, after, weight: cast(minus(cast(after, place.dtype), place), dtype) };
    },
  };
}

/** The elements at places along the last axis of sorted rows: the same in all, or with `each` its own in each. */
function elementsAt(sorted: Tensor, places: Places, method: QuantileMethod, each = false): Tensor {
  const axis = sorted.ndim - 1;
  const at = (indices: Tensor): Tensor => apply('gather', [sorted, indices], { axis, batchDims: each ? axis : 0 });
  switch (method) {
    case 'lower': return at(places.lower());
    case 'higher': return at(places.higher());
    case 'nearest': return at(places.nearest());
    case 'midpoint': return times(plus(at(places.lower()), at(places.higher())), scalarLike(0.5, sorted));
    default: {
      const { before, after, weight } = places.between(sorted.dtype);
      return plus(times(at(after), minus(scalarLike(1, sorted), weight)), times(at(before), weight));
    }
  }
}

/** The places of q (a number, an array or a tensor), and the shape of q. */
function placesOf(q: TensorLike, whole: number, count: number): { places: Places; shape: Shape } {
  const list: unknown[] = typeof q === 'number' ? [q] : Array.isArray(q) ? q : [undefined];
  if (list.every((v) => typeof v === 'number')) {
    // Keras holds q in floatx.
    const round = getDefaultFloat() === 'float64' ? Number : Math.fround;
    const shares = list.map((v) => round(round(v) / whole));
    return { places: knownPlaces(shares, count), shape: typeof q === 'number' ? [] : [shares.length] };
  }
  const shares = toFloat(q);
  const scaled = whole === 1 ? shares : over(shares, scalarLike(whole, shares));
  return { places: computedPlaces(reshapeTo(scaled, [shares.size]), full(count - 1, [], 'int32')), shape: shares.shape };
}

interface Rows {
  /** [..., count], the elements of each quantile along the last axis. */
  rows: Tensor;
  axes: readonly number[];
  /** The axes that stay, in order. */
  others: readonly number[];
}

/** Brings the axes of each quantile together, at the end. */
function toRows(t: Tensor, axis: Axis, method: QuantileMethod): Rows {
  if (!METHODS.includes(method)) {
    throw new TypeError(
      `The method of quantile is one of ${METHODS.join(', ')}, received '${String(method)}'.`);
  }
  const axes = canonicalAxes(axis, t.ndim);
  const others = axesOf(t).filter((i) => !axes.includes(i));
  const count = axes.reduce((n, i) => n * t.shape[i], 1);
  if (count === 0) {
    throw new ShapeError(`The quantile of no elements is not defined: shape ${formatShape(t.shape)}.`);
  }
  const rows = reshapeTo(permute(t, [...others, ...axes]), [...others.map((i) => t.shape[i]), count]);
  return { rows, axes, others };
}

/** q's own axes, which are the last one of what was found, in front. */
function withShares(found: Tensor, t: Tensor, { axes, others }: Rows, shape: Shape, keepdims: boolean): Tensor {
  const front = permute(found, [others.length, ...others.map((_, i) => i)]);
  const rest = keepdims ? t.shape.map((d, i) => (axes.includes(i) ? 1 : d)) : others.map((i) => t.shape[i]);
  return reshapeTo(front, [...shape, ...rest]);
}

/**
 * @param t a floating-point tensor
 * @param whole the q that stands for all elements: 1 for shares, 100 for percentages
 */
export function quantileOf(
  t: Tensor, q: TensorLike, whole: number, axis: Axis, method: QuantileMethod, keepdims: boolean,
): Tensor {
  const grouped = toRows(t, axis, method);
  const { rows } = grouped;
  const sorted = sortLast(rows);
  const { places, shape } = placesOf(q, whole, rows.shape[rows.ndim - 1]);
  const found = elementsAt(sorted, places, method);
  const isBroken = reduce('reduce_any', apply('is_nan', [rows]), -1, true);
  return withShares(either(isBroken, scalarLike(NaN, found), found), t, grouped, shape, keepdims);
}

/** The same of the elements that are not NaN; NaN where there are none. */
export function nanQuantileOf(
  t: Tensor, q: TensorLike, whole: number, axis: Axis, method: QuantileMethod, keepdims: boolean,
): Tensor {
  const grouped = toRows(t, axis, method);
  const { rows } = grouped;
  const isMissing = apply('is_nan', [rows]);
  // What is missing goes to the end, behind the infinite.
  const sorted = sortLast(either(isMissing, scalarLike(Infinity, rows), rows));
  const count = reduce('reduce_sum', cast(not(isMissing), 'int32'), -1, true);
  const given = toTensor(q, getDefaultFloat());
  const shares = reshapeTo(whole === 1 ? given : over(given, scalarLike(whole, given)), [given.size]);
  const last = apply('maximum', [minus(count, full(1, [], 'int32')), full(0, [], 'int32')]);
  const found = elementsAt(sorted, computedPlaces(shares, last), method, true);
  const isEmpty = apply('equal', [count, full(0, [], 'int32')]);
  return withShares(either(isEmpty, scalarLike(NaN, found), found), t, grouped, given.shape, keepdims);
}
