/** Calls without side effects: variables take their values from a mapping, and assignments go there. */
import { apply } from './apply.js';
import { context, withContext, type VariableScope } from './context.js';
import { toTensor, type TensorLike } from './convert.js';
import { keep } from './scope.js';
import { formatShape, sameShape, ShapeError } from './shape.js';
import type { Tensor } from './tensor.js';
import type { Variable } from './variable.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';

export interface StatelessScopeOptions {
  /** Pairs of a variable and its value, of the variable's shape. */
  state_mapping?: Iterable<readonly [Variable, TensorLike]>;
  /** Whether `losses` gathers what layers add by `add_loss` meanwhile. Default false. */
  collect_losses?: boolean;
}
const NAMES = ['state_mapping', 'collect_losses'] as const;

/**
 * While `run` executes a function, the variables of the mapping have the given values, and no variable changes:
 * assignments are kept here, to be asked for with `get_current_value`. Source: keras.StatelessScope.
 *
 * @example
 * const v = new keras.Variable(keras.ops.array(1));
 * const scope = new keras.StatelessScope([[v, 5]]);
 * scope.run(() => v.assign_add(keras.ops.array(2)));
 * scope.get_current_value(v).item(); // 7, while v.value.item() is 1
 */
export class StatelessScope implements VariableScope {
  readonly #values = new Map<Variable, Tensor>();
  readonly #assigned = new Map<Variable, Tensor>();
  readonly collect_losses: boolean;
  /** What layers added in this scope, where it collects losses. */
  readonly losses: Tensor[] = [];

  constructor(...args: ConstructorArgs<StatelessScopeOptions, typeof NAMES>) {
    const { state_mapping = [], collect_losses = false } = namedArguments<StatelessScopeOptions>('StatelessScope', NAMES, args, []);
    this.collect_losses = collect_losses;
    for (const [variable, given] of state_mapping) {
      this.#values.set(variable, checkedValue(variable, given));
    }
  }

  /** Adds a scalar to `losses`. */
  add_loss(loss: Tensor): void {
    this.losses.push(keep(loss));
  }

  /** Gives a variable another value in this scope: `[variable, value]`. */
  add_update([variable, value]: readonly [variable: Variable, value: TensorLike]): void {
    this.assign(variable, checkedValue(variable, value));
  }

  /** The value that a variable has in this scope; undefined when it was neither given nor assigned. */
  get_current_value(variable: Variable): Tensor | undefined {
    return this.#values.get(variable);
  }

  /** Variables that have a value in this scope. */
  get variables(): Variable[] {
    return [...this.#values.keys()];
  }

  read(variable: Variable): Tensor | undefined {
    return this.#values.get(variable);
  }

  assign(variable: Variable, value: Tensor): boolean {
    const converted = value.dtype === variable.dtype ? value : apply('cast', [value], { dtype: variable.dtype });
    // A scope of intermediates that ends before this one must not free the value.
    this.#values.set(variable, keep(converted));
    this.#assigned.set(variable, converted);
    return true;
  }

  /** The variables that were assigned in this scope, and their last values. */
  get assigned(): ReadonlyMap<Variable, Tensor> {
    return this.#assigned;
  }

  /** Runs `fn` in this scope and returns what it returns. */
  run<T>(fn: () => T): T {
    return withContext({ variableScopes: [...context.variableScopes, this] }, fn);
  }
}

function checkedValue(variable: Variable, given: TensorLike): Tensor {
  const value = toTensor(given, variable.dtype);
  if (!sameShape(value.shape, variable.shape)) {
    throw new ShapeError(`StatelessScope: the value for variable '${variable.path}' has shape ` +
      `${formatShape(value.shape)}, expected ${formatShape(variable.shape)}.`);
  }
  return value;
}
