/** CategoricalCrossentropy: the crossentropy of one-hot labels. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { categorical_crossentropy } from './probabilistic.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

export interface CategoricalCrossentropyOptions extends LossOptions {
  /** Whether predictions are logits rather than probabilities; default false. */
  from_logits?: boolean;
  /** How far labels are drawn to equal probabilities, from 0 to 1; default 0. */
  label_smoothing?: number;
  /** Axis of the classes; default -1. */
  axis?: number;
}
const NAMES = ['from_logits', 'label_smoothing', 'axis', 'reduction', 'name', 'dtype'] as const;

/**
 * The crossentropy of one-hot labels. For classes; for labels that are class numbers use
 * SparseCategoricalCrossentropy. With softmax as last activation the loss is computed from its logits.
 * Source: keras.losses.CategoricalCrossentropy.
 *
 * @example
 * new keras.losses.CategoricalCrossentropy()([[0, 1]], [[0.5, 0.5]]).item(); // 0.6931
 */
export class CategoricalCrossentropy extends LossFunctionWrapper {
  readonly from_logits: boolean;
  readonly label_smoothing: number;
  readonly axis: number;

  constructor(...args: ConstructorArgs<CategoricalCrossentropyOptions, typeof NAMES>) {
    const {
      from_logits = false, label_smoothing = 0, axis = -1, ...options
    } = namedArguments<CategoricalCrossentropyOptions>('CategoricalCrossentropy', NAMES, args, []);
    super(categorical_crossentropy, {
      ...options, name: options.name ?? 'categorical_crossentropy', from_logits, label_smoothing, axis,
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
kerasExport(CategoricalCrossentropy, 'keras.losses.CategoricalCrossentropy');
