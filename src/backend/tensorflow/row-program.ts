/**
 * Programs of the op of ours that computes row by row (native/row_loop.h): a few rows at a time go through all instructions,
 * so that what one leaves for the next stays in the processor's nearest memory. A value is known here as rows of some
 * columns, whatever its shape.
 */
import type { Node, NodeOf, Value } from '../../engine/graph.js';
import { sizeOf, type Shape } from '../../engine/shape.js';
import {
  COPY, ELEMENTWISE, MATMUL, MATRIX, MOST, require, ROWS, SEQUENCE, SHARED, SOFTMAX, SUM, Unsuited, WIDEN,
  type LoopSizes, type RowCall, type RowResult, type Source,
} from './row-instructions.js';
import { fits } from './row-nodes.js';
import { RowRegisters, type Place } from './row-registers.js';
import {
  align, contiguousRows, isContiguous, rowAxes, rowStrides, viewOf, wholeOf, type Alignment, type RowStrides,
} from './row-views.js';

const MULTIPLY = ELEMENTWISE.multiply!;
/** Multiplications that an instruction is worth for a number, but for the plainest. */
const FUNCTION_WORK = 8;

/** Numbers of a record of a matrix. */
const MATRIX_FIELDS = 12;
const NOWHERE: RowStrides = [1, 1, 0, 0, 0];
/** Elements of a tensor, and floats of a row: as row_plan.h has them. */
const MOST_ELEMENTS = 2 ** 28;
const MOST_MEMORY = 2 ** 22;
/** Floats of all rows on their way, so that they stay in a core's own memory. */
const TILE_MEMORY = 3 * 2 ** 14;
/** Rows that a product takes at once, on the processor that takes most. */
const BLOCK_ROWS = 8;
/** Multiplications that are worth a thread: some hundredth of a millisecond. */
const WORTH_A_THREAD = 4e5;

export interface ProgramOptions {
  rows: number;
  /** Values whose elements are the same in all runs. */
  steady?: ReadonlySet<Value>;
  /** Whether a value is computed where it is: others may be only another order of what is there. */
  isMade?: (value: Value) => boolean;
}

export class RowProgram {
  readonly rows: number;
  readonly registers = new RowRegisters();
  /** Inputs of the op. */
  readonly sources: Source[] = [];
  /** Elements of all matrices. */
  weights = 0;
  readonly #places = new Map<Value, Place>();
  readonly #isSteady: (value: Value) => boolean;
  readonly #isMade: (value: Value) => boolean;
  readonly #inputs: number[] = [];
  readonly #bound = new Map<string, Place | number>();
  readonly #program: number[] = [];
  readonly #matrices: number[] = [];
  /** Rows whose matrices are the same. */
  #group: number | undefined;
  /** Multiplications of a row in a step. */
  #work = 0;

  constructor({ rows, steady, isMade = () => true }: ProgramOptions) {
    this.rows = rows;
    this.#isSteady = (value) => steady?.has(value) ?? false;
    this.#isMade = isMade;
  }

  // ---- what comes from outside ----

  #bind(kind: number, to: number, source: Source, elements: number, strides = NOWHERE, byStep = 0): void {
    require(elements <= MOST_ELEMENTS);
    this.#inputs.push(kind, to, elements, ...strides, byStep);
    this.sources.push(source);
  }

  /** Has a value's rows read before the first step, or, of a sequence of so many steps, those of a step before each. */
  bindRows(value: Value, width: number, steps?: number): void {
    const place = this.registers.make(width, false, true);
    const size = this.rows * width;
    this.#places.set(value, place);
    this.#bind(steps === undefined ? ROWS : SEQUENCE, this.registers.record(place), value, size * (steps ?? 1),
      contiguousRows(this.rows, width), steps === undefined ? 0 : size);
  }

  #bindShared(source: Source, width: number): Place {
    const place = this.registers.make(width, true, true);
    this.#bind(SHARED, this.registers.record(place), source, width);
    return place;
  }

  /** A number for all rows. */
  #number(value: number): Place {
    return this.#once(`number ${Object.is(value, -0) ? '-0' : value}`, () => this.#bindShared(value, 1));
  }

  /** An operand of an elementwise function that no instruction has made. */
  #fromOutside(value: Value, result: Shape, { rows, shape, axes }: Alignment): Place {
    require(isKnown(value));
    for (const view of [viewOf(value, this.#isMade), wholeOf(value)]) {
      const strides = shape.map((d, i) => (d === 1 ? 0 : view.strides[i + view.shape.length - shape.length]));
      const width = sizeOf(shape.slice(axes));
      if (!isContiguous(shape.slice(axes), strides.slice(axes))) continue;
      const { base } = view;
      if (rows === 'all' && sizeOf(base.shape) === width) {
        return this.#once(`${base.id} for all`, () => this.#bindShared(base, width));
      }
      const places = rowStrides(result.slice(0, axes), strides.slice(0, axes));
      if (!places) continue;
      return this.#once(`${base.id} ${width} ${places.join()}`, () => {
        const place = this.registers.make(width, false, true);
        this.#bind(ROWS, this.registers.record(place), base, sizeOf(base.shape), places);
        return place;
      });
    }
    throw new Unsuited();
  }

  #once<T extends Place | number>(key: string, make: () => T): T {
    let bound = this.#bound.get(key) as T | undefined;
    if (bound === undefined) this.#bound.set(key, (bound = make()));
    return bound;
  }

  /** A value as an elementwise function with this result takes it. */
  #operand(value: Value, result: Shape): { place: Place; isSplat: boolean } {
    const made = this.#places.get(value);
    if (!made && value.node?.primitive === 'full' && value.dtype === 'float32') {
      return { place: this.#number(Number(value.node.params.value)), isSplat: true };
    }
    // One number for all rows, however large the value is.
    if (made?.register.isShared && made.width === 1) return { place: made, isSplat: true };
    const alignment = align(value.shape, result, this.rows);
    require(alignment !== undefined);
    const { isSplat, rows, shape, axes } = alignment;
    if (made) require(this.rows === 1 || (rows === 'each' && !made.register.isShared));
    const place = made ?? this.#fromOutside(value, result, alignment);
    require(place.width === (isSplat ? 1 : sizeOf(shape.slice(axes))));
    return { place, isSplat };
  }

  /** A value whose rows are these. */
  rowsOf(value: Value): Place {
    return this.#operand(value, value.shape).place;
  }

  /** Whether an instruction has made it, or it was bound. */
  has(value: Value): boolean {
    return this.#places.has(value);
  }

  // ---- instructions ----

  say(code: number, to: Place, a: Place, b: Place = a, c: Place = b, splat = 0): void {
    this.#program.push(code, ...[to, a, b, c].map((place) => this.registers.record(place)), splat);
  }

  copy(place: Place): Place {
    const to = this.registers.make(place.width);
    this.say(COPY, to, place);
    return to;
  }

  /** One column as many. */
  widened(place: Place, width: number): Place {
    if (place.width === width) return place;
    require(place.width === 1);
    const wide = this.registers.make(width);
    this.say(WIDEN, wide, place);
    return wide;
  }

  /** @param isOver whether a value is not needed behind this node */
  add(node: Node, isOver: (value: Value) => boolean): void {
    const isRename = node.primitive === 'stop_gradient' || node.primitive === 'cast' || node.primitive === 'reshape';
    require(isRename || node.primitive === 'full' || fits(node, this.rows));
    const release = (): void => {
      for (const value of new Set(node.inputs)) {
        const place = this.#places.get(value);
        if (place && isOver(value)) this.registers.release(place);
      }
    };
    if (ELEMENTWISE[node.primitive] !== undefined) return this.#map(node, release);
    switch (node.primitive) {
      case 'matmul': this.#multiply(node); break;
      case 'reduce_sum':
      case 'reduce_mean':
      case 'reduce_max': this.#reduce(node); break;
      case 'softmax': this.#softmax(node); break;
      case 'split': this.#split(node); break;
      case 'concatenate': this.#concatenate(node); break;
      case 'full': return;
      case 'stop_gradient':
      case 'cast':
      case 'reshape': this.#rename(node); break;
      default: throw new Unsuited();
    }
    release();
  }

  #map({ primitive, inputs, outputs: [output] }: Node, release: () => void): void {
    const width = this.#widthOf(output);
    const operands = inputs.map((value) => this.#operand(value, output.shape));
    release();
    const to = this.registers.make(width);
    const [a, b = a, c = b] = operands;
    const splat = [a, b, c].reduce((bits, { isSplat }, i) => bits | (Number(isSplat) << i), 0);
    this.say(ELEMENTWISE[primitive]!, to, a.place, b.place, c.place, splat);
    this.#places.set(output, to);
    this.#work += width * (inputs.length === 1 ? FUNCTION_WORK : 1);
  }

  #widthOf({ shape }: Value): number {
    const axes = rowAxes(shape, this.rows);
    require(axes !== undefined);
    return sizeOf(shape.slice(axes));
  }

  #multiply(node: NodeOf<'matmul'>): void {
    const { inputs: [x, factor], outputs: [output], params } = node;
    require(!this.#places.has(factor));
    const from = this.rowsOf(x);
    require(!from.register.isShared);
    const matrix = this.#matrix(x, factor, params.transposeB);
    const to = this.registers.make(output.shape[output.shape.length - 1]);
    const a = this.registers.record(from);
    this.#program.push(MATMUL, this.registers.record(to), a, matrix, a, 0);
    this.#places.set(output, to);
    this.#work += from.width * to.width;
  }

  /** The matrix that a value is, or, of several axes, one for each group of rows. */
  #matrix(x: Value, factor: Value, transposed: boolean): number {
    const rank = factor.shape.length;
    const isGrouped = rank > 2;
    if (isGrouped) {
      const group = x.shape[x.shape.length - 2];
      require(rank === x.shape.length && (this.#group ?? group) === group);
      this.#group = group;
    }
    for (const view of [viewOf(factor, this.#isMade), wholeOf(factor)]) {
      const batch = (isGrouped ? x.shape.slice(0, -2) : []);
      const groups = rowStrides(batch, batch.map((_, i) => (factor.shape[i] === 1 ? 0 : view.strides[i])));
      const [rowStride, columnStride] = view.strides.slice(-2);
      const [rows, columns] = factor.shape.slice(-2);
      const isTurned = columnStride !== 1 && rowStride === 1;
      if (!groups || (columnStride !== 1 && !isTurned)) continue;
      const isTransposed = transposed !== isTurned;
      const [depth, width] = transposed ? [columns, rows] : [rows, columns];
      const { base } = view;
      const fields = [depth, width, Number(isTransposed), Number(this.#isSteady(base)), Number(isGrouped),
        isTurned ? columnStride : rowStride, ...groups];
      return this.#once(`matrix ${base.id} ${fields.join()}`, () => {
        require(sizeOf(batch) * depth * width <= MOST_ELEMENTS);
        this.weights += depth * width;
        const number = this.#matrices.length / MATRIX_FIELDS;
        this.#bind(MATRIX, number, base, sizeOf(base.shape));
        this.#matrices.push(this.sources.length - 1, ...fields);
        return number;
      });
    }
    throw new Unsuited();
  }

  #reduce(node: NodeOf<'reduce_sum' | 'reduce_mean' | 'reduce_max'>): void {
    const { primitive, inputs: [x], outputs: [output] } = node;
    const from = this.rowsOf(x);
    require(!from.register.isShared);
    const to = this.registers.make(1);
    this.say(primitive === 'reduce_max' ? MOST : SUM, to, from);
    if (primitive === 'reduce_mean') this.say(MULTIPLY, to, to, this.#number(1 / from.width));
    this.#places.set(output, to);
    this.#work += from.width;
  }

  #softmax({ inputs: [x], outputs: [output] }: Node): void {
    const from = this.rowsOf(x);
    require(!from.register.isShared);
    const to = this.registers.make(from.width);
    this.say(SOFTMAX, to, from);
    this.#places.set(output, to);
    this.#work += from.width * FUNCTION_WORK;
  }

  #split({ inputs: [x], outputs }: Node): void {
    const { register, column } = this.rowsOf(x);
    require(!register.isShared);
    let at = column;
    for (const output of outputs) {
      const width = output.shape[output.shape.length - 1];
      this.#places.set(output, { register, column: at, width });
      at += width;
    }
  }

  #concatenate({ inputs, outputs: [output] }: Node): void {
    const to = this.registers.make(output.shape[output.shape.length - 1]);
    let column = 0;
    for (const value of inputs) {
      const width = value.shape[value.shape.length - 1];
      this.say(COPY, { ...to, column, width }, this.widened(this.rowsOf(value), width));
      column += width;
    }
    this.#places.set(output, to);
  }

  /** The same numbers with another shape or dtype. */
  #rename({ inputs: [x], outputs: [output] }: Node): void {
    const place = this.#places.get(x);
    require(place !== undefined);
    require([x, output].every(isKnown) && !(x.dtype === 'float32' && output.dtype === 'bool'));
    if (place.register.isShared) require(place.width === 1 || lengthOfVector(output.shape) === place.width);
    else require(this.#widthOf(output) === place.width);
    this.#places.set(output, place);
  }

  // ---- the whole ----

  /** Whether the op takes so many steps with results of these shapes. */
  isWithinLimits(length: number, results: readonly Shape[]): boolean {
    const { scratch, shared } = this.registers;
    return this.rows > 0 && length * this.rows < 2 ** 31 && Math.max(scratch, shared) <= MOST_MEMORY &&
      results.every((shape) => sizeOf(shape) <= MOST_ELEMENTS);
  }

  /**
   * The call of the op.
   * @param results records of what it gives
   * @param carries records of what goes from a step to the next
   */
  call({ length, isReverse, threads, tile }: LoopSizes, results: readonly RowResult[], carries: readonly number[] = []): RowCall {
    const { scratch, shared, records } = this.registers;
    const rows = this.rows;
    require(results.length > 0 && this.isWithinLimits(length, results.map(({ shape }) => shape)));
    const group = this.#group ?? rows;
    const worth = Math.max(1, Math.min(threads, Math.floor(length * rows * this.#work / WORTH_A_THREAD)));
    const most = Math.max(1, Math.min(tile, group, Math.floor(TILE_MEMORY / Math.max(1, scratch))));
    const height = tileHeight(group, most, worth);
    const tiles = (rows / group) * Math.ceil(group / height);
    return { sources: this.sources, attrs: {
      N: { int: this.sources.length }, M: { int: results.length },
      sizes: { ints: [length, rows, Number(isReverse), Math.min(worth, tiles), scratch, shared, height, group] },
      values: { ints: records }, program: { ints: this.#program }, matrices: { ints: this.#matrices },
      inputs: { ints: this.#inputs }, carries: { ints: [...carries] },
      results: { ints: results.flatMap(({ isStacked, from, strides, byStep }) => [Number(isStacked), from, ...strides, byStep]) },
      dims: { ints: results.flatMap(({ shape }) => [shape.length, ...shape]) },
    } };
  }
}

/** Rows of a tile, `most` at most: as many in each, as many tiles as all threads take, and whole blocks of a product. */
function tileHeight(rows: number, most: number, threads: number): number {
  const blocks = Math.ceil(rows / BLOCK_ROWS);
  const ofTile = Math.max(1, Math.floor(most / BLOCK_ROWS));
  const tiles = Math.ceil(Math.ceil(blocks / ofTile) / threads) * threads;
  return Math.min(most, BLOCK_ROWS * Math.ceil(blocks / tiles));
}

/** Booleans are here 0 and 1. */
const isKnown = ({ dtype }: Value): boolean => dtype === 'float32' || dtype === 'bool';

/** Of what has elements along its last axis alone. */
function lengthOfVector(shape: Shape): number {
  const size = sizeOf(shape);
  require(size === (shape[shape.length - 1] ?? 1));
  return size;
}
