/** Numbers that depend on sizes of tensors: found from how they differ between traces, as expressions of dimensions. */
import type { DType } from './dtype.js';

/** A number of an exported function depends on sizes of its inputs in a way that cannot be computed from shapes. */
export class SizeError extends Error {
  override name = 'SizeError';

  /** @param where the op, and the layer, that has the number */
  constructor(where: string) {
    super(`A constant${where ? ` of ${where}` : ''} depends on sizes of the inputs in a way that no exported graph can compute. ` +
      'Give an input_signature of keras.InputSpec with fixed sizes.');
  }
}

/** What numbers of a dtype are rounded to, relative to their size. */
export const ROUNDING: Readonly<Partial<Record<DType, number>>> = { float32: 2e-7, float16: 1e-3, bfloat16: 8e-3 };

/** One dimension of a tensor of the exported graph, and what it was in each trace. */
export interface Dimension<R> {
  readonly tensor: R;
  readonly axis: number;
  readonly values: readonly number[];
}

/** factors[0] * factors[1] ... * times / over + plus, or the inverse of that. */
export interface SizeExpression<R> {
  factors: readonly Dimension<R>[];
  times: number;
  over: number;
  plus: number;
  isInverse: boolean;
}

const EXACT = 1e-9;

/** The dimensions that are known at one place of a graph, and what can be said with them. */
export class Dimensions<R> {
  readonly #known: Dimension<R>[];

  constructor(known: readonly Dimension<R>[] = []) {
    this.#known = [...known];
  }

  /** Notes those of a tensor that differ between traces and cannot be said with others yet. */
  add(tensor: R, shapes: readonly (readonly number[])[]): void {
    shapes[0].forEach((_, axis) => {
      const values = shapes.map((shape) => shape[axis]);
      if (isConstant(values)) return;
      const found = this.express(values);
      if (found && found.over === 1 && found.factors.length === 1 && found.times === 1 && found.plus === 0) return;
      this.#known.push({ tensor, axis, values });
    });
  }

  /** The same in another scope, where the dimensions of these tensors alone are known. */
  get all(): readonly Dimension<R>[] {
    return this.#known;
  }

  /**
   * What gives these numbers, one for each trace.
   * @param tolerance relative: numbers may be rounded
   */
  express(values: readonly number[], tolerance = EXACT): SizeExpression<R> | undefined {
    for (const factor of this.#known) {
      const found = linear(values, [factor], tolerance);
      if (found && found.times === 1 && found.over === 1 && found.plus === 0) return found;
    }
    for (const products of [this.#products(1), this.#products(2), this.#products(3)]) {
      for (const factors of products) {
        const found = linear(values, factors, tolerance) ?? inverse(values, factors, tolerance);
        if (found) return found;
      }
    }
    return undefined;
  }

  #products(count: number, from = 0): Dimension<R>[][] {
    if (count === 0) return [[]];
    return this.#known.slice(from).flatMap((factor, i) =>
      this.#products(count - 1, from + i).map((rest) => [factor, ...rest]));
  }
}

export const isConstant = (values: readonly number[]): boolean => values.every((value) => Object.is(value, values[0]));

const productAt = <R>(factors: readonly Dimension<R>[], trace: number): number =>
  factors.reduce((product, { values }) => product * values[trace], 1);

/** `values` as a multiple, or an exact fraction, of a product; of one dimension also with something added. */
function linear<R>(
  values: readonly number[], factors: readonly Dimension<R>[], tolerance: number,
): SizeExpression<R> | undefined {
  const products = values.map((_, trace) => productAt(factors, trace));
  const slope = (values[1] - values[0]) / (products[1] - products[0]);
  const ratio = asFraction(slope);
  if (!ratio) return undefined;
  const [times, over] = ratio;
  const plus = values[0] - (products[0] * times) / over;
  // Something added to a fraction would be how a stride rounds, which is no expression of this kind.
  if (!isClose(plus, 0, tolerance * Math.abs(values[0])) && (factors.length > 1 || over !== 1 || !Number.isInteger(plus))) return undefined;
  const offset = Number.isInteger(plus) ? plus : 0;
  const fits = values.every((value, trace) =>
    isClose((products[trace] * times) / over + offset, value, tolerance * Math.abs(value)));
  return fits ? { factors, times, over, plus: offset, isInverse: false } : undefined;
}

/** `values` as a number divided by a product, for means. */
function inverse<R>(
  values: readonly number[], factors: readonly Dimension<R>[], tolerance: number,
): SizeExpression<R> | undefined {
  if (values.some((value) => value === 0)) return undefined;
  const found = linear(values.map((value) => 1 / value), factors, Math.max(tolerance, EXACT));
  return found && found.plus === 0 ? { ...found, isInverse: true } : undefined;
}

const isClose = (a: number, b: number, tolerance: number): boolean => Math.abs(a - b) <= tolerance;

/** A number as a fraction with a small denominator. */
function asFraction(value: number): [times: number, over: number] | undefined {
  for (let over = 1; over <= 64; over++) {
    const times = Math.round(value * over);
    if (times !== 0 && Math.abs(times / over - value) < 1e-7 * Math.abs(value)) return [times, over];
  }
  return undefined;
}
