/** ExponentialDecay: the rate times `decay_rate ^ (step / decay_steps)`. */
import type { TensorLike } from '../../engine/convert.js';
import type { Tensor } from '../../engine/tensor.js';
import { divide, floor, multiply, power } from '../../ops/tensor-math.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { LearningRateSchedule, requireSteps, stepOf } from './learning-rate-schedule.js';

export interface ExponentialDecayOptions {
  /** Rate at step 0. */
  initial_learning_rate: number;
  /** Steps after which the rate has been multiplied by `decay_rate` once, above 0. */
  decay_steps: number;
  /** Factor. */
  decay_rate: number;
  /** Whether the rate changes only every `decay_steps` steps; default false. */
  staircase?: boolean;
  /** Default 'ExponentialDecay'. */
  name?: string;
}
const NAMES = ['initial_learning_rate', 'decay_steps', 'decay_rate', 'staircase', 'name'] as const;

/**
 * The rate times `decay_rate ^ (step / decay_steps)`. The rate falls by the same factor in equal times.
 * Source: keras.optimizers.schedules.ExponentialDecay.
 *
 * @example
 * new keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)(10).item(); // 0.05
 */
export class ExponentialDecay extends LearningRateSchedule {
  readonly initial_learning_rate: number;
  readonly decay_steps: number;
  readonly decay_rate: number;
  readonly staircase: boolean;
  override readonly name: string;

  constructor(...args: ConstructorArgs<ExponentialDecayOptions, typeof NAMES>) {
    super();
    const options = namedArguments<ExponentialDecayOptions>('ExponentialDecay', NAMES, args, []);
    this.initial_learning_rate = options.initial_learning_rate;
    this.decay_steps = requireSteps('ExponentialDecay', 'decay_steps', options.decay_steps);
    this.decay_rate = options.decay_rate;
    this.staircase = options.staircase ?? false;
    this.name = options.name ?? 'ExponentialDecay';
  }

  override __call__(step: TensorLike): Tensor {
    const passed = divide(stepOf(step), this.decay_steps);
    const times = this.staircase ? floor(passed) : passed;
    return multiply(power(this.decay_rate, times), this.initial_learning_rate);
  }

  override get_config(): Record<string, unknown> {
    const { initial_learning_rate, decay_steps, decay_rate, staircase, name } = this;
    return { initial_learning_rate, decay_steps, decay_rate, staircase, name };
  }
}
kerasExport(ExponentialDecay, 'keras.optimizers.schedules.ExponentialDecay');
