/** BinaryFocalCrossentropy: binary crossentropy that counts easy samples less. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { binary_focal_crossentropy } from './focal.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

export interface BinaryFocalCrossentropyOptions extends LossOptions {
  /** Whether the classes are weighted by alpha and 1 - alpha; default false. */
  apply_class_balancing?: boolean;
  /** Weight of the class 1; default 0.25. */
  alpha?: number;
  /** How much easy samples lose weight; default 2. */
  gamma?: number;
  /** Whether predictions are logits rather than probabilities; default false. */
  from_logits?: boolean;
  /** How far labels are drawn to 0.5, from 0 to 1; default 0. */
  label_smoothing?: number;
  /** Axis of the mean; default -1. */
  axis?: number;
}
const NAMES = [
  'apply_class_balancing', 'alpha', 'gamma', 'from_logits',
  'label_smoothing', 'axis', 'reduction', 'name', 'dtype',
] as const;

/**
 * Binary crossentropy that counts easy samples less. For rare classes. Source also: Lin et al., 2018.
 * Source: keras.losses.BinaryFocalCrossentropy.
 *
 * @example
 * new keras.losses.BinaryFocalCrossentropy()([[1]], [[0.5]]).item(); // 0.1733
 */
export class BinaryFocalCrossentropy extends LossFunctionWrapper {
  readonly apply_class_balancing: boolean;
  readonly alpha: number;
  readonly gamma: number;
  readonly from_logits: boolean;
  readonly label_smoothing: number;
  readonly axis: number;

  constructor(...args: ConstructorArgs<BinaryFocalCrossentropyOptions, typeof NAMES>) {
    const {
      apply_class_balancing = false, alpha = 0.25, gamma = 2, from_logits = false, label_smoothing = 0, axis = -1, ...options
    } = namedArguments<BinaryFocalCrossentropyOptions>('BinaryFocalCrossentropy', NAMES, args, []);
    super(binary_focal_crossentropy, {
      ...options, name: options.name ?? 'binary_focal_crossentropy', apply_class_balancing, alpha, gamma, from_logits, label_smoothing, axis,
    });
    this.apply_class_balancing = apply_class_balancing;
    this.alpha = alpha;
    this.gamma = gamma;
    this.from_logits = from_logits;
    this.label_smoothing = label_smoothing;
    this.axis = axis;
  }

  override get_config(): Record<string, unknown> {
    const { from_logits, label_smoothing, axis, apply_class_balancing, alpha, gamma } = this;
    return { ...Loss.prototype.get_config.call(this), from_logits, label_smoothing, axis, apply_class_balancing, alpha, gamma };
  }
}
kerasExport(BinaryFocalCrossentropy, 'keras.losses.BinaryFocalCrossentropy');
