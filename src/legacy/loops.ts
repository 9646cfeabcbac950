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
import { byPosition } from './named.js';
import { runOrRecord, withAxis, withoutAxis } from './specified-operation.js';

type Elements = TensorLike | KerasTensor;
/** The function in messages, with the name that the caller gave to the operation. */
const calledBy = (what: string, name: string | null): string => (name === null ? `K.${what}` : `K.${what} '${name}'`);

type Result<E extends Elements> = E extends KerasTensor ? KerasTensor : Tensor;

function requireElements(what: string, elems: TensorLike): Tensor {
  const t = toTensor(elems);
  if (t.ndim > 0 && t.shape[0] > 0) return t;
  throw new TypeError(`${what} needs a tensor with at least one element along its first axis, received ${t.toString()}.`);
}

/** Elements `from` to `to` along the first axis. */
const part = (x: Tensor, from: number, to: number): Tensor => sliceAxis(x, 0, from, to);
const element = (x: Tensor): Tensor => reshape(part(x, 0, 1), x.shape.slice(1));

/**
 * The results of a function for each element along the first axis. Source: keras.backend.map_fn.
 *
 * @param fn takes a tensor without the first axis and gives one
 * @param elems the elements
 * @param name for messages; default null
 * @param dtype of the results; default null: as `fn` gives them
 * @example
 * keras.backend.map_fn((row) => keras.ops.sum(row), [[1, 2], [3, 4]]); // [3, 7]
 */
export function map_fn<E extends Elements>(
  fn: (element: Tensor) => Tensor, elems: E, name?: string | null | { name?: string | null; dtype?: string | null },
  dtype?: string | null,
): Result<E>;
export function map_fn(...args: unknown[]): unknown {
  const [fn, elems, name = null, given = null] = byPosition('map_fn', ['fn', 'elems', 'name', 'dtype'], args) as
    [(element: Tensor) => Tensor, Elements, (string | null)?, (string | null)?];
  const dtype = given === null ? undefined : standardizeDType(given);
  const what = calledBy('map_fn', name);
  const one = (x: Tensor): Tensor => (dtype === undefined ? fn(x) : cast(fn(x), dtype));
  return runOrRecord(
    (x: TensorLike) => {
      const xs = requireElements(what, x);
      return scan(what, (_, row) => [null, one(row as Tensor)], null, { xs, length: xs.shape[0], reverse: false })[1];
    },
    (x: KerasTensor) => {
      const row = computeOutputSpec(one as (element: unknown) => unknown, [withoutAxis(x, 0)]);
      return withAxis(row as KerasTensor, 0, x.shape[0]);
    },
    [elems]);
}

type Fold = (accumulated: Tensor, element: Tensor) => Tensor;

interface FoldOptions {
  initializer?: Elements | null;
  name?: string | null;
}

function fold(op: string, isReversed: boolean, args: readonly unknown[]): unknown {
  const [fn, elems, initializer = null, name = null] = byPosition(op, ['fn', 'elems', 'initializer', 'name'], args) as
    [Fold, Elements, (Elements | null)?, (string | null)?];
  const what = calledBy(op, name);
  const run = (x: TensorLike, initial: TensorLike | null): Tensor => {
    const all = requireElements(what, x);
    const ordered = isReversed ? flip(all, 0) : all;
    const length = all.shape[0];
    const [first, xs] = initial === null ? [element(ordered), part(ordered, 1, length)] : [toTensor(initial), ordered];
    return scan(what, (sum, row) => [fn(sum as Tensor, row as Tensor), null], first,
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
 * @param more `initializer`: where to begin; default null: the first element. `name`: for messages; default null
 * @example
 * keras.backend.foldl((sum, x) => keras.ops.subtract(sum, x), [1, 2, 3]); // -4
 */
export function foldl<E extends Elements>(
  fn: Fold, elems: E, ...more: [options?: FoldOptions] | [initializer?: Elements | null, name?: string | null]
): Result<E>;
export function foldl(...args: unknown[]): unknown {
  return fold('foldl', false, args);
}

/**
 * fn(... fn(fn(initializer, last), last but one) ..., first); arguments as for `foldl`. Source: keras.backend.foldr.
 * @example
 * keras.backend.foldr((sum, x) => keras.ops.subtract(sum, x), [1, 2, 3]); // 0
 */
export function foldr<E extends Elements>(
  fn: Fold, elems: E, ...more: [options?: FoldOptions] | [initializer?: Elements | null, name?: string | null]
): Result<E>;
export function foldr(...args: unknown[]): unknown {
  return fold('foldr', true, args);
}
