/** Primitives that make and move elements, in ONNX. */
import type { structure } from '../../../engine/primitives/structure.js';
import { sizeOf } from '../../../engine/shape.js';
import { numbersToBits } from '../../../engine/host.js';
import { firstOrder, type Builder, type Ref } from '../builder.js';
import { inLayout } from './elementwise.js';
import { refuse, type RuleTable } from './table.js';

/** Where a slice that walks backwards to the first element ends: before anything. */
const BEFORE_ALL = Number.MIN_SAFE_INTEGER;

/** Start indices moved so that the slice lies inside, as int64. */
function clampedStart(b: Builder, start: Ref, from: readonly number[], size: readonly number[]): string {
  const wide = b.cast(start, 'int64');
  return b.op('Max', [b.op('Min', [wide, b.ints(from.map((d, i) => d - size[i]))]), b.ints(from.map(() => 0))]);
}

export const structureRules: RuleTable<keyof typeof structure> = {
  constant: (b, _, { params: { data, shape, dtype } }) => b.constant(data, shape, dtype),
  full: (b, _, { params: { value, shape, dtype } }) => {
    const scalar = b.scalar(value, dtype);
    return shape.length === 0 ? scalar : b.op('Expand', [scalar, b.ints(shape)]);
  },
  iota: (b, _, { params: { start, step, length, dtype }, outputs: [out] }) => {
    if (step === 0) return b.op('Expand', [b.scalar(start, dtype), b.ints([length])]);
    if (!b.isUnknown(out, 0)) return b.constant(numbersToBits(Array.from({ length }, (__, i) => start + i * step), dtype), [length], dtype);
    const range = b.op('Range', [start, start + step * length, step].map((value) => b.scalar(value, 'int64')));
    return b.cast(range, dtype);
  },
  reshape: (b, [x], { inputs: [{ shape }], outputs: [out] }) =>
    (x.weight ? b.arranged(x, shape.map((_, i) => i), out.shape) : b.reshape(x, shape, out.shape)),
  transpose: (b, [x], { params: { permutation } }) => b.arranged(x, permutation),
  broadcast_to: (b, [x], { params: { shape }, inputs: [{ shape: from }] }) =>
    b.op('Expand', [x, b.ints(shape, { kind: 'expand', from })]),
  concatenate: (b, x, context) => {
    const rank = context.outputs[0].shape.length;
    const joined = (axis: number) => (names: string[]): string => b.op('Concat', names, { axis: { int: axis } });
    const isFirst = rank >= 3 && x.some(({ first, last }) => first !== undefined && last === undefined);
    return inLayout(b, x, context, joined(isFirst ? firstOrder(rank).indexOf(context.params.axis) : context.params.axis));
  },
  stack: (b, x, { params: { axis } }) => b.op('Concat', x.map((item) => b.op('Unsqueeze', [item, b.ints([axis])])), { axis: { int: axis } }),
  split: (b, [x], { params: { axis, sizes } }) => (sizes.length === 1 ? [b.last(x)]
    : b.ops('Split', [x, b.ints(sizes)], { axis: { int: axis } }, sizes.length)),
  strided_slice: (b, [x], { params: { begin, size, strides }, inputs: [{ shape }] }) => {
    const axes = shape.map((_, i) => i).filter((i) => begin[i] !== 0 || strides[i] !== 1 || size[i] !== shape[i]);
    if (axes.length === 0) return b.last(x);
    const ends = axes.map((i) => {
      const end = begin[i] + size[i] * strides[i];
      return strides[i] < 0 && end < 0 ? BEFORE_ALL : end;
    });
    return b.op('Slice', [x, b.ints(axes.map((i) => begin[i])), b.ints(ends), b.ints(axes), b.ints(axes.map((i) => strides[i]))]);
  },
  dynamic_slice: (b, [x, start], { params: { size }, inputs: [{ shape }] }) => {
    const from = clampedStart(b, start, shape, size);
    return b.op('Slice', [x, from, b.op('Add', [from, b.ints(size)]), b.ints(shape.map((_, i) => i))]);
  },
  dynamic_update_slice: (b, [x, start, updates], { inputs: [{ shape, dtype }, , { shape: size }] }) => {
    if (shape.length === 0) return b.last(updates);
    const from = clampedStart(b, start, shape, size);
    const behind = b.op('Sub', [b.op('Sub', [b.ints(shape), from]), b.ints(size)]);
    const around = b.op('Concat', [from, behind], { axis: { int: 0 } });
    const ones = b.op('Expand', [b.scalar(1, 'int32'), b.ints(size)]);
    const isUpdated = b.cast(b.op('Pad', [ones, around, b.scalar(0, 'int32')]), 'bool');
    return b.op('Where', [isUpdated, b.op('Pad', [updates, around, b.scalar(0, dtype)]), x]);
  },
  pad: (b, [x], { params: { paddings, mode, value }, inputs: [{ shape, dtype }] }) => {
    if (mode === 'symmetric') throw refuse("ONNX has no padding of mode 'symmetric'");
    const rank = shape.length;
    const amounts = (order: readonly number[]): string =>
      b.ints([...order.map((axis) => paddings[axis][0]), ...order.map((axis) => paddings[axis][1])]);
    const padded = (name: string, order: readonly number[]): string => (mode === 'constant'
      ? b.op('Pad', [name, amounts(order), b.scalar(value, dtype)], { mode: { string: mode } })
      : b.op('Pad', [name, amounts(order)], { mode: { string: mode } }));
    if (x.first !== undefined && x.last === undefined) return { first: padded(x.first, firstOrder(rank)) };
    return padded(b.last(x), shape.map((_, i) => i));
  },
  reverse: (b, [x], { params: { axes } }) => (axes.length === 0 ? b.last(x) : b.op('Slice', [
    x, b.ints(axes.map(() => -1)), b.ints(axes.map(() => BEFORE_ALL)), b.ints(axes), b.ints(axes.map(() => -1))])),
  tile: (b, [x], { params: { repeats }, inputs: [{ shape }] }) =>
    (sizeOf(shape) === 0 ? b.op('Expand', [x, b.ints(shape.map((d, i) => d * repeats[i]))]) : b.op('Tile', [x, b.ints(repeats)])),
};
