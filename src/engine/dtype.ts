/** Data types: names, sizes, host arrays and the promotion lattice (Keras's `keras.backend.result_type`). */

export const DTYPES = [
  'bool', 'uint8', 'uint16', 'uint32', 'uint64', 'int8', 'int16', 'int32', 'int64',
  'bfloat16', 'float16', 'float32', 'float64', 'complex64', 'string',
] as const;

/** Name of a tensor's element type, as Keras spells it. */
export type DType = (typeof DTYPES)[number];

export type NumericArray =
  | Float32Array | Float64Array | Int32Array | Uint8Array | Int8Array | Uint16Array | Int16Array
  | Uint32Array | BigInt64Array | BigUint64Array;

/** Host memory of a tensor: raw element bits (half types as Uint16Array), or strings. */
export type HostData = NumericArray | string[];

/** The dtype of a Python-like scalar that adapts to what it meets. */
export type WeakType = 'bool' | 'int' | 'float';

const BYTES: Record<DType, number> = {
  bool: 1, uint8: 1, uint16: 2, uint32: 4, uint64: 8, int8: 1, int16: 2, int32: 4, int64: 8,
  bfloat16: 2, float16: 2, float32: 4, float64: 8, complex64: 8, string: 0,
};

const ARRAYS = {
  bool: Uint8Array, uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, uint64: BigUint64Array,
  int8: Int8Array, int16: Int16Array, int32: Int32Array, int64: BigInt64Array,
  bfloat16: Uint16Array, float16: Uint16Array, float32: Float32Array, float64: Float64Array,
  complex64: Float32Array,
} as const;

const KNOWN: ReadonlySet<string> = new Set(DTYPES);

export const isDType = (name: unknown): name is DType => typeof name === 'string' && KNOWN.has(name);

/** Checks a dtype name given by a user. `float` and `int` mean `float32` and `int32`, as in Keras. */
export function standardizeDType(name: string): DType {
  if (KNOWN.has(name)) return name as DType;
  if (name === 'float') return 'float32';
  if (name === 'int') return 'int32';
  throw new TypeError(`Unknown dtype '${name}'. Expected one of: ${DTYPES.join(', ')}.`);
}

export const bytesPerElement = (dtype: DType): number => BYTES[dtype];
export const isFloat = (dtype: DType): boolean =>
  dtype === 'float32' || dtype === 'float16' || dtype === 'bfloat16' || dtype === 'float64';
export const isComplex = (dtype: DType): boolean => dtype === 'complex64';
export const isInteger = (dtype: DType): boolean => dtype.startsWith('int') || dtype.startsWith('uint');
export const isUnsigned = (dtype: DType): boolean => dtype.startsWith('uint');
/** Whether gradients flow through tensors of this dtype. */
export const isDifferentiable = (dtype: DType): boolean => isFloat(dtype) || dtype === 'complex64';

/** An empty host array for `size` elements (two floats an element for complex64). */
export function makeHostArray(dtype: Exclude<DType, 'string'>, size: number): NumericArray {
  return new ARRAYS[dtype](dtype === 'complex64' ? 2 * size : size);
}

/** Views raw bytes as the host array of a dtype; `length` counts the array's items (two of a complex64 element). */
export function viewBytes(dtype: Exclude<DType, 'string'>, buffer: ArrayBuffer, at?: number, length?: number): NumericArray {
  return new ARRAYS[dtype](buffer, at, length);
}

/** Views an array as raw bytes. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: NumericArray): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** The dtype that a typed array stands for by itself. */
export function dtypeOfArray(array: ArrayBufferView): DType {
  if (array instanceof Float32Array) return 'float32';
  if (array instanceof Float64Array) return 'float64';
  if (array instanceof Int32Array) return 'int32';
  if (array instanceof Uint8Array || array instanceof Uint8ClampedArray) return 'uint8';
  if (array instanceof Int8Array) return 'int8';
  if (array instanceof Uint16Array) return 'uint16';
  if (array instanceof Int16Array) return 'int16';
  if (array instanceof Uint32Array) return 'uint32';
  if (array instanceof BigInt64Array) return 'int64';
  if (array instanceof BigUint64Array) return 'uint64';
  throw new TypeError(`No dtype corresponds to a ${array.constructor.name}.`);
}

/*
 * JAX's promotion lattice, which Keras follows: an edge points to the types that a type may become.
 * Weak types (`i*`, `f*`, `c*`) are scalars without a dtype of their own.
 * Source of the order: JAX's documentation, "Type promotion semantics".
 */
type LatticeNode = DType | 'i*' | 'f*' | 'c*';
const EDGES: Partial<Record<LatticeNode, LatticeNode[]>> = {
  bool: ['i*'],
  'i*': ['uint8', 'int8'],
  uint8: ['int16', 'uint16'], uint16: ['int32', 'uint32'], uint32: ['int64', 'uint64'], uint64: ['f*'],
  int8: ['int16'], int16: ['int32'], int32: ['int64'], int64: ['f*'],
  'f*': ['bfloat16', 'float16', 'c*'],
  bfloat16: ['float32'], float16: ['float32'], float32: ['float64', 'complex64'], float64: ['complex64'],
  'c*': ['complex64'], complex64: [],
};
const UPPER = new Map<LatticeNode, Set<LatticeNode>>();
function upperBounds(node: LatticeNode): Set<LatticeNode> {
  let bounds = UPPER.get(node);
  if (!bounds) {
    bounds = new Set([node]);
    for (const next of EDGES[node] ?? []) for (const bound of upperBounds(next)) bounds.add(bound);
    UPPER.set(node, bounds);
  }
  return bounds;
}

function leastUpperBound(a: LatticeNode, b: LatticeNode): LatticeNode {
  if (a === b) return a;
  const ofB = upperBounds(b);
  const common = [...upperBounds(a)].filter((node) => ofB.has(node));
  const least = common.find((node) => common.every((other) => upperBounds(node).has(other)));
  if (!least) throw new TypeError(`The dtypes ${a} and ${b} have no common dtype.`);
  return least;
}

const PAIRS = new Map<string, LatticeNode>();
const WEAK: Record<WeakType, LatticeNode> = { bool: 'bool', int: 'i*', float: 'f*' };
let defaultFloat: DType = 'float32';
/** Set by `keras.config.set_floatx`: what a weak float becomes on its own. */
export const setDefaultFloat = (dtype: DType): void => void (defaultFloat = dtype);
export const getDefaultFloat = (): DType => defaultFloat;

/**
 * The dtype of a computation over operands of these dtypes; `int`, `float` stand for JavaScript scalars, which
 * never widen a type of their own kind (`float16` with a scalar 0.5 stays `float16`).
 */
export function resultType(...types: (DType | WeakType)[]): DType {
  if (types.length === 0) return defaultFloat;
  if (types.length === 2 && types[0] === types[1] && KNOWN.has(types[0])) return types[0] as DType;
  let node: LatticeNode | undefined;
  for (const type of types) {
    if (type === 'string') {
      if (types.every((other) => other === 'string')) return 'string';
      throw new TypeError('The dtype string does not combine with another dtype.');
    }
    const next = type === 'int' || type === 'float' ? WEAK[type] : (type as LatticeNode);
    if (node === undefined) node = next;
    else {
      const key = `${node},${next}`;
      let bound = PAIRS.get(key);
      if (!bound) PAIRS.set(key, (bound = leastUpperBound(node, next)));
      node = bound;
    }
  }
  if (node === 'i*') return 'int32';
  if (node === 'f*') return defaultFloat;
  if (node === 'c*') return 'complex64';
  return node as DType;
}

/** The float dtype in which a function like `exp` or `divide` computes an operand of this dtype. */
export function floatResult(dtype: DType): DType {
  if (isDifferentiable(dtype)) return dtype;
  return dtype === 'string' ? resultType(dtype, 'float32') : defaultFloat;
}
