/** BinaryCrossentropy: the crossentropy of labels 0 and 1. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { binary_crossentropy } from './probabilistic.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

export interface BinaryCrossentropyOptions extends LossOptions {
  /** Whether predictions are logits rather than probabilities; default false. */
  from_logits?: boolean;
  /** How far labels are drawn to 0.5, from 0 to 1; default 0. */
  label_smoothing?: number;
  /** Axis of the mean; default -1. */
  axis?: number;
}
const NAMES = ['from_logits', 'label_smoothing', 'axis', 'reduction', 'name', 'dtype'] as const;

/**
 * The crossentropy of labels 0 and 1. For two classes, or several labels of each sample. With a sigmoid as
 * last activation the loss is computed from its logits.
 * Source: keras.losses.BinaryCrossentropy.
 *
 * @example
 * new keras.losses.BinaryCrossentropy()([[0, 1]], [[0.5, 0.5]]).item(); // 0.6931
 */
export class BinaryCrossentropy extends LossFunctionWrapper {
  readonly from_logits: boolean;
  readonly label_smoothing: number;
  readonly axis: number;

  constructor(...args: ConstructorArgs<BinaryCrossentropyOptions, typeof NAMES>) {
    const {
      from_logits = false, label_smoothing = 0, axis = -1, ...options
    } = namedArguments<BinaryCrossentropyOptions>('BinaryCrossentropy', NAMES, args, []);
    super(binary_crossentropy, {
      ...options, name: options.name ?? 'binary_crossentropy', from_logits, label_smoothing, axis,
    });
    this.from_logits = from_logits;
    this.label_smoothing = label_smoothing;
    this.axis = axis;
  }

  override get_config(): Record<string, unknown> {
    const { from_logits, label_smoothing, axis } = this;
    return { ...Loss.prototype.get_config.call(this), from_logits, label_smoothing, axis };
  }
}
kerasExport(BinaryCrossentropy, 'keras.losses.BinaryCrossentropy');
