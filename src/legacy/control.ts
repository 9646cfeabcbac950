/** keras.backend: choices, gradients that stop, and values that are printed. */
import { context } from '../engine/context.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import { formatShape, ShapeError } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { cond } from '../ops/core/control.js';
import { stop_gradient as stop } from '../ops/core/gradients.js';
import { defineOp } from '../ops/define.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import { cast, promoteAll } from '../ops/promotion.js';
import { reshape, where } from '../ops/tensor-math.js';
import { branchValue, type Branch } from './learning-phase.js';
import { byPosition } from './named.js';
import { runOrRecord } from './specified-operation.js';

const SWITCH_ARGUMENTS = ['condition', 'then_expression', 'else_expression'] as const;

/** Both values are computed, and the condition chooses between their elements. */
const choose = defineOp('keras.backend.switch', SWITCH_ARGUMENTS, (
  condition: TensorLike, then_expression: TensorLike, else_expression: TensorLike,
): Tensor => {
  const flags = cast(toTensor(condition), 'bool');
  const [x, y] = promoteAll([then_expression, else_expression]);
  if (flags.ndim > x.ndim) {
    throw new ShapeError(`The condition of K.switch must have no more axes than the expressions: shapes ` +
      `${formatShape(flags.shape)} and ${formatShape(x.shape)}.`);
  }
  const shape = [...flags.shape, ...Array.from({ length: x.ndim - flags.ndim }, () => 1)];
  return where(flags.ndim === 0 ? flags : reshape(flags, shape), x, y);
});

/**
 * One of two values. Source: keras.backend.switch.
 *
 * @param condition a scalar tensor: true chooses `then_expression`. (As in Keras 2, a tensor whose axes are the first
 *   ones of the expressions chooses element by element.)
 * @param then_expression, else_expression tensors, or functions that give them. Of a scalar condition with a value only
 *   the function chosen is called; in a graph both are, and have to give tensors of one shape and dtype
 * @example
 * keras.backend.switch(true, [1, 2], () => [3, 4]); // [1, 2]
 * keras.backend.switch([true, false], [[1], [2]], [[3], [4]]); // [[1], [4]]
 */
function backendSwitch(
  condition: TensorLike, then_expression: Branch<TensorLike>, else_expression: Branch<TensorLike>,
): Tensor;
function backendSwitch(
  condition: TensorLike | KerasTensor, then_expression: Branch, else_expression: Branch,
): Tensor | KerasTensor;
function backendSwitch(args: {
  condition: TensorLike | KerasTensor; then_expression: Branch; else_expression: Branch;
}): Tensor | KerasTensor;
function backendSwitch(...args: unknown[]): Tensor | KerasTensor {
  const [condition, then_expression, else_expression] = byPosition('switch', SWITCH_ARGUMENTS, args) as
    [TensorLike | KerasTensor, Branch, Branch];
  if (!(condition instanceof KerasTensor) && !context.tracer) {
    const flag = toTensor(condition);
    if (flag.ndim === 0) {
      const chosen = branchValue(flag.dataSync()[0] ? then_expression : else_expression);
      return chosen instanceof KerasTensor ? chosen : toTensor(chosen);
    }
  }
  const isScalar = !(condition instanceof KerasTensor) && toTensor(condition).ndim === 0;
  if (isScalar) {
    return cond(condition, () => toTensor(branchValue(then_expression) as TensorLike),
      () => toTensor(branchValue(else_expression) as TensorLike));
  }
  return choose(condition, branchValue(then_expression), branchValue(else_expression));
}
export { backendSwitch as switch };

/**
 * The same values, without a gradient by any variable. Source: keras.backend.stop_gradient.
 *
 * @param variables a tensor, or an array of tensors, which gives an array
 * @example
 * keras.grad((x) => keras.backend.sum(keras.ops.multiply(x, keras.backend.stop_gradient(x))))(keras.ops.array([3])); // [3]
 */
export function stop_gradient(variables: readonly (Tensor | KerasTensor)[]): (Tensor | KerasTensor)[];
export function stop_gradient(variables: KerasTensor): KerasTensor;
export function stop_gradient(variables: TensorLike): Tensor;
export function stop_gradient(
  variables: TensorLike | KerasTensor | readonly (Tensor | KerasTensor)[],
): Tensor | KerasTensor | (Tensor | KerasTensor)[] {
  const isList = Array.isArray(variables) && variables.every((item) => typeof item === 'object' && !Array.isArray(item));
  if (isList) return (variables as (Tensor | KerasTensor)[]).map((item) => stop(item));
  return stop(variables as Tensor);
}

/**
 * Writes the values of a tensor to stderr, and gives it back unchanged; in a graph at each run, which then is not
 * compiled. Source: keras.backend.print_tensor.
 *
 * @param message stands before the values; default ''
 * @example
 * keras.backend.print_tensor(keras.ops.array([1, 2]), 'x = '); // [1, 2]
 */
export function print_tensor(x: KerasTensor, message?: string | { message?: string }): KerasTensor;
export function print_tensor(x: TensorLike, message?: string | { message?: string }): Tensor;
export function print_tensor(...args: unknown[]): Tensor | KerasTensor {
  const [x, message = ''] = byPosition('print_tensor', ['x', 'message'], args) as [TensorLike | KerasTensor, string?];
  const print = (value: TensorLike): Tensor => {
    const tensor = toTensor(value);
    process.stderr.write(`${message}${JSON.stringify(tensor.arraySync(), (_, item: unknown) => (typeof item === 'bigint' ||
      (typeof item === 'number' && !Number.isFinite(item)) ? String(item) : item))}\n`);
    return tensor;
  };
  const spec = ({ shape, dtype }: KerasTensor): KerasTensor => new KerasTensor(shape, dtype);
  return runOrRecord(print, spec, [x]) as Tensor | KerasTensor;
}
