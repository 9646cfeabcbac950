/** Kernels that make and move elements: nearly all are one strided copy. */
import type { DType, HostData, NumericArray } from '../../../engine/dtype.js';
import type { PadParams, structure } from '../../../engine/primitives/structure.js';
import { formatShape, sizeOf, type Shape } from '../../../engine/shape.js';
import type { Block, Memory } from '../memory.js';
import { storageOf, writeHost } from '../storage.js';
import { broadcastStrides, copy, copyRun, stridesOf, type Side } from '../strides.js';
import type { KernelTable } from './kernel.js';

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, i) => sum + v * b[i], 0);

/** Host data as a block. */
export function fromHost(m: Memory, data: HostData, shape: Shape, dtype: DType): Block {
  const size = sizeOf(shape);
  if (data.length !== size) {
    throw new RangeError(
      `A ${dtype} tensor of shape ${formatShape(shape)} has ${size} elements, received ${data.length}.`);
  }
  const block = m.alloc(shape, storageOf(dtype));
  if (Array.isArray(data)) copyRun(data, 0, 1, m.strings(block), 0, 1, size);
  else writeHost(data as NumericArray, dtype, m.numbers(block));
  return block;
}

/** A new block with the elements that `strides` and `offset` pick from x. */
export function pick(m: Memory, x: Block, shape: Shape, strides: readonly number[], offset = 0): Block {
  const out = m.alloc(shape, x.dtype);
  copy(shape, { elements: m.elements(x), strides, offset }, { elements: m.elements(out), strides: stridesOf(shape) });
  return out;
}

export const transpose = (m: Memory, x: Block, permutation: readonly number[]): Block => {
  const strides = stridesOf(x.shape);
  return pick(m, x, permutation.map((axis) => x.shape[axis]), permutation.map((axis) => strides[axis]));
};

/** Joins blocks along an axis. */
function join(m: Memory, parts: readonly Block[], axis: number, shape: Shape): Block {
  const out = m.alloc(shape, parts[0].dtype);
  const strides = stridesOf(shape);
  const elements = m.elements(out);
  let offset = 0;
  for (const part of parts) {
    copy(part.shape, { elements: m.elements(part), strides: stridesOf(part.shape) }, { elements, strides, offset });
    offset += part.shape[axis] * strides[axis];
  }
  return out;
}

/** Start indices moved so that a slice of `size` lies inside. */
const clampedStart = (m: Memory, start: Block, shape: Shape, size: Shape): number[] =>
  Array.from(m.numbers(start), (from, i) => Math.min(Math.max(from, 0), shape[i] - size[i]));

/** A copy of x with `updates` written over it from `begin` on. */
function overwrite(m: Memory, x: Block, updates: Block, begin: readonly number[]): Block {
  const strides = stridesOf(x.shape);
  const out = pick(m, x, x.shape, strides);
  copy(updates.shape, { elements: m.elements(updates), strides: stridesOf(updates.shape) },
    { elements: m.elements(out), strides, offset: dot(begin, strides) });
  return out;
}

/** Constant padding; negative amounts cut off. */
function padConstant(m: Memory, x: Block, { paddings, value }: PadParams, shape: Shape): Block {
  const out = m.filled(shape, x.dtype, value);
  const size = x.shape.map((d, i) => Math.max(0, d + Math.min(paddings[i][0], 0) + Math.min(paddings[i][1], 0)));
  const from = stridesOf(x.shape);
  const to = stridesOf(shape);
  copy(size,
    { elements: m.elements(x), strides: from, offset: dot(paddings.map(([before]) => Math.max(-before, 0)), from) },
    { elements: m.elements(out), strides: to, offset: dot(paddings.map(([before]) => Math.max(before, 0)), to) });
  return out;
}

/** Mirrored padding, one axis after the other. */
function padMirrored(m: Memory, x: Block, { paddings, mode }: PadParams): Block {
  const edge = mode === 'reflect' ? 1 : 0;
  let block = x;
  paddings.forEach(([before, after], axis) => {
    if (before === 0 && after === 0) return;
    const length = block.shape[axis];
    const shape = block.shape.map((d, i) => (i === axis ? before + d + after : d));
    const out = m.alloc(shape, block.dtype);
    const from = stridesOf(block.shape);
    const to = stridesOf(shape);
    const place = (count: number, first: number, step: 1 | -1, at: number): void => {
      const source: Side = {
        elements: m.elements(block), offset: first * from[axis],
        strides: from.map((s, i) => (i === axis ? step * s : s)),
      };
      copy(shape.map((d, i) => (i === axis ? count : d)), source,
        { elements: m.elements(out), strides: to, offset: at * to[axis] });
    };
    place(before, before - 1 + edge, -1, 0);
    place(length, 0, 1, before);
    place(after, length - 1 - edge, -1, before + length);
    block = out;
  });
  return block;
}

export const structureKernels: KernelTable<keyof typeof structure> = {
  constant: (m, _, { params: { data, shape, dtype } }) => fromHost(m, data, shape, dtype),
  full: (m, _, { params: { value, shape, dtype } }) => m.filled(shape, storageOf(dtype), Number(value)),
  iota: (m, _, { params: { start, step, length, dtype } }) => {
    const out = m.alloc([length], storageOf(dtype));
    const to = m.numbers(out);
    for (let i = 0; i < length; i++) to[i] = start + i * step;
    return out;
  },
  reshape: (m, [x], { outputs: [{ shape }] }) => m.share(x, shape),
  transpose: (m, [x], { params: { permutation } }) => transpose(m, x, permutation),
  broadcast_to: (m, [x], { params: { shape } }) => pick(m, x, shape, broadcastStrides(x.shape, shape)),
  concatenate: (m, x, { params: { axis }, outputs: [{ shape }] }) => join(m, x, axis, shape),
  stack: (m, x, { params: { axis }, outputs: [{ shape }] }) => {
    const wide = shape.map((d, i) => (i === axis ? 1 : d));
    return join(m, x.map((block) => m.share(block, wide)), axis, shape);
  },
  split: (m, [x], { params: { axis }, outputs }) => {
    const strides = stridesOf(x.shape);
    let offset = 0;
    return outputs.map(({ shape }) => {
      const part = pick(m, x, shape, strides, offset);
      offset += shape[axis] * strides[axis];
      return part;
    });
  },
  strided_slice: (m, [x], { params: { begin, size, strides } }) => {
    const own = stridesOf(x.shape);
    return pick(m, x, size, own.map((s, i) => s * strides[i]), dot(begin, own));
  },
  dynamic_slice: (m, [x, start], { params: { size } }) => {
    const own = stridesOf(x.shape);
    return pick(m, x, size, own, dot(clampedStart(m, start, x.shape, size), own));
  },
  dynamic_update_slice: (m, [x, start, updates]) =>
    overwrite(m, x, updates, clampedStart(m, start, x.shape, updates.shape)),
  pad: (m, [x], { params, outputs: [{ shape }] }) =>
    (params.mode === 'constant' ? padConstant(m, x, params, shape) : padMirrored(m, x, params)),
  reverse: (m, [x], { params: { axes } }) => {
    const own = stridesOf(x.shape);
    if (x.shape.includes(0)) return m.share(x);
    const offset = axes.reduce((sum, axis) => sum + (x.shape[axis] - 1) * own[axis], 0);
    return pick(m, x, x.shape, own.map((s, i) => (axes.includes(i) ? -s : s)), offset);
  },
  tile: (m, [x], { params: { repeats }, outputs: [{ shape }] }) => {
    const own = stridesOf(x.shape);
    const repeated = pick(m, x, x.shape.flatMap((d, i) => [repeats[i], d]), own.flatMap((s) => [0, s]));
    return m.share(repeated, shape);
  },
};
