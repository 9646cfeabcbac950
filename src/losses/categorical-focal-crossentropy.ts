/** CategoricalFocalCrossentropy: categorical crossentropy that counts easy samples less. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { categorical_focal_crossentropy } from './focal.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

export interface CategoricalFocalCrossentropyOptions extends LossOptions {
  /** Weight of all classes; default 0.25. */
  alpha?: number;
  /** How much easy samples lose weight; default 2. */
  gamma?: number;
  /** Whether predictions are logits rather than probabilities; default false. */
  from_logits?: boolean;
  /** How far labels are drawn to equal probabilities, from 0 to 1; default 0. */
  label_smoothing?: number;
  /** Axis of the classes; default -1. */
  axis?: number;
}
const NAMES = [
  'alpha', 'gamma', 'from_logits', 'label_smoothing',
  'axis', 'reduction', 'name', 'dtype',
] as const;

/**
 * Categorical crossentropy that counts easy samples less. For rare classes and one-hot labels. Source also:
 * Lin et al., 2018.
 * Source: keras.losses.CategoricalFocalCrossentropy.
 *
 * @example
 * new keras.losses.CategoricalFocalCrossentropy()([[0, 1]], [[0.5, 0.5]]).item(); // 0.0433
 */
export class CategoricalFocalCrossentropy extends LossFunctionWrapper {
  readonly alpha: number;
  readonly gamma: number;
  readonly from_logits: boolean;
  readonly label_smoothing: number;
  readonly axis: number;

  constructor(...args: ConstructorArgs<CategoricalFocalCrossentropyOptions, typeof NAMES>) {
    const {
      alpha = 0.25, gamma = 2, from_logits = false, label_smoothing = 0, axis = -1, ...options
    } = namedArguments<CategoricalFocalCrossentropyOptions>('CategoricalFocalCrossentropy', NAMES, args, []);
    super(categorical_focal_crossentropy, {
      ...options, name: options.name ?? 'categorical_focal_crossentropy', alpha, gamma, from_logits, label_smoothing, axis,
    });
    this.alpha = alpha;
    this.gamma = gamma;
    this.from_logits = from_logits;
    this.label_smoothing = label_smoothing;
    this.axis = axis;
  }

  override get_config(): Record<string, unknown> {
    const { from_logits, label_smoothing, axis, alpha, gamma } = this;
    return { ...Loss.prototype.get_config.call(this), from_logits, label_smoothing, axis, alpha, gamma };
  }
}
kerasExport(CategoricalFocalCrossentropy, 'keras.losses.CategoricalFocalCrossentropy');
