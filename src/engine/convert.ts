/** Conversion of JavaScript values to tensors and of tensors to host arrays. */
import { apply } from './apply.js';
import { dtypeOfArray, getDefaultFloat, type DType, type HostData, type NumericArray } from './dtype.js';
import { numbersToBits, toBits } from './host.js';
import { formatShape, sizeOf, type Shape } from './shape.js';
import { nest, Tensor, type NestedArray, type Scalar } from './tensor.js';
import { setConverter, Variable } from './variable.js';

/**
 * An array in host memory: a typed array with a shape, as `ops.convert_to_numpy` gives it.
 * @example
 * const a = new keras.NDArray(new Float32Array(6), [2, 3]);
 * a.dtype; // 'float32'
 * ops.add(a, 1).shape; // [2, 3]
 */
export class NDArray {
  readonly data: HostData;
  readonly shape: Shape;
  readonly dtype: DType;

  /** `data` is row-major; half types hold float values (Float32Array). The dtype defaults to the array's own. */
  constructor(data: HostData, shape: Shape, dtype?: DType) {
    this.dtype = dtype ?? (Array.isArray(data) ? 'string' : dtypeOfArray(data));
    const expected = sizeOf(shape) * (this.dtype === 'complex64' ? 2 : 1);
    if (data.length !== expected) {
      throw new RangeError(`An NDArray of shape ${formatShape(shape)} needs ${expected} values, received ${data.length}.`);
    }
    this.data = data;
    this.shape = shape;
  }

  get ndim(): number {
    return this.shape.length;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /** The values as nested arrays. */
  tolist(): NestedArray<Scalar> {
    return nest(this.data, this.shape, this.dtype);
  }
}

/** Everything that is accepted where a tensor is wanted. */
export type TensorLike = Tensor | Variable | NDArray | Scalar | ArrayBufferView | readonly TensorLike[];

/** Whether a value can become a tensor (numbers, nested arrays of them, typed arrays, tensors). */
export function isTensorLike(value: unknown): value is TensorLike {
  if (value instanceof Tensor || value instanceof Variable || value instanceof NDArray) return true;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return true;
  if (Array.isArray(value)) return value.every(isTensorLike);
  return ['number', 'bigint', 'boolean', 'string'].includes(typeof value);
}

/** The dtype a value takes when none is asked for: numbers floatx, booleans bool, BigInt int64. */
export function naturalDType(value: TensorLike): DType {
  if (value instanceof Variable) return value.readDType;
  if (value instanceof Tensor || value instanceof NDArray) return value.dtype;
  if (ArrayBuffer.isView(value)) return dtypeOfArray(value);
  if (Array.isArray(value)) {
    const first = firstLeaf(value);
    return first === undefined ? getDefaultFloat() : naturalDType(first);
  }
  switch (typeof value) {
    case 'number': return getDefaultFloat();
    case 'bigint': return 'int64';
    case 'boolean': return 'bool';
    case 'string': return 'string';
    default: throw new TypeError(
      `Cannot make a tensor from ${value === null ? 'null' : typeof value}. ` +
      'Expected a tensor, a number, a nested array of numbers, a typed array or an NDArray.');
  }
}

function firstLeaf(value: readonly TensorLike[]): TensorLike | undefined {
  for (const item of value) {
    const leaf = Array.isArray(item) ? firstLeaf(item as readonly TensorLike[]) : item;
    if (leaf !== undefined) return leaf;
  }
  return undefined;
}

/** Host data as a tensor. */
export function fromHost(data: HostData, shape: Shape, dtype: DType): Tensor {
  return apply('constant', [], { data, shape, dtype });
}

/** A scalar tensor of this dtype. */
export function scalarTensor(value: number | bigint | boolean, dtype: DType): Tensor {
  return apply('full', [], { value: typeof value === 'boolean' ? Number(value) : value, shape: [], dtype });
}

/** Any tensor-like value as a tensor of this dtype (its natural one by default). Tensors are returned as they are. */
export function toTensor(value: TensorLike, dtype?: DType): Tensor {
  if (value instanceof Variable) return toTensor(value.value, dtype);
  if (value instanceof Tensor) return !dtype || value.dtype === dtype ? value : apply('cast', [value], { dtype });
  const target = dtype ?? naturalDType(value);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') {
    return scalarTensor(value, target);
  }
  if (value instanceof NDArray) return fromHost(toBits(value.data, value.dtype, target), value.shape, target);
  if (ArrayBuffer.isView(value)) {
    const array = value as NumericArray;
    return fromHost(toBits(array, dtypeOfArray(array), target), [array.length], target);
  }
  if (typeof value === 'string') return fromHost([value], [], 'string');
  if (Array.isArray(value)) return fromNested(value as readonly TensorLike[], target);
  naturalDType(value);
  throw new TypeError('Cannot make a tensor from this value.');
}

function fromNested(value: readonly TensorLike[], dtype: DType): Tensor {
  if (containsTensor(value)) {
    return apply('stack', value.map((item) => toTensor(item, dtype)), { axis: 0 });
  }
  const shape: number[] = [];
  for (let level: unknown = value; Array.isArray(level) || ArrayBuffer.isView(level); level = (level as unknown[])[0]) {
    shape.push((level as unknown[]).length);
  }
  const leaves: Scalar[] = [];
  const visit = (node: unknown, axis: number): void => {
    const isArray = Array.isArray(node) || ArrayBuffer.isView(node);
    if (isArray !== axis < shape.length || (isArray && (node as unknown[]).length !== shape[axis])) {
      const length = isArray ? `an array of ${(node as unknown[]).length}` : JSON.stringify(node) ?? String(node);
      throw new TypeError(`Cannot make a tensor from a ragged array: at depth ${axis} expected ` +
        `${axis < shape.length ? `an array of ${shape[axis]}` : 'a number'}, received ${length}.`);
    }
    if (isArray) for (const item of node as unknown[]) visit(item, axis + 1);
    else leaves.push(node as Scalar);
  };
  visit(value, 0);
  if (dtype === 'string') return fromHost(leaves.map(String), shape, dtype);
  const bad = leaves.find((leaf) => typeof leaf !== 'number' && typeof leaf !== 'boolean' && typeof leaf !== 'bigint');
  if (bad !== undefined || leaves.includes(undefined as unknown as Scalar)) {
    throw new TypeError(`Cannot make a ${dtype} tensor from an array that contains ${JSON.stringify(bad) ?? 'undefined'}.`);
  }
  return fromHost(numbersToBits(leaves as (number | boolean | bigint)[], dtype), shape, dtype);
}

const containsTensor = (value: unknown): boolean =>
  value instanceof Tensor || value instanceof Variable || (Array.isArray(value) && value.some(containsTensor));

/** The kind of a scalar in dtype promotion, or the dtype of anything else. */
export function promotionType(value: TensorLike): DType | 'int' | 'float' {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return naturalDType(value);
}

setConverter(toTensor);
