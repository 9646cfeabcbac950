/**
 * Walks over row-major memory by strides. A stride of 0 repeats an element (broadcasting, tiling), a negative one walks
 * backwards (reversal): so slices, transposes, padding and broadcasts are all the same loop.
 */
import type { Shape } from '../../engine/shape.js';
import type { Numbers } from './load.js';

export type Elements = Numbers | string[];

/** Row-major strides. */
export function stridesOf(shape: Shape): number[] {
  const strides = [...shape];
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i];
  }
  return strides;
}

/** Strides that read an operand of `shape` as if it had been broadcast to `target`. */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const own = stridesOf(shape);
  const offset = target.length - shape.length;
  return target.map((_, i) => (i < offset || shape[i - offset] === 1 ? 0 : own[i - offset]));
}

/** A run along the innermost axis: for each operand where it starts and its step. Both arrays are reused. */
export type Visit = (positions: readonly number[], length: number, steps: readonly number[]) => void;

/** Visits all elements of `shape` in row-major order, in runs that are as long as the strides allow. */
export function walk(
  shape: Shape, strides: readonly (readonly number[])[], offsets: readonly number[], visit: Visit,
): void {
  // 1. drop axes of length 1 and join axes that are contiguous for every operand
  const dims: number[] = [];
  const steps: number[][] = strides.map(() => []);
  for (let axis = 0; axis < shape.length; axis++) {
    const d = shape[axis];
    if (d === 0) return;
    if (d === 1) continue;
    const last = dims.length - 1;
    if (last >= 0 && strides.every((s, k) => steps[k][last] === s[axis] * d)) {
      dims[last] *= d;
      strides.forEach((s, k) => void (steps[k][last] = s[axis]));
    } else {
      dims.push(d);
      strides.forEach((s, k) => void steps[k].push(s[axis]));
    }
  }

  // 2. count through the outer axes
  const positions = [...offsets];
  const inner = dims.length - 1;
  if (inner < 0) {
    visit(positions, 1, strides.map(() => 0));
    return;
  }
  const innerSteps = steps.map((s) => s[inner]);
  const counter = dims.slice(0, inner).fill(0);
  for (;;) {
    visit(positions, dims[inner], innerSteps);
    let axis = inner - 1;
    for (; axis >= 0; axis--) {
      for (let k = 0; k < positions.length; k++) positions[k] += steps[k][axis];
      if (++counter[axis] < dims[axis]) break;
      for (let k = 0; k < positions.length; k++) positions[k] -= steps[k][axis] * dims[axis];
      counter[axis] = 0;
    }
    if (axis < 0) return;
  }
}

/** One side of a copy. */
export interface Side {
  elements: Elements;
  strides: readonly number[];
  offset?: number;
}

/** From this length on, the engine's own copy beats a loop. */
const BULK = 24;

/** Copies a run of elements, from position `p` in steps to position `q` in strides. */
export function copyRun(
  from: Elements, p: number, step: number, to: Elements, q: number, stride: number, length: number,
): void {
  const source = from as Float32Array;
  const target = to as Float32Array;
  if (stride === 1 && length >= BULK && !Array.isArray(from)) {
    if (step === 1) return target.set(source.subarray(p, p + length), q);
    if (step === 0) return void target.fill(source[p], q, q + length);
  }
  for (let i = 0, a = p, b = q; i < length; i++, a += step, b += stride) target[b] = source[a];
}

/** Copies the elements of `shape` from one side to the other. */
export function copy(shape: Shape, from: Side, to: Side): void {
  const offsets = [from.offset ?? 0, to.offset ?? 0];
  walk(shape, [from.strides, to.strides], offsets, ([p, q], length, [step, stride]) =>
    copyRun(from.elements, p, step, to.elements, q, stride, length));
}

/** `out = fn(a)`, element by element. */
export function map(a: Elements, out: Numbers, fn: (x: number) => number): void {
  const x = a as Numbers;
  for (let i = 0; i < out.length; i++) out[i] = fn(x[i]);
}

/** `out = fn(a, b)`, broadcast to the row-major `shape` of the result. */
export function mapPairs(
  shape: Shape, a: Elements, aShape: Shape, b: Elements, bShape: Shape, out: Numbers,
  fn: (x: number, y: number) => number,
): void {
  const x = a as Numbers;
  const y = b as Numbers;
  const strides = [broadcastStrides(aShape, shape), broadcastStrides(bShape, shape), stridesOf(shape)];
  walk(shape, strides, [0, 0, 0], ([p, q, r], length, [s, t]) => {
    for (let i = 0; i < length; i++) out[r + i] = fn(x[p + i * s], y[q + i * t]);
  });
}
