/** The base of metrics: state that collects over batches, and a result. */
import { apply } from '../engine/apply.js';
import { context, withContext } from '../engine/context.js';
import type { TensorLike } from '../engine/convert.js';
import { standardizeDType, type DType } from '../engine/dtype.js';
import { tidy } from '../engine/scope.js';
import { StatelessScope } from '../engine/stateless-scope.js';
import type { Tensor } from '../engine/tensor.js';
import { Variable } from '../engine/variable.js';
import { getPolicy, type DTypePolicySpec } from '../dtype-policies/dtype-policy.js';
import { get as getInitializer } from '../initializers/index.js';
import { kerasExport } from '../saving/registration.js';
import { positionalArguments } from '../utils/arguments.js';
import { Callable } from '../utils/callable.js';
import { auto_name } from '../utils/naming.js';

export interface MetricOptions {
  dtype?: DTypePolicySpec;
  name?: string | null;
}

export interface UpdateOptions {
  sample_weight?: TensorLike | null;
}

export interface AddVariableOptions {
  shape?: readonly number[];
  initializer?: unknown;
  dtype?: string | null;
  name?: string;
}

export type MetricResult = Tensor | Record<string, Tensor>;

/** Calling a metric updates its state and gives the result so far. */
export interface Metric {
  (...args: unknown[]): MetricResult;
}

/** A metric's state does not fit what it is given. */
export class MetricError extends Error {
  override name = 'MetricError';
}

/**
 * Base of metrics. A subclass makes its state with `add_variable` in the constructor, and overrides `update_state` and
 * `result`. Source: keras.metrics.Metric.
 *
 * @example
 * class Largest extends keras.metrics.Metric {
 *   constructor(options = {}) {
 *     super({ name: 'largest', ...options });
 *     this.largest = this.add_variable({ initializer: 'zeros', name: 'largest' });
 *   }
 *   update_state(values) {
 *     this.largest.assign(keras.ops.maximum(this.largest, keras.ops.max(values)));
 *   }
 *   result() {
 *     return this.largest.value;
 *   }
 * }
 */
export abstract class Metric extends Callable {
  name: string;
  #dtype: DType;
  #variables: Variable[] = [];

  constructor(options: MetricOptions = {}) {
    super();
    this.name = options.name ?? auto_name(this.constructor.name);
    this.#dtype = getPolicy(options.dtype).compute_dtype;
  }

  /** The dtype of state and result. */
  get dtype(): DType {
    return this.#dtype;
  }

  /** Makes a state variable: a scalar of zeros unless something else is said. */
  add_variable(options: AddVariableOptions = {}): Variable {
    const { shape = [], name = 'variable' } = options;
    const initializer = getInitializer(options.initializer ?? 'zeros');
    const dtype = options.dtype ? standardizeDType(options.dtype) : this.#dtype;
    const variable = withContext({ nameScopes: [...context.nameScopes, this.name.replaceAll('/', '>')] }, () => new Variable(
      (s, d) => initializer(s, d), { shape, dtype, name, trainable: false, aggregation: 'sum' }));
    this.#variables.push(variable);
    return variable;
  }

  add_weight(options: AddVariableOptions = {}): Variable {
    return this.add_variable(options);
  }

  /** Metrics among the attributes: their state is part of this one's. */
  get #inner(): Metric[] {
    return Object.values(this).flat().filter((value): value is Metric => value instanceof Metric);
  }

  get variables(): Variable[] {
    return [...this.#variables, ...this.#inner.flatMap((metric) => metric.variables)];
  }

  /** Takes a batch into account. Most metrics receive `(y_true, y_pred, {sample_weight})`. */
  abstract update_state(...args: unknown[]): void;

  /** The metric over everything seen since the last reset. */
  abstract result(): MetricResult;

  /** Sets the state to zeros. */
  reset_state(): void {
    tidy(() => {
      for (const variable of this.variables) {
        variable.assign(apply('full', [], { value: 0, shape: variable.shape, dtype: variable.dtype }));
      }
    });
  }

  override __call__(...args: unknown[]): MetricResult {
    return tidy(() => {
      this.update_state(...args);
      return this.result();
    });
  }

  #scope(metric_variables: readonly TensorLike[]): StatelessScope {
    const { variables } = this;
    if (metric_variables.length !== variables.length) {
      throw new MetricError(`Metric '${this.name}' has ${variables.length} variables (${variables.map((v) => v.path).join(', ')}), ` +
        `received ${metric_variables.length} values.`);
    }
    return new StatelessScope(variables.map((variable, i) => [variable, metric_variables[i]] as const));
  }

  /** `update_state` as a function of the state: gives the new state. */
  stateless_update_state(metric_variables: readonly TensorLike[], ...args: unknown[]): Tensor[] {
    return tidy(() => {
      const scope = this.#scope(metric_variables);
      scope.run(() => this.update_state(...args));
      return this.variables.map((variable) => scope.get_current_value(variable)!);
    });
  }

  /** `result` as a function of the state. */
  stateless_result(metric_variables: readonly TensorLike[]): MetricResult {
    return tidy(() => this.#scope(metric_variables).run(() => this.result()));
  }

  /** The state after a reset. */
  stateless_reset_state(): Tensor[] {
    return tidy(() => {
      const scope = new StatelessScope();
      scope.run(() => this.reset_state());
      return this.variables.map((variable) => scope.get_current_value(variable) ?? variable.value);
    });
  }

  get_config(): Record<string, unknown> {
    return { name: this.name, dtype: this.#dtype };
  }

  static from_config(config: Record<string, unknown>): Metric {
    return new (this as unknown as new (config: Record<string, unknown>) => Metric)(config);
  }

  protected override inspectFields(): Record<string, unknown> {
    return { name: this.name };
  }
}
kerasExport(Metric, 'keras.Metric', 'keras.metrics.Metric');

/** The sample weight of an update, given by position or by name. */
export function weightOf(what: string, names: readonly string[], args: readonly unknown[]): TensorLike | undefined {
  const positional = positionalArguments(what, [...names, 'sample_weight'], args);
  return (positional[names.length] ?? undefined) as TensorLike | undefined;
}

