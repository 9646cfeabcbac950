/** keras.backend: functions applied along the first axis. */
import { toTensor, type TensorLike } from '../engine/convert.js';
import { standardizeDType } from '../engine/dtype.js';
import type { Tensor } from '../engine/tensor.js';
import { unstack } from '../ops/core/gradients.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import { stack } from '../ops/numpy/joining.js';
import { cast } from '../ops/promotion.js';
import { computeOutputSpec } from '../ops/symbolic.js';
import { runOrRecord, withAxis, withoutAxis } from './specified-operation.js';

type Elements = TensorLike | KerasTensor;
type Result<E extends Elements> = E extends KerasTensor ? KerasTensor : Tensor;

function elementsOf(what: string, elems: TensorLike): Tensor[] {
  const t = toTensor(elems);
  if (t.ndim > 0 && t.shape[0] > 0) return unstack(t);
  throw new TypeError(`K.${what} needs a tensor with at least one element along its first axis, received ${t.toString()}.`);
}

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
    (x: TensorLike) => stack(elementsOf('map_fn', x).map(one)),
    (x: KerasTensor) => withAxis(computeOutputSpec(one as (x: unknown) => unknown, [withoutAxis(x, 0)]) as KerasTensor, 0, x.shape[0]),
    [elems]) as Result<E>;
}

type Fold = (accumulated: Tensor, element: Tensor) => Tensor;

function fold(what: string, isReversed: boolean, fn: Fold, elems: Elements, initializer: Elements | null): unknown {
  const run = (x: TensorLike, initial: TensorLike | null): Tensor => {
    const elements = elementsOf(what, x);
    if (isReversed) elements.reverse();
    return initial === null ? elements.reduce(fn) : elements.reduce(fn, toTensor(initial));
  };
  const spec = (x: Elements, initial: Elements | null): unknown => {
    const element = x instanceof KerasTensor ? withoutAxis(x, 0) : toTensor(x);
    return computeOutputSpec(fn as (...args: unknown[]) => unknown, [initial ?? element, element]);
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
