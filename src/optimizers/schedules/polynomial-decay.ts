/** PolynomialDecay: `(1 - step / decay_steps) ^ power` of the way down to an end. */
import type { TensorLike } from '../../engine/convert.js';
import type { Tensor } from '../../engine/tensor.js';
import {
  add, ceil, divide, equal, minimum, multiply, power, subtract, where, type Operand,
} from '../../ops/tensor-math.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { LearningRateSchedule, requireSteps, stepOf } from './learning-rate-schedule.js';

export interface PolynomialDecayOptions {
  /** Rate at step 0. */
  initial_learning_rate: number;
  /** Step at which the end is reached, above 0. */
  decay_steps: number;
  /** Rate from there on; default 0.0001. */
  end_learning_rate?: number;
  /** Of the polynomial; default 1: a straight line. */
  power?: number;
  /** Whether the rate rises again beyond `decay_steps`; default false. */
  cycle?: boolean;
  /** Default 'PolynomialDecay'. */
  name?: string;
}
const NAMES = [
  'initial_learning_rate', 'decay_steps', 'end_learning_rate',
  'power', 'cycle', 'name',
] as const;

/**
 * `(1 - step / decay_steps) ^ power` of the way down to an end. The rate falls to an end value.
 * Source: keras.optimizers.schedules.PolynomialDecay.
 *
 * @example
 * new keras.optimizers.schedules.PolynomialDecay(0.1, 10, 0)(5).item(); // 0.05
 */
export class PolynomialDecay extends LearningRateSchedule {
  readonly initial_learning_rate: number;
  readonly decay_steps: number;
  readonly end_learning_rate: number;
  readonly power: number;
  readonly cycle: boolean;
  override readonly name: string;

  constructor(...args: ConstructorArgs<PolynomialDecayOptions, typeof NAMES>) {
    super();
    const options = namedArguments<PolynomialDecayOptions>('PolynomialDecay', NAMES, args, []);
    this.initial_learning_rate = options.initial_learning_rate;
    this.decay_steps = requireSteps('PolynomialDecay', 'decay_steps', options.decay_steps);
    this.end_learning_rate = options.end_learning_rate ?? 0.0001;
    this.power = options.power ?? 1;
    this.cycle = options.cycle ?? false;
    this.name = options.name ?? 'PolynomialDecay';
  }

  override __call__(step: TensorLike): Tensor {
    let now = stepOf(step);
    let total: Operand = this.decay_steps;
    if (this.cycle) {
      // The period grows so that the step is always inside.
      total = multiply(where(equal(now, 0), 1, ceil(divide(now, this.decay_steps))), this.decay_steps);
    } else now = minimum(now, this.decay_steps);
    const left = power(subtract(1, divide(now, total)), this.power);
    return add(multiply(left, this.initial_learning_rate - this.end_learning_rate), this.end_learning_rate);
  }

  override get_config(): Record<string, unknown> {
    const { initial_learning_rate, decay_steps, end_learning_rate, power, cycle, name } = this;
    return { initial_learning_rate, decay_steps, end_learning_rate, power, cycle, name };
  }
}
kerasExport(PolynomialDecay, 'keras.optimizers.schedules.PolynomialDecay');
