/** Ftrl: follow the regularized leader. */
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { add, clip, divide, multiply, power as powerOf, square, subtract } from '../ops/tensor-math.js';
import { Constant } from '../initializers/constant.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import { BASE_ARGUMENTS, castTo, Optimizer, type OptimizerOptions } from './optimizer.js';

export interface FtrlOptions extends OptimizerOptions {
  /** How the rate falls with the sum of squared gradients, at most 0. Default -0.5. */
  learning_rate_power?: number;
  /** What the sum of squares begins with, from 0. Default 0.1. */
  initial_accumulator_value?: number;
  /** Penalty on magnitudes, from 0. Default 0. */
  l1_regularization_strength?: number;
  /** Penalty on squares, from 0. Default 0. */
  l2_regularization_strength?: number;
  /** Penalty on squares that changes gradients only, from 0. Default 0. */
  l2_shrinkage_regularization_strength?: number;
  /** Beta of the paper. Default 0. */
  beta?: number;
}
const ARGUMENTS = [
  'learning_rate', 'learning_rate_power', 'initial_accumulator_value', 'l1_regularization_strength',
  'l2_regularization_strength', 'l2_shrinkage_regularization_strength', 'beta',
  ...BASE_ARGUMENTS,
] as const;

/**
 * For large, sparse linear models: weights that carry nothing become exactly 0 with `l1_regularization_strength`.
 * Default learning rate 0.001.
 * Source: keras.optimizers.Ftrl; McMahan et al., 2013.
 *
 * @example
 * const optimizer = new keras.optimizers.Ftrl({ learning_rate: 0.01 });
 */
export class Ftrl extends Optimizer {
  readonly learning_rate_power: number;
  readonly initial_accumulator_value: number;
  readonly l1_regularization_strength: number;
  readonly l2_regularization_strength: number;
  readonly l2_shrinkage_regularization_strength: number;
  readonly beta: number;
  #accumulators: Variable[] = [];
  #linears: Variable[] = [];

  constructor(...args: ConstructorArgs<FtrlOptions, typeof ARGUMENTS>) {
    const options = namedArguments<FtrlOptions>('Ftrl', ARGUMENTS, args, []);
    super(options, 0.001);
    this.learning_rate_power = options.learning_rate_power ?? -0.5;
    this.initial_accumulator_value = options.initial_accumulator_value ?? 0.1;
    this.l1_regularization_strength = options.l1_regularization_strength ?? 0;
    this.l2_regularization_strength = options.l2_regularization_strength ?? 0;
    this.l2_shrinkage_regularization_strength = options.l2_shrinkage_regularization_strength ?? 0;
    this.beta = options.beta ?? 0;
    const require = (name: string, value: number, valid: boolean, what: string): void => {
      if (!valid) throw new ArgumentError(`Ftrl: the argument '${name}' must be ${what}, received ${value}.`);
    };
    require('learning_rate_power', this.learning_rate_power, this.learning_rate_power <= 0, '<= 0');
    for (const name of [
      'initial_accumulator_value', 'l1_regularization_strength', 'l2_regularization_strength',
      'l2_shrinkage_regularization_strength',
    ] as const) require(name, this[name], this[name] >= 0, '>= 0');
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    const initial = [new Constant(this.initial_accumulator_value), 'zeros'];
    [this.#accumulators, this.#linears] = this.add_optimizer_variables(variables, ['accumulator', 'linear'], initial);
  }

  override update_step(gradient: Tensor, variable: Variable, learning_rate: Tensor): void {
    const index = this.indexOf(variable);
    const g = castTo(gradient, variable);
    const rate = castTo(learning_rate, variable);
    const accumulator = this.#accumulators[index];
    const linear = this.#linears[index];
    const { value } = variable;
    const power = (x: Tensor): Tensor => powerOf(x, -this.learning_rate_power);
    const l2 = add(divide(this.beta, multiply(rate, 2)), this.l2_regularization_strength);
    const shrunk = add(g, multiply(value, 2 * this.l2_shrinkage_regularization_strength));
    const total = add(accumulator.value, square(g));
    const change = divide(subtract(power(total), power(accumulator.value)), rate);
    const next = add(linear.value, subtract(shrunk, multiply(change, value)));
    const quadratic = add(divide(power(total), rate), multiply(l2, 2));
    const l1 = this.l1_regularization_strength;
    linear.assign(next);
    variable.assign(divide(subtract(clip(next, -l1, l1), next), quadratic));
    accumulator.assign(total);
  }

  override get_config(): Record<string, unknown> {
    const {
      learning_rate_power, initial_accumulator_value, l1_regularization_strength,
      l2_regularization_strength, l2_shrinkage_regularization_strength, beta,
    } = this;
    return {
      ...super.get_config(), learning_rate_power, initial_accumulator_value, l1_regularization_strength,
      l2_regularization_strength, l2_shrinkage_regularization_strength, beta,
    };
  }
}
kerasExport(Ftrl, 'keras.optimizers.Ftrl');
