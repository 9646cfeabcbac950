/**
 * Scans whose rows do not depend on each other, such as the steps of a recurrent layer and of its gradient, as one op of
 * ours (native/row_loop.h): a few rows at a time go through all steps. Here the program is made that it runs.
 */
import type { ScanParams } from '../../engine/primitives/control.js';
import type { Node, Value } from '../../engine/graph.js';
import type { PrimitiveName } from '../../engine/primitives/index.js';
import { sizeOf, type Shape } from '../../engine/shape.js';
import type { Attrs } from './attributes.js';
import { lastUses, RowRegisters, type Place } from './row-registers.js';

export const ROW_LOOP = 'KerasNodeRowLoop';

/** Instructions, numbered as in row_plan.h. */
const [MATMUL, COPY, WIDEN] = [0, 1, 2];
const ELEMENTWISE: Partial<Record<PrimitiveName, number>> = {
  select: 3, add: 4, subtract: 5, multiply: 6, divide: 7, maximum: 8, minimum: 9, negative: 10, square: 11, exp: 12,
  relu: 13, sigmoid: 14, tanh: 15, relu_grad: 16, sigmoid_grad: 17, tanh_grad: 18,
};
/** Kinds of inputs, numbered alike. */
const [MATRIX, SHARED, ROWS, SEQUENCE] = [0, 1, 2, 3];

/** Rows that go through the steps together. */
const TILE_ROWS = 8;
/** Larger matrices do not stay in a core's own memory: then they are better multiplied with all rows at once. */
const MOST_WEIGHTS = 256 * 1024;
/** Floats of a row: as row_plan.h has it. */
const MOST_MEMORY = 2 ** 22;
/** Multiplications that are worth a thread: some tenth of a millisecond. */
const WORTH_A_THREAD = 2e6;

export interface RowLoop {
  attrs: Attrs;
  /** Which operands of the scan the op takes. */
  operands: readonly number[];
  /** What it takes behind them: numbers. */
  numbers: readonly number[];
}

/** A scan that no program says. */
class Unsuited extends Error {}

function require(holds: boolean): asserts holds {
  if (!holds) throw new Unsuited();
}

/** The program of a scan, on so many threads at most; undefined where it is none of this kind. */
export function planRowLoop(params: ScanParams, threads: number): RowLoop | undefined {
  if (threads === 0 || params.length === 0 || params.body.outputs.length === 0) return undefined;
  try {
    return new Planner(params).plan(threads);
  } catch (error) {
    if (error instanceof Unsuited) return undefined;
    throw error;
  }
}

class Planner {
  readonly #params: ScanParams;
  readonly #rows: number;
  readonly #registers = new RowRegisters();
  readonly #places = new Map<Value, Place>();
  /** Inputs of the op. */
  readonly #operands: number[] = [];
  readonly #inputs: number[] = [];
  readonly #numbers: number[] = [];
  readonly #program: number[] = [];
  /** Constants that are multiplied with, by their place among the op's inputs, and their matrices. */
  readonly #multiplied = new Map<Value, number>();
  readonly #matrices: number[] = [];
  /** Multiplications of a row in a step, and elements of all matrices. */
  #work = 0;
  #weights = 0;

  constructor(params: ScanParams) {
    this.#params = params;
    const [first] = params.body.outputs[0].shape;
    require(first !== undefined);
    this.#rows = first;
  }

  plan(threads: number): RowLoop {
    const { body: { nodes, outputs }, carries, length, reverse } = this.#params;
    const last = lastUses(this.#params.body);
    this.#bindInputs();
    nodes.forEach((node, at) => this.#add(node, (value) => last(value) <= at));
    const [results, moves] = this.#finish(outputs, carries);
    const rows = this.#rows;
    require(this.#weights <= MOST_WEIGHTS && rows > 0 && length * rows < 2 ** 31);
    require(Math.max(this.#registers.scratch, this.#registers.shared) <= MOST_MEMORY);
    const worth = Math.floor(length * rows * this.#work / WORTH_A_THREAD);
    const registers = this.#registers;
    return { operands: this.#operands, numbers: this.#numbers, attrs: {
      N: { int: this.#operands.length + this.#numbers.length }, M: { int: outputs.length },
      sizes: { ints: [length, rows, Number(reverse), Math.max(1, Math.min(threads, worth, Math.ceil(rows / TILE_ROWS))),
        registers.scratch, registers.shared] },
      values: { ints: registers.records }, program: { ints: this.#program }, matrices: { ints: this.#matrices },
      inputs: { ints: this.#inputs }, results: { ints: results }, carries: { ints: moves },
    } };
  }

  #isOfRows({ shape }: Value): boolean {
    return shape.length === 2 && shape[0] === this.#rows;
  }

  // ---- operands ----

  #bindInputs(): void {
    const { body: { inputs, nodes, outputs }, constants, carries } = this.#params;
    const isFactor = (value: Value): boolean => nodes.some((node) => node.primitive === 'matmul' && node.inputs[1] === value);
    const isUsed = (value: Value): boolean => outputs.includes(value) || nodes.some((node) => node.inputs.includes(value));
    inputs.forEach((value, i) => {
      if (!isUsed(value)) return;
      const isConstant = i < constants;
      require(value.dtype === 'float32' || (value.dtype === 'bool' && i >= constants + carries));
      if (isConstant && isFactor(value)) this.#multiplied.set(value, this.#operands.length);
      const [first, width = 1] = value.shape;
      if (this.#multiplied.has(value)) this.#inputs.push(MATRIX, this.#matrices.length / 4);
      else if (isConstant && !this.#isOfRows(value)) this.#bind(SHARED, value, lengthOfVector(value.shape));
      else {
        require(value.shape.length <= 2 && first === this.#rows);
        this.#bind(isConstant || i < constants + carries ? ROWS : SEQUENCE, value, width);
      }
      this.#operands.push(i);
      // Its first matrix; another one is needed where it is also multiplied with the other way round.
      if (this.#multiplied.has(value)) this.#matrixOf(value, nodes.find((node) => node.inputs[1] === value)!);
    });
  }

  #bind(kind: number, value: Value, width: number): void {
    const place = this.#registers.make(width, kind === SHARED, true);
    this.#places.set(value, place);
    this.#inputs.push(kind, this.#registers.record(place));
  }

  #matrixOf(value: Value, node: Node): number {
    require(node.primitive === 'matmul' && !node.params.transposeA && value.shape.length === 2);
    const input = this.#multiplied.get(value)!;
    const [rows, columns] = value.shape;
    const [depth, width] = node.params.transposeB ? [columns, rows] : [rows, columns];
    const record = [input, depth, width, Number(node.params.transposeB)];
    const known = this.#matrices.findIndex((_, i) => i % 4 === 0 && record.every((field, k) => this.#matrices[i + k] === field));
    if (known >= 0) return known / 4;
    this.#weights += depth * width;
    return this.#matrices.push(...record) / 4 - 1;
  }

  // ---- nodes ----

  /** @param isOver whether a value is not needed behind this node */
  #add(node: Node, isOver: (value: Value) => boolean): void {
    const { primitive, inputs, outputs: [output] } = node;
    const release = (): void => {
      for (const value of inputs) if (this.#places.has(value) && isOver(value)) this.#registers.release(this.#places.get(value)!);
    };
    const code = ELEMENTWISE[primitive];
    if (code !== undefined) {
      require(this.#isOfRows(output) && inputs.every((value) => this.#isOfRows(value) || this.#isShared(value)));
      const width = output.shape[1];
      const wide = inputs.map((value) => this.#widened(this.#placeOf(value), width));
      release();
      const to = this.#registers.make(width);
      const [a, b = a, c = b] = wide;
      this.#say(code, to, a, b, c);
      wide.forEach((place, i) => place !== this.#places.get(inputs[i]) && this.#registers.release(place));
      this.#places.set(output, to);
      this.#work += width * (inputs.length === 1 ? 8 : 1);
      return;
    }
    switch (primitive) {
      case 'matmul': this.#multiply(node); break;
      case 'split': this.#split(node); break;
      case 'concatenate': this.#concatenate(node); break;
      case 'full': this.#fill(node); break;
      case 'cast':
      case 'reshape': this.#rename(node); break;
      default: throw new Unsuited();
    }
    release();
  }

  #placeOf(value: Value): Place {
    const place = this.#places.get(value);
    require(place !== undefined);
    return place;
  }

  #isShared(value: Value): boolean {
    return this.#places.get(value)?.register.isShared === true;
  }

  #say(code: number, to: Place, a: Place, b: Place = a, c: Place = b): void {
    this.#program.push(code, ...[to, a, b, c].map((place) => this.#registers.record(place)));
  }

  /** One column as many. */
  #widened(place: Place, width: number): Place {
    if (place.width === width) return place;
    require(place.width === 1);
    const wide = this.#registers.make(width);
    this.#say(WIDEN, wide, place);
    return wide;
  }

  #multiply(node: Node): void {
    const { inputs: [x, factor], outputs: [output] } = node;
    require(this.#multiplied.has(factor) && this.#isOfRows(x) && !this.#isShared(x));
    const matrix = this.#matrixOf(factor, node);
    const to = this.#registers.make(output.shape[1]);
    const from = this.#registers.record(this.#placeOf(x));
    this.#program.push(MATMUL, this.#registers.record(to), from, matrix, from);
    this.#places.set(output, to);
    this.#work += x.shape[1] * output.shape[1];
  }

  #split(node: Node): void {
    const { inputs: [x], outputs } = node;
    require(node.primitive === 'split' && node.params.axis === 1 && this.#isOfRows(x) && !this.#isShared(x));
    const { register, column } = this.#placeOf(x);
    let at = column;
    for (const output of outputs) {
      const [, width] = output.shape;
      this.#places.set(output, { register, column: at, width });
      at += width;
    }
  }

  #concatenate(node: Node): void {
    const { inputs, outputs: [output] } = node;
    require(node.primitive === 'concatenate' && node.params.axis === 1 && this.#isOfRows(output));
    const to = this.#registers.make(output.shape[1]);
    let column = 0;
    for (const value of inputs) {
      const [, width] = value.shape;
      this.#say(COPY, { ...to, column, width }, this.#widened(this.#placeOf(value), width));
      column += width;
    }
    this.#places.set(output, to);
  }

  /** One number, however large. */
  #fill(node: Node): void {
    require(node.primitive === 'full' && node.params.dtype === 'float32');
    this.#numbers.push(Number(node.params.value));
    this.#bind(SHARED, node.outputs[0], 1);
  }

  /** The same numbers with another shape or dtype. */
  #rename({ inputs: [x], outputs: [output] }: Node): void {
    const place = this.#placeOf(x);
    const isCast = x.dtype !== output.dtype;
    require(!isCast || (x.dtype === 'bool' && output.dtype === 'float32' && sizeOf(x.shape) === sizeOf(output.shape)));
    if (place.register.isShared) require(place.width === 1 || lengthOfVector(output.shape) === place.width);
    else require(this.#isOfRows(output) && output.shape[1] === place.width);
    this.#places.set(output, place);
  }

  // ---- results ----

  /** Records of the results, and of what goes from a step to the next. */
  #finish(outputs: readonly Value[], carries: number): [results: number[], moves: number[]] {
    const { body: { inputs }, constants } = this.#params;
    const carried = inputs.slice(constants, constants + carries);
    const results: number[] = [];
    const moves: number[] = [];
    outputs.forEach((output, i) => {
      require(this.#isOfRows(output) && output.dtype === 'float32');
      let place = this.#widened(this.#placeOf(output), output.shape[1]);
      // What a carry was before the step is overwritten while the carries move on.
      if (carried.some((value) => this.#places.get(value)?.register === place.register)) {
        const copy = this.#registers.make(place.width);
        this.#say(COPY, copy, place);
        place = copy;
      }
      const from = this.#registers.record(place);
      results.push(Number(i >= carries), from);
      const to = i < carries ? this.#places.get(carried[i]) : undefined;
      if (to) moves.push(from, this.#registers.record(to));
    });
    return [results, moves];
  }
}

/** Of what has elements along its last axis alone. */
function lengthOfVector(shape: Shape): number {
  const size = sizeOf(shape);
  require(shape.length <= 2 && size === (shape[shape.length - 1] ?? 1));
  return size;
}
