/** keras.backend: variables, their values, and what is known of a tensor. */
import type { NDArray, TensorLike } from '../engine/convert.js';
import { getDefaultFloat, standardizeDType } from '../engine/dtype.js';
import { sizeOf, type Shape } from '../engine/shape.js';
import { tidy } from '../engine/scope.js';
import type { Tensor } from '../engine/tensor.js';
import { Variable } from '../engine/variable.js';
import { convert_to_numpy, shape } from '../ops/core/conversion.js';
import { add, multiply, subtract } from '../ops/numpy/arithmetic.js';
import { eye as identityMatrix } from '../ops/numpy/matrices.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import { full, toShape } from '../ops/compose.js';
import { normal, uniform } from '../random/samplers.js';
import type { Seed } from '../random/seed-generator.js';
import { byPosition, named } from './named.js';

type Named = string | null;

function variableOf(value: TensorLike, dtype: string | null, name: Named): Variable {
  return new Variable(value, { dtype: standardizeDType(dtype ?? getDefaultFloat()), ...(name === null ? {} : { name }) });
}

/** The variable that starts with a computed value, which is freed. */
function startingWith(value: () => Tensor, dtype: string | null, name: Named): Variable {
  const initial = tidy(value);
  try {
    return variableOf(initial, dtype, name);
  } finally {
    initial.dispose();
  }
}

/**
 * A variable. Source: keras.backend.variable.
 *
 * @param value its first value: numbers, nested arrays, a typed array, an NDArray or a tensor
 * @param dtype default floatx
 * @param name for messages and files; default null: a name is made
 * @example
 * const v = keras.backend.variable([[1, 2], [3, 4]], 'float32', 'example');
 * keras.backend.eval(v); // [[1, 2], [3, 4]]
 */
export const variable = named('variable', ['value', 'dtype', 'name'], (
  value: TensorLike, dtype: string | null = null, name: Named = null,
): Variable => variableOf(value, dtype, name));

const filled = (value: number) => (shape_: Shape, dtype: string | null = null, name: Named = null): Variable =>
  startingWith(() => full(value, toShape(shape_, 'The shape of a variable'), standardizeDType(dtype ?? getDefaultFloat())),
    dtype, name);
const FILLED = ['shape', 'dtype', 'name'] as const;

/**
 * A variable of zeros. Source: keras.backend.zeros.
 * @example
 * keras.backend.zeros([2, 3]); // [[0, 0, 0], [0, 0, 0]]
 */
export const zeros = named('zeros', FILLED, filled(0));

/**
 * A variable of ones. Source: keras.backend.ones.
 * @example
 * keras.backend.ones([3], { dtype: 'int32' }); // [1, 1, 1]
 */
export const ones = named('ones', FILLED, filled(1));

/**
 * A variable with the identity matrix of `size` rows and columns. Source: keras.backend.eye.
 * @example
 * keras.backend.eye(2); // [[1, 0], [0, 1]]
 */
export const eye = named('eye', ['size', 'dtype', 'name'], (
  size: number, dtype: string | null = null, name: Named = null,
): Variable => startingWith(() => identityMatrix(size, size, 0, dtype ?? getDefaultFloat()), dtype, name));

/**
 * A variable of normal random numbers. Source: keras.backend.random_normal_variable.
 *
 * @param mean of the distribution
 * @param scale its standard deviation
 * @param seed an integer, a SeedGenerator, or null (default) for the global one
 * @example
 * keras.backend.random_normal_variable([2, 3], 0, 1, { seed: 3 }).shape; // [2, 3]
 */
export const random_normal_variable = named('random_normal_variable',
  ['shape', 'mean', 'scale', 'dtype', 'name', 'seed'], (
    shape_: Shape, mean: number, scale: number, dtype: string | null = null, name: Named = null, seed: Seed = null,
  ): Variable => startingWith(() => normal(shape_, mean, scale, dtype, seed), dtype, name));

/**
 * A variable of uniform random numbers in [low, high). Source: keras.backend.random_uniform_variable.
 * @example
 * keras.backend.random_uniform_variable([2, 3], -1, 1, { seed: 3 }).shape; // [2, 3]
 */
export const random_uniform_variable = named('random_uniform_variable',
  ['shape', 'low', 'high', 'dtype', 'name', 'seed'], (
    shape_: Shape, low: number, high: number, dtype: string | null = null, name: Named = null, seed: Seed = null,
  ): Variable => startingWith(() => uniform(shape_, low, high, dtype, seed), dtype, name));

/**
 * Number of scalars in a tensor or variable. Source: keras.backend.count_params.
 * @throws TypeError for a placeholder with a dimension that is not known
 * @example
 * keras.backend.count_params(keras.backend.zeros([2, 3])); // 6
 */
export function count_params(x: TensorLike | KerasTensor): number {
  const dims = int_shape(x);
  if (dims.includes(null)) throw new TypeError(`count_params needs a shape that is known, received ${String(x)}.`);
  return sizeOf(dims as number[]);
}

/**
 * The shape as an array of integers, null for what is not known. Source: keras.backend.int_shape.
 * @example
 * keras.backend.int_shape(keras.backend.placeholder([null, 4])); // [null, 4]
 */
export function int_shape(x: TensorLike | KerasTensor): (number | null)[] {
  return x instanceof KerasTensor ? [...x.shape] : shape(x);
}

/**
 * The value of a tensor or variable in host memory. Source: keras.backend.get_value.
 * @throws TypeError for what depends on placeholders: that has a value inside `K.function` only
 * @example
 * keras.backend.get_value(keras.backend.ones([2])); // [1, 1]
 */
export function get_value(x: TensorLike | KerasTensor): NDArray {
  if (x instanceof KerasTensor) {
    throw new TypeError(`${x.toString()} depends on placeholders, so it has no value by itself. ` +
      'Make a function of the placeholders, K.function([placeholder], [x]), and call it with their values.');
  }
  return convert_to_numpy(x);
}

/**
 * Computes a tensor: its value as an `NDArray`. Source: keras.backend.eval.
 * @example
 * keras.backend.eval(keras.backend.sum([[1, 2], [3, 4]])); // 10
 */
const evaluate = (x: TensorLike | KerasTensor): NDArray => get_value(x);
export { evaluate as eval };

/**
 * The values of several variables. Source: keras.backend.batch_get_value.
 * @example
 * keras.backend.batch_get_value([keras.backend.ones([2]), keras.backend.zeros([1])]).map((x) => x.tolist()); // [[1, 1], [0]]
 */
export const batch_get_value = (xs: readonly (TensorLike | KerasTensor)[]): NDArray[] => xs.map(get_value);

/**
 * Gives a variable a value: an array of its shape. Source: keras.backend.set_value.
 * @example
 * const v = keras.backend.zeros([2]);
 * keras.backend.set_value(v, [3, 4]);
 * v; // [3, 4]
 */
export const set_value = named('set_value', ['x', 'value'], (x: Variable, value: TensorLike): void =>
  requireVariable('set_value', x).assign(value));

/**
 * Gives several variables their values. Source: keras.backend.batch_set_value.
 *
 * @param tuples pairs of a variable and an array
 * @example
 * const [v, w] = [keras.backend.zeros([2]), keras.backend.zeros([1])];
 * keras.backend.batch_set_value([[v, [3, 4]], [w, [5]]]);
 * v; // [3, 4]
 */
export function batch_set_value(tuples: readonly (readonly [Variable, TensorLike])[]): void {
  for (const [x, value] of tuples) set_value(x, value);
}

/** A variable and the symbolic value that it is to take: an element of the `updates` of `K.function`. */
export type Update = readonly [Variable, KerasTensor];

function requireVariable(what: string, x: unknown): Variable {
  if (x instanceof Variable) return x;
  throw new TypeError(`K.${what} changes a variable, as K.variable makes it; received ${String(x)}.`);
}

/**
 * Replaces the value of a variable. A value that depends on placeholders is not there yet: then the result is the pair
 * to put among the `updates` of `K.function`. Source: keras.backend.update.
 * @example
 * const v = keras.backend.variable([1, 2]);
 * keras.backend.update(v, keras.backend.square(v)); // [1, 4]
 */
export function update(x: Variable, new_x: KerasTensor): Update;
export function update(x: Variable, new_x: TensorLike): Variable;
export function update(args: { x: Variable; new_x: TensorLike | KerasTensor }): Variable | Update;
export function update(...args: unknown[]): Variable | Update {
  const [x, new_x] = byPosition('update', ['x', 'new_x'], args) as [Variable, TensorLike | KerasTensor];
  const target = requireVariable('update', x);
  if (new_x instanceof KerasTensor) return [target, new_x];
  target.assign(new_x);
  return target;
}

/**
 * Adds to a variable; see `update`. Source: keras.backend.update_add.
 * @example
 * keras.backend.update_add(keras.backend.variable([1, 2]), [10, 20]); // [11, 22]
 */
export function update_add(x: Variable, increment: KerasTensor): Update;
export function update_add(x: Variable, increment: TensorLike): Variable;
export function update_add(args: { x: Variable; increment: TensorLike | KerasTensor }): Variable | Update;
export function update_add(...args: unknown[]): Variable | Update {
  const [x, increment] = byPosition('update_add', ['x', 'increment'], args) as [Variable, TensorLike | KerasTensor];
  if (increment instanceof KerasTensor) return [requireVariable('update_add', x), add(x, increment)];
  requireVariable('update_add', x).assign_add(increment);
  return x;
}

/**
 * Subtracts from a variable; see `update`. Source: keras.backend.update_sub.
 * @example
 * keras.backend.update_sub(keras.backend.variable([1, 2]), [1, 1]); // [0, 1]
 */
export function update_sub(x: Variable, decrement: KerasTensor): Update;
export function update_sub(x: Variable, decrement: TensorLike): Variable;
export function update_sub(args: { x: Variable; decrement: TensorLike | KerasTensor }): Variable | Update;
export function update_sub(...args: unknown[]): Variable | Update {
  const [x, decrement] = byPosition('update_sub', ['x', 'decrement'], args) as [Variable, TensorLike | KerasTensor];
  if (decrement instanceof KerasTensor) return [requireVariable('update_sub', x), subtract(x, decrement)];
  requireVariable('update_sub', x).assign_sub(decrement);
  return x;
}

/**
 * x = momentum x + (1 - momentum) value. Source: keras.backend.moving_average_update.
 * @example
 * keras.backend.moving_average_update(keras.backend.variable([1, 2]), [3, 4], 0.5); // [2, 3]
 */
export const moving_average_update = named('moving_average_update', ['x', 'value', 'momentum'], (
  x: Variable, value: TensorLike, momentum: number,
): Variable => {
  const target = requireVariable('moving_average_update', x);
  tidy(() => target.assign_sub(multiply(subtract(target, value), 1 - momentum)));
  return target;
});

/**
 * Whether a tensor is sparse: never, since all tensors here are dense. Source: keras.backend.is_sparse.
 * @example
 * keras.backend.is_sparse(keras.backend.zeros([2])); // false
 */
export const is_sparse = (tensor: TensorLike | KerasTensor): boolean => tensor instanceof KerasTensor && tensor.sparse;

/**
 * The tensor as a dense one, which it is. Source: keras.backend.to_dense.
 * @example
 * keras.backend.to_dense(keras.ops.array([1, 0])); // [1, 0]
 */
export const to_dense = <T extends TensorLike | KerasTensor>(tensor: T): T => tensor;
