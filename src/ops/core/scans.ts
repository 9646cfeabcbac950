/** Functions applied along the leading axis: with a state, one by one, or by an associative operation. */
import { apply } from '../../engine/apply.js';
import { repack, scan as scanOver, tensorsOf } from '../../engine/control-flow.js';
import { canonicalAxis, formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { reshapeTo, sliceAxis } from '../compose.js';
import { defineOp } from '../define.js';
import type { Tensors } from './control.js';

/** The length of the first axis, which all sequences share. */
function lengthOf(what: string, sequences: readonly Tensor[], axis = 0): number {
  for (const { shape } of sequences) {
    if (shape.length <= axis || shape[axis] !== sequences[0].shape[axis]) {
      throw new ShapeError(`${what} needs arrays of one length along axis ${axis}, received shapes ` +
        `${sequences.map((x) => formatShape(x.shape)).join(', ')}.`);
    }
  }
  return sequences[0].shape[axis];
}

interface Scan {
  <C, X = null, Y = unknown>(
    f: (carry: Tensors<C>, x: Tensors<X>) => readonly [carry: unknown, y: Y], init: C, xs?: X,
    length?: number | null | ScanOptions, reverse?: boolean | ScanOptions, unroll?: number | boolean | ScanOptions,
  ): [carry: Tensors<C>, ys: Tensors<Y>];
}
interface ScanOptions {
  length?: number | null;
  reverse?: boolean;
  unroll?: number | boolean;
}

/** How many steps to write out in the graph as one. */
function unrolledSteps(unroll: number | boolean, length: number): number {
  if (unroll === true) return Math.max(length, 1);
  if (unroll === false) return 1;
  if (!Number.isInteger(unroll) || unroll < 1) {
    throw new TypeError(`The unroll of ops.scan must be an integer >= 1 or a boolean, received ${String(unroll)}.`);
  }
  return unroll;
}

/**
 * Carries a state along slices: `[carry, y] = f(carry, x)` for each x of `xs`, from the first to the last. Gives the
 * last carry and the ys, stacked. Differentiable; one loop of the graph in a compiled function.
 * Source: keras.ops.scan.
 *
 * @param f takes the carry and a slice of `xs` (null without `xs`)
 * @param init the first carry: a tensor or a structure of tensors, whose shapes and dtypes `f` must keep
 * @param xs a tensor or a structure of tensors of one length along their first axis; null (default): none
 * @param length number of steps; needed without `xs`, else that of `xs`
 * @param reverse from the last slice to the first; ys lie at the places of their slices. Default false
 * @param unroll steps that one turn of the compiled loop does: an integer >= 1, or true for all. Default 1
 * @throws TypeError when the carry changes its structure, a shape or a dtype
 * @example
 * const sums = (c, x) => [ops.add(c, x), ops.add(c, x)];
 * const [carry, result] = ops.scan(sums, ops.array(0), ops.array([1, 2, 3, 4, 5]));
 * carry.item(); // 15
 * result.arraySync(); // [1, 3, 6, 10, 15]
 */
export const scan = defineOp('keras.ops.scan', ['f', 'init', 'xs', 'length', 'reverse', 'unroll'], (
  f: (carry: unknown, x: unknown) => readonly [unknown, unknown], init: unknown, xs: unknown = null,
  length: number | null = null, reverse = false, unroll: number | boolean = 1,
): unknown => {
  if (typeof f !== 'function') throw new TypeError(`The f of ops.scan must be a function, received ${String(f)}.`);
  const sequences = tensorsOf(xs);
  if (sequences.length === 0 && length === null) {
    throw new TypeError('ops.scan got no xs to scan over, so it needs the length.');
  }
  const found = sequences.length > 0 ? lengthOf('ops.scan', sequences) : length!;
  if (length !== null && length !== found) {
    throw new ShapeError(`ops.scan was told length=${length}, but the arrays of xs have length ${found}.`);
  }
  const inputs = repack(xs, sequences);
  const steps = unrolledSteps(unroll, found);
  const options = { xs: inputs, length: found, reverse };
  return steps === 1 ? scanOver('scan', f, init, options) : unrolled(f, init, sequences, options, steps);
}, ['init', 'xs']) as unknown as Scan;

/** A scan whose turns are several steps each; the steps that are left over come last. */
function unrolled(
  f: (carry: unknown, x: unknown) => readonly [unknown, unknown], init: unknown, sequences: readonly Tensor[],
  { xs, length, reverse }: { xs: unknown; length: number; reverse: boolean }, steps: number,
): [unknown, unknown] {
  const turns = Math.floor(length / steps);
  const whole = turns * steps;
  const rest = length - whole;
  // The first steps in the order of the scan: at the end when it goes backwards.
  const begin = reverse ? rest : 0;
  let y: unknown;
  const several = (count: number) => (carry: unknown, slices: readonly Tensor[]): [unknown, Tensor[][]] => {
    let state = carry;
    const rows: Tensor[][] = [];
    for (let i = 0; i < count; i++) {
      const at = reverse ? count - 1 - i : i;
      const x = repack(xs, slices.map((slice) => reshapeTo(sliceAxis(slice, 0, at, 1), slice.shape.slice(1))));
      [state, y] = f(state, x);
      rows[at] = tensorsOf(y);
    }
    return [state, count === 0 ? [] : rows[0].map((_, k) => rows.map((row) => row[k]))];
  };
  const block = (at: number, size: number): Tensor[] => sequences.map((x) => sliceAxis(x, 0, at, size));
  const stack = (columns: readonly Tensor[][]): Tensor[] => columns.map((column) => apply('stack', column, { axis: 0 }));

  const [carry, stacked] = scanOver('scan', (state, slices) => {
    const [next, columns] = several(steps)(state, slices as Tensor[]);
    return [next, stack(columns)];
  }, init, {
    xs: block(begin, whole).map((x) => reshapeTo(x, [turns, steps, ...x.shape.slice(1)])), length: turns, reverse });
  const results = (stacked as Tensor[]).map((x) => reshapeTo(x, [whole, ...x.shape.slice(2)]));
  if (rest === 0) return [carry, repack(y, results)];
  const [last, columns] = several(rest)(carry, block(reverse ? 0 : whole, rest));
  const tail = stack(columns);
  const parts = tail.map((part, k) => (turns === 0 ? part
    : apply('concatenate', reverse ? [part, results[k]] : [results[k], part], { axis: 0 })));
  return [last, repack(y, parts)];
}

interface MapOp {
  <X, Y>(f: (x: Tensors<X>) => Y, xs: X): Tensors<Y>;
}

/**
 * `f` of each slice along the first axis, one after the other, stacked. `vectorized_map` computes all at once.
 * Source: keras.ops.map.
 *
 * @param xs a tensor or a structure of tensors of one length along their first axis
 * @example
 * ops.map((x) => ops.square(x), ops.arange(5)).arraySync(); // [0, 1, 4, 9, 16]
 * const ys = ops.map((x) => ({ y1: ops.square(x), y2: ops.multiply(x, 10) }), ops.arange(3));
 * ys.y2.arraySync(); // [0, 10, 20]
 */
export const map = defineOp('keras.ops.map', ['f', 'xs'], (f: (x: unknown) => unknown, xs: unknown): unknown => {
  if (typeof f !== 'function') throw new TypeError(`The f of ops.map must be a function, received ${String(f)}.`);
  const sequences = tensorsOf(xs);
  if (sequences.length === 0) throw new TypeError('ops.map got no xs to map over.');
  const length = lengthOf('ops.map', sequences);
  return scanOver('map', (carry, x) => [carry, f(x)], [], { xs: repack(xs, sequences), length, reverse: false })[1];
}, ['xs']) as unknown as MapOp;

interface AssociativeScan {
  <E>(
    f: (a: Tensors<E>, b: Tensors<E>) => unknown, elems: E, reverse?: boolean | { reverse?: boolean; axis?: number },
    axis?: number | { axis?: number },
  ): Tensors<E>;
}

/**
 * `[a, f(a, b), f(f(a, b), c), ...]` for the elements a, b, c, ... along an axis, in a logarithmic number of calls of
 * `f`, which must be associative. Source: keras.ops.associative_scan; Blelloch, Prefix Sums and Their Applications
 * (1990).
 *
 * @param f takes two structures like `elems`, with some number of elements along the axis, and combines them
 *   elementwise along it
 * @param elems a tensor or a structure of tensors of one length along `axis`
 * @param reverse from the last element to the first. Default false
 * @param axis default 0
 * @example
 * ops.associative_scan((x, y) => ops.add(x, y), ops.arange(5)).arraySync(); // [0, 1, 3, 6, 10]
 * const xs = [0, 1, 2].map(() => ops.array([[1, 2]]));
 * const sums = ops.associative_scan((x, y) => x.map((part, i) => ops.add(part, y[i])), xs, { axis: 1 });
 * sums[0].arraySync(); // [[1, 3]]
 */
export const associative_scan = defineOp('keras.ops.associative_scan', ['f', 'elems', 'reverse', 'axis'], (
  f: (a: unknown, b: unknown) => unknown, elems: unknown, reverse = false, axis = 0,
): unknown => {
  if (typeof f !== 'function') {
    throw new TypeError(`The f of ops.associative_scan must be a function, received ${String(f)}.`);
  }
  const leaves = tensorsOf(elems);
  if (leaves.length === 0) throw new TypeError('ops.associative_scan got no elems to scan over.');
  const along = canonicalAxis(axis, leaves[0].ndim);
  lengthOf('ops.associative_scan', leaves, along);
  const flip = (xs: readonly Tensor[]): Tensor[] =>
    (reverse ? xs.map((x) => apply('reverse', [x], { axes: [along] })) : [...xs]);
  const combine = (a: readonly Tensor[], b: readonly Tensor[]): Tensor[] =>
    tensorsOf(f(repack(elems, a), repack(elems, b)));
  return repack(elems, flip(prefixes(flip(leaves), along, combine)));
}, ['elems']) as unknown as AssociativeScan;

/** Pairs are combined and scanned; what is missing in between is each result combined with the next element. */
function prefixes(
  elems: readonly Tensor[], axis: number, combine: (a: readonly Tensor[], b: readonly Tensor[]) => Tensor[],
): Tensor[] {
  const length = elems[0].shape[axis];
  if (length < 2) return [...elems];
  const every = (xs: readonly Tensor[], begin: number, size: number, stride: number): Tensor[] =>
    xs.map((x) => sliceAxis(x, axis, begin, size, stride));
  const half = Math.floor(length / 2);
  const odd = prefixes(combine(every(elems, 0, half, 2), every(elems, 1, half, 2)), axis, combine);
  const between = Math.ceil(length / 2) - 1;
  const first = every(elems, 0, 1, 1);
  const even = between === 0 ? first
    : combine(every(odd, 0, between, 1), every(elems, 2, between, 2))
      .map((x, i) => apply('concatenate', [first[i], x], { axis }));
  return even.map((x, i) => interleave(x, odd[i], axis));
}

/** a0, b0, a1, b1, ...; `a` may have one element more. */
function interleave(a: Tensor, b: Tensor, axis: number): Tensor {
  const length = b.shape[axis];
  const pairs = apply('stack', [sliceAxis(a, axis, 0, length), b], { axis: axis + 1 });
  const shape = b.shape.map((d, i) => (i === axis ? 2 * d : d));
  const merged = reshapeTo(pairs, shape);
  return a.shape[axis] === length ? merged
    : apply('concatenate', [merged, sliceAxis(a, axis, length, 1)], { axis });
}
