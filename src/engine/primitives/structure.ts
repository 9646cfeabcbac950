/** Primitives that make, move and rearrange elements. */
import type { DType, HostData } from '../dtype.js';
import { formatShape, resolveReshape, sameShape, ShapeError, type Shape } from '../shape.js';
import type { AbstractRule, NoParams } from './rule.js';

export interface PadParams {
  /** [before, after] for each axis. */
  paddings: readonly (readonly [number, number])[];
  mode: 'constant' | 'reflect' | 'symmetric';
  /** The value put around; used by `constant` alone. */
  value: number;
}
export interface StridedSliceParams {
  begin: readonly number[];
  /** Number of elements taken along each axis. */
  size: readonly number[];
  /** Not zero; negative ones walk backwards from `begin`. */
  strides: readonly number[];
}

const rule = <P>(abstract: AbstractRule<P>): AbstractRule<P> => abstract;

export const structure = {
  /** Host data as a tensor. */
  constant: rule<{ data: HostData; shape: Shape; dtype: DType }>((_, { shape, dtype }) => ({ shape, dtype })),
  /** One value everywhere. */
  full: rule<{ value: number | bigint; shape: Shape; dtype: DType }>((_, { shape, dtype }) => ({ shape, dtype })),
  /** start, start + step, ...: `length` elements. */
  iota: rule<{ start: number; step: number; length: number; dtype: DType }>(
    (_, { length, dtype }) => ({ shape: [length], dtype })),
  reshape: rule<{ shape: Shape }>(([x], { shape }) => ({ shape: resolveReshape(x.shape, shape), dtype: x.dtype })),
  transpose: rule<{ permutation: readonly number[] }>(
    ([x], { permutation }) => ({ shape: permutation.map((axis) => x.shape[axis]), dtype: x.dtype })),
  broadcast_to: rule<{ shape: Shape }>(([x], { shape }) => {
    const offset = shape.length - x.shape.length;
    if (offset < 0 || x.shape.some((d, i) => d !== 1 && d !== shape[offset + i])) {
      throw new ShapeError(`Cannot broadcast a tensor of shape ${formatShape(x.shape)} to ${formatShape(shape)}.`);
    }
    return { shape, dtype: x.dtype };
  }),
  concatenate: rule<{ axis: number }>((inputs, { axis }) => {
    const [first] = inputs;
    let length = 0;
    for (const x of inputs) {
      const fits = x.shape.length === first.shape.length && x.shape.every((d, i) => i === axis || d === first.shape[i]);
      if (!fits || x.dtype !== first.dtype) {
        throw new ShapeError(`concatenate along axis ${axis} needs tensors equal in dtype and in all other ` +
          `dimensions, received ${inputs.map((t) => `${t.dtype}${formatShape(t.shape)}`).join(', ')}.`);
      }
      length += x.shape[axis];
    }
    return { shape: first.shape.map((d, i) => (i === axis ? length : d)), dtype: first.dtype };
  }),
  stack: rule<{ axis: number }>((inputs, { axis }) => {
    const [first] = inputs;
    for (const x of inputs) {
      if (!sameShape(x.shape, first.shape) || x.dtype !== first.dtype) {
        throw new ShapeError('stack needs tensors of one shape and dtype, received ' +
          `${inputs.map((t) => `${t.dtype}${formatShape(t.shape)}`).join(', ')}.`);
      }
    }
    return { shape: [...first.shape.slice(0, axis), inputs.length, ...first.shape.slice(axis)], dtype: first.dtype };
  }),
  split: rule<{ axis: number; sizes: readonly number[] }>(([x], { axis, sizes }) =>
    sizes.map((size) => ({ shape: x.shape.map((d, i) => (i === axis ? size : d)), dtype: x.dtype }))),
  strided_slice: rule<StridedSliceParams>(([x], { size }) => ({ shape: size, dtype: x.dtype })),
  /** Operands: x, start indices (int32, one an axis). Starts are clamped so that the slice fits. */
  dynamic_slice: rule<{ size: Shape }>(([x], { size }) => {
    if (size.length !== x.shape.length || size.some((d, i) => d > x.shape[i])) {
      throw new ShapeError(`A slice of shape ${formatShape(size)} does not fit into shape ${formatShape(x.shape)}.`);
    }
    return { shape: size, dtype: x.dtype };
  }),
  /** Operands: x, start indices (int32, one an axis), updates. */
  dynamic_update_slice: rule<NoParams>(([x, , updates]) => {
    if (updates.shape.length !== x.shape.length || updates.shape.some((d, i) => d > x.shape[i])) {
      throw new ShapeError(
        `Updates of shape ${formatShape(updates.shape)} do not fit into shape ${formatShape(x.shape)}.`);
    }
    return { shape: x.shape, dtype: x.dtype };
  }),
  pad: rule<PadParams>(([x], { paddings }) => ({
    shape: x.shape.map((d, i) => {
      const length = d + paddings[i][0] + paddings[i][1];
      if (length < 0) throw new ShapeError(`Padding ${paddings[i].join(', ')} makes axis ${i} of ${formatShape(x.shape)} negative.`);
      return length;
    }),
    dtype: x.dtype,
  })),
  reverse: rule<{ axes: readonly number[] }>(([x]) => ({ shape: x.shape, dtype: x.dtype })),
  tile: rule<{ repeats: readonly number[] }>(
    ([x], { repeats }) => ({ shape: x.shape.map((d, i) => d * repeats[i]), dtype: x.dtype })),
};
