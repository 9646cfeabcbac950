/** Tensors from values and back, dtypes, and what is known of a tensor without computing. */
import { apply } from '../../engine/apply.js';
import { isTensorLike, naturalDType, NDArray, toTensor, type TensorLike } from '../../engine/convert.js';
import { isFloat, standardizeDType, type DType } from '../../engine/dtype.js';
import { largest, smallest } from '../../engine/limits.js';
import type { SymbolicShape } from '../../engine/shape.js';
import { Tensor } from '../../engine/tensor.js';
import { Variable } from '../../engine/variable.js';
import { kerasExport } from '../../saving/registration.js';
import { full } from '../compose.js';
import { defineOp } from '../define.js';
import { requireDense } from '../dense.js';
import { KerasTensor } from '../keras-tensor.js';
import { cast as castTo, scalarLike } from '../promotion.js';

/**
 * The elements in another dtype. Floats lose their fraction when they become integers; what is not zero
 * becomes true. Source: keras.ops.cast.
 * @example
 * ops.cast([1.7, -1.7], 'int32').arraySync(); // [1, -1]
 */
export const cast = defineOp('keras.ops.cast', ['x', 'dtype'], (x: TensorLike, dtype: string): Tensor =>
  castTo(toTensor(x), standardizeDType(dtype)));

type Limit = number | bigint;

/** Bits of the significand. */
const significand = (dtype: DType): number =>
  (dtype === 'bfloat16' ? 8 : dtype === 'float16' ? 11 : dtype === 'float32' ? 24 : 53);

/** The integer limits of a dtype, moved towards zero to what a float dtype holds exactly. */
function limitWithin(limit: number | bigint, float: DType): number {
  const exact = BigInt(limit);
  const size = exact < 0n ? -exact : exact;
  const excess = BigInt(Math.max(0, size.toString(2).length - significand(float)));
  const rounded = Number((size >> excess) << excess);
  return Math.min(rounded, Number(largest(float))) * (exact < 0n ? -1 : 1);
}

/**
 * Like `cast`, with numbers beyond the range of the dtype set to its limits. Source: keras.ops.saturate_cast.
 * @example
 * ops.saturate_cast([-1, 256], 'uint8').arraySync(); // [0, 255]
 */
export const saturate_cast = defineOp('keras.ops.saturate_cast', ['x', 'dtype'], (
  x: TensorLike, dtype: string,
): Tensor => {
  const target = standardizeDType(dtype);
  const t = toTensor(x);
  const source = t.dtype;
  if (source === 'bool' || source === target) return castTo(t, target);
  const bound = (limit: (d: DType) => Limit, isTighter: (a: Limit, b: Limit) => boolean): Tensor => {
    const [from, to] = [limit(source), limit(target)];
    if (!isTighter(to, from)) return full(from, [], source);
    if (!isFloat(source)) return full(typeof from === 'bigint' ? BigInt(to) : Number(to), [], source);
    return scalarLike(isFloat(target) ? Number(to) : limitWithin(to, source), t);
  };
  const upper = apply('minimum', [t, bound(largest, (a, b) => a < b)]);
  return castTo(apply('maximum', [upper, bound(smallest, (a, b) => a > b)]), target);
});

/**
 * Numbers, nested arrays, typed arrays or NDArrays as a tensor; a tensor stays as it is.
 * Source: keras.ops.convert_to_tensor.
 *
 * @param dtype default: floatx for numbers, bool for booleans, int64 for BigInt, a typed array's or tensor's
 *   own
 * @param sparse false or null: there are no sparse tensors
 * @param ragged false or null: there are no ragged tensors
 * @example
 * ops.convert_to_tensor([1, 2], 'int32').dtype; // 'int32'
 */
export const convert_to_tensor = defineOp('keras.ops.convert_to_tensor', ['x', 'dtype', 'sparse', 'ragged'], (
  x: TensorLike, dtype: string | null = null, sparse: false | null = null, ragged: false | null = null,
): Tensor => {
  requireDense('convert_to_tensor', 'sparse', sparse);
  requireDense('convert_to_tensor', 'ragged', ragged);
  return toTensor(x, dtype ? standardizeDType(dtype) : undefined);
});

/**
 * The values in host memory: an `NDArray` with `data` (a typed array), `shape` and `dtype`; half types as
 * floats. Blocks until they are computed. Source: keras.ops.convert_to_numpy.
 *
 * @throws TracedValueError in a compiled function
 * @example
 * ops.convert_to_numpy([[1, 2]]).tolist(); // [[1, 2]]
 */
export function convert_to_numpy(x: TensorLike): NDArray {
  if (x instanceof NDArray) return x;
  const isOwn = x instanceof Tensor || x instanceof Variable;
  const t = toTensor(x);
  const array = new NDArray(t.dataSync(), t.shape, t.dtype);
  if (!isOwn) t.dispose();
  return array;
}
kerasExport(convert_to_numpy, 'keras.ops.convert_to_numpy');

/**
 * Whether a value is a tensor (not a Variable, and not an array that could become one).
 * Source: keras.ops.is_tensor.
 * @example
 * ops.is_tensor([1, 2]); // false
 */
export function is_tensor(x: unknown): x is Tensor {
  return x instanceof Tensor;
}
kerasExport(is_tensor, 'keras.ops.is_tensor');

type Described = TensorLike | KerasTensor;
/** Shape and dtype without making a tensor where there is one. */
function described(x: Described): { shape: SymbolicShape; dtype: DType } {
  if (x instanceof Tensor || x instanceof KerasTensor) return x;
  if (x instanceof Variable || x instanceof NDArray) return x;
  if (!isTensorLike(x)) {
    throw new TypeError(`Expected a tensor or a value that can become one, received ${String(x)}.`);
  }
  const shape: number[] = [];
  let level: unknown = x;
  while (Array.isArray(level) || ArrayBuffer.isView(level)) {
    shape.push((level as unknown[]).length);
    [level] = level as unknown[];
    if (level instanceof Tensor) shape.push(...level.shape);
  }
  return { shape, dtype: naturalDType(x) };
}

/**
 * The shape as an array; `null` for dimensions of symbolic tensors that are not known.
 * Source: keras.ops.shape.
 * @example
 * ops.shape(ops.zeros([2, 3])); // [2, 3]
 */
export function shape(x: TensorLike): number[];
export function shape(x: KerasTensor): (number | null)[];
export function shape(x: Described): (number | null)[] {
  return [...described(x).shape];
}
kerasExport(shape, 'keras.ops.shape');

/**
 * The dtype's name. Source: keras.ops.dtype.
 * @example
 * ops.dtype(ops.zeros([2])); // 'float32'
 */
export function dtype(x: Described): DType {
  return described(x).dtype;
}
kerasExport(dtype, 'keras.ops.dtype');

/**
 * Number of axes. Source: keras.ops.ndim.
 * @example
 * ops.ndim([[1, 2]]); // 2
 */
export function ndim(x: Described): number {
  return described(x).shape.length;
}
kerasExport(ndim, 'keras.ops.ndim');

/**
 * Number of elements, as an int32 scalar. Source: keras.ops.size.
 * @example
 * ops.size([[1, 2], [3, 4]]).item(); // 4
 */
export const size = defineOp('keras.ops.size', ['x'], (x: TensorLike): Tensor =>
  full(toTensor(x).size, [], 'int32'));
