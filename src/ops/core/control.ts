/** Conditions and loops: plain calls of the functions in eager mode, control flow of the graph in a compiled one. */
import { apply } from '../../engine/apply.js';
import { context } from '../../engine/context.js';
import { scan, switchOn, toCondition, whileLoop } from '../../engine/control-flow.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { Tensor } from '../../engine/tensor.js';
import { full, iota } from '../compose.js';
import { defineOp, defineVariadicOp } from '../define.js';
import type { KerasTensor } from '../keras-tensor.js';
import { cast } from '../promotion.js';

/**
 * The tensors that stand for a structure of values: arrays and plain objects keep their form. (The result of a call
 * with KerasTensors is typed as that of one with tensors: the functions see tensors in either case.)
 */
export type Tensors<T> =
  T extends KerasTensor ? Tensor
    : T extends TensorLike & (Tensor | number | boolean | bigint | ArrayBufferView) ? Tensor
      : T extends readonly unknown[] ? { -readonly [I in keyof T]: Tensors<T[I]> }
        : T extends null | undefined ? null
          : T extends { readonly [key: string]: unknown } ? { -readonly [K in keyof T]: Tensors<T[K]> } : Tensor;

/** Whether a condition is true: told at once for a boolean or number. */
const isTrue = (pred: TensorLike): boolean =>
  (typeof pred === 'boolean' || typeof pred === 'number' ? Boolean(pred) : toCondition('The pred of cond', pred).item() !== 0);

interface Cond {
  <R>(pred: TensorLike | KerasTensor, true_fn: () => R, false_fn: () => R): Tensors<R>;
  <R>(args: { pred: TensorLike | KerasTensor; true_fn: () => R; false_fn: () => R }): Tensors<R>;
}

/**
 * The result of `true_fn` or of `false_fn`. For branches that depend on values in a compiled function, where an `if`
 * of JavaScript sees none. Differentiable. Source: keras.ops.cond.
 *
 * @param pred one truth value
 * @param true_fn takes no arguments; gives a tensor, a structure of tensors, or null
 * @param false_fn gives the same structure, shapes and dtypes
 * @throws TypeError in a compiled function, when the branches give different structures, shapes or dtypes
 * @example
 * const x = ops.array(3);
 * ops.cond(ops.greater(x, 2), () => ops.square(x), () => ops.negative(x)).item(); // 9
 */
export const cond = defineOp('keras.ops.cond', ['pred', 'true_fn', 'false_fn'], (
  pred: TensorLike, true_fn: () => unknown, false_fn: () => unknown,
): unknown => {
  requireFunction('cond', 'true_fn', true_fn);
  requireFunction('cond', 'false_fn', false_fn);
  if (!context.tracer || typeof pred === 'boolean' || typeof pred === 'number') {
    return asTensors(isTrue(pred) ? true_fn() : false_fn());
  }
  const index = apply('cast', [toCondition('The pred of cond', pred)], { dtype: 'int32' });
  return switchOn('cond', index, [false_fn, true_fn]);
}) as unknown as Cond;

function requireFunction(op: string, name: string, value: unknown): void {
  if (typeof value !== 'function') {
    throw new TypeError(`The argument ${name} of ops.${op} must be a function, received ${String(value)}.`);
  }
}

type Branches = readonly ((...operands: never[]) => unknown)[];

/**
 * The result of the branch with this index, which is clamped to the branches there are. Differentiable.
 * Source: keras.ops.switch.
 *
 * @param index an integer
 * @param branches functions of the operands that give the same structure, shapes and dtypes
 * @param operands any number of tensors, passed to the branch
 * @example
 * const branches = [(x, y) => ops.add(x, y), (x, y) => ops.subtract(x, y)];
 * ops.switch(0, branches, ops.array(2), ops.array(0.5)).item(); // 2.5
 * ops.switch(1, branches, ops.array(2), ops.array(0.5)).item(); // 1.5
 */
const switch_ = defineVariadicOp<[index: TensorLike, branches: Branches], object, Tensor>('keras.ops.switch', [
  'index', 'branches',
], 'operands', [], (index, branches, operands) => {
  if (!Array.isArray(branches) || branches.length === 0) {
    throw new TypeError('The branches of ops.switch must be an array of at least one function.');
  }
  branches.forEach((branch, i) => requireFunction('switch', `branches[${i}]`, branch));
  const last = full(branches.length - 1, [], 'int32');
  const at = apply('minimum', [apply('maximum', [cast(toTensor(index), 'int32'), full(0, [], 'int32')]), last]);
  const given = operands as never[];
  return asTensors(switchOn('switch', at, branches.map((branch) => () => branch(...given)))) as Tensor;
});
export { switch_ as switch };

/** What a user's function gave, with numbers as tensors. */
function asTensors(result: unknown): unknown {
  if (result instanceof Tensor || result === null || result === undefined) return result;
  if (typeof result === 'number' || typeof result === 'boolean') return toTensor(result);
  return result;
}

type TensorList<V extends readonly unknown[]> = { -readonly [I in keyof V]: Tensors<V[I]> };

interface WhileLoop {
  <V extends readonly unknown[] | []>(
    cond: (...loop_vars: TensorList<V>) => TensorLike, body: (...loop_vars: TensorList<V>) => unknown, loop_vars: V,
    maximum_iterations?: number | null | { maximum_iterations?: number | null },
  ): TensorList<V>;
  <V>(
    cond: (loop_vars: Tensors<V>) => TensorLike, body: (loop_vars: Tensors<V>) => unknown, loop_vars: V,
    maximum_iterations?: number | null | { maximum_iterations?: number | null },
  ): Tensors<V>;
}

/**
 * Runs `body` on the loop variables as long as `cond` holds. Source: keras.ops.while_loop.
 *
 * In a compiled function it is differentiable with `maximum_iterations` alone; `fori_loop` and `scan` always are.
 *
 * @param cond takes the variables and gives one truth value
 * @param body takes the variables and gives the new ones, of the same structure, shapes and dtypes
 * @param loop_vars a tensor or a structure of tensors; the items of an array are passed one by one
 * @param maximum_iterations the loop ends after so many steps at the latest; null (default): no limit
 * @throws TypeError when the body gives another structure, shape or dtype
 * @example
 * ops.while_loop((i) => ops.less(i, 10), (i) => ops.add(i, 1), 0).item(); // 10
 * const [x, y] = ops.while_loop((x, y) => ops.less(x, 10), (x, y) => [ops.add(x, 1), ops.add(y, 1)], [0, 1]);
 * [x.item(), y.item()]; // [10, 11]
 */
export const while_loop = defineOp('keras.ops.while_loop', ['cond', 'body', 'loop_vars', 'maximum_iterations'], (
  cond: (...loop_vars: unknown[]) => TensorLike, body: (...loop_vars: unknown[]) => unknown, loop_vars: unknown,
  maximum_iterations: number | null = null,
): unknown => {
  requireFunction('while_loop', 'cond', cond);
  requireFunction('while_loop', 'body', body);
  if (maximum_iterations !== null && (!Number.isInteger(maximum_iterations) || maximum_iterations < 0)) {
    throw new RangeError(`maximum_iterations must be an integer >= 0 or null, received ${String(maximum_iterations)}.`);
  }
  const spread = <R>(fn: (...loop_vars: unknown[]) => R) => (variables: unknown): R =>
    (Array.isArray(variables) ? fn(...(variables as unknown[])) : fn(variables));
  return whileLoop(spread(cond), spread(body), loop_vars, maximum_iterations);
}, ['loop_vars']) as unknown as WhileLoop;

interface ForiLoop {
  <V>(
    lower: TensorLike, upper: TensorLike, body_fun: (i: Tensor, val: Tensors<V>) => unknown, init_val: V,
  ): Tensors<V>;
}

/**
 * `val = body_fun(i, val)` for i from `lower` to `upper - 1`. Source: keras.ops.fori_loop.
 *
 * With bounds that are numbers it is differentiable; bounds may be tensors too.
 *
 * @param body_fun takes the int32 index and the value, and gives the new value: the same structure, shapes and
 *   dtypes. For a value that is one tensor it may give the pair [i + 1, value], as Keras's own example does
 * @param init_val a tensor or a structure of tensors
 * @example
 * ops.fori_loop(0, 10, (i, s) => ops.add(s, i), 0).item(); // 45
 * ops.fori_loop(0, 10, (i, s) => [ops.add(i, 1), ops.add(s, i)], 0).item(); // 45
 */
export const fori_loop = defineOp('keras.ops.fori_loop', ['lower', 'upper', 'body_fun', 'init_val'], (
  lower: TensorLike, upper: TensorLike, body_fun: (i: Tensor, val: unknown) => unknown, init_val: unknown,
): unknown => {
  requireFunction('fori_loop', 'body_fun', body_fun);
  const isOne = !Array.isArray(init_val);
  const step = (i: Tensor, val: unknown): unknown => {
    const result = body_fun(i, val);
    return isOne && Array.isArray(result) && result.length === 2 ? (result as unknown[])[1] : result;
  };
  const from = boundOf('lower', lower);
  const to = boundOf('upper', upper);
  if (typeof from === 'number' && typeof to === 'number') {
    const length = Math.max(to - from, 0);
    const f = (val: unknown, i: unknown) => [step(i as Tensor, val), null] as const;
    return scan('fori_loop', f, init_val, { xs: iota(length, 'int32', from), length, reverse: false })[0];
  }
  const bound = cast(toTensor(to), 'int32');
  const one = full(1, [], 'int32');
  const [, result] = whileLoop(
    (state) => apply('less', [(state as Tensor[])[0], bound]),
    (state) => {
      const [i, val] = state as [Tensor, unknown];
      return [apply('add', [i, one]), step(i, val)];
    }, [cast(toTensor(from), 'int32'), init_val], null) as unknown[];
  return result;
}, ['init_val']) as unknown as ForiLoop;

/** A bound as a number, unless it is a tensor that is being traced. */
function boundOf(name: string, value: TensorLike): number | Tensor {
  const bound = typeof value === 'number' ? value : toTensor(value);
  if (bound instanceof Tensor && bound.isTraced) return bound;
  const number = bound instanceof Tensor ? bound.item() : bound;
  if (!Number.isInteger(number)) {
    throw new TypeError(`The argument ${name} of ops.fori_loop must be an integer, received ${String(number)}.`);
  }
  return number;
}
