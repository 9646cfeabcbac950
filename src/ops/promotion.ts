/** Operands of one dtype: what every op with several tensors does first. */
import { apply } from '../engine/apply.js';
import { naturalDType, promotionType, toTensor, type TensorLike } from '../engine/convert.js';
import { floatResult, isInteger, resultType, type DType, type WeakType } from '../engine/dtype.js';
import { Tensor } from '../engine/tensor.js';
import { Variable } from '../engine/variable.js';

/** A tensor in this dtype. */
export const cast = (x: Tensor, dtype: DType): Tensor =>
  (x.dtype === dtype ? x : apply('cast', [x], { dtype }));

/** Variables count with the value they have here, which mixed precision may have in another dtype. */
const unwrap = (x: TensorLike): TensorLike => (x instanceof Variable ? x.value : x);

const typeOf = (x: TensorLike): DType | WeakType => (x instanceof Tensor ? x.dtype : promotionType(x));

/**
 * Both operands in the dtype of the computation; JavaScript scalars adapt to tensors. `also` joins the
 * promotion.
 */
export function promote(x1: TensorLike, x2: TensorLike, also?: DType | WeakType): [Tensor, Tensor] {
  const isPlain = also === undefined && x1 instanceof Tensor && x2 instanceof Tensor;
  if (isPlain && x1.dtype === x2.dtype) return [x1, x2];
  const a = unwrap(x1);
  const b = unwrap(x2);
  const types = [typeOf(a), typeOf(b)];
  const dtype = resultType(...(also === undefined ? types : [...types, also]));
  return [toTensor(a, dtype), toTensor(b, dtype)];
}

/** Any number of operands in their common dtype. */
export function promoteAll(xs: readonly TensorLike[]): Tensor[] {
  const values = xs.map(unwrap);
  const dtype = resultType(...values.map(typeOf));
  return values.map((x) => toTensor(x, dtype));
}

/** A tensor for functions that compute in floating point: integers and booleans become floatx. */
export function toFloat(x: TensorLike): Tensor {
  const value = unwrap(x);
  return toTensor(value, floatResult(naturalDType(value)));
}

/** Both operands in a common floating-point dtype. */
export const promoteFloat = (x1: TensorLike, x2: TensorLike): [Tensor, Tensor] => promote(x1, x2, 'float');

/** A tensor; booleans as int32. */
export function toNumeric(x: TensorLike): Tensor {
  const t = toTensor(x);
  return t.dtype === 'bool' ? cast(t, 'int32') : t;
}

/** A tensor of booleans: what is not zero is true. */
export const toBool = (x: TensorLike): Tensor => cast(toTensor(x), 'bool');

/** The dtype in which sums and products of elements of this dtype are kept, as in JAX. */
export function accumulatorType(dtype: DType): DType {
  if (dtype === 'bool' || dtype === 'int8' || dtype === 'int16') return 'int32';
  return dtype === 'uint8' || dtype === 'uint16' ? 'uint32' : dtype;
}

/** Integer operands of `hypot`, `deg2rad` and their like: int64 becomes float64, the others floatx. */
export const wideFloat = (dtype: DType): DType => (dtype === 'int64' ? 'float64' : floatResult(dtype));

/** The first number that is not an integer, in nested arrays too. */
function fractionIn(x: TensorLike): number | undefined {
  if (typeof x === 'number') return Number.isInteger(x) ? undefined : x;
  if (!Array.isArray(x)) return undefined;
  return (x as readonly TensorLike[]).map(fractionIn).find((v) => v !== undefined);
}

/**
 * Indices as an int32 or int64 tensor. JavaScript numbers must be integers; tensors must be of an integer
 * dtype.
 * @param what names the argument in errors
 */
export function toIndices(x: TensorLike, what: string): Tensor {
  const value = unwrap(x);
  if (typeof value === 'number' || Array.isArray(value)) {
    const fraction = fractionIn(value);
    if (fraction !== undefined) throw new TypeError(`${what} must be integers, received ${fraction}.`);
    return toTensor(value, 'int32');
  }
  const dtype = naturalDType(value);
  if (!isInteger(dtype)) {
    throw new TypeError(
      `${what} must be integers, received dtype ${dtype}. Convert them with ops.cast(x, 'int32').`);
  }
  return toTensor(value, dtype === 'int64' || dtype === 'uint32' || dtype === 'uint64' ? 'int64' : 'int32');
}

/** A scalar operand of the dtype of `like`. */
export const scalarLike = (value: number, like: Tensor): Tensor =>
  apply('full', [], { value, shape: [], dtype: like.dtype });

/** Numbers of classes in one of the two dtypes that primitives take; other numbers lose their fraction. */
export function classIndices(x: TensorLike): Tensor {
  const t = toTensor(x);
  return t.dtype === 'int32' || t.dtype === 'int64' ? t : cast(t, t.dtype === 'uint32' ? 'int64' : 'int32');
}
