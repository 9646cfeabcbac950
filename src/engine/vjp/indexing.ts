/** Vjp rules of gathering and scattering. */
import { apply } from '../apply.js';
import type { indexing } from '../primitives/indexing.js';
import type { ParamsOf } from '../primitives/index.js';
import { sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { div, mul, scalar, toDType, where, zeros, type VjpRule } from './rule.js';

const move = (x: Tensor, permutation: readonly number[]): Tensor =>
  permutation.every((axis, i) => axis === i) ? x : apply('transpose', [x], { permutation });

/** The row of `x` for each id, in the shape of `like`; rows with the id -1 read zeros put behind the others. */
function rowsOf(x: Tensor, ids: Tensor, count: number, like: Tensor): Tensor {
  const id = (value: number): Tensor => apply('full', [], { value, shape: [], dtype: ids.dtype });
  const safe = apply('select', [apply('less', [ids, id(0)]), id(count), ids]);
  const paddings = x.shape.map((_, i) => (i === 0 ? [0, 1] as const : [0, 0] as const));
  const padded = apply('pad', [x], { paddings, mode: 'constant', value: 0 });
  return apply('reshape', [apply('gather', [padded, safe], { axis: 0, batchDims: 0 })], { shape: like.shape });
}

export const indexingVjp = {
  /** The gathered axis comes to the front of what is left after the batch axes; then rows are summed by index. */
  gather: ({ gradients: [g], inputs: [x, indices], params: { axis, batchDims } }) => {
    const rank = x.shape.length;
    const taken = indices.shape.length - batchDims;
    const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
    const batch = range(0, batchDims);
    // Gradient axes: batch, outer (between batch and axis), the indices' own, inner.
    const outer = range(batchDims, axis);
    const own = range(axis, axis + taken);
    const inner = range(axis + taken, g!.shape.length);
    const rows = move(g!, [...batch, ...own, ...outer, ...inner]);
    const rest = [...outer.map((i) => g!.shape[i]), ...inner.map((i) => g!.shape[i])];
    const batchSize = sizeOf(indices.shape.slice(0, batchDims));
    const length = x.shape[axis];
    let ids = apply('reshape', [indices], { shape: [batchSize, -1] });
    if (batchDims > 0) {
      const offsets = apply('iota', [], { start: 0, step: length, length: batchSize, dtype: indices.dtype });
      ids = apply('add', [ids, apply('reshape', [offsets], { shape: [batchSize, 1] })]);
    }
    const count = sizeOf(indices.shape);
    const summed = apply('segment_sum', [
      apply('reshape', [rows], { shape: [count, ...rest] }), apply('reshape', [ids], { shape: [count] }),
    ], { count: batchSize * length });
    const shaped = apply('reshape', [summed], { shape: [...x.shape.slice(0, batchDims), length, ...rest] });
    // Move the gathered axis back to its place behind the outer axes.
    const permutation = [...batch, ...range(batchDims + 1, axis + 1), batchDims, ...range(axis + 1, rank)];
    return [move(shaped, permutation), undefined];
  },
  gather_nd: ({ gradients: [g], inputs: [x, indices] }) =>
    [apply('scatter_nd', [indices, g!], { shape: x.shape }), undefined],
  scatter_nd: ({ gradients: [g], inputs: [indices] }) => [undefined, apply('gather_nd', [g!, indices])],
  tensor_scatter: ({ gradients: [g], inputs: [x, indices, values], outputs: [y], params: { mode }, needs }) => {
    const gathered = (): Tensor => apply('gather_nd', [g!, indices]);
    if (mode === 'add') return [g, undefined, needs[2] ? gathered() : undefined];
    if (mode === 'update') {
      const cleared = (): Tensor => apply('tensor_scatter', [g!, indices, zeros(values)], { mode: 'update' });
      return [needs[0] ? cleared() : undefined, undefined, needs[2] ? gathered() : undefined];
    }
    // max and min: shared equally by all that hold the result.
    const holds = (a: Tensor, b: Tensor): Tensor => apply('cast', [apply('equal', [a, b])], { dtype: a.dtype });
    const before = holds(x, y);
    const written = holds(values, apply('gather_nd', [y, indices]));
    const count = apply('tensor_scatter', [before, indices, written], { mode: 'add' });
    // Where nobody holds it the result is NaN, and nothing flows.
    const one = apply('full', [], { value: 1, shape: [], dtype: count.dtype });
    const share = div(g!, apply('maximum', [count, one]));
    return [
      needs[0] ? mul(share, before) : undefined, undefined,
      needs[2] ? mul(apply('gather_nd', [share, indices]), written) : undefined,
    ];
  },
  segment_sum: ({ gradients: [g], inputs: [values, ids], params: { count } }) =>
    [rowsOf(g!, ids, count, values), undefined],
  /** The product of the other rows: by division where the row is not zero, else of those that are not. */
  segment_prod: ({ gradients: [g], inputs: [values, ids], outputs: [y], params: { count } }) => {
    const isZero = apply('equal', [values, scalar(0, values)]);
    const zeroCount = apply('segment_sum', [toDType(isZero, values), ids], { count });
    const withoutZeros = apply('select', [isZero, scalar(1, values), values]);
    const rest = apply('segment_prod', [withoutZeros, ids], { count });
    const onlyZero = apply('equal', [zeroCount, scalar(1, zeroCount)]);
    const atZero = rowsOf(mul(g!, where(onlyZero, rest)), ids, count, values);
    const elsewhere = div(rowsOf(mul(g!, y), ids, count, values), withoutZeros);
    return [apply('select', [isZero, atZero, elsewhere]), undefined];
  },
  one_hot: null,
  top_k: ({ gradients: [g], inputs: [x], outputs: [, indices] }) => {
    if (!g) return [undefined];
    const last = x.shape[x.shape.length - 1];
    const k = indices.shape[indices.shape.length - 1];
    const rows = x.size / last;
    const offsets = apply('reshape', [
      apply('iota', [], { start: 0, step: last, length: rows, dtype: 'int32' })], { shape: [rows, 1] });
    const flat = apply('add', [apply('reshape', [indices], { shape: [rows, k] }), offsets]);
    const summed = apply('segment_sum', [
      apply('reshape', [g], { shape: [rows * k] }), apply('reshape', [flat], { shape: [rows * k] }),
    ], { count: x.size });
    return [apply('reshape', [summed], { shape: x.shape })];
  },
} satisfies { [N in keyof typeof indexing]: VjpRule<ParamsOf<N>> | null };
