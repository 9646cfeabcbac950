/** PiecewiseConstantDecay: rates that hold between given steps. */
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { getDefaultFloat } from '../../engine/dtype.js';
import type { Tensor } from '../../engine/tensor.js';
import { lessEqual, where } from '../../ops/tensor-math.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { LearningRateSchedule } from './learning-rate-schedule.js';

export interface PiecewiseConstantDecayOptions {
  /** Last steps of all rates but the last one, ascending. */
  boundaries: readonly number[];
  /** One rate more than there are boundaries. */
  values: readonly number[];
  /** Default 'PiecewiseConstant'. */
  name?: string;
}
const NAMES = ['boundaries', 'values', 'name'] as const;

/**
 * The first rate up to and with the first boundary, the second up to and with the second, and so on.
 * Source: keras.optimizers.schedules.PiecewiseConstantDecay.
 *
 * @throws RangeError when there is not one rate more than boundaries
 * @example
 * new keras.optimizers.schedules.PiecewiseConstantDecay([10], [1, 0.5])(11).item(); // 0.5
 */
export class PiecewiseConstantDecay extends LearningRateSchedule {
  readonly boundaries: readonly number[];
  readonly values: readonly number[];
  override readonly name: string;

  constructor(...args: ConstructorArgs<PiecewiseConstantDecayOptions, typeof NAMES>) {
    super();
    const { boundaries, values, name = 'PiecewiseConstant' } =
      namedArguments<PiecewiseConstantDecayOptions>('PiecewiseConstantDecay', NAMES, args, []);
    if (boundaries.length !== values.length - 1) {
      throw new RangeError('PiecewiseConstantDecay takes one value more than boundaries, received ' +
        `${boundaries.length} boundaries and ${values.length} values.`);
    }
    this.boundaries = boundaries;
    this.values = values;
    this.name = name;
  }

  override __call__(step: TensorLike): Tensor {
    const now = toTensor(step);
    let rate = toTensor(this.values.at(-1)!, getDefaultFloat());
    for (let i = this.boundaries.length - 1; i >= 0; i--) rate = where(lessEqual(now, this.boundaries[i]), this.values[i], rate);
    return rate;
  }

  override get_config(): Record<string, unknown> {
    return { boundaries: [...this.boundaries], values: [...this.values], name: this.name };
  }
}
kerasExport(PiecewiseConstantDecay, 'keras.optimizers.schedules.PiecewiseConstantDecay');
