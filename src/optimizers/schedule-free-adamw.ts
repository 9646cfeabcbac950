/** ScheduleFreeAdamW: Adam that averages its weights instead of lowering its rate. */
import { apply } from '../engine/apply.js';
import { tidy } from '../engine/scope.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { add, divide, minimum, multiply, power, sqrt, square, subtract } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { requireNonNegative } from '../utils/checks.js';
import { BASE_ARGUMENTS, castTo, Optimizer, type OptimizerOptions } from './optimizer.js';

export interface ScheduleFreeAdamWOptions extends OptimizerOptions {
  /** How far the weights that train are from the last ones towards their average; above 0. Default 0.9. */
  beta_1?: number;
  /** Decay of the mean of squared gradients. Default 0.999. */
  beta_2?: number;
  /** Added to the root of the latter. Default 1e-8. */
  epsilon?: number;
  /** Steps over which the learning rate rises from 0. Default 0. */
  warmup_steps?: number;
}
const ARGUMENTS = ['learning_rate', 'beta_1', 'beta_2', 'epsilon', 'warmup_steps', ...BASE_ARGUMENTS] as const;

/**
 * Needs no schedule of the learning rate, nor the number of steps beforehand: gradients are taken between the last
 * weights `z` and the average of all so far, `x`: `y = (1 - beta_1) z + beta_1 x`, which is what the model holds.
 * Default learning rate 0.0025.
 * Source: keras.optimizers.ScheduleFreeAdamW; Defazio et al., 2024.
 *
 * @example
 * const optimizer = new keras.optimizers.ScheduleFreeAdamW({ learning_rate: 0.0025, warmup_steps: 100 });
 */
export class ScheduleFreeAdamW extends Optimizer {
  readonly beta_1: number;
  readonly beta_2: number;
  readonly epsilon: number;
  readonly warmup_steps: number;
  /** The weights z; Keras names them so. */
  #momentums: Variable[] = [];
  #velocities: Variable[] = [];

  constructor(...args: ConstructorArgs<ScheduleFreeAdamWOptions, typeof ARGUMENTS>) {
    const options = namedArguments<ScheduleFreeAdamWOptions>('ScheduleFreeAdamW', ARGUMENTS, args, []);
    super(options, 0.0025);
    this.beta_1 = options.beta_1 ?? 0.9;
    this.beta_2 = options.beta_2 ?? 0.999;
    this.epsilon = options.epsilon ?? 1e-8;
    this.warmup_steps = requireNonNegative('ScheduleFreeAdamW', 'warmup_steps', options.warmup_steps ?? 0);
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    [this.#momentums, this.#velocities] = this.add_optimizer_variables(variables, ['momentum', 'velocity']);
    tidy(() => variables.forEach((variable, i) => this.#momentums[i].assign(variable.value)));
  }

  override update_step(gradient: Tensor, variable: Variable, learning_rate: Tensor): void {
    const index = this.indexOf(variable);
    const [last, velocity] = [this.#momentums[index], this.#velocities[index]];
    const g = castTo(gradient, variable);
    const step = this.step(variable.dtype);
    let rate = castTo(learning_rate, variable);
    if (this.warmup_steps > 0) rate = multiply(rate, minimum(divide(step, this.warmup_steps), 1));
    const v = add(velocity.value, multiply(subtract(square(g), velocity.value), 1 - this.beta_2));
    const correction = this.once('correction', variable.dtype, () => {
      const beta = apply('full', [], { value: this.beta_2, shape: [], dtype: variable.dtype });
      return subtract(1, power(beta, step));
    });
    const z = last.value;
    const next = subtract(z, divide(multiply(rate, g), add(sqrt(divide(v, correction)), this.epsilon)));
    // The average is not kept: it follows from the two that are.
    const average = divide(subtract(variable.value, multiply(z, 1 - this.beta_1)), this.beta_1);
    const part = divide(1, step);
    const nextAverage = add(multiply(subtract(1, part), average), multiply(part, next));
    velocity.assign(v);
    last.assign(next);
    variable.assign(add(multiply(next, 1 - this.beta_1), multiply(nextAverage, this.beta_1)));
  }

  override get_config(): Record<string, unknown> {
    const { beta_1, beta_2, epsilon, warmup_steps } = this;
    return { ...super.get_config(), beta_1, beta_2, epsilon, warmup_steps };
  }
}
kerasExport(ScheduleFreeAdamW, 'keras.optimizers.ScheduleFreeAdamW');
