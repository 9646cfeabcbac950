/** Lamb: Adam for large batches. */
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import {
  add, divide, greater, logicalAnd, multiply, power as powerOf, sqrt, square, subtract, sum, where,
} from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { BASE_ARGUMENTS, castTo, Optimizer, type OptimizerOptions } from './optimizer.js';

export interface LambOptions extends OptimizerOptions {
  /** How much of the mean of gradients stays at each step. Default 0.9. */
  beta_1?: number;
  /** How much of the mean of squares stays at each step. Default 0.999. */
  beta_2?: number;
  /** Added to the root of the mean of squares. Default 1e-7. */
  epsilon?: number;
}
const ARGUMENTS = ['learning_rate', 'beta_1', 'beta_2', 'epsilon', ...BASE_ARGUMENTS] as const;

/**
 * Adam, where the step of each weight is scaled to the weight's own norm. Default learning rate 0.001.
 * Source: keras.optimizers.Lamb; You et al., 2019.
 *
 * @example
 * const optimizer = new keras.optimizers.Lamb({ learning_rate: 0.01 });
 */
export class Lamb extends Optimizer {
  readonly beta_1: number;
  readonly beta_2: number;
  readonly epsilon: number;
  #momentums: Variable[] = [];
  #velocities: Variable[] = [];

  constructor(...args: ConstructorArgs<LambOptions, typeof ARGUMENTS>) {
    const options = namedArguments<LambOptions>('Lamb', ARGUMENTS, args, []);
    super(options, 0.001);
    this.beta_1 = options.beta_1 ?? 0.9;
    this.beta_2 = options.beta_2 ?? 0.999;
    this.epsilon = options.epsilon ?? 1e-7;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    [this.#momentums, this.#velocities] = this.add_optimizer_variables(variables, ['momentum', 'velocity']);
  }

  override update_step(gradient: Tensor, variable: Variable, learning_rate: Tensor): void {
    const { dtype } = variable;
    const index = this.indexOf(variable);
    const g = castTo(gradient, variable);
    const rate = castTo(learning_rate, variable);
    const power = (beta: number): Tensor => this.once(`power of ${beta}`, dtype, () => powerOf(beta, this.step(dtype)));
    const m = this.#momentums[index];
    const v = this.#velocities[index];
    const nextM = add(m.value, multiply(subtract(g, m.value), 1 - this.beta_1));
    const nextV = add(v.value, multiply(subtract(square(g), v.value), 1 - this.beta_2));
    m.assign(nextM);
    v.assign(nextV);
    const size = add(sqrt(divide(nextV, subtract(1, power(this.beta_2)))), this.epsilon);
    const update = divide(divide(nextM, subtract(1, power(this.beta_1))), size);
    const [weights, steps] = [variable.value, update].map((x) => sqrt(sum(square(x))));
    const ratio = where(logicalAnd(greater(weights, 0), greater(steps, 0)), divide(weights, steps), 1);
    variable.assign_sub(multiply(multiply(ratio, rate), update));
  }

  override get_config(): Record<string, unknown> {
    const { beta_1, beta_2, epsilon } = this;
    return { ...super.get_config(), beta_1, beta_2, epsilon };
  }
}
kerasExport(Lamb, 'keras.optimizers.Lamb');
