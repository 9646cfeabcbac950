/** Lion: steps of one size. */
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { add, multiply, sign } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import { BASE_ARGUMENTS, castTo, Optimizer, type OptimizerOptions } from './optimizer.js';

export interface LionOptions extends OptimizerOptions {
  /** How much of the mean counts in a step, above 0. Default 0.9. */
  beta_1?: number;
  /** How much of the mean stays at each step. Default 0.99. */
  beta_2?: number;
}
const ARGUMENTS = ['learning_rate', 'beta_1', 'beta_2', ...BASE_ARGUMENTS] as const;

/**
 * The sign of a running mean of gradients: all weights change by the learning rate (default 0.001). Wants a smaller
 * rate and a larger weight decay than Adam.
 * Source: keras.optimizers.Lion; Chen et al., 2023.
 *
 * @example
 * const optimizer = new keras.optimizers.Lion({ learning_rate: 0.01 });
 */
export class Lion extends Optimizer {
  readonly beta_1: number;
  readonly beta_2: number;
  #momentums: Variable[] = [];

  constructor(...args: ConstructorArgs<LionOptions, typeof ARGUMENTS>) {
    const options = namedArguments<LionOptions>('Lion', ARGUMENTS, args, []);
    super(options, 0.001);
    this.beta_1 = options.beta_1 ?? 0.9;
    this.beta_2 = options.beta_2 ?? 0.99;
    if (!(this.beta_1 > 0 && this.beta_1 <= 1)) {
      throw new ArgumentError(`Lion: the argument 'beta_1' must be above 0 and at most 1, received ${this.beta_1}.`);
    }
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    this.#momentums = this.add_optimizer_variables(variables, 'momentum');
  }

  override update_step(gradient: Tensor, variable: Variable, learning_rate: Tensor): void {
    const index = this.indexOf(variable);
    const g = castTo(gradient, variable);
    const rate = castTo(learning_rate, variable);
    const m = this.#momentums[index];
    const before = m.value;
    const mixed = (part: number): Tensor => add(multiply(before, part), multiply(g, 1 - part));
    variable.assign_sub(multiply(rate, sign(mixed(this.beta_1))));
    m.assign(mixed(this.beta_2));
  }

  override get_config(): Record<string, unknown> {
    const { beta_1, beta_2 } = this;
    return { ...super.get_config(), beta_1, beta_2 };
  }
}
kerasExport(Lion, 'keras.optimizers.Lion');
