/** Checks of constructor arguments, with one style of message. */

/** An argument of a constructor or function has a value that it cannot have. */
export class ArgumentError extends TypeError {
  override name = 'ArgumentError';
}

const show = (value: unknown): string => JSON.stringify(value) ?? String(value);

export function requirePositiveInteger(owner: string, name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value <= 0) {
    throw new ArgumentError(`${owner}: the argument '${name}' must be a positive integer, received ${show(value)}.`);
  }
  return value;
}

export function requireOneOf<T extends string>(owner: string, name: string, value: unknown, choices: readonly T[]): T {
  if (!choices.includes(value as T)) {
    throw new ArgumentError(
      `${owner}: the argument '${name}' must be one of ${choices.map(show).join(', ')}, received ${show(value)}.`);
  }
  return value as T;
}

/** A number or an array of `rank` positive integers, as an array (`kernel_size: 3` means `[3, 3]`). */
export function standardizeTuple(owner: string, name: string, value: unknown, rank: number, allowZero = false): number[] {
  const values = typeof value === 'number' ? Array.from({ length: rank }, () => value) : value;
  const valid = (v: unknown): boolean => typeof v === 'number' && Number.isInteger(v) && (allowZero ? v >= 0 : v > 0);
  if (!Array.isArray(values) || values.length !== rank || !values.every(valid)) {
    throw new ArgumentError(`${owner}: the argument '${name}' must be ${allowZero ? 'an integer >= 0' : 'a positive integer'} ` +
      `or an array of ${rank} of them, received ${show(value)}.`);
  }
  return values as number[];
}

export function requireNonNegative(owner: string, name: string, value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0)) {
    throw new ArgumentError(`${owner}: the argument '${name}' must be a number >= 0, received ${show(value)}.`);
  }
  return value;
}

/** A number from `low` to `high`. */
export function requireBetween(owner: string, name: string, value: unknown, low: number, high: number): number {
  if (typeof value !== 'number' || !(value >= low && value <= high)) {
    throw new ArgumentError(`${owner}: the argument '${name}' must be a number from ${low} to ${high}, received ${show(value)}.`);
  }
  return value;
}

export function requireInteger(owner: string, name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new ArgumentError(`${owner}: the argument '${name}' must be an integer, received ${show(value)}.`);
  }
  return value;
}

/** An integer or an array of integers, such as axes, as it was given. */
export function requireIntegers(owner: string, name: string, value: unknown): number | readonly number[] {
  const list: unknown = typeof value === 'number' ? [value] : value;
  if (!Array.isArray(list) || !list.every(Number.isInteger)) {
    throw new ArgumentError(
      `${owner}: the argument '${name}' must be an integer or an array of integers, received ${show(value)}.`);
  }
  return value as number | readonly number[];
}

/** Labels and predictions that a loss or metric is called with. */
export function requirePair(owner: string, y_true: unknown, y_pred: unknown): void {
  const missing = [['y_true', y_true], ['y_pred', y_pred]].find(([, value]) => value === undefined || value === null)?.[0];
  if (missing === undefined) return;
  throw new ArgumentError(`${owner} compares labels with predictions, (y_true, y_pred), received no ${String(missing)}.`);
}
