/** InverseTimeDecay: the rate over `1 + decay_rate * step / decay_steps`. */
import type { TensorLike } from '../../engine/convert.js';
import type { Tensor } from '../../engine/tensor.js';
import { add, divide, floor, multiply } from '../../ops/tensor-math.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { LearningRateSchedule, requireSteps, stepOf } from './learning-rate-schedule.js';

export interface InverseTimeDecayOptions {
  /** Rate at step 0. */
  initial_learning_rate: number;
  /** Unit of time in steps, above 0. */
  decay_steps: number;
  /** How fast the rate falls. */
  decay_rate: number;
  /** Whether the rate changes only every `decay_steps` steps; default false. */
  staircase?: boolean;
  /** Default 'InverseTimeDecay'. */
  name?: string;
}
const NAMES = ['initial_learning_rate', 'decay_steps', 'decay_rate', 'staircase', 'name'] as const;

/**
 * The rate over `1 + decay_rate * step / decay_steps`. The rate falls ever more slowly.
 * Source: keras.optimizers.schedules.InverseTimeDecay.
 *
 * @example
 * new keras.optimizers.schedules.InverseTimeDecay(0.1, 10, 1)(10).item(); // 0.05
 */
export class InverseTimeDecay extends LearningRateSchedule {
  readonly initial_learning_rate: number;
  readonly decay_steps: number;
  readonly decay_rate: number;
  readonly staircase: boolean;
  override readonly name: string;

  constructor(...args: ConstructorArgs<InverseTimeDecayOptions, typeof NAMES>) {
    super();
    const options = namedArguments<InverseTimeDecayOptions>('InverseTimeDecay', NAMES, args, []);
    this.initial_learning_rate = options.initial_learning_rate;
    this.decay_steps = requireSteps('InverseTimeDecay', 'decay_steps', options.decay_steps);
    this.decay_rate = options.decay_rate;
    this.staircase = options.staircase ?? false;
    this.name = options.name ?? 'InverseTimeDecay';
  }

  override __call__(step: TensorLike): Tensor {
    const passed = divide(stepOf(step), this.decay_steps);
    const times = this.staircase ? floor(passed) : passed;
    return divide(this.initial_learning_rate, add(multiply(times, this.decay_rate), 1));
  }

  override get_config(): Record<string, unknown> {
    const { initial_learning_rate, decay_steps, decay_rate, staircase, name } = this;
    return { initial_learning_rate, decay_steps, decay_rate, staircase, name };
  }
}
kerasExport(InverseTimeDecay, 'keras.optimizers.schedules.InverseTimeDecay');
