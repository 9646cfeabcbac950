/** Adagrad: steps that shrink with the sum of squared gradients. */
import { Constant } from '../initializers/constant.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { add, divide, multiply, sqrt, square } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { BASE_ARGUMENTS, castTo, Optimizer, type OptimizerOptions } from './optimizer.js';

export interface AdagradOptions extends OptimizerOptions {
  /** What the sum of squares begins with. Default 0.1. */
  initial_accumulator_value?: number;
  /** Added to the sum. Default 1e-7. */
  epsilon?: number;
}
const ARGUMENTS = ['learning_rate', 'initial_accumulator_value', 'epsilon', ...BASE_ARGUMENTS] as const;

/**
 * `a += g^2`, `w -= learning_rate * g / sqrt(a + epsilon)`. Default learning rate 0.001.
 * Source: keras.optimizers.Adagrad; Duchi et al., 2011.
 *
 * @example
 * const optimizer = new keras.optimizers.Adagrad({ learning_rate: 0.1 });
 */
export class Adagrad extends Optimizer {
  readonly initial_accumulator_value: number;
  readonly epsilon: number;
  #accumulators: Variable[] = [];

  constructor(...args: ConstructorArgs<AdagradOptions, typeof ARGUMENTS>) {
    const options = namedArguments<AdagradOptions>('Adagrad', ARGUMENTS, args, []);
    super(options, 0.001);
    this.initial_accumulator_value = options.initial_accumulator_value ?? 0.1;
    this.epsilon = options.epsilon ?? 1e-7;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    const initial = new Constant(this.initial_accumulator_value);
    this.#accumulators = this.add_optimizer_variables(variables, 'accumulator', initial);
  }

  override update_step(gradient: Tensor, variable: Variable, learning_rate: Tensor): void {
    const g = castTo(gradient, variable);
    const accumulator = this.#accumulators[this.indexOf(variable)];
    const total = add(accumulator.value, square(g));
    accumulator.assign(total);
    variable.assign_sub(divide(multiply(castTo(learning_rate, variable), g), sqrt(add(total, this.epsilon))));
  }

  override get_config(): Record<string, unknown> {
    const { initial_accumulator_value, epsilon } = this;
    return { ...super.get_config(), initial_accumulator_value, epsilon };
  }
}
kerasExport(Adagrad, 'keras.optimizers.Adagrad');
