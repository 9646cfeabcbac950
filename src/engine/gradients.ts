/** Gradients of functions: `grad`, `value_and_grad`, `vjp`. */
import { apply } from './apply.js';
import { context } from './context.js';
import { formatShape } from './shape.js';
import { memoryScope } from './scope.js';
import { flatten, packAs } from './structure.js';
import { Tape, zerosLike } from './tape.js';
import { Tensor } from './tensor.js';
import { Variable } from './variable.js';
import { toTensor, type TensorLike } from './convert.js';

export interface GradOptions {
  /** Which arguments to differentiate by. Default 0. */
  argnums?: number | readonly number[];
  /** The function returns [value, more]; `more` is passed through. Default false. */
  has_aux?: boolean;
}

function scoped<T>(fn: () => T): T {
  return context.tracer || context.tapes.length > 0 ? fn() : memoryScope(fn);
}

function requireScalar(value: unknown): Tensor {
  if (!(value instanceof Tensor) || value.size !== 1) {
    const received = value instanceof Tensor ? `shape ${formatShape(value.shape)}` : String(value);
    throw new TypeError('Gradients are taken of a function that returns one number (a scalar tensor), received ' +
      `${received}. Reduce it, for example with ops.sum or ops.mean.`);
  }
  return value;
}

/** The tensors; one that occurs twice is another tensor each time, so that gradients by it stay apart. */
export const distinct = (tensors: readonly Tensor[]): Tensor[] => tensors.map((x, i) =>
  (tensors.indexOf(x) === i ? x : apply('reshape', [x], { shape: x.shape })));

/**
 * A function that gives `[value, gradients]`. Gradients have the structure of the differentiated argument (an array of
 * them when `argnums` is an array). With `has_aux` the value is the pair `[value, more]`.
 *
 * @example
 * const f = keras.value_and_grad((w) => ops.sum(ops.square(w)));
 * const [value, gradient] = f(ops.array([1, 2])); // 5, [2, 4]
 */
export function value_and_grad<A extends unknown[], R>(
  fn: (...args: A) => R, options: GradOptions = {},
): (...args: A) => [R, unknown] {
  const argnums = options.argnums ?? 0;
  const positions = typeof argnums === 'number' ? [argnums] : argnums;
  return (...args) => scoped(() => {
    const tape = new Tape();
    const inputs = [...args] as unknown[];
    const all = distinct(positions.flatMap((position) =>
      flatten(args[position]).map((leaf) => toTensor(leaf as TensorLike))));
    let first = 0;
    const sources = positions.map((position) => {
      const leaves = all.slice(first, first += flatten(args[position]).length);
      inputs[position] = packAs(args[position], leaves);
      tape.watch(...leaves);
      return leaves;
    });
    const result = tape.run(() => fn(...(inputs as A)));
    const target = requireScalar(options.has_aux ? (result as unknown as unknown[])[0] : result);
    const flat = sources.flat();
    const found = tape.gradients([target], flat).map((gradient, i) => gradient ?? zerosLike(flat[i]));
    let next = 0;
    const gradients = sources.map((leaves, i) =>
      packAs(args[positions[i]], leaves.map(() => found[next++])));
    return [result, typeof argnums === 'number' ? gradients[0] : gradients];
  });
}

/**
 * The gradient alone: see `value_and_grad`.
 * @example
 * keras.grad((x) => ops.square(x))(ops.array(3)); // 6
 */
export function grad<A extends unknown[], R>(
  fn: (...args: A) => R, options: GradOptions = {},
): (...args: A) => unknown {
  const both = value_and_grad(fn, options);
  return (...args) => {
    const [value, gradients] = both(...args);
    return options.has_aux ? [gradients, (value as unknown as unknown[])[1]] : gradients;
  };
}

/**
 * Runs `fn` and gives `[value, gradients]` of its scalar result by variables, in their order; `null` where the result
 * does not depend on one. The result may be `[loss, ...more]`; the first element is differentiated.
 * This is the step of a custom training loop or of an overridden `train_step`.
 *
 * @example
 * const [loss, gradients] = keras.variable_gradients(() => loss_fn(y, model(x)), model.trainable_variables);
 * optimizer.apply(gradients, model.trainable_variables);
 */
export function variable_gradients<R>(
  fn: () => R, variables: readonly Variable[],
): [R, (Tensor | null)[]] {
  return scoped(() => {
    const tape = new Tape();
    tape.watchVariables(variables);
    const result = tape.run(fn);
    const target = requireScalar(Array.isArray(result) ? result[0] : result);
    return [result, tape.variableGradients([target], variables).map((gradient) => gradient ?? null)];
  });
}

/**
 * The value of `fn` at `primals`, and a function that maps a cotangent of the value to cotangents of the primals.
 *
 * @example
 * const [y, pullback] = keras.vjp(ops.sin, x);
 * const [dx] = pullback(ops.ones_like(y));
 */
export function vjp(
  fn: (...primals: Tensor[]) => Tensor, ...primals: TensorLike[]
): [Tensor, (cotangent: TensorLike) => Tensor[]] {
  const tape = new Tape();
  const inputs = distinct(primals.map((primal) => toTensor(primal)));
  tape.watch(...inputs);
  const value = tape.run(() => fn(...inputs));
  const pullback = (cotangent: TensorLike): Tensor[] =>
    tape.gradients([value], inputs, [toTensor(cotangent, value.dtype)])
      .map((gradient, i) => gradient ?? zerosLike(inputs[i]));
  return [value, pullback];
}
