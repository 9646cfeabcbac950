/** Dice: 1 minus the overlap of labels and predictions. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { dice } from './segmentation.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

export interface DiceOptions extends LossOptions {
  /** Axes over which the overlap is counted; default null: all. */
  axis?: number | readonly number[] | null;
}
const NAMES = ['reduction', 'name', 'axis', 'dtype'] as const;

/**
 * 1 minus the overlap of labels and predictions. For segmentation.
 * Source: keras.losses.Dice.
 *
 * @example
 * new keras.losses.Dice()([[1, 1]], [[1, 1]]).item(); // 0
 */
export class Dice extends LossFunctionWrapper {
  readonly axis: number | readonly number[] | null;

  constructor(...args: ConstructorArgs<DiceOptions, typeof NAMES>) {
    const { axis = null, ...options } = namedArguments<DiceOptions>('Dice', NAMES, args, []);
    super(dice, { ...options, name: options.name ?? 'dice', axis });
    this.axis = axis;
  }

  override get_config(): Record<string, unknown> {
    const { axis } = this;
    return { ...Loss.prototype.get_config.call(this), axis };
  }
}
kerasExport(Dice, 'keras.losses.Dice');
