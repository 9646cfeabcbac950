/** SparseCategoricalCrossentropy: the crossentropy of class numbers. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { sparse_categorical_crossentropy } from './probabilistic.js';
import { Loss, type LossOptions } from './loss.js';
import { LossFunctionWrapper } from './loss-function-wrapper.js';

export interface SparseCategoricalCrossentropyOptions extends LossOptions {
  /** Whether predictions are logits rather than probabilities; default false. */
  from_logits?: boolean;
  /** A class number whose samples do not count; default null: none. */
  ignore_class?: number | null;
  /** Axis of the classes; default -1. */
  axis?: number;
}
const NAMES = ['from_logits', 'ignore_class', 'reduction', 'axis', 'name', 'dtype'] as const;

/**
 * The crossentropy of class numbers. For classes; for one-hot labels use CategoricalCrossentropy. With
 * softmax as last activation the loss is computed from its logits.
 * Source: keras.losses.SparseCategoricalCrossentropy.
 *
 * @example
 * new keras.losses.SparseCategoricalCrossentropy()([1], [[0.5, 0.5]]).item(); // 0.6931
 */
export class SparseCategoricalCrossentropy extends LossFunctionWrapper {
  readonly from_logits: boolean;
  readonly ignore_class: number | null;
  readonly axis: number;

  constructor(...args: ConstructorArgs<SparseCategoricalCrossentropyOptions, typeof NAMES>) {
    const {
      from_logits = false, ignore_class = null, axis = -1, ...options
    } = namedArguments<SparseCategoricalCrossentropyOptions>('SparseCategoricalCrossentropy', NAMES, args, []);
    super(sparse_categorical_crossentropy, {
      ...options, name: options.name ?? 'sparse_categorical_crossentropy', from_logits, ignore_class, axis,
    });
    this.from_logits = from_logits;
    this.ignore_class = ignore_class;
    this.axis = axis;
  }

  override get_config(): Record<string, unknown> {
    const { from_logits, ignore_class } = this;
    return { ...Loss.prototype.get_config.call(this), from_logits, ignore_class };
  }
}
kerasExport(SparseCategoricalCrossentropy, 'keras.losses.SparseCategoricalCrossentropy');
