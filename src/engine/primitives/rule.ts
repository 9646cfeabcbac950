/** Types and helpers shared by the abstract rules: what a primitive gives, by shape and dtype alone. */
import type { Aval } from '../../backend/backend.js';
import { isFloat, type DType } from '../dtype.js';
import { formatShape, ShapeError } from '../shape.js';

export type NoParams = Readonly<Record<never, never>>;

/** Shapes and dtypes of the results; throws when the operands do not fit. */
export type AbstractRule<P = NoParams> = (inputs: readonly Aval[], params: P) => Aval | Aval[];

export function requireSameDType(name: string, a: Aval, b: Aval): void {
  if (a.dtype !== b.dtype) {
    throw new TypeError(`The primitive ${name} takes operands of one dtype, received ${a.dtype} and ${b.dtype}.`);
  }
}

export function requireRank(name: string, what: string, aval: Aval, rank: number): void {
  if (aval.shape.length !== rank) {
    throw new ShapeError(`${name} expects ${what} of rank ${rank}, received shape ${formatShape(aval.shape)}.`);
  }
}

export function requireFloat(name: string, dtype: DType): void {
  if (!isFloat(dtype)) throw new TypeError(`${name} expects a floating-point tensor, received dtype ${dtype}.`);
}
