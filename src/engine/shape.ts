/** Shape arithmetic and the checks every operation shares. */
import { bytesPerElement, type DType } from './dtype.js';

export type Shape = readonly number[];
/** A shape in which `null` stands for a dimension that is known only when data arrives. */
export type SymbolicShape = readonly (number | null)[];

/** Wrong rank, dimensions or axis in a call. */
export class ShapeError extends Error {
  override name = 'ShapeError';
}

export const formatShape = (shape: SymbolicShape): string => `[${shape.map((d) => d ?? 'null').join(', ')}]`;

export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const d of shape) size *= d;
  return size;
}

/** Bytes of a tensor in host memory; its strings do not count. */
export const byteLengthOf = ({ shape, dtype }: { shape: Shape; dtype: DType }): number => sizeOf(shape) * bytesPerElement(dtype);

export function sameShape(a: SymbolicShape, b: SymbolicShape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The shape of an elementwise operation on two operands, by NumPy's broadcasting. */
export function broadcastShapes(a: Shape, b: Shape, what = 'The operation'): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let i = 0; i < rank; i++) {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw new ShapeError(
        `${what} cannot broadcast operands of shapes ${formatShape(a)} and ${formatShape(b)}: ` +
        `dimension ${i - rank} is ${x} and ${y}. Dimensions must be equal, or one of them 1.`);
    }
    out.push(x === 1 ? y : x);
  }
  return out;
}

/** Turns an axis, negative ones counted from the end, into 0..rank-1. */
export function canonicalAxis(axis: number, rank: number, what = 'axis'): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new ShapeError(`${what} ${axis} is out of bounds for a tensor of rank ${rank}. ` +
      (rank === 0 ? 'A scalar has no axes.' : `Expected an integer from ${-rank} to ${rank - 1}.`));
  }
  return axis < 0 ? axis + rank : axis;
}

/** All axes (null or undefined), or the given ones, canonical, ascending; a repeated axis is an error. */
export function canonicalAxes(axis: number | readonly number[] | null | undefined, rank: number): number[] {
  if (axis === null || axis === undefined) return Array.from({ length: rank }, (_, i) => i);
  const axes = (typeof axis === 'number' ? [axis] : axis).map((a) => canonicalAxis(a, rank));
  const unique = new Set(axes);
  if (unique.size !== axes.length) throw new ShapeError(`Axes [${axes.join(', ')}] name an axis twice.`);
  return axes.toSorted((a, b) => a - b);
}

export function reducedShape(shape: Shape, axes: readonly number[], keepdims: boolean): Shape {
  const out: number[] = [];
  for (let i = 0; i < shape.length; i++) {
    if (!axes.includes(i)) out.push(shape[i]);
    else if (keepdims) out.push(1);
  }
  return out;
}

/** Fills in the one -1 of a target shape and checks that the number of elements stays. */
export function resolveReshape(from: Shape, to: readonly number[]): Shape {
  const size = sizeOf(from);
  const unknown = to.indexOf(-1);
  if (to.some((d, i) => !Number.isInteger(d) || d < -1 || (d === -1 && i !== unknown))) {
    throw new ShapeError(`Cannot reshape to ${formatShape(to)}: dimensions are integers >= 0, and at most one is -1.`);
  }
  const known = to.reduce((n, d) => (d === -1 ? n : n * d), 1);
  const out = unknown < 0 ? [...to] : to.map((d) => (d === -1 ? (known === 0 ? 0 : size / known) : d));
  if (sizeOf(out) !== size || out.some((d) => !Number.isInteger(d))) {
    throw new ShapeError(`Cannot reshape a tensor of shape ${formatShape(from)} (${size} elements) ` +
      `to ${formatShape(to)}: the number of elements would change.`);
  }
  return out;
}
