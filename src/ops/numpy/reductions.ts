/** Sums, products, extrema and truth over axes. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { standardizeDType, type DType } from '../../engine/dtype.js';
import { canonicalAxes, canonicalAxis, formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { minus, reduce, reshapeTo, type Axis } from '../compose.js';
import { defineOp } from '../define.js';
import { accumulatorType, cast, scalarLike, toBool, toNumeric } from '../promotion.js';

const OVER = ['x', 'axis', 'keepdims'] as const;
const EXTREMUM = ['x', 'axis', 'keepdims', 'initial'] as const;

/**
 * Sum of elements. Integers narrower than 32 bits and booleans are summed in int32 (unsigned: uint32).
 * Source: keras.ops.sum.
 *
 * @param axis axis or axes to sum over; null (default): all
 * @param keepdims whether the summed axes stay, with length 1; default false
 * @example
 * ops.sum([[1, 2], [3, 4]], 1).arraySync(); // [3, 7]
 */
export const sum = defineOp('keras.ops.sum', OVER, (
  x: TensorLike, axis: Axis = null, keepdims = false,
): Tensor => {
  const t = toTensor(x);
  return reduce('reduce_sum', cast(t, accumulatorType(t.dtype)), axis, keepdims);
});

/**
 * Product of elements; dtypes as in `sum`. Source: keras.ops.prod.
 *
 * @param axis axis or axes; null (default): all
 * @param keepdims whether the reduced axes stay; default false
 * @param dtype dtype of computation and result; null (default): as in `sum`
 * @example
 * ops.prod([[1, 2], [3, 4]], 1).arraySync(); // [2, 12]
 */
export const prod = defineOp('keras.ops.prod', ['x', 'axis', 'keepdims', 'dtype'], (
  x: TensorLike, axis: Axis = null, keepdims = false, dtype: string | null = null,
): Tensor => {
  const t = toTensor(x);
  const target = dtype === null ? accumulatorType(t.dtype) : standardizeDType(dtype);
  return reduce('reduce_prod', cast(t, target), axis, keepdims);
});

const EXTREMA = {
  max: { reduction: 'reduce_max', ofBooleans: 'reduce_any', pair: 'maximum' },
  min: { reduction: 'reduce_min', ofBooleans: 'reduce_all', pair: 'minimum' },
} as const;

const extremum = (name: 'max' | 'min') =>
  (x: TensorLike, axis: Axis = null, keepdims = false, initial: TensorLike | null = null): Tensor => {
    const { reduction, ofBooleans, pair } = EXTREMA[name];
    const t = toTensor(x);
    if (initial === null && canonicalAxes(axis, t.ndim).some((i) => t.shape[i] === 0)) {
      throw new ShapeError(
        `The ${name} of no elements is not defined: the tensor has shape ${formatShape(t.shape)}. Give ` +
        'the result for that case as the argument initial.');
    }
    const isBool = t.dtype === 'bool';
    const result = reduce(isBool ? ofBooleans : reduction, t, axis, keepdims);
    if (initial === null) return result;
    const bound = toTensor(initial, t.dtype);
    return apply(isBool ? (name === 'max' ? 'logical_or' : 'logical_and') : pair, [result, bound]);
  };

/**
 * Largest element. Source: keras.ops.max.
 *
 * @param axis axis or axes; null (default): all
 * @param keepdims whether the reduced axes stay; default false
 * @param initial the result is at least this; needed where there are no elements
 * @throws ShapeError when there are no elements and no `initial`
 * @example
 * ops.max([[1, 5], [3, 4]], 1).arraySync(); // [5, 4]
 */
export const max = defineOp('keras.ops.max', EXTREMUM, extremum('max'));

/**
 * Smallest element; see `max`. Source: keras.ops.min.
 * @example
 * ops.min([[1, 5], [3, 4]], 1).arraySync(); // [1, 3]
 */
export const min = defineOp('keras.ops.min', EXTREMUM, extremum('min'));

/**
 * Alias of `max` without `initial`. Source: keras.ops.amax.
 * @example
 * ops.amax([[1, 5], [3, 4]], 1); // [5, 4]
 */
export const amax = defineOp('keras.ops.amax', OVER, (
  x: TensorLike, axis: Axis = null, keepdims = false,
): Tensor =>
  extremum('max')(x, axis, keepdims));

/**
 * Alias of `min` without `initial`. Source: keras.ops.amin.
 * @example
 * ops.amin([[1, 5], [3, 4]], 1); // [1, 3]
 */
export const amin = defineOp('keras.ops.amin', OVER, (
  x: TensorLike, axis: Axis = null, keepdims = false,
): Tensor =>
  extremum('min')(x, axis, keepdims));

/**
 * Largest element less the smallest. Source: keras.ops.ptp.
 * @example
 * ops.ptp([[1, 5], [3, 4]], 1).arraySync(); // [4, 1]
 */
export const ptp = defineOp('keras.ops.ptp', OVER, (
  x: TensorLike, axis: Axis = null, keepdims = false,
): Tensor => {
  const t = toNumeric(x);
  return minus(extremum('max')(t, axis, keepdims), extremum('min')(t, axis, keepdims));
});

/**
 * Whether any element is true (not zero). Source: keras.ops.any.
 * @example
 * ops.any([[true, false], [false, false]], 1).arraySync(); // [true, false]
 */
export const any = defineOp('keras.ops.any', OVER, (
  x: TensorLike, axis: Axis = null, keepdims = false,
): Tensor =>
  reduce('reduce_any', toBool(x), axis, keepdims));

/**
 * Whether all elements are true (not zero). Source: keras.ops.all.
 * @example
 * ops.all([[true, false], [true, true]], 1).arraySync(); // [false, true]
 */
export const all = defineOp('keras.ops.all', OVER, (
  x: TensorLike, axis: Axis = null, keepdims = false,
): Tensor =>
  reduce('reduce_all', toBool(x), axis, keepdims));

const argExtremum = (name: 'argmax' | 'argmin') =>
  (x: TensorLike, axis: number | null = null, keepdims = false): Tensor => {
    const t = toNumeric(x);
    const flat = axis === null ? reshapeTo(t, [t.size]) : t;
    const along = axis === null ? 0 : canonicalAxis(axis, t.ndim);
    const result = apply(name, [flat], { axis: along, dtype: 'int32' as DType });
    if (!keepdims) return result;
    return reshapeTo(result, t.shape.map((d, i) => (axis === null || i === along ? 1 : d)));
  };

/**
 * Index (int32) of the largest element; the first of several. Source: keras.ops.argmax.
 *
 * @param axis axis to search along; null (default): the flattened tensor
 * @param keepdims whether the axis stays, with length 1; default false
 * @example
 * ops.argmax([[1, 5], [3, 2]], 1).arraySync(); // [1, 0]
 */
export const argmax = defineOp('keras.ops.argmax', OVER, argExtremum('argmax'));

/**
 * Index (int32) of the smallest element; the first of several. Source: keras.ops.argmin.
 * @example
 * ops.argmin([[1, 5], [3, 2]], 1).arraySync(); // [0, 1]
 */
export const argmin = defineOp('keras.ops.argmin', OVER, argExtremum('argmin'));

/**
 * Number (int32) of elements that are not zero. Source: keras.ops.count_nonzero.
 * @example
 * ops.count_nonzero([[0, 1], [2, 3]], 1).arraySync(); // [1, 2]
 */
export const count_nonzero = defineOp('keras.ops.count_nonzero', ['x', 'axis'], (
  x: TensorLike, axis: Axis = null,
): Tensor => {
  const t = toTensor(x);
  const isCounted = t.dtype === 'bool' ? t : apply('not_equal', [t, scalarLike(0, t)]);
  return reduce('reduce_sum', cast(isCounted, 'int32'), axis);
});
