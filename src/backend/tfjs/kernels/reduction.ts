/** Reductions and scans. Sums are accumulated in double precision. */
import type { ArgReduceParams, ReduceParams, reduction, ScanParams } from '../../../engine/primitives/reduction.js';
import type { Block, Memory } from '../memory.js';
import { storageOf } from '../storage.js';
import { stridesOf, walk } from '../strides.js';
import type { Kernel, KernelTable } from './kernel.js';

/**
 * Folds over the reduced axes, into doubles.
 * @param fold next accumulator from the accumulator and an element; left out for sums, which have a loop of their own
 */
function fold(
  m: Memory, x: Block, axes: readonly number[], initial: number, step?: (sum: number, x: number) => number,
): Float64Array {
  const kept = x.shape.map((d, i) => (axes.includes(i) ? 1 : d));
  const strides = stridesOf(kept).map((s, i) => (axes.includes(i) ? 0 : s));
  const result = new Float64Array(kept.reduce((n, d) => n * d, 1)).fill(initial);
  const values = m.numbers(x);
  walk(x.shape, [stridesOf(x.shape), strides], [0, 0], ([p, q], length, [, to]) => {
    if (step) for (let i = 0; i < length; i++) result[q + i * to] = step(result[q + i * to], values[p + i]);
    else if (to === 0) {
      let sum = 0;
      for (let i = 0; i < length; i++) sum += values[p + i];
      result[q] += sum;
    } else for (let i = 0; i < length; i++) result[q + i * to] += values[p + i];
  });
  return result;
}

const reduce = (initial: number, step?: (sum: number, x: number) => number): Kernel<ReduceParams> =>
  (m, [x], { params: { axes }, outputs: [{ shape }] }) => {
    const out = m.alloc(shape, x.dtype);
    m.numbers(out).set(fold(m, x, axes, initial, step));
    return out;
  };

/** The neutral element of max and min: the end of the dtype's range. */
const extremum = (sign: 1 | -1): Kernel<ReduceParams> => (m, x, context) => {
  const { dtype } = context.inputs[0];
  const bits = Number(/\d+/.exec(dtype)?.[0] ?? 1);
  const unsigned = dtype.startsWith('u') || dtype === 'bool';
  const lowest = unsigned ? 0 : -(2 ** (bits - 1));
  const highest = 2 ** (unsigned ? bits : bits - 1) - 1;
  const initial = x[0].dtype === 'float32' ? -sign * Infinity : sign > 0 ? lowest : highest;
  return reduce(initial, sign > 0 ? Math.max : Math.min)(m, x, context);
};

const argReduce = (better: (x: number, best: number) => boolean): Kernel<ArgReduceParams> =>
  (m, [x], { params: { axis, dtype }, outputs: [{ shape }] }) => {
    const out = m.alloc(shape, storageOf(dtype));
    const values = m.numbers(x);
    const found = m.numbers(out);
    const length = x.shape[axis];
    const inner = x.shape.slice(axis + 1).reduce((n, d) => n * d, 1);
    for (let i = 0; i < found.length; i++) {
      const start = Math.floor(i / inner) * length * inner + (i % inner);
      let best = 0;
      for (let j = 1; j < length; j++) {
        if (better(values[start + j * inner], values[start + best * inner])) best = j;
      }
      found[i] = best;
    }
    return out;
  };

const scan = (initial: number, step: (sum: number, x: number) => number): Kernel<ScanParams> =>
  (m, [x], { params: { axis, reverse, exclusive } }) => {
    const out = m.alloc(x.shape, x.dtype);
    const values = m.numbers(x);
    const to = m.numbers(out);
    const length = x.shape[axis];
    const inner = x.shape.slice(axis + 1).reduce((n, d) => n * d, 1);
    const lines = length === 0 ? 0 : values.length / length;
    for (let line = 0; line < lines; line++) {
      const start = Math.floor(line / inner) * length * inner + (line % inner);
      let sum = initial;
      for (let j = 0; j < length; j++) {
        const at = start + (reverse ? length - 1 - j : j) * inner;
        const next = step(sum, values[at]);
        to[at] = exclusive ? sum : next;
        sum = next;
      }
    }
    return out;
  };

export const reductionKernels: KernelTable<keyof typeof reduction> = {
  reduce_sum: reduce(0),
  reduce_mean: (m, [x], { params: { axes }, outputs: [{ shape }] }) => {
    const out = m.alloc(shape, x.dtype);
    const count = axes.reduce((n, axis) => n * x.shape[axis], 1);
    m.numbers(out).set(fold(m, x, axes, 0).map((sum) => sum / count));
    return out;
  },
  reduce_prod: (m, x, context) =>
    reduce(1, x[0].dtype === 'float32' ? (a, b) => a * b : Math.imul)(m, x, context),
  reduce_max: extremum(1), reduce_min: extremum(-1),
  reduce_any: reduce(0, (a, b) => a | b), reduce_all: reduce(1, (a, b) => a & b),
  argmax: argReduce((x, best) => x > best), argmin: argReduce((x, best) => x < best),
  cumsum: scan(0, (a, b) => a + b),
  cumprod: (m, x, context) => scan(1, x[0].dtype === 'float32' ? (a, b) => a * b : Math.imul)(m, x, context),
};
