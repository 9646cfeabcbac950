/** Huber: squared up to delta, linear beyond. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { huber } from './regression.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

export interface HuberOptions extends LossOptions {
  /** Where the squared error passes into the absolute one; default 1. */
  delta?: number;
}
const NAMES = ['delta', 'reduction', 'name', 'dtype'] as const;

/**
 * Squared up to delta, linear beyond. For regression with outliers.
 * Source: keras.losses.Huber.
 *
 * @example
 * new keras.losses.Huber()([0, 0], [0.5, 3]).item(); // 1.3125
 */
export class Huber extends LossFunctionWrapper {
  readonly delta: number;

  constructor(...args: ConstructorArgs<HuberOptions, typeof NAMES>) {
    const { delta = 1, ...options } = namedArguments<HuberOptions>('Huber', NAMES, args, []);
    super(huber, { ...options, name: options.name ?? 'huber_loss', delta });
    this.delta = delta;
  }

  /** Python Keras leaves `delta` out and so loses it; it is written where it is not the default. */
  override get_config(): Record<string, unknown> {
    const config = Loss.prototype.get_config.call(this);
    return this.delta === 1 ? config : { ...config, delta: this.delta };
  }
}
kerasExport(Huber, 'keras.losses.Huber');
