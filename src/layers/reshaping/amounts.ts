/** How much is added before and after each spatial axis, or taken away. */
import { ArgumentError, standardizeTuple } from '../../utils/checks.js';

/** One number for all sides, one for the two sides of each axis, or [before, after] for each axis. */
export type Amounts = number | readonly (number | readonly number[])[];
export type Pair = readonly [number, number];

/** [before, after] for each of `rank` axes. */
export function standardizeAmounts(what: string, name: string, value: Amounts, rank: number): Pair[] {
  if (typeof value === 'number') {
    return standardizeTuple(what, name, value, rank, true).map((amount) => [amount, amount]);
  }
  if (!Array.isArray(value) || value.length !== rank) {
    throw new ArgumentError(`${what}: the argument '${name}' must be an integer >= 0, ${rank} of them, or ` +
      `${rank} pairs [before, after], received ${JSON.stringify(value)}.`);
  }
  return value.map((amounts, i) => standardizePair(what, `${name}[${i}]`, amounts));
}

/** [before, after] for one axis; a number stands for both. */
export const standardizePair = (what: string, name: string, value: unknown): Pair =>
  standardizeTuple(what, name, value, 2, true) as [number, number];
