/** Sequences of numbers and grids of coordinates. */
import { apply } from '../../engine/apply.js';
import { fromHost, promotionType, toTensor, type TensorLike } from '../../engine/convert.js';
import { isFloat, isInteger, resultType, standardizeDType, type DType } from '../../engine/dtype.js';
import { numbersToBits } from '../../engine/host.js';
import { canonicalAxis } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import {
  broadcastTo, either, full, iota, minus, movedAxis, over, permute, plus, requireInteger, reshapeTo, times,
} from '../compose.js';
import { defineOp, defineVariadicOp } from '../define.js';
import { cast, promote, scalarLike } from '../promotion.js';

/**
 * Numbers from `start` up to, but without, `stop`. One number alone is the stop. Source: keras.ops.arange.
 *
 * @param start first number; default 0
 * @param step distance of neighbours; default 1
 * @param dtype default int32 when all are integers, else floatx
 * @example
 * ops.arange(3).arraySync(); // [0, 1, 2]
 * ops.arange(1, 2, 0.25).arraySync(); // [1, 1.25, 1.5, 1.75]
 */
export const arange = defineOp('keras.ops.arange', ['start', 'stop', 'step', 'dtype'], (
  start: number, stop: number | null = null, step: number | null = null, dtype: string | null = null,
): Tensor => {
  const [from, to, by] = [stop === null ? 0 : start, stop ?? start, step ?? 1];
  for (const [name, value] of [['start', from], ['stop', to], ['step', by]] as const) {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new TypeError(
        `arange takes finite numbers, because its shape depends on them; ${name} is ${String(value)}.`);
    }
  }
  if (by === 0) throw new RangeError('The step of arange must not be 0.');
  const type = (value: number): 'int' | 'float' => (Number.isInteger(value) ? 'int' : 'float');
  const target = dtype ? standardizeDType(dtype) : resultType(type(from), type(to), type(by));
  return iota(Math.max(0, Math.ceil((to - from) / by)), target, from, by);
});

/** `count` numbers between hosts' numbers, computed in double precision. */
const spaced = (start: number, stop: number, count: number, parts: number, dtype: DType): Tensor => {
  const step = (stop - start) / Math.max(parts, 1);
  const value = (i: number): number => (i === parts && parts > 0 ? stop : start + step * i);
  const values = Array.from({ length: count }, (_, i) => (isFloat(dtype) ? value(i) : Math.floor(value(i))));
  return fromHost(numbersToBits(values, dtype), [count], dtype);
};

/** The same between tensors, in floating point, with the new axis in front. */
function spacedTensors(start: Tensor, stop: Tensor, count: number, parts: number): Tensor {
  const [a, b] = [start, stop].map((t) => reshapeTo(t, [1, ...t.shape]));
  const rank = Math.max(a.ndim, b.ndim);
  const index = reshapeTo(iota(count, 'int32'), [count, ...Array.from({ length: rank - 1 }, () => 1)]);
  const share = over(cast(index, a.dtype), scalarLike(Math.max(parts, 1), a));
  const inside = plus(a, times(minus(b, a), share));
  // The last number is exactly the stop.
  return parts === 0 ? inside : either(apply('equal', [index, full(parts, [], 'int32')]), b, inside);
}

/** The dtype named by a user, or the floating-point one of both ends. */
const dtypeFor = (start: TensorLike, stop: TensorLike, dtype: string | null): DType =>
  (dtype ? standardizeDType(dtype) : resultType(promotionType(start), promotionType(stop), 'float'));

type Spacing = [number, boolean, string | null, number];

function linspaceOf(
  start: TensorLike, stop: TensorLike, [num, endpoint, dtype, axis]: Spacing,
): [Tensor, Tensor] {
  requireInteger(num, 'The argument num of linspace', 0);
  const target = dtypeFor(start, stop, dtype);
  const parts = endpoint ? num - 1 : num;
  const compute = isFloat(target) ? target : resultType(target, 'float');
  if (typeof start === 'number' && typeof stop === 'number') {
    const [from, to] = isInteger(target) ? [Math.trunc(start), Math.trunc(stop)] : [start, stop];
    const step = parts > 0 ? (to - from) / parts : NaN;
    return [spaced(from, to, num, parts, target), full(step, [], compute)];
  }
  const [a, b] = [toTensor(start, target), toTensor(stop, target)].map((t) => cast(t, compute));
  const inside = spacedTensors(a, b, num, parts);
  const rounded = isInteger(target) ? cast(apply('floor', [inside]), target) : inside;
  const step = parts > 0 ? over(minus(b, a), scalarLike(parts, a)) : scalarLike(NaN, a);
  return [permute(rounded, movedAxis(rounded.ndim, 0, canonicalAxis(axis, rounded.ndim))), step];
}

const LOGSPACE = ['start', 'stop', 'num', 'endpoint', 'base', 'dtype', 'axis'] as const;
const GEOMSPACE = ['start', 'stop', 'num', 'endpoint', 'dtype', 'axis'] as const;
const LINSPACE = ['start', 'stop', 'num', 'endpoint', 'retstep', 'dtype', 'axis'] as const;

/**
 * Numbers at equal distances. Source: keras.ops.linspace.
 *
 * @param start first number, or a tensor of first numbers
 * @param stop last number
 * @param num how many; default 50
 * @param endpoint whether `stop` is the last of them; default true
 * @param retstep whether to give the pair [numbers, distance]; default false
 * @param dtype default floating point; integers are rounded down
 * @param axis place of the new axis when start or stop are tensors; default 0
 * @example
 * ops.linspace(0, 1, 3).arraySync(); // [0, 0.5, 1]
 */
export const linspace = defineOp('keras.ops.linspace', LINSPACE, (
  start: TensorLike, stop: TensorLike, num = 50, endpoint = true, retstep = false,
  dtype: string | null = null, axis = 0,
): Tensor | [Tensor, Tensor] => {
  const result = linspaceOf(start, stop, [num, endpoint, dtype, axis]);
  return retstep ? result : result[0];
}) as unknown as Linspace;

type Numbers = TensorLike;
type Pair = [Tensor, Tensor];
type Name = string | null;
interface LinspaceOptions {
  endpoint?: boolean;
  dtype?: string | null;
  axis?: number;
}
/** `retstep` decides whether one tensor or two come back. */
interface Linspace {
  (start: Numbers, stop: Numbers, options: LinspaceOptions & { num?: number; retstep: true }): Pair;
  (start: Numbers, stop: Numbers, num: number, options: LinspaceOptions & { retstep: true }): Pair;
  (
    start: Numbers, stop: Numbers, num: number, endpoint: boolean, retstep: true,
    dtype?: Name, axis?: number,
  ): Pair;
  (
    start: Numbers, stop: Numbers, num?: number, endpoint?: boolean, retstep?: false,
    dtype?: Name, axis?: number,
  ): Tensor;
  (start: Numbers, stop: Numbers, options: LinspaceOptions & { num?: number; retstep?: false }): Tensor;
  (start: Numbers, stop: Numbers, num: number, options: LinspaceOptions & { retstep?: false }): Tensor;
}

/**
 * Powers of `base` with exponents at equal distances. Source: keras.ops.logspace.
 *
 * @param start exponent of the first number
 * @param stop exponent of the last
 * @param num how many; default 50
 * @param endpoint whether the power `stop` is the last of them; default true
 * @param base default 10
 * @example
 * ops.logspace(0, 2, 3).arraySync(); // [1, 10, 100]
 */
export const logspace = defineOp('keras.ops.logspace', LOGSPACE, (
  start: TensorLike, stop: TensorLike, num = 50, endpoint = true, base: TensorLike = 10,
  dtype: string | null = null, axis = 0,
): Tensor => powersOf(base, linspaceOf(start, stop, [num, endpoint, dtype, axis])[0]));

const powersOf = (base: TensorLike, exponents: Tensor): Tensor =>
  apply('power', [toTensor(base, exponents.dtype), exponents]);

/**
 * Numbers at equal ratios. Source: keras.ops.geomspace.
 *
 * @param start first number; of the sign of `stop`, and neither is 0
 * @param num how many; default 50
 * @param endpoint whether `stop` is the last of them; default true
 * @example
 * ops.geomspace(1, 8, 4).arraySync(); // [1, 2, 4, 8]
 */
export const geomspace = defineOp('keras.ops.geomspace', GEOMSPACE, (
  start: TensorLike, stop: TensorLike, num = 50, endpoint = true, dtype: string | null = null, axis = 0,
): Tensor => {
  const target = dtypeFor(start, stop, dtype);
  const compute = isFloat(target) ? target : resultType(target, 'float');
  const [a, b] = promote(start, stop).map((t) => cast(t, compute));
  const exponents = [a, b].map((t) => apply('log', [apply('absolute', [t])]));
  const [logs] = linspaceOf(exponents[0], exponents[1], [num, endpoint, null, axis]);
  return cast(times(apply('exp', [logs]), apply('sign', [a])), target);
});

/**
 * Grids of coordinates: tensor i repeats vector i along all other axes. Source: keras.ops.meshgrid.
 *
 * @param x vectors (or scalars), one after the other
 * @param indexing `xy` (default) swaps the first two axes of the results; `ij` does not
 * @example
 * const [x, y] = ops.meshgrid([1, 2], [3, 4, 5]);
 * x.arraySync(); // [[1, 2], [1, 2], [1, 2]]
 */
export const meshgrid = defineVariadicOp('keras.ops.meshgrid', [], 'x', ['indexing'], (
  x: readonly TensorLike[], { indexing = 'xy' }: { indexing?: 'xy' | 'ij' },
): Tensor[] => {
  if (indexing !== 'xy' && indexing !== 'ij') {
    throw new TypeError(`The indexing of meshgrid is 'xy' or 'ij', received '${String(indexing)}'.`);
  }
  const vectors = x.map((vector) => toTensor(vector));
  const place = (i: number): number => (indexing === 'xy' && i < 2 && vectors.length > 1 ? 1 - i : i);
  const shape = vectors.map((_, i) => vectors[place(i)].size);
  return vectors.map((vector, i) =>
    broadcastTo(reshapeTo(vector, shape.map((_, axis) => (axis === place(i) ? vector.size : 1))), shape));
});
