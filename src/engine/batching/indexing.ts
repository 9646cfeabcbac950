/** Batching rules of gathering and scattering. */
import { apply } from '../apply.js';
import type { indexing } from '../primitives/indexing.js';
import { sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { counter, leading, moveAxis, reshape, shifted, spreadAll, type BatchRule, type BatchTable } from './rule.js';

/** Index vectors [batch, ..., k] with the number of the element of the batch in front of each. */
function withBatchIndex(indices: Tensor): Tensor {
  const rank = indices.shape.length;
  const number = counter(indices.shape[0], 0, rank, indices.dtype === 'int64' ? 'int64' : 'int32');
  const column = apply('broadcast_to', [number], { shape: [...indices.shape.slice(0, -1), 1] });
  return apply('concatenate', [column, indices], { axis: rank - 1 });
}

/** Each element of the batch has ids of its own; -1 stays. */
const segments = (name: 'segment_sum' | 'segment_prod'): BatchRule<{ count: number }> => (ctx) => {
  const { avals: [, { shape }], params: { count }, size, outputs } = ctx;
  const [values, ids] = spreadAll(ctx);
  const constant = (value: number): Tensor => apply('full', [], { value, shape: [], dtype: ids.dtype });
  const offset = apply('multiply', [
    counter(size, 0, shape.length + 1, ids.dtype === 'int64' ? 'int64' : 'int32'), constant(count)]);
  const own = apply('select', [apply('less', [ids, constant(0)]), constant(-1), apply('add', [ids, offset])]);
  const rows = size * sizeOf(shape);
  const rest = values.shape.slice(shape.length + 1);
  const made = apply(name, [reshape(values, [rows, ...rest]), reshape(own, [rows])], { count: size * count });
  return [reshape(made, [size, ...outputs[0].shape])];
};

export const indexingBatching: BatchTable<keyof typeof indexing> = {
  gather: (ctx) => {
    const { inputs: [x, indices], batched, params: { axis, batchDims } } = ctx;
    if (batchDims === 0 && !batched[1]) return [apply('gather', [x, indices], { axis: axis + 1, batchDims })];
    // The batch comes where the axis was.
    if (batchDims === 0 && !batched[0]) return [moveAxis(apply('gather', [x, indices], { axis, batchDims }), axis, 0)];
    return [apply('gather', spreadAll(ctx), { axis: axis + 1, batchDims: batchDims + 1 })];
  },
  gather_nd: (ctx) => {
    if (!ctx.batched[0]) return [apply('gather_nd', ctx.inputs)];
    const [x, indices] = spreadAll(ctx);
    return [apply('gather_nd', [x, withBatchIndex(indices)])];
  },
  scatter_nd: (ctx) => {
    const [indices, values] = spreadAll(ctx);
    return [apply('scatter_nd', [withBatchIndex(indices), values], { shape: [ctx.size, ...ctx.params.shape] })];
  },
  tensor_scatter: (ctx) => {
    const [x, indices, values] = spreadAll(ctx);
    return [apply('tensor_scatter', [x, withBatchIndex(indices), values], ctx.params)];
  },
  segment_sum: segments('segment_sum'), segment_prod: segments('segment_prod'),
  one_hot: shifted('one_hot', (params) => ({ ...params, axis: params.axis + 1 })),
  top_k: leading('top_k'),
};
