/** keras.backend: functions applied along the first axis. */
import { scan } from '../engine/control-flow.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import { standardizeDType } from '../engine/dtype.js';
import type { Tensor } from '../engine/tensor.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import { flip } from '../ops/numpy/rearranging.js';
import { cast } from '../ops/promotion.js';
import { computeOutputSpec } from '../ops/symbolic.js';
import { reshape, sliceAxis } from '../ops/tensor-math.js';
import { runOrRecord, withAxis, withoutAxis } from './specified-operation.js';

type Elements = TensorLike | KerasTensor;
type Result<E extends Elements> = E extends KerasTensor ? KerasTensor : Tensor;

function requireElements(what: string, elems: TensorLike): Tensor {
  const t = toTensor(elems);
  if (t.ndim > 0 && t.shape[0] > 0) return t;
  throw new TypeError(`K.${what} needs a tensor with at least one element along its first axis, received ${t.toString()}.`);
}

/** Elements `from` to `to` along the first axis. */
const part = (x: Tensor, from: number, to: number): Tensor => sliceAxis(x, 0, from, to);
const element = (x: Tensor): Tensor => reshape(part(x, 0, 1), x.shape.slice(1));

/**
 * The results of a function for each element along the first axis. Source: keras.backend.map_fn.
 *
 * @param fn takes a tensor without the first axis and gives one
 * @param elems the elements
 * @param options `dtype` of the results; default: as `fn` gives them
 * @example
 * keras.backend.map_fn((row) => keras.ops.sum(row), [[1, 2], [3, 4]]); // [3, 7]
 */
export function map_fn<E extends Elements>(
  fn: (element: Tensor) => Tensor, elems: E, options: { dtype?: string | null } = {},
): Result<E> {
  const dtype = options.dtype === undefined || options.dtype === null ? undefined : standardizeDType(options.dtype);
  const one = (x: Tensor): Tensor => (dtype === undefined ? fn(x) : cast(fn(x), dtype));
  return runOrRecord(
    (x: TensorLike) => {
      const xs = requireElements('map_fn', x);
      return scan('K.map_fn', (_, row) => [null, one(row as Tensor)], null, { xs, length: xs.shape[0], reverse: false })[1];
    },
    (x: KerasTensor) => withAxis(computeOutputSpec(one as (x: unknown) => unknown, [withoutAxis(x, 0)]) as KerasTensor, 0, x.shape[0]),
    [elems]) as Result<E>;
}

type Fold = (accumulated: Tensor, element: Tensor) => Tensor;

function fold(what: string, isReversed: boolean, fn: Fold, elems: Elements, initializer: Elements | null): unknown {
  const run = (x: TensorLike, initial: TensorLike | null): Tensor => {
    const all = requireElements(what, x);
    const ordered = isReversed ? flip(all, 0) : all;
    const length = all.shape[0];
    const [first, xs] = initial === null ? [element(ordered), part(ordered, 1, length)] : [toTensor(initial), ordered];
    return scan(`K.${what}`, (sum, row) => [fn(sum as Tensor, row as Tensor), null], first,
      { xs, length: xs.shape[0], reverse: false })[0] as Tensor;
  };
  const spec = (x: Elements, initial: Elements | null): unknown => {
    const one = x instanceof KerasTensor ? withoutAxis(x, 0) : element(requireElements(what, x));
    return computeOutputSpec(fn as (...args: unknown[]) => unknown, [initial ?? one, one]);
  };
  return runOrRecord(run, spec, [elems, initializer]);
}

/**
 * fn(... fn(fn(initializer, first), second) ..., last). Source: keras.backend.foldl.
 *
 * @param fn takes what has been accumulated and an element
 * @param elems the elements, along the first axis
 * @param initializer where to begin; default null: the first element
 * @example
 * keras.backend.foldl((sum, x) => keras.ops.subtract(sum, x), [1, 2, 3]); // -4
 */
export const foldl = <E extends Elements>(fn: Fold, elems: E, initializer: Elements | null = null): Result<E> =>
  fold('foldl', false, fn, elems, initializer) as Result<E>;

/**
 * fn(... fn(fn(initializer, last), last but one) ..., first); arguments as for `foldl`. Source: keras.backend.foldr.
 * @example
 * keras.backend.foldr((sum, x) => keras.ops.subtract(sum, x), [1, 2, 3]); // 0
 */
export const foldr = <E extends Elements>(fn: Fold, elems: E, initializer: Elements | null = null): Result<E> =>
  fold('foldr', true, fn, elems, initializer) as Result<E>;
