/** Nadam: Adam with a look ahead. */
import { toTensor } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { add, divide, multiply, power as powerOf, sqrt, square, subtract } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import type { VariableStore } from '../saving/walk.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { BASE_ARGUMENTS, castTo, Optimizer, type OptimizerOptions } from './optimizer.js';

export interface NadamOptions extends OptimizerOptions {
  /** How much of the mean of gradients stays at each step. Default 0.9. */
  beta_1?: number;
  /** How much of the mean of squares stays at each step. Default 0.999. */
  beta_2?: number;
  /** Added to the root of the mean of squares. Default 1e-7. */
  epsilon?: number;
}
const ARGUMENTS = ['learning_rate', 'beta_1', 'beta_2', 'epsilon', ...BASE_ARGUMENTS] as const;

/**
 * Adam with Nesterov's momentum, whose weight grows over the steps. Default learning rate 0.001.
 * Source: keras.optimizers.Nadam; Dozat, 2016.
 *
 * @example
 * const optimizer = new keras.optimizers.Nadam({ learning_rate: 0.01 });
 */
export class Nadam extends Optimizer {
  readonly beta_1: number;
  readonly beta_2: number;
  readonly epsilon: number;
  #momentums: Variable[] = [];
  #velocities: Variable[] = [];
  #product: Variable | undefined;

  constructor(...args: ConstructorArgs<NadamOptions, typeof ARGUMENTS>) {
    const options = namedArguments<NadamOptions>('Nadam', ARGUMENTS, args, []);
    super(options, 0.001);
    this.beta_1 = options.beta_1 ?? 0.9;
    this.beta_2 = options.beta_2 ?? 0.999;
    this.epsilon = options.epsilon ?? 1e-7;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    [this.#momentums, this.#velocities] = this.add_optimizer_variables(variables, ['momentum', 'velocity']);
    this.#product = this.add_variable([], 'ones', { dtype: variables[0]?.dtype, name: 'variable' });
  }

  /** beta_1 of a step: it comes near its value over the first thousand steps. */
  #schedule(step: Tensor): Tensor {
    return multiply(subtract(1, multiply(powerOf(0.96, step), 0.5)), this.beta_1);
  }

  protected override beforeUpdates(): void {
    const product = this.#product!;
    product.assign(multiply(product.value, this.#schedule(this.step(product.dtype))));
  }

  override update_step(gradient: Tensor, variable: Variable, learning_rate: Tensor): void {
    const { dtype } = variable;
    const index = this.indexOf(variable);
    const g = castTo(gradient, variable);
    const rate = castTo(learning_rate, variable);
    const now = this.once('now', dtype, () => this.#schedule(this.step(dtype)));
    const next = this.once('next', dtype, () => this.#schedule(add(this.step(dtype), 1)));
    const product = this.once('product', dtype, () => castTo(this.#product!.value, variable));
    const power = this.once('beta_2', dtype, () => powerOf(this.beta_2, this.step(dtype)));
    const m = this.#momentums[index];
    const v = this.#velocities[index];
    const nextM = add(m.value, multiply(subtract(g, m.value), 1 - this.beta_1));
    const nextV = add(v.value, multiply(subtract(square(g), v.value), 1 - this.beta_2));
    m.assign(nextM);
    v.assign(nextV);
    const ahead = divide(multiply(next, nextM), subtract(1, multiply(product, next)));
    const mean = add(ahead, divide(multiply(subtract(1, now), g), subtract(1, product)));
    const size = add(sqrt(divide(nextV, subtract(1, power))), this.epsilon);
    variable.assign_sub(divide(multiply(mean, rate), size));
  }

  /** Keras 3.0 has the product in front of the momentums in files, later versions behind them. */
  override load_own_variables(store: VariableStore): void {
    const last = this.variables.length - 1;
    const place = last - 2 * this.#momentums.length;
    const rankOf = (key: number): number => toTensor(store.get(String(key))).shape.length;
    const isOld = store.keys().length === last + 1 && tidy(() => rankOf(place) === 0 && rankOf(last) > 0);
    if (!isOld) return super.load_own_variables(store);
    const keyOf = (key: number): number => (key < place ? key : key === last ? place : key + 1);
    super.load_own_variables({
      get: (key) => store.get(String(keyOf(Number(key)))), set: (key, value) => store.set(key, value), keys: () => store.keys(),
    });
  }

  override get_config(): Record<string, unknown> {
    const { beta_1, beta_2, epsilon } = this;
    return { ...super.get_config(), beta_1, beta_2, epsilon };
  }
}
kerasExport(Nadam, 'keras.optimizers.Nadam');
