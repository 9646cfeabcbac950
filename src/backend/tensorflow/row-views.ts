/** Tensors seen as rows (see row-program.ts): which of their axes are rows, and how rows lie in memory. */
import type { Value } from '../../engine/graph.js';
import { sameShape, type Shape } from '../../engine/shape.js';

/** Axes over the elements of another tensor, with the distances of their places. */
export interface View {
  base: Value;
  shape: Shape;
  strides: readonly number[];
}

/** Distances of elements of a tensor that lies in memory as it is. */
export function stridesOf(shape: Shape): number[] {
  const strides: number[] = [];
  let size = 1;
  for (const d of shape.toReversed()) {
    strides.unshift(size);
    size *= d;
  }
  return strides;
}

/** A value as others lie in memory, of which it is only another order or form. `isMade`: it is followed no further. */
export function viewOf(value: Value, isMade: (value: Value) => boolean): View {
  const { node, shape } = value;
  const itself = wholeOf(value);
  if (!node || isMade(value)) return itself;
  switch (node.primitive) {
    case 'stop_gradient': return viewOf(node.inputs[0], isMade);
    case 'transpose': {
      const view = viewOf(node.inputs[0], isMade);
      return { base: view.base, shape, strides: node.params.permutation.map((axis) => view.strides[axis]) };
    }
    case 'reshape': {
      const view = viewOf(node.inputs[0], isMade);
      const strides = reshaped(view, shape);
      return strides ? { base: view.base, shape, strides } : itself;
    }
    default:
      return itself;
  }
}

/** Distances after a change of form; undefined where that takes a copy. */
function reshaped({ shape: from, strides }: Pick<View, 'shape' | 'strides'>, to: Shape): number[] | undefined {
  const made: number[] = Array.from({ length: to.length }, () => 0);
  // Groups of axes of the same size on both sides, each of which has to lie in one piece.
  for (let i = 0, j = 0; i < from.length || j < to.length; ) {
    const [first, start] = [i, j];
    let [a, b] = [from[i++] ?? 1, to[j++] ?? 1];
    while (a !== b) {
      if (a < b) {
        if (i === from.length) return undefined;
        a *= from[i++];
      } else {
        if (j === to.length) return undefined;
        b *= to[j++];
      }
    }
    const axes = collapse(from.slice(first, i), strides.slice(first, i));
    if (axes.length > 1) return undefined;
    let stride = axes[0]?.stride ?? 0;
    for (let k = Math.min(j, to.length) - 1; k >= start; k--) {
      made[k] = stride;
      stride *= to[k];
    }
  }
  return made;
}

interface Axis {
  size: number;
  stride: number;
}

/** The same places with as few axes as possible. */
function collapse(shape: Shape, strides: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  shape.forEach((size, i) => {
    const last = axes.at(-1);
    if (size === 1) return;
    if (last && last.stride === strides[i] * size) axes[axes.length - 1] = { size: last.size * size, stride: strides[i] };
    else axes.push({ size, stride: strides[i] });
  });
  return axes;
}

/** Rows in memory, as row_plan.h has them: `inner`, `middle`, and the distances of the places of three axes. */
export type RowStrides = readonly [inner: number, middle: number, byInner: number, byMiddle: number, byOuter: number];

/** Undefined where they take more than three axes. */
export function rowStrides(shape: Shape, strides: readonly number[]): RowStrides | undefined {
  const axes = collapse(shape, strides);
  if (axes.length > 3) return undefined;
  const [inner, middle, outer] = axes.toReversed();
  return [inner?.size ?? 1, middle?.size ?? 1, inner?.stride ?? 0, middle?.stride ?? 0, outer?.stride ?? 0];
}

/** A value as it lies in memory itself. */
export const wholeOf = (value: Value): View => ({ base: value, shape: value.shape, strides: stridesOf(value.shape) });

export function isContiguous(shape: Shape, strides: readonly number[]): boolean {
  const axes = collapse(shape, strides);
  return axes.length === 0 || (axes.length === 1 && axes[0].stride === 1);
}

/** Of rows one behind the other. */
export const contiguousRows = (rows: number, width: number): RowStrides => [rows, 1, width, 0, 0];

/** How many of the first axes the rows are: the size of these axes is their number. Undefined where there are none. */
export function rowAxes(shape: Shape, rows: number): number | undefined {
  let size = 1;
  for (let axes = 0; ; axes++) {
    if (size === rows) return axes;
    if (size > rows || axes === shape.length) return undefined;
    size *= shape[axes];
  }
}

/** How an operand of an elementwise function relates to the rows of the result. */
export interface Alignment {
  /** Whether its one column stands for all. */
  isSplat: boolean;
  /** Whether it has its own numbers for each row, the same for all, or something between. */
  rows: 'each' | 'all' | 'some';
  /** Its shape, as long as that of the result, and how many axes of both are rows. */
  shape: Shape;
  axes: number;
}

/** Undefined where columns are neither all there nor one. */
export function align(operand: Shape, result: Shape, rows: number): Alignment | undefined {
  const axes = rowAxes(result, rows);
  if (axes === undefined) return undefined;
  const shape = [...Array.from({ length: result.length - operand.length }, () => 1), ...operand];
  const columns = shape.slice(axes);
  const isFull = sameShape(columns, result.slice(axes));
  if (!isFull && columns.some((d) => d !== 1)) return undefined;
  const own = shape.slice(0, axes);
  const kind = sameShape(own, result.slice(0, axes)) ? 'each' : own.every((d) => d === 1) ? 'all' : 'some';
  return { isSplat: !isFull, rows: kind, shape, axes };
}
