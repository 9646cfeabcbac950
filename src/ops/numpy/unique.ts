/** Distinct elements: their number depends on values, so this cannot be compiled. */
import { apply } from '../../engine/apply.js';
import { fromHost, toTensor, type TensorLike } from '../../engine/convert.js';
import { canonicalAxis } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { movedAxis, permute, requireInteger, reshapeTo, sliceAxis } from '../compose.js';
import { defineOp } from '../define.js';
import { requireValues } from './nonzero.js';

type Element = number | bigint | string;

interface Distinct {
  /** Where each first occurs. */
  first: number[];
  /** For each row, which of the distinct ones it is. */
  inverse: number[];
  counts: number[];
}

const compare = (a: readonly Element[], b: readonly Element[]): number => {
  for (let i = 0; i < a.length; i++) {
    if (a[i] === b[i]) continue;
    // NaN comes last.
    if (a[i] < b[i] || Number.isNaN(b[i])) return -1;
    return 1;
  }
  return 0;
};

/** Rows of `width` elements that differ, in the order in which they occur or sorted. */
function distinctRows(data: ArrayLike<Element>, count: number, width: number, sorted: boolean): Distinct {
  const rowAt = (row: number): Element[] => Array.from({ length: width }, (_, i) => data[row * width + i]);
  const places = new Map<string, number>();
  const found: Distinct = { first: [], inverse: [], counts: [] };
  for (let row = 0; row < count; row++) {
    // -0 and 0 are equal; text is quoted, so that no separator can occur in it.
    const key = rowAt(row).map((v) => (typeof v === 'string' ? JSON.stringify(v) : String(v === 0 ? 0 : v))).join();
    let place = places.get(key);
    if (place === undefined) {
      places.set(key, (place = found.first.length));
      found.first.push(row);
      found.counts.push(0);
    }
    found.counts[place]++;
    found.inverse.push(place);
  }
  if (!sorted) return found;
  const order = found.first.map((_, i) => i).toSorted((a, b) => compare(rowAt(found.first[a]), rowAt(found.first[b])));
  const rank = order.map((_, i) => order.indexOf(i));
  return {
    first: order.map((i) => found.first[i]),
    inverse: found.inverse.map((i) => rank[i]),
    counts: order.map((i) => found.counts[i]),
  };
}

const vector = (values: readonly number[]): Tensor => fromHost(Int32Array.from(values), [values.length], 'int32');

/** The first `size` values, filled up with `fill`. */
const sized = (values: readonly number[], size: number | null, fill: number): number[] =>
  (size === null ? [...values] : Array.from({ length: size }, (_, i) => values[i] ?? fill));

/** The calls of `unique` that give the distinct ones alone. */
interface ValuesAlone {
  (x: TensorLike, sorted?: boolean): Tensor;
  (x: TensorLike, options: {
    sorted?: boolean; axis?: number | null; size?: number | null; fill_value?: number | null;
  }): Tensor;
}
const withValuesAlone = <F>(op: F): ValuesAlone & F => op as ValuesAlone & F;

/**
 * The distinct elements of a tensor, or its distinct slices along an axis. Reads values, so it works eagerly only,
 * with `size` too. Source: keras.ops.unique.
 *
 * @param sorted whether they come in ascending order (slices by their first elements), rather than as they first
 *   occur; default true
 * @param return_index whether the places where each first occurs are given too; default false
 * @param return_inverse whether is given too which of the distinct ones each element is; default false
 * @param return_counts whether is given too how often each occurs; default false
 * @param axis axis of the slices; null (default): single elements
 * @param size number of results: more are left out, missing ones filled up; null (default): as many as there are
 * @param fill_value what fills missing ones; null (default): 0. Their places are 1, their counts 0
 * @returns the distinct ones, or an array of them and what else was asked for, in the order above (int32)
 * @throws TracedValueError in a compiled function and on symbolic tensors
 * @example
 * ops.unique([3, 1, 3]).arraySync(); // [1, 3]
 * const [values, counts] = ops.unique([3, 1, 3], {return_counts: true});
 * counts.arraySync(); // [1, 2]
 */
export const unique = withValuesAlone(defineOp('keras.ops.unique',
  ['x', 'sorted', 'return_index', 'return_inverse', 'return_counts', 'axis', 'size', 'fill_value'], (
    x: TensorLike, sorted = true, return_index = false, return_inverse = false, return_counts = false,
    axis: number | null = null, size: number | null = null, fill_value: number | null = null,
  ): [Tensor, ...Tensor[]] => {
    const given = toTensor(x);
    requireValues(given, 'unique', 'Use ops.sort, or a fixed set of values that is compared with.');
    if (size !== null) requireInteger(size, 'The argument size of unique', 0);

    // 1. rows of elements that are compared, one for each place along the axis
    const along = axis === null ? 0 : canonicalAxis(axis, given.ndim);
    const t = axis === null ? reshapeTo(given, [given.size]) : given;
    const count = t.shape[along];
    const rows = permute(t, movedAxis(t.ndim, along, 0));
    const width = t.shape.reduce((n, d, i) => (i === along ? n : n * d), 1);
    const { first, inverse, counts } = distinctRows(rows.dataSync() as ArrayLike<Element>, count, width, sorted);

    // 2. the slices where each first occurs, so that gradients flow to them
    let values = apply('gather', [t, vector(first)], { axis: along, batchDims: 0 });
    if (size !== null && size < first.length) values = sliceAxis(values, along, 0, size);
    if (size !== null && size > first.length) {
      const paddings = values.shape.map((_, i) => [0, i === along ? size - first.length : 0] as const);
      values = apply('pad', [values], { paddings, mode: 'constant', value: fill_value ?? 0 });
    }

    // 3. what else was asked for
    const results: [Tensor, ...Tensor[]] = [values];
    if (return_index) results.push(vector(sized(first, size, 1)));
    if (return_inverse) results.push(axis === null ? reshapeTo(vector(inverse), given.shape) : vector(inverse));
    if (return_counts) results.push(vector(sized(counts, size, 0)));
    // The other type is that of `ValuesAlone`.
    return results.length === 1 ? values as never : results;
  }));
