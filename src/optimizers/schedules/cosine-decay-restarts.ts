/** CosineDecayRestarts: half a cosine, again and again. */
import type { TensorLike } from '../../engine/convert.js';
import type { Tensor } from '../../engine/tensor.js';
import { add, cos, divide, floor, log, multiply, power, subtract } from '../../ops/tensor-math.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { LearningRateSchedule, requireSteps, stepOf } from './learning-rate-schedule.js';

export interface CosineDecayRestartsOptions {
  /** Rate at step 0. */
  initial_learning_rate: number;
  /** Length of the first period in steps, above 0. */
  first_decay_steps: number;
  /** Factor of the length of each further period; default 2. */
  t_mul?: number;
  /** Factor of the rate at which each further period begins; default 1. */
  m_mul?: number;
  /** Rate at the end of a period, as a part of that at the beginning; default 0. */
  alpha?: number;
  /** Default 'SGDRDecay'. */
  name?: string;
}
const NAMES = ['initial_learning_rate', 'first_decay_steps', 't_mul', 'm_mul', 'alpha', 'name'] as const;

/**
 * Half a cosine, again and again. Source also: Loshchilov and Hutter, 2017.
 * Source: keras.optimizers.schedules.CosineDecayRestarts.
 *
 * @example
 * new keras.optimizers.schedules.CosineDecayRestarts(0.1, 10)(10).item(); // 0.1
 */
export class CosineDecayRestarts extends LearningRateSchedule {
  readonly initial_learning_rate: number;
  readonly first_decay_steps: number;
  readonly t_mul: number;
  readonly m_mul: number;
  readonly alpha: number;
  override readonly name: string;

  constructor(...args: ConstructorArgs<CosineDecayRestartsOptions, typeof NAMES>) {
    super();
    const options = namedArguments<CosineDecayRestartsOptions>('CosineDecayRestarts', NAMES, args, []);
    this.initial_learning_rate = options.initial_learning_rate;
    this.first_decay_steps = requireSteps('CosineDecayRestarts', 'first_decay_steps', options.first_decay_steps);
    this.t_mul = options.t_mul ?? 2;
    this.m_mul = options.m_mul ?? 1;
    this.alpha = options.alpha ?? 0;
    this.name = options.name ?? 'SGDRDecay';
  }

  override __call__(step: TensorLike): Tensor {
    const passed = divide(stepOf(step), this.first_decay_steps);
    let restarts: Tensor;
    let fraction: Tensor;
    if (this.t_mul === 1) {
      restarts = floor(passed);
      fraction = subtract(passed, restarts);
    } else {
      // Periods are a geometric series: the number of whole ones, then the part of the present one.
      const scale = 1 - this.t_mul;
      restarts = floor(divide(log(subtract(1, multiply(passed, scale))), Math.log(this.t_mul)));
      const length = power(this.t_mul, restarts);
      fraction = divide(subtract(passed, divide(subtract(1, length), scale)), length);
    }
    const cosine = multiply(multiply(add(cos(multiply(fraction, Math.PI)), 1), power(this.m_mul, restarts)), 0.5);
    return multiply(add(multiply(cosine, 1 - this.alpha), this.alpha), this.initial_learning_rate);
  }

  override get_config(): Record<string, unknown> {
    const { initial_learning_rate, first_decay_steps, t_mul, m_mul, alpha, name } = this;
    return { initial_learning_rate, first_decay_steps, t_mul, m_mul, alpha, name };
  }
}
kerasExport(CosineDecayRestarts, 'keras.optimizers.schedules.CosineDecayRestarts');
