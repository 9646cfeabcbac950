/** ExponentialDecay. */
import { apply } from '../../engine/apply.js';
import { scalarTensor, toTensor, type TensorLike } from '../../engine/convert.js';
import type { Tensor } from '../../engine/tensor.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { LearningRateSchedule } from './learning-rate-schedule.js';

export interface ExponentialDecayOptions {
  initial_learning_rate: number;
  decay_steps: number;
  decay_rate: number;
  /** Decay at whole multiples of `decay_steps` only. Default false. */
  staircase?: boolean;
  name?: string | null;
}

const ARGUMENTS = ['initial_learning_rate', 'decay_steps', 'decay_rate', 'staircase', 'name'] as const;

/**
 * `initial_learning_rate * decay_rate ^ (step / decay_steps)`.
 * Source: keras.optimizers.schedules.ExponentialDecay.
 *
 * @example
 * const schedule = new keras.optimizers.schedules.ExponentialDecay(0.1, 1000, 0.5);
 * schedule(2000).item(); // 0.025
 */
export class ExponentialDecay extends LearningRateSchedule {
  readonly initial_learning_rate: number;
  readonly decay_steps: number;
  readonly decay_rate: number;
  readonly staircase: boolean;
  override readonly name: string;

  constructor(...args: ConstructorArgs<ExponentialDecayOptions, typeof ARGUMENTS>) {
    super();
    const options = namedArguments<ExponentialDecayOptions>('ExponentialDecay', ARGUMENTS, args, []);
    this.initial_learning_rate = options.initial_learning_rate;
    this.decay_steps = options.decay_steps;
    this.decay_rate = options.decay_rate;
    this.staircase = options.staircase ?? false;
    this.name = options.name ?? 'ExponentialDecay';
    if (!(this.decay_steps > 0)) throw new RangeError(`ExponentialDecay: decay_steps must be positive, received ${this.decay_steps}.`);
  }

  override __call__(step: TensorLike): Tensor {
    const position = apply('divide', [toTensor(step, 'float32'), scalarTensor(this.decay_steps, 'float32')]);
    const exponent = this.staircase ? apply('floor', [position]) : position;
    return apply('multiply', [scalarTensor(this.initial_learning_rate, 'float32'),
      apply('power', [scalarTensor(this.decay_rate, 'float32'), exponent])]);
  }

  override get_config(): Record<string, unknown> {
    return { initial_learning_rate: this.initial_learning_rate, decay_steps: this.decay_steps,
      decay_rate: this.decay_rate, staircase: this.staircase, name: this.name };
  }
}
kerasExport(ExponentialDecay, 'keras.optimizers.schedules.ExponentialDecay');
