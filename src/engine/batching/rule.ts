/** Types and helpers of the batching rules: each primitive on a batch of operands, in terms of primitives. */
import type { Aval } from '../../backend/backend.js';
import { apply, applyAll } from '../apply.js';
import type { Subgraph } from '../graph.js';
import { avalOf } from '../primitives/control.js';
import type { ParamsOf, PrimitiveName } from '../primitives/index.js';
import { sameShape, type Shape } from '../shape.js';
import { traceClosed } from '../subgraph.js';
import type { Tensor } from '../tensor.js';

export interface BatchContext<P> {
  /** Operands: batched ones have the batch as their first axis, the others are the same for all. At least one is. */
  inputs: readonly Tensor[];
  batched: readonly boolean[];
  /** Operands and results of one element of the batch. */
  avals: readonly Aval[];
  outputs: readonly Aval[];
  params: P;
  /** Size of the batch. */
  size: number;
  /** A graph's outputs for such operands; all are batched. */
  evaluate(graph: Subgraph, inputs: readonly Tensor[], batched: readonly boolean[]): Tensor[];
}

/** The results, all with the batch as their first axis. */
export type BatchRule<P> = (ctx: BatchContext<P>) => readonly Tensor[];
export type BatchTable<Names extends PrimitiveName> = { [N in Names]: BatchRule<ParamsOf<N>> };

/** The operands, those that are the same for all repeated. */
export const spreadAll = ({ inputs, batched, size }: BatchContext<unknown>): Tensor[] =>
  inputs.map((x, i) => (batched[i] ? x : spread(x, size)));

/** A batch of one tensor. */
export const spread = (x: Tensor, size: number): Tensor => apply('broadcast_to', [x], { shape: [size, ...x.shape] });

export const reshape = (x: Tensor, shape: Shape): Tensor =>
  (sameShape(x.shape, shape) ? x : apply('reshape', [x], { shape }));

export const moveAxis = (x: Tensor, from: number, to: number): Tensor => {
  if (from === to) return x;
  const order = x.shape.map((_, i) => i).filter((i) => i !== from);
  order.splice(to, 0, from);
  return apply('transpose', [x], { permutation: order });
};

/** 0, 1, ... in the given axis of a tensor of this rank. */
export const counter = (length: number, axis: number, rank: number, dtype: 'int32' | 'int64' = 'int32'): Tensor =>
  reshape(apply('iota', [], { start: 0, step: 1, length, dtype }), ones(rank).with(axis, length));

/** A primitive that treats the axes before its own as a batch. */
export const leading = <N extends PrimitiveName>(name: N): BatchRule<ParamsOf<N>> => (ctx) =>
  applyAll(name, spreadAll(ctx), ctx.params);

/** An elementwise primitive: operands broadcast against each other within each element of the batch. */
export const elementwise = <N extends PrimitiveName>(name: N): BatchRule<ParamsOf<N>> =>
  ({ inputs, batched, avals, params, size }) => {
    const rank = Math.max(...avals.map(({ shape }) => shape.length));
    const aligned = inputs.map((x, i) => {
      const { shape } = avals[i];
      return batched[i] ? reshape(x, [size, ...ones(rank - shape.length), ...shape]) : x;
    });
    return applyAll(name, aligned, params);
  };

export const ones = (count: number): number[] => Array.from({ length: count }, () => 1);

/** A primitive with parameters that count axes. */
export const shifted = <N extends PrimitiveName>(
  name: N, shift: (params: ParamsOf<N>, size: number) => ParamsOf<N>,
): BatchRule<ParamsOf<N>> => (ctx) => applyAll(name, spreadAll(ctx), shift(ctx.params, ctx.size));

/** A primitive whose operands and results have a batch axis of their own: both are one. */
export const merged = <N extends PrimitiveName>(
  name: N, params: (ctx: BatchContext<ParamsOf<N>>) => ParamsOf<N> = ({ params: same }) => same,
): BatchRule<ParamsOf<N>> => (ctx) => {
  const flat = spreadAll(ctx).map((x) => reshape(x, [x.shape[0] * x.shape[1], ...x.shape.slice(2)]));
  return applyAll(name, flat, params(ctx)).map((y, i) => reshape(y, [ctx.size, ...ctx.outputs[i].shape]));
};

/** A primitive that knows no batches: element by element, in one loop. */
export const oneByOne = <N extends PrimitiveName>(name: N): BatchRule<ParamsOf<N>> =>
  ({ inputs, batched, avals, params, size }) => {
    const fixed = inputs.flatMap((_, i) => (batched[i] ? [] : i));
    const order = [...fixed, ...inputs.flatMap((_, i) => (batched[i] ? i : []))];
    const body = traceClosed(order.map((i) => avalOf(avals[i])), (...args) =>
      applyAll(name, inputs.map((_, i) => args[order.indexOf(i)]), params));
    return applyAll('scan', order.map((i) => inputs[i]), {
      body, constants: fixed.length, carries: 0, length: size, reverse: false });
  };
