/** Batching rules of the primitives that make and move elements. */
import { apply, applyAll } from '../apply.js';
import type { ParamsOf } from '../primitives/index.js';
import type { structure } from '../primitives/structure.js';
import { sizeOf, type Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { counter, ones, reshape, shifted, spreadAll, type BatchRule, type BatchTable } from './rule.js';

/** Without operands there is nothing to batch. */
const never: BatchRule<object> = () => {
  throw new Error('A primitive without operands is the same for a whole batch.');
};

/** For each element of the batch a start vector; indices [batch, ...size, 1 + rank] of a block there, moved to fit. */
function blockIndices(start: Tensor, from: Shape, size: Shape, batch: number): Tensor {
  const rank = size.length;
  const vector = (values: readonly number[]): Tensor =>
    apply('constant', [], { data: Int32Array.from(values), shape: [values.length], dtype: 'int32' });
  const last = apply('minimum', [start, vector(from.map((d, i) => d - size[i]))]);
  const begin = apply('maximum', [last, vector(from.map(() => 0))]);
  const shape = [batch, ...size];
  const columns = applyAll('split', [begin], { axis: 1, sizes: ones(rank) }).map((column, axis) =>
    apply('add', [reshape(column, [batch, ...ones(rank)]), counter(size[axis], axis + 1, rank + 1)]));
  return apply('stack', [counter(batch, 0, rank + 1), ...columns].map((column) =>
    apply('broadcast_to', [column], { shape })), { axis: rank + 1 });
}

/** The start vector of an operand that is the same for all, with the batch's own in front. */
const withBatchStart = (start: Tensor): Tensor => apply('concatenate', [
  apply('full', [], { value: 0, shape: [1], dtype: 'int32' }), start], { axis: 0 });

export const structureBatching: BatchTable<keyof typeof structure> = {
  constant: never, full: never, iota: never,
  reshape: ({ inputs: [x], outputs: [{ shape }], size }) => [reshape(x, [size, ...shape])],
  transpose: shifted('transpose', ({ permutation }) => ({ permutation: [0, ...permutation.map((axis) => axis + 1)] })),
  broadcast_to: ({ inputs: [x], avals: [aval], params: { shape }, size }) =>
    [apply('broadcast_to', [reshape(x, [size, ...ones(shape.length - aval.shape.length), ...aval.shape])],
      { shape: [size, ...shape] })],
  concatenate: shifted('concatenate', ({ axis }) => ({ axis: axis + 1 })),
  stack: shifted('stack', ({ axis }) => ({ axis: axis + 1 })),
  split: shifted('split', ({ axis, sizes }) => ({ axis: axis + 1, sizes })),
  strided_slice: shifted('strided_slice', ({ begin, size, strides }, batch) =>
    ({ begin: [0, ...begin], size: [batch, ...size], strides: [1, ...strides] })),
  dynamic_slice: (ctx) => {
    const { inputs: [, start], batched, avals: [{ shape }], params: { size }, size: batch } = ctx;
    const [x, starts] = spreadAll(ctx);
    if (!batched[1]) return [apply('dynamic_slice', [x, withBatchStart(start)], { size: [batch, ...size] })];
    if (size.length === 0) return [x];
    if (sizeOf(size) === 0) return [apply('full', [], { value: 0, shape: [batch, ...size], dtype: x.dtype })];
    return [apply('gather_nd', [x, blockIndices(starts, shape, size, batch)])];
  },
  dynamic_update_slice: (ctx) => {
    const { inputs: [, start], batched, avals: [{ shape }, , updates], size: batch } = ctx;
    const [x, starts, values] = spreadAll(ctx);
    if (!batched[1]) return [apply('dynamic_update_slice', [x, withBatchStart(start), values])];
    if (shape.length === 0) return [values];
    if (sizeOf(updates.shape) === 0) return [x];
    return [apply('tensor_scatter', [x, blockIndices(starts, shape, updates.shape, batch), values], { mode: 'update' })];
  },
  pad: shifted('pad', (params): ParamsOf<'pad'> => ({ ...params, paddings: [[0, 0], ...params.paddings] })),
  reverse: shifted('reverse', ({ axes }) => ({ axes: axes.map((axis) => axis + 1) })),
  tile: shifted('tile', ({ repeats }) => ({ repeats: [1, ...repeats] })),
};
