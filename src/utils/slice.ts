/** Python's slices for `ops.get_item`. */

/** A range of indices along one axis; null: from the beginning, to the end. */
export class Slice {
  readonly start: number | null;
  readonly stop: number | null;
  readonly step: number | null;

  constructor(start: number | null, stop: number | null, step: number | null) {
    for (const [name, value] of [['start', start], ['stop', stop], ['step', step]] as const) {
      if (value !== null && !Number.isInteger(value)) {
        throw new TypeError(`The ${name} of a slice must be an integer or null, received ${String(value)}.`);
      }
    }
    if (step === 0) throw new RangeError('The step of a slice must not be 0.');
    this.start = start;
    this.stop = stop;
    this.step = step;
  }

  /**
   * First index, number of indices and step on an axis of this length; indices beyond the ends are clipped.
   */
  resolve(length: number): { begin: number; size: number; stride: number } {
    const stride = this.step ?? 1;
    const [low, high] = stride > 0 ? [0, length] : [-1, length - 1];
    const clip = (value: number): number => Math.min(Math.max(value < 0 ? value + length : value, low), high);
    const begin = this.start === null ? (stride > 0 ? 0 : length - 1) : clip(this.start);
    const end = this.stop === null ? (stride > 0 ? length : -1) : clip(this.stop);
    return { begin, size: Math.max(0, Math.ceil((end - begin) / stride)), stride };
  }

  toString(): string {
    return `slice(${String(this.start)}, ${String(this.stop)}, ${String(this.step)})`;
  }
}

/**
 * Python's `slice`: `slice(stop)`, `slice(start, stop)` or `slice(start, stop, step)`; `null` leaves an end
 * open. It is one index of `ops.get_item`; another thing is the op `ops.slice`.
 *
 * @example
 * ops.get_item([1, 2, 3, 4], keras.slice(1, null, 2)).arraySync(); // [2, 4]
 */
export function slice(...range: [stop: number | null] | [
  start: number | null, stop: number | null, step?: number | null]): Slice {
  if (range.length === 1) return new Slice(null, range[0], null);
  return new Slice(range[0], range[1], range[2] ?? null);
}

/** Python's `...` in `ops.get_item`: all axes that the other indices do not name. */
export const ellipsis: unique symbol = Symbol('ellipsis');
