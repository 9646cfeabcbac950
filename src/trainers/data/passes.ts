/** Passes over data that can be read again and again, cut into epochs. */
import { notice } from '../../utils/notice.js';

/**
 * Without `steps`, an epoch is a pass. With it, an epoch takes that many items, and the next goes on behind them; a pass
 * that ends first ends the epoch.
 */
export class Passes<T> {
  readonly #pass: () => Iterator<T>;
  readonly #length: number;
  readonly #steps: number | null;
  #running: { items: Iterator<T>; left: number } | undefined;
  #resumed: Generator<T, void> | undefined;

  /** @param length items of a pass, Infinity for endless ones */
  constructor(pass: () => Iterator<T>, length: number, steps: number | null) {
    this.#pass = pass;
    this.#length = length;
    this.#steps = steps;
  }

  /** The items of one epoch. */
  epoch(): Generator<T, void> {
    const epoch = this.#resumed ?? this.#epoch();
    this.#resumed = undefined;
    return epoch;
  }

  *#epoch(): Generator<T, void> {
    const steps = this.#steps ?? this.#length;
    try {
      for (let taken = 0; taken < steps; taken++) {
        this.#running ??= { items: this.#pass(), left: this.#length };
        const { value, done } = this.#running.items.next();
        if (done) break;
        this.#running.left -= 1;
        const isLast = this.#running.left === 0;
        if (isLast) this.#running = undefined;
        yield value;
        if (isLast && taken + 1 < steps) {
          notice(`The data ended after ${taken + 1} of ${steps} steps: it holds ${this.#length} batches. ` +
            'Leave the number of steps out to use each batch once an epoch.');
          break;
        }
      }
    } finally {
      if (this.#steps === null) this.#running = undefined;
    }
  }

  /** Goes where a training stands after whole epochs and steps of the next. */
  skip(epochs: number, steps: number): void {
    for (let epoch = 0; epoch < epochs; epoch++) for (const item of this.epoch()) void item;
    this.#resumed = this.#epoch();
    for (let step = 0; step < steps; step++) this.#resumed.next();
  }
}
