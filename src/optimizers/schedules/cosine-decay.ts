/** CosineDecay: half a cosine, after a straight warm-up. */
import type { TensorLike } from '../../engine/convert.js';
import type { Tensor } from '../../engine/tensor.js';
import { add, cos, divide, less, minimum, multiply, subtract, where } from '../../ops/tensor-math.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { LearningRateSchedule, requireSteps, stepOf } from './learning-rate-schedule.js';

export interface CosineDecayOptions {
  /** Rate at step 0. */
  initial_learning_rate: number;
  /** Length of the decay in steps, above 0. */
  decay_steps: number;
  /** Rate at the end, as a part of that at the beginning; default 0. */
  alpha?: number;
  /** Default 'CosineDecay'. */
  name?: string;
  /** Rate that is reached before the decay begins; default null: no warm-up. */
  warmup_target?: number | null;
  /** Length of the warm-up; default 0. */
  warmup_steps?: number;
}
const NAMES = [
  'initial_learning_rate', 'decay_steps', 'alpha',
  'name', 'warmup_target', 'warmup_steps',
] as const;

/**
 * Half a cosine, after a straight warm-up. Source also: Loshchilov and Hutter, 2017.
 * Source: keras.optimizers.schedules.CosineDecay.
 *
 * @example
 * new keras.optimizers.schedules.CosineDecay(0.1, 10)(5).item(); // 0.05
 */
export class CosineDecay extends LearningRateSchedule {
  readonly initial_learning_rate: number;
  readonly decay_steps: number;
  readonly alpha: number;
  override readonly name: string;
  readonly warmup_target: number | null;
  readonly warmup_steps: number;

  constructor(...args: ConstructorArgs<CosineDecayOptions, typeof NAMES>) {
    super();
    const options = namedArguments<CosineDecayOptions>('CosineDecay', NAMES, args, []);
    this.initial_learning_rate = options.initial_learning_rate;
    this.decay_steps = requireSteps('CosineDecay', 'decay_steps', options.decay_steps);
    this.alpha = options.alpha ?? 0;
    this.name = options.name ?? 'CosineDecay';
    this.warmup_target = options.warmup_target ?? null;
    this.warmup_steps = options.warmup_steps ?? 0;
  }

  override __call__(step: TensorLike): Tensor {
    const now = stepOf(step);
    const decay = (passed: Tensor, from: number): Tensor => {
      const cosine = multiply(add(cos(multiply(divide(passed, this.decay_steps), Math.PI)), 1), 0.5);
      return multiply(add(multiply(cosine, 1 - this.alpha), this.alpha), from);
    };
    const { warmup_target: target, warmup_steps } = this;
    if (target === null) return decay(minimum(now, this.decay_steps), this.initial_learning_rate);
    const bounded = minimum(now, this.decay_steps + warmup_steps);
    const warmup = add(multiply(divide(bounded, warmup_steps), target - this.initial_learning_rate), this.initial_learning_rate);
    return where(less(bounded, warmup_steps), warmup, decay(subtract(bounded, warmup_steps), target));
  }

  override get_config(): Record<string, unknown> {
    const { initial_learning_rate, decay_steps, alpha, name, warmup_target, warmup_steps } = this;
    return { initial_learning_rate, decay_steps, alpha, name, warmup_target, warmup_steps };
  }
}
kerasExport(CosineDecay, 'keras.optimizers.schedules.CosineDecay');
