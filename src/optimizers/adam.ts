/** Adam: steps scaled by running estimates of the gradient's mean and size. */
import { apply, applyAll } from '../engine/apply.js';
import { scalarTensor, toTensor } from '../engine/convert.js';
import type { DType } from '../engine/dtype.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { BASE_ARGUMENTS, castTo, Optimizer, type OptimizerOptions } from './optimizer.js';

export interface AdamOptions extends OptimizerOptions {
  /** Decay of the mean of gradients. Default 0.9. */
  beta_1?: number;
  /** Decay of the mean of squared gradients. Default 0.999. */
  beta_2?: number;
  /** Added to the root of the latter. Default 1e-7. */
  epsilon?: number;
  /** Use the largest mean of squares so far. Default false. */
  amsgrad?: boolean;
}

const ARGUMENTS = ['learning_rate', 'beta_1', 'beta_2', 'epsilon', 'amsgrad', ...BASE_ARGUMENTS] as const;

/**
 * `m += (g - m)(1 - beta_1)`, `v += (g^2 - v)(1 - beta_2)`,
 * `w -= learning_rate * m * sqrt(1 - beta_2^t) / (1 - beta_1^t) / (sqrt(v) + epsilon)`.
 * Default learning rate 0.001. Source: keras.optimizers.Adam; Kingma and Ba, 2014; amsgrad: Reddi et al., 2018.
 *
 * @example
 * const optimizer = new keras.optimizers.Adam({ learning_rate: 3e-4 });
 */
export class Adam extends Optimizer {
  readonly beta_1: number;
  readonly beta_2: number;
  readonly epsilon: number;
  readonly amsgrad: boolean;
  #momentums: Variable[] = [];
  #velocities: Variable[] = [];
  #velocityHats: Variable[] = [];
  /** Scalars of the running application, by dtype: the powers are computed once, not for every variable. */
  #shared = new Map<DType, Tensor[]>();

  constructor(...args: ConstructorArgs<AdamOptions, typeof ARGUMENTS>) {
    const options = namedArguments<AdamOptions>(new.target.name, ARGUMENTS, args, []);
    super(options, 0.001);
    this.beta_1 = options.beta_1 ?? 0.9;
    this.beta_2 = options.beta_2 ?? 0.999;
    this.epsilon = options.epsilon ?? 1e-7;
    this.amsgrad = options.amsgrad ?? false;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    // Both states of a variable are made together: the order of the variables in files.
    for (const variable of variables) {
      this.#momentums.push(this.add_variable_from_reference(variable, 'momentum'));
      this.#velocities.push(this.add_variable_from_reference(variable, 'velocity'));
    }
    if (this.amsgrad) this.#velocityHats = this.add_optimizer_variables(variables, 'velocity_hat');
  }

  protected override beforeUpdates(): void {
    this.#shared.clear();
  }

  /** beta_1^t, beta_2^t, beta_1, beta_2 and epsilon in a dtype. */
  #scalars(dtype: DType): Tensor[] {
    let scalars = this.#shared.get(dtype);
    if (!scalars) {
      const step = apply('add', [castTo(toTensor(this.iterations), { dtype }), scalarTensor(1, dtype)]);
      const betas = [this.beta_1, this.beta_2].map((beta) => scalarTensor(beta, dtype));
      scalars = [...betas.map((beta) => apply('power', [beta, step])), ...betas, scalarTensor(this.epsilon, dtype)];
      this.#shared.set(dtype, scalars);
    }
    return scalars;
  }

  override update_step(gradient: Tensor, variable: Variable, learning_rate: Tensor): void {
    const { dtype } = variable;
    const index = this.indexOf(variable);
    const g = castTo(gradient, variable);
    const rate = castTo(learning_rate, variable);
    const [power1, power2, beta1, beta2, epsilon] = this.#scalars(dtype);
    const momentum = this.#momentums[index];
    const velocity = this.#velocities[index];
    const operands = [variable.value, momentum.value, velocity.value, power1, power2, rate, beta1, beta2, epsilon, g];
    const [next, m, v] = applyAll('adam_update', operands, {});
    momentum.assign(m);
    velocity.assign(v);
    if (!this.amsgrad) {
      variable.assign(next);
      return;
    }
    const hat = this.#velocityHats[index];
    const largest = apply('maximum', [hat.value, v]);
    hat.assign(largest);
    const one = scalarTensor(1, dtype);
    const alpha = apply('divide', [
      apply('multiply', [rate, apply('sqrt', [apply('subtract', [one, power2])])]), apply('subtract', [one, power1])]);
    variable.assign_sub(apply('divide', [
      apply('multiply', [m, alpha]), apply('add', [apply('sqrt', [largest]), epsilon])]));
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), beta_1: this.beta_1, beta_2: this.beta_2, epsilon: this.epsilon, amsgrad: this.amsgrad };
  }
}
kerasExport(Adam, 'keras.optimizers.Adam');
