/** Adamax: Adam by the largest gradient. */
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { absolute, add, divide, maximum, multiply, power as powerOf, subtract } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { BASE_ARGUMENTS, castTo, Optimizer, type OptimizerOptions } from './optimizer.js';

export interface AdamaxOptions extends OptimizerOptions {
  /** How much of the mean of gradients stays at each step. Default 0.9. */
  beta_1?: number;
  /** How much of the maximum stays at each step. Default 0.999. */
  beta_2?: number;
  /** Added to the maximum. Default 1e-7. */
  epsilon?: number;
}
const ARGUMENTS = ['learning_rate', 'beta_1', 'beta_2', 'epsilon', ...BASE_ARGUMENTS] as const;

/**
 * Adam with a running maximum of gradients in the place of the mean of squares. Default learning rate 0.001.
 * Source: keras.optimizers.Adamax; Kingma and Ba, 2014.
 *
 * @example
 * const optimizer = new keras.optimizers.Adamax({ learning_rate: 0.01 });
 */
export class Adamax extends Optimizer {
  readonly beta_1: number;
  readonly beta_2: number;
  readonly epsilon: number;
  #momentums: Variable[] = [];
  #norms: Variable[] = [];

  constructor(...args: ConstructorArgs<AdamaxOptions, typeof ARGUMENTS>) {
    const options = namedArguments<AdamaxOptions>('Adamax', ARGUMENTS, args, []);
    super(options, 0.001);
    this.beta_1 = options.beta_1 ?? 0.9;
    this.beta_2 = options.beta_2 ?? 0.999;
    this.epsilon = options.epsilon ?? 1e-7;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    [this.#momentums, this.#norms] = this.add_optimizer_variables(variables, ['momentum', 'norm']);
  }

  override update_step(gradient: Tensor, variable: Variable, learning_rate: Tensor): void {
    const { dtype } = variable;
    const index = this.indexOf(variable);
    const g = castTo(gradient, variable);
    const rate = castTo(learning_rate, variable);
    const power = this.once('beta_1', dtype, () => powerOf(this.beta_1, this.step(dtype)));
    const m = this.#momentums[index];
    const u = this.#norms[index];
    const nextM = add(m.value, multiply(subtract(g, m.value), 1 - this.beta_1));
    const nextU = maximum(multiply(u.value, this.beta_2), absolute(g));
    m.assign(nextM);
    u.assign(nextU);
    variable.assign_sub(divide(multiply(rate, nextM), multiply(subtract(1, power), add(nextU, this.epsilon))));
  }

  override get_config(): Record<string, unknown> {
    const { beta_1, beta_2, epsilon } = this;
    return { ...super.get_config(), beta_1, beta_2, epsilon };
  }
}
kerasExport(Adamax, 'keras.optimizers.Adamax');
