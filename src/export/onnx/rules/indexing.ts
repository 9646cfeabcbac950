/** Gathering, scattering and sorting in ONNX. */
import type { indexing } from '../../../engine/primitives/indexing.js';
import type { Shape } from '../../../engine/shape.js';
import { numbersToBits } from '../../../engine/host.js';
import type { DType } from '../../../engine/dtype.js';
import { type Builder, type Ref } from '../builder.js';
import type { RuleTable } from './table.js';

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

const filled = (b: Builder, value: number, shape: Shape, dtype: DType): string =>
  b.op('Expand', [b.scalar(value, dtype), b.ints(shape)]);

/** Rows of equal ids combined. Those with the id -1 go to a further row, which is cut off. */
function segments(
  b: Builder, [values, ids]: readonly Ref[], count: number, shape: Shape, dtype: DType, how: { start: number; reduction: string },
): string {
  const start = filled(b, how.start, [count + 1, ...shape.slice(1)], dtype);
  const rows = b.op('Unsqueeze', [b.cast(ids, 'int64'), b.ints([-1])]);
  const made = b.op('ScatterND', [start, rows, values], { reduction: { string: how.reduction } });
  return b.op('Slice', [made, b.ints([0]), b.ints([count]), b.ints([0])]);
}

const REDUCTIONS = { update: 'none', add: 'add', max: 'max', min: 'min' } as const;

export const indexingRules: RuleTable<keyof typeof indexing> = {
  gather: (b, [x, indices], { params: { axis, batchDims }, inputs: [{ shape }, { shape: at }] }) => {
    if (batchDims === 0) return b.op('Gather', [x, indices], { axis: { int: axis } });
    // GatherND takes the axis right behind the batch.
    const between = range(batchDims, axis);
    const moved = between.length === 0 ? b.last(x)
      : b.arranged(x, [...range(0, batchDims), axis, ...between, ...range(axis + 1, shape.length)]);
    const rows = b.op('Unsqueeze', [b.cast(indices, 'int64'), b.ints([-1])]);
    const made = b.op('GatherND', [moved, rows], { batch_dims: { int: batchDims } });
    if (between.length === 0) return made;
    const [from, to] = [at.length, at.length + between.length];
    const rank = shape.length - 1 + at.length - batchDims;
    return b.arranged({ last: made }, [...range(0, batchDims), ...range(from, to), ...range(batchDims, from), ...range(to, rank)]);
  },
  gather_nd: (b, [x, indices]) => b.op('GatherND', [x, b.cast(indices, 'int64')]),
  scatter_nd: (b, [indices, values], { params: { shape }, outputs: [{ dtype }] }) =>
    b.op('ScatterND', [filled(b, 0, shape, dtype), b.cast(indices, 'int64'), values], { reduction: { string: 'add' } }),
  tensor_scatter: (b, [x, indices, values], { params: { mode } }) =>
    b.op('ScatterND', [x, b.cast(indices, 'int64'), values], { reduction: { string: REDUCTIONS[mode] } }),
  segment_sum: (b, x, { params: { count }, outputs: [{ shape, dtype }] }) =>
    segments(b, x, count, shape, dtype, { start: 0, reduction: 'add' }),
  segment_prod: (b, x, { params: { count }, outputs: [{ shape, dtype }] }) =>
    segments(b, x, count, shape, dtype, { start: 1, reduction: 'mul' }),
  one_hot: (b, [indices], { params: { depth, axis, dtype }, inputs: [given], outputs: [out] }) => {
    // ONNX's own counts negative indices from the end, where here they give zeros.
    const shape = out.shape.map((_, i) => (i === axis ? depth : 1)).slice(axis);
    const classes = b.constant(numbersToBits(range(0, depth), given.dtype), shape, given.dtype);
    return b.cast(b.op('Equal', [b.op('Unsqueeze', [indices, b.ints([axis])]), classes]), dtype);
  },
  top_k: (b, [x], { params: { k, sorted } }) => {
    const [values, indices] = b.ops('TopK', [x, b.ints([k])], { axis: { int: -1 }, sorted: { int: sorted ? 1 : 0 } }, 2);
    return [values, b.cast(indices, 'int32')];
  },
};
