/** Tensors written down in a table, their upload, and comparison of results with them. */
import assert from 'node:assert/strict';
import type { Aval, Backend, Handle, Operand } from '../backend.js';
import { isFloat, type DType, type HostData } from '../../engine/dtype.js';
import { fromHalfBits } from '../../engine/half.js';
import { numbersToBits } from '../../engine/host.js';
import type { control } from '../../engine/primitives/control.js';
import type { ParamsOf, PrimitiveName } from '../../engine/primitives/index.js';
import { formatShape, sizeOf, type Shape } from '../../engine/shape.js';

/**
 * A tensor of a table; without a dtype it takes the one its row is run with. Complex ones may have two values an
 * element.
 */
export interface Literal {
  shape: Shape;
  values: readonly (number | string)[];
  dtype: DType | undefined;
}

export function t(shape: Shape, values: readonly (number | string)[], dtype?: DType): Literal {
  const size = sizeOf(shape);
  if (values.length !== size && !(dtype === 'complex64' && values.length === 2 * size)) throw new RangeError(`${formatShape(shape)} with ${values.length} values`);
  return { shape, values, dtype };
}

/** Operands, parameters and results of one use of a primitive. */
export interface ReferenceRow<P> {
  inputs: readonly Literal[];
  params: P;
  expected: readonly Literal[];
  /** Dtypes to run the row with. */
  dtypes: readonly DType[];
  /** Replaces the tolerance of the dtype. */
  tolerance?: number;
}

/** `constant` has host data and control flow has graphs as parameters: they are not in the table. */
export type ReferenceTable = { [N in Exclude<PrimitiveName, 'constant' | keyof typeof control>]: readonly ReferenceRow<ParamsOf<N>>[] };

/** Accepted difference, relative to the larger of the expected value and 1: some ulps, as kernels sum in any order. */
const TOLERANCE: Partial<Record<DType, number>> = {
  float32: 4e-6, complex64: 4e-6, float64: 1e-11, float16: 4e-3, bfloat16: 3e-2,
};

export const avalOf = ({ shape, dtype }: Literal, generic: DType): Aval => ({ shape, dtype: dtype ?? generic });

/** The values as raw host data. */
export const hostData = ({ shape, values, dtype }: Literal, generic: DType): HostData =>
  (values.length === 2 * sizeOf(shape) && values.length > 0
    ? Float32Array.from(values as readonly number[]) : numbersToBits(values as readonly number[], dtype ?? generic));

export function upload(backend: Backend, literal: Literal, generic: DType): Operand {
  const aval = avalOf(literal, generic);
  return { ...aval, handle: backend.upload(hostData(literal, generic), aval.shape, aval.dtype) };
}

/** Values as numbers (strings stay): BigInts are small in these tables, and half types are decoded. */
export function readable(data: HostData, dtype: DType): (number | string)[] {
  if (dtype === 'float16' || dtype === 'bfloat16') return [...fromHalfBits(data as Uint16Array, dtype)];
  return Array.from(data as ArrayLike<number | bigint | string>, (v) => (typeof v === 'bigint' ? Number(v) : v));
}

/** Downloads a tensor and compares it: length, kind of host array, and each value. */
export function expectValues(
  backend: Backend, handle: Handle, literal: Literal, generic: DType, what: string, tolerance?: number,
): void {
  const aval = avalOf(literal, generic);
  const data = backend.download({ ...aval, handle });
  const model = hostData(literal, generic);
  assert.equal(data.constructor, model.constructor, `${what}: host data of dtype ${aval.dtype} has the wrong kind`);
  const found = readable(data, aval.dtype);
  const expected = isFloat(aval.dtype) ? literal.values : readable(model, aval.dtype);
  assert.equal(found.length, expected.length, `${what}: number of elements`);
  const allowed = tolerance ?? TOLERANCE[aval.dtype] ?? 0;
  found.forEach((value, i) => {
    const wanted = expected[i];
    const close = Object.is(value, wanted) || value === wanted || (
      typeof value === 'number' && typeof wanted === 'number' &&
      Math.abs(value - wanted) <= allowed * Math.max(1, Math.abs(wanted)));
    assert.ok(close, `${what}: element ${i} of ${aval.dtype}${formatShape(aval.shape)} is ${value}, expected ${wanted}\n` +
      `  received ${found.slice(0, 24).join(', ')}\n  expected ${expected.slice(0, 24).join(', ')}`);
  });
}
