/** The memory of a program of rows (see row-program.ts): registers of each row, and of all rows alike. */
import type { Subgraph, Value } from '../../engine/graph.js';

/** Rows begin at multiples of so many floats. */
const PADDING = 32;
const padded = (width: number): number => Math.ceil(width / PADDING) * PADDING;

export interface Register {
  readonly start: number;
  /** With its padding. */
  readonly size: number;
  readonly isShared: boolean;
  /** Whether it holds something from step to step. */
  readonly isKept: boolean;
}

/** Some columns of a register. */
export interface Place {
  readonly register: Register;
  readonly column: number;
  readonly width: number;
}

export class RowRegisters {
  /** Floats that a row needs, and those of all rows alike. */
  scratch = 0;
  shared = 0;
  /** All places, as the op takes them. */
  readonly records: number[] = [];
  readonly #numbers = new Map<Place, number>();
  #free: Register[] = [];

  /** A register of this width: one that is free again, or a new one. */
  make(width: number, isShared = false, isKept = false): Place {
    const size = padded(width);
    const found = isKept ? -1 : this.#free.findIndex((register) => register.size === size);
    if (found >= 0) return { register: this.#free.splice(found, 1)[0], column: 0, width };
    const register = { start: isShared ? this.shared : this.scratch, size, isShared, isKept };
    if (isShared) this.shared += size;
    else this.scratch += size;
    return { register, column: 0, width };
  }

  /** What is there is not needed any more. */
  release({ register }: Place): void {
    if (!register.isKept && !this.#free.includes(register)) this.#free.push(register);
  }

  /** The number of a place. */
  record(place: Place): number {
    const { register: { start, size, isShared }, column, width } = place;
    let number = this.#numbers.get(place);
    if (number === undefined) {
      this.#numbers.set(place, (number = this.#numbers.size));
      this.records.push(start, column, isShared ? 0 : size, width);
    }
    return number;
  }
}

const RENAMES: ReadonlySet<string> = new Set(['split', 'reshape', 'cast', 'stop_gradient']);

/** The number of the node behind which a value, and all that is in the same register, is not needed. */
export function lastUses({ nodes, outputs }: Subgraph): (value: Value) => number {
  const last = new Map<Value, number>();
  const own = new Set(nodes);
  const registerOf = (value: Value): Value =>
    (value.node && RENAMES.has(value.node.primitive) && own.has(value.node) ? registerOf(value.node.inputs[0]) : value);
  nodes.forEach((node, at) => node.inputs.forEach((value) => last.set(registerOf(value), at)));
  for (const output of outputs) last.set(registerOf(output), Infinity);
  return (value) => last.get(registerOf(value)) ?? -1;
}
