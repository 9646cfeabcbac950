/** Adafactor: Adam with little memory. */
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import {
  add, divide, expandDims, maximum, mean, minimum, multiply, power as powerOf, sqrt, square, subtract,
} from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { BASE_ARGUMENTS, castTo, Optimizer, type OptimizerOptions } from './optimizer.js';

export interface AdafactorOptions extends OptimizerOptions {
  /** How the part that stays of the mean of squares grows with the step. Default -0.8. */
  beta_2_decay?: number;
  /** Added to squares. Default 1e-30. */
  epsilon_1?: number;
  /** Least size that weights count as. Default 1e-3. */
  epsilon_2?: number;
  /** Greatest size of a step before it is scaled. Default 1. */
  clip_threshold?: number;
  /**
   * Written to configs as Keras does; the rate is bounded by one over the root of the step in any case.
   * Default true.
   */
  relative_step?: boolean;
}
const ARGUMENTS = [
  'learning_rate', 'beta_2_decay', 'epsilon_1', 'epsilon_2', 'clip_threshold', 'relative_step',
  ...BASE_ARGUMENTS,
] as const;

const rootMeanSquare = (x: Tensor): Tensor => sqrt(mean(square(x)));

/**
 * Adam without momentum, which keeps of the mean of squares of a matrix only rows and columns. Steps are scaled
 * to the size of the weights. Default learning rate 0.001.
 * Source: keras.optimizers.Adafactor; Shazeer and Stern, 2018.
 *
 * @example
 * const optimizer = new keras.optimizers.Adafactor({ learning_rate: 0.01 });
 */
export class Adafactor extends Optimizer {
  readonly beta_2_decay: number;
  readonly epsilon_1: number;
  readonly epsilon_2: number;
  readonly clip_threshold: number;
  readonly relative_step: boolean;
  #rows: Variable[] = [];
  #columns: Variable[] = [];
  #velocities: Variable[] = [];

  constructor(...args: ConstructorArgs<AdafactorOptions, typeof ARGUMENTS>) {
    const options = namedArguments<AdafactorOptions>('Adafactor', ARGUMENTS, args, []);
    super(options, 0.001);
    this.beta_2_decay = options.beta_2_decay ?? -0.8;
    this.epsilon_1 = options.epsilon_1 ?? 1e-30;
    this.epsilon_2 = options.epsilon_2 ?? 1e-3;
    this.clip_threshold = options.clip_threshold ?? 1;
    this.relative_step = options.relative_step ?? true;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    for (const variable of variables) {
      const { shape, dtype, name } = variable;
      const isMatrix = shape.length >= 2;
      // Vectors have no rows and columns; the places are kept in files.
      const add_variable = (part: readonly number[]): Variable =>
        this.add_variable(isMatrix ? part : [], 'zeros', { dtype: isMatrix ? dtype : 'int32', name });
      this.#rows.push(add_variable(shape.slice(0, -1)));
      this.#columns.push(add_variable([...shape.slice(0, -2), ...shape.slice(-1)]));
      this.#velocities.push(this.add_variable_from_reference(variable, 'velocity'));
    }
  }

  override update_step(gradient: Tensor, variable: Variable, learning_rate: Tensor): void {
    const { dtype } = variable;
    const index = this.indexOf(variable);
    const g = castTo(gradient, variable);
    const rate = castTo(learning_rate, variable);
    const bound = this.once('bound', dtype, () => divide(1, sqrt(this.step(dtype))));
    const stays = this.once('stays', dtype, () => subtract(1, powerOf(this.step(dtype), this.beta_2_decay)));
    const running = (mean: Variable, x: Tensor): Tensor => {
      const next = add(multiply(stays, mean.value), multiply(subtract(1, stays), x));
      mean.assign(next);
      return next;
    };
    const squares = add(square(g), this.epsilon_1);
    const velocity = this.#velocities[index];
    let scale: Tensor;
    if (variable.ndim < 2) scale = running(velocity, squares);
    else {
      // The mean of squares of each element, made up from those of its row and its column.
      const row = running(this.#rows[index], mean(squares, -1));
      const column = running(this.#columns[index], mean(squares, -2));
      scale = multiply(expandDims(divide(row, mean(row, -1, true)), -1), expandDims(column, -2));
      velocity.assign(scale);
    }
    const step = divide(g, sqrt(scale));
    const clipped = divide(step, maximum(divide(rootMeanSquare(step), this.clip_threshold), 1));
    const size = multiply(maximum(rootMeanSquare(variable.value), this.epsilon_2), minimum(rate, bound));
    variable.assign_sub(multiply(size, clipped));
  }

  override get_config(): Record<string, unknown> {
    const { beta_2_decay, epsilon_1, epsilon_2, clip_threshold, relative_step } = this;
    return { ...super.get_config(), beta_2_decay, epsilon_1, epsilon_2, clip_threshold, relative_step };
  }
}
kerasExport(Adafactor, 'keras.optimizers.Adafactor');
