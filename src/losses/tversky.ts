/** Tversky: 1 minus the overlap of labels and predictions, errors weighted by kind. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { tversky } from './segmentation.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

export interface TverskyOptions extends LossOptions {
  /** Weight of what is missed; default 0.5. */
  alpha?: number;
  /** Weight of what is found wrongly; default 0.5. */
  beta?: number;
  /** Axes over which the overlap is counted; default null: all. */
  axis?: number | readonly number[] | null;
}
const NAMES = ['alpha', 'beta', 'reduction', 'name', 'axis', 'dtype'] as const;

/**
 * 1 minus the overlap of labels and predictions, errors weighted by kind. For segmentation of small
 * objects; with both weights 0.5 it is Dice. Source also: Salehi et al., 2017.
 * Source: keras.losses.Tversky.
 *
 * @example
 * new keras.losses.Tversky()([[1, 1]], [[1, 1]]).item(); // 0
 */
export class Tversky extends LossFunctionWrapper {
  readonly alpha: number;
  readonly beta: number;
  readonly axis: number | readonly number[] | null;

  constructor(...args: ConstructorArgs<TverskyOptions, typeof NAMES>) {
    const {
      alpha = 0.5, beta = 0.5, axis = null, ...options
    } = namedArguments<TverskyOptions>('Tversky', NAMES, args, []);
    super(tversky, { ...options, name: options.name ?? 'tversky', alpha, beta, axis });
    this.alpha = alpha;
    this.beta = beta;
    this.axis = axis;
  }

  override get_config(): Record<string, unknown> {
    const { alpha, beta, axis } = this;
    return { ...Loss.prototype.get_config.call(this), alpha, beta, axis };
  }
}
kerasExport(Tversky, 'keras.losses.Tversky');
