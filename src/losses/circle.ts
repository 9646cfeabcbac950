/** Circle: draws embeddings of one class together. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { circle } from './similarity.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

export interface CircleOptions extends LossOptions {
  /** Scale of the similarities; default 80. */
  gamma?: number;
  /** Distance that classes shall have, from 0 to 1; default 0.4. */
  margin?: number;
  /** Whether a sample is not compared with itself; default true. */
  remove_diagonal?: boolean;
}
const NAMES = ['gamma', 'margin', 'remove_diagonal', 'reduction', 'name', 'dtype'] as const;

/**
 * Draws embeddings of one class together. For embeddings of unit length, with class numbers as labels.
 * Source also: Sun et al., 2020.
 * Source: keras.losses.Circle.
 *
 * @example
 * new keras.losses.Circle()([0, 0], [[1, 0], [1, 0]]).dtype; // 'float32'
 */
export class Circle extends LossFunctionWrapper {
  readonly gamma: number;
  readonly margin: number;
  readonly remove_diagonal: boolean;

  constructor(...args: ConstructorArgs<CircleOptions, typeof NAMES>) {
    const {
      gamma = 80, margin = 0.4, remove_diagonal = true, ...options
    } = namedArguments<CircleOptions>('Circle', NAMES, args, []);
    super(circle, { ...options, name: options.name ?? 'circle', gamma, margin, remove_diagonal });
    this.gamma = gamma;
    this.margin = margin;
    this.remove_diagonal = remove_diagonal;
  }

  override get_config(): Record<string, unknown> {
    const { gamma, margin, remove_diagonal } = this;
    return { ...Loss.prototype.get_config.call(this), gamma, margin, remove_diagonal };
  }
}
kerasExport(Circle, 'keras.losses.Circle');
