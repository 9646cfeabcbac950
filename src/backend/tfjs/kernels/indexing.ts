/** Gathering, scattering, sorting. */
import type { indexing } from '../../../engine/primitives/indexing.js';
import { sizeOf, type Shape } from '../../../engine/shape.js';
import type { Block, Memory } from '../memory.js';
import { storageOf } from '../storage.js';
import { pick } from './structure.js';
import { copyRun, stridesOf } from '../strides.js';
import type { Kernel, KernelTable } from './kernel.js';

function requireInside(name: string, index: number, length: number): void {
  if (!(index >= 0 && index < length)) {
    throw new RangeError(`${name}: index ${index} is outside of an axis of length ${length}.`);
  }
}

/** Flat positions of the slices that indices [..., k] name, and the number of elements of a slice. */
function slices(name: string, m: Memory, indices: Block, shape: Shape): { starts: number[]; size: number } {
  const k = indices.shape[indices.shape.length - 1];
  const strides = stridesOf(shape);
  const values = m.numbers(indices);
  const starts = Array.from({ length: sizeOf(indices.shape.slice(0, -1)) }, (_, i) => {
    let start = 0;
    for (let j = 0; j < k; j++) {
      requireInside(name, values[i * k + j], shape[j]);
      start += values[i * k + j] * strides[j];
    }
    return start;
  });
  return { starts, size: sizeOf(shape.slice(k)) };
}

const combine = {
  update: (_: number, value: number): number => value,
  add: (old: number, value: number): number => old + value,
  max: Math.max,
  min: Math.min,
};

/** Combines rows of `values` into `out` at the given starts. */
function scatter(
  m: Memory, out: Block, starts: readonly number[], size: number, values: Block,
  fn: (old: number, value: number) => number,
): void {
  const to = m.elements(out) as Float32Array;
  const from = m.elements(values) as Float32Array;
  starts.forEach((start, row) => {
    if (start < 0) return;
    for (let i = 0; i < size; i++) to[start + i] = fn(to[start + i], from[row * size + i]);
  });
}

/** Rows with the same number combined, from `initial` on. */
const segments = (
  name: string, initial: number, fn: (old: number, value: number) => number,
): Kernel<{ count: number }> => (m, [values, ids], { params: { count }, outputs: [{ shape }] }) => {
  const out = m.filled(shape, values.dtype, initial);
  const size = sizeOf(shape.slice(1));
  const starts = Array.from(m.numbers(ids), (id) => {
    if (id >= 0) requireInside(name, id, count);
    return id < 0 ? -1 : id * size;
  });
  scatter(m, out, starts, size, values, fn);
  return out;
};

export const indexingKernels: KernelTable<keyof typeof indexing> = {
  gather: (m, [x, indices], { params: { axis, batchDims }, outputs: [{ shape }] }) => {
    const out = m.alloc(shape, x.dtype);
    const from = m.elements(x);
    const to = m.elements(out);
    const ids = m.numbers(indices);
    const batch = sizeOf(x.shape.slice(0, batchDims));
    const outer = sizeOf(x.shape.slice(batchDims, axis));
    const length = x.shape[axis];
    const inner = sizeOf(x.shape.slice(axis + 1));
    const taken = sizeOf(indices.shape.slice(batchDims));
    if (sizeOf(shape) === 0) return out;
    let target = 0;
    for (let b = 0; b < batch; b++) {
      for (let o = 0; o < outer; o++) {
        const base = (b * outer + o) * length;
        for (let i = 0; i < taken; i++, target += inner) {
          const id = ids[b * taken + i];
          requireInside('gather', id, length);
          copyRun(from, (base + id) * inner, 1, to, target, 1, inner);
        }
      }
    }
    return out;
  },
  gather_nd: (m, [x, indices], { outputs: [{ shape }] }) => {
    const out = m.alloc(shape, x.dtype);
    const { starts, size } = slices('gather_nd', m, indices, x.shape);
    const from = m.elements(x);
    const to = m.elements(out);
    starts.forEach((start, i) => copyRun(from, start, 1, to, i * size, 1, size));
    return out;
  },
  scatter_nd: (m, [indices, values], { params: { shape } }) => {
    const out = m.filled(shape, values.dtype, 0);
    const { starts, size } = slices('scatter_nd', m, indices, shape);
    scatter(m, out, starts, size, values, combine.add);
    return out;
  },
  tensor_scatter: (m, [x, indices, values], { params: { mode } }) => {
    const out = pick(m, x, x.shape, stridesOf(x.shape));
    const { starts, size } = slices('tensor_scatter', m, indices, x.shape);
    scatter(m, out, starts, size, values, combine[mode]);
    return out;
  },
  segment_sum: segments('segment_sum', 0, combine.add),
  segment_prod: (m, x, context) =>
    segments('segment_prod', 1, x[0].dtype === 'float32' ? (old, value) => old * value : Math.imul)(m, x, context),
  one_hot: (m, [indices], { params: { depth, axis, dtype }, outputs: [{ shape }] }) => {
    const out = m.filled(shape, storageOf(dtype), 0);
    const to = m.numbers(out);
    const inner = sizeOf(indices.shape.slice(axis));
    m.numbers(indices).forEach((id, i) => {
      if (id >= 0 && id < depth) to[(Math.floor(i / inner) * depth + id) * inner + (i % inner)] = 1;
    });
    return out;
  },
  top_k: (m, [x], { params: { k }, outputs: [{ shape }] }) => {
    const values = m.alloc(shape, x.dtype);
    const indices = m.alloc(shape, 'int32');
    const from = m.numbers(x);
    const toValues = m.numbers(values);
    const toIndices = m.numbers(indices);
    const length = x.shape[x.shape.length - 1];
    const rows = length === 0 ? 0 : from.length / length;
    for (let row = 0; row < rows; row++) {
      const line = from.subarray(row * length, (row + 1) * length);
      // Largest first, of equal ones the first; NaN counts as smallest.
      const key = (i: number): number => (Number.isNaN(line[i]) ? -Infinity : line[i]);
      const order = Array.from({ length }, (_, i) => i)
        .toSorted((a, b) => (key(a) === key(b) ? a - b : key(b) - key(a)));
      for (let i = 0; i < k; i++) {
        toValues[row * k + i] = line[order[i]];
        toIndices[row * k + i] = order[i];
      }
    }
    return [values, indices];
  },
};
