/** RMSprop: steps scaled by a running mean of squared gradients. */
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { add, divide, multiply, sqrt, square, subtract } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { BASE_ARGUMENTS, castTo, Optimizer, type OptimizerOptions } from './optimizer.js';

export interface RMSpropOptions extends OptimizerOptions {
  /** How much of the mean of squares stays at each step. Default 0.9. */
  rho?: number;
  /** Default 0: none. */
  momentum?: number;
  /** Added to the mean of squares. Default 1e-7. */
  epsilon?: number;
  /** Whether steps are scaled by the variance of gradients instead. Default false. */
  centered?: boolean;
}
const ARGUMENTS = ['learning_rate', 'rho', 'momentum', 'epsilon', 'centered', ...BASE_ARGUMENTS] as const;

/**
 * `v = rho * v + (1 - rho) * g^2`, `w -= learning_rate * g / sqrt(v + epsilon)`; with momentum
 * `m = momentum * m + step, w -= m`. Default learning rate 0.001. Source: keras.optimizers.RMSprop; Hinton, 2012.
 *
 * @example
 * const optimizer = new keras.optimizers.RMSprop({ learning_rate: 0.01 });
 */
export class RMSprop extends Optimizer {
  readonly rho: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly centered: boolean;
  #velocities: Variable[] = [];
  #momentums: Variable[] = [];
  #averages: Variable[] = [];

  constructor(...args: ConstructorArgs<RMSpropOptions, typeof ARGUMENTS>) {
    const options = namedArguments<RMSpropOptions>('RMSprop', ARGUMENTS, args, []);
    super(options, 0.001);
    this.rho = options.rho ?? 0.9;
    this.momentum = options.momentum ?? 0;
    this.epsilon = options.epsilon ?? 1e-7;
    this.centered = options.centered ?? false;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    this.#velocities = this.add_optimizer_variables(variables, 'velocity');
    if (this.momentum > 0) this.#momentums = this.add_optimizer_variables(variables, 'momentum');
    if (this.centered) this.#averages = this.add_optimizer_variables(variables, 'average_gradient');
  }

  override update_step(gradient: Tensor, variable: Variable, learning_rate: Tensor): void {
    const index = this.indexOf(variable);
    const g = castTo(gradient, variable);
    const running = (mean: Variable, value: Tensor): Tensor => {
      const next = add(multiply(mean.value, this.rho), multiply(value, 1 - this.rho));
      mean.assign(next);
      return next;
    };
    let scale = running(this.#velocities[index], square(g));
    if (this.centered) scale = subtract(scale, square(running(this.#averages[index], g)));
    const step = divide(multiply(castTo(learning_rate, variable), g), sqrt(add(scale, this.epsilon)));
    if (this.momentum === 0) {
      variable.assign_sub(step);
      return;
    }
    const momentum = this.#momentums[index];
    const next = add(multiply(momentum.value, this.momentum), step);
    momentum.assign(next);
    variable.assign_sub(next);
  }

  override get_config(): Record<string, unknown> {
    const { rho, momentum, epsilon, centered } = this;
    return { ...super.get_config(), rho, momentum, epsilon, centered };
  }
}
kerasExport(RMSprop, 'keras.optimizers.RMSprop');
