/** Base of the metrics. */
import { apply } from '../engine/apply.js';
import { context, withContext } from '../engine/context.js';
import { getDefaultFloat, standardizeDType, type DType } from '../engine/dtype.js';
import { tidy } from '../engine/scope.js';
import type { Shape } from '../engine/shape.js';
import { StatelessScope } from '../engine/stateless-scope.js';
import type { TensorLike } from '../engine/convert.js';
import type { Tensor } from '../engine/tensor.js';
import { Variable, type VariableOptions } from '../engine/variable.js';
import { getPolicy, type DTypePolicy } from '../dtype-policies/dtype-policy.js';
import { get as getInitializer } from '../initializers/index.js';
import { kerasExport } from '../saving/registration.js';
import { declareAbstract } from '../utils/abstract.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { Callable } from '../utils/callable.js';
import { auto_name } from '../utils/naming.js';

export interface MetricOptions {
  /** The dtype of the computation, or a dtype policy; default floatx. */
  dtype?: DTypePolicy | string | null;
  /** Default: the class's name in snake case, with a number. */
  name?: string | null;
}
const NAMES = ['dtype', 'name'] as const;

export interface AddVariableOptions {
  shape?: Shape;
  /** Default zeros. */
  initializer?: unknown;
  /** Default floatx. */
  dtype?: string | null;
  aggregation?: VariableOptions['aggregation'];
  name?: string;
}
const VARIABLE_NAMES = ['shape', 'initializer', 'dtype', 'aggregation', 'name'] as const;
const WEIGHT_NAMES = ['shape', 'initializer', 'dtype', 'name'] as const;

/** A number, or several by name. */
export type MetricResult = Tensor | Record<string, Tensor>;

export interface Metric {
  /** Adds a batch, and gives the result so far. */
  (...batch: unknown[]): MetricResult;
}

/**
 * A figure that builds up over batches: `update_state` adds a batch, `result` gives the figure so far, `reset_state`
 * starts anew; `metric(y_true, y_pred)` adds and gives at once. For your own, make the state with `add_variable` and
 * define `update_state` and `result`. Source: keras.metrics.Metric.
 *
 * @example
 * class Largest extends keras.metrics.Metric {
 *   constructor(options) { super(options); this.largest = this.add_variable({name: 'largest'}); }
 *   update_state(y_true, y_pred) {
 *     this.largest.assign(keras.ops.maximum(this.largest, keras.ops.max(y_pred)));
 *   }
 *   result() { return this.largest.value; }
 * }
 * new Largest()([0, 0], [3, 5]).item(); // 5
 */
export abstract class Metric extends Callable {
  name: string;
  readonly #dtype: DType;
  readonly #added: Variable[] = [];

  constructor(...args: ConstructorArgs<MetricOptions, typeof NAMES>) {
    super();
    const { dtype, name } = namedArguments<MetricOptions>(new.target.name, NAMES, args, []);
    this.name = name ?? auto_name(new.target.name);
    this.#dtype = getPolicy(dtype ?? getDefaultFloat()).compute_dtype;
  }

  get dtype(): DType {
    return this.#dtype;
  }

  /** Adds a batch to the state. */
  abstract update_state(...batch: unknown[]): void;

  /** The figure for all batches since the last reset. */
  abstract result(): MetricResult;

  /** Starts anew: all state becomes 0. */
  reset_state(): void {
    for (const variable of this.variables) {
      const zeros = apply('full', [], { value: 0, shape: variable.shape, dtype: variable.dtype });
      variable.assign(zeros);
    }
  }

  override __call__(...batch: unknown[]): MetricResult {
    return tidy(() => {
      this.update_state(...batch);
      return this.result();
    });
  }

  /** Makes a variable of the metric's state. Arguments by position or by name. */
  add_variable(...args: ConstructorArgs<AddVariableOptions, typeof VARIABLE_NAMES>): Variable {
    const { shape = [], initializer = 'zeros', dtype, aggregation = 'sum', name } =
      namedArguments<AddVariableOptions>(`${this.constructor.name}.add_variable`, VARIABLE_NAMES, args, []);
    const scope = this.name.replaceAll('/', '>');
    const variable = withContext({ nameScopes: [...context.nameScopes, scope] }, () => new Variable(
      getInitializer(initializer),
      { shape, dtype: standardizeDType(dtype ?? getDefaultFloat()), trainable: false, autocast: false, aggregation, name }));
    this.#added.push(variable);
    return variable;
  }

  /** `add_variable` by the name that layers have for it. */
  add_weight(...args: ConstructorArgs<Omit<AddVariableOptions, 'aggregation'>, typeof WEIGHT_NAMES>): Variable {
    return this.add_variable(
      namedArguments<AddVariableOptions>(`${this.constructor.name}.add_weight`, WEIGHT_NAMES, args, []));
  }

  /** All state, that of metrics inside this one too. */
  get variables(): Variable[] {
    const found = new Set(this.#added);
    const inner: Metric[] = [];
    for (const value of Object.values(this).flat() as unknown[]) {
      if (value instanceof Variable) found.add(value);
      else if (value instanceof Metric) inner.push(value);
    }
    return [...found, ...inner.flatMap((metric) => metric.variables)];
  }

  #scope(metric_variables: readonly TensorLike[], method: string): StatelessScope {
    const { variables } = this;
    if (metric_variables.length !== variables.length) {
      throw new RangeError(`${this.constructor.name}.${method} takes one value for each of the metric's ` +
        `${variables.length} variables, received ${metric_variables.length}.`);
    }
    return new StatelessScope(variables.map((variable, i) => [variable, metric_variables[i]]));
  }

  #valuesIn(scope: StatelessScope): Tensor[] {
    return this.variables.map((variable) => scope.get_current_value(variable) ?? variable.value);
  }

  /** Adds a batch to state that is given, and gives the new state; the metric itself does not change. */
  stateless_update_state(metric_variables: readonly TensorLike[], ...batch: unknown[]): Tensor[] {
    const scope = this.#scope(metric_variables, 'stateless_update_state');
    scope.run(() => this.update_state(...batch));
    return this.#valuesIn(scope);
  }

  /** The figure of state that is given. */
  stateless_result(metric_variables: readonly TensorLike[]): MetricResult {
    return this.#scope(metric_variables, 'stateless_result').run(() => this.result());
  }

  /** The state to begin with. */
  stateless_reset_state(): Tensor[] {
    const scope = new StatelessScope();
    scope.run(() => this.reset_state());
    return this.#valuesIn(scope);
  }

  /** The constructor's options. */
  get_config(): Record<string, unknown> {
    return { name: this.name, dtype: this.dtype };
  }

  static from_config(config: Record<string, unknown>): Metric {
    return new (this as unknown as new (options: Record<string, unknown>) => Metric)(config);
  }

  protected override inspectFields(): Record<string, unknown> {
    return { name: this.name };
  }
}
declareAbstract(Metric, 'update_state', 'result');
kerasExport(Metric, 'keras.metrics.Metric', 'keras.Metric');
