/** Adadelta: steps in the units of the weights. */
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { add, divide, multiply, sqrt, square } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { BASE_ARGUMENTS, castTo, Optimizer, type OptimizerOptions } from './optimizer.js';

export interface AdadeltaOptions extends OptimizerOptions {
  /** How much of the means stays at each step. Default 0.95. */
  rho?: number;
  /** Added to the means. Default 1e-7. */
  epsilon?: number;
}
const ARGUMENTS = ['learning_rate', 'rho', 'epsilon', ...BASE_ARGUMENTS] as const;

/**
 * Steps scaled by running means of squared gradients and of squared steps. Default learning rate 0.001.
 * Source: keras.optimizers.Adadelta; Zeiler, 2012.
 *
 * @example
 * const optimizer = new keras.optimizers.Adadelta({ learning_rate: 0.01 });
 */
export class Adadelta extends Optimizer {
  readonly rho: number;
  readonly epsilon: number;
  #gradients: Variable[] = [];
  #deltas: Variable[] = [];

  constructor(...args: ConstructorArgs<AdadeltaOptions, typeof ARGUMENTS>) {
    const options = namedArguments<AdadeltaOptions>('Adadelta', ARGUMENTS, args, []);
    super(options, 0.001);
    this.rho = options.rho ?? 0.95;
    this.epsilon = options.epsilon ?? 1e-7;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    [this.#gradients, this.#deltas] = this.add_optimizer_variables(variables, ['accumulated_grad', 'accumulated_delta_var']);
  }

  override update_step(gradient: Tensor, variable: Variable, learning_rate: Tensor): void {
    const index = this.indexOf(variable);
    const g = castTo(gradient, variable);
    const rate = castTo(learning_rate, variable);
    const root = (x: Tensor): Tensor => sqrt(add(x, this.epsilon));
    const running = (mean: Variable, x: Tensor): Tensor => {
      const next = add(multiply(mean.value, this.rho), multiply(square(x), 1 - this.rho));
      mean.assign(next);
      return next;
    };
    const before = this.#deltas[index].value;
    const delta = divide(multiply(root(before), g), root(running(this.#gradients[index], g)));
    running(this.#deltas[index], delta);
    variable.assign_sub(multiply(rate, delta));
  }

  override get_config(): Record<string, unknown> {
    const { rho, epsilon } = this;
    return { ...super.get_config(), rho, epsilon };
  }
}
kerasExport(Adadelta, 'keras.optimizers.Adadelta');
