/** SparseCategoricalCrossentropy: the mean crossentropy of class numbers. */
import { sparse_categorical_crossentropy } from '../losses/probabilistic.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

export interface SparseCategoricalCrossentropyOptions extends MetricOptions {
  /** Whether predictions are logits rather than probabilities; default false. */
  from_logits?: boolean;
  /** A class number whose samples count as 0; default null: none. */
  ignore_class?: number | null;
  /** Axis of the classes; default -1. */
  axis?: number;
}
const NAMES = ['name', 'dtype', 'from_logits', 'ignore_class', 'axis'] as const;

/**
 * The mean crossentropy of class numbers. Source: keras.metrics.SparseCategoricalCrossentropy.
 * @example
 * new keras.metrics.SparseCategoricalCrossentropy()([1], [[0.5, 0.5]]).item(); // 0.6931
 */
export class SparseCategoricalCrossentropy extends MeanMetricWrapper {
  readonly from_logits: boolean;
  readonly ignore_class: number | null;
  readonly axis: number;

  constructor(...args: ConstructorArgs<SparseCategoricalCrossentropyOptions, typeof NAMES>) {
    const { name, dtype, from_logits = false, ignore_class = null, axis = -1 } =
      namedArguments<SparseCategoricalCrossentropyOptions>('SparseCategoricalCrossentropy', NAMES, args, []);
    super(sparse_categorical_crossentropy, {
      name: name ?? 'sparse_categorical_crossentropy', dtype, from_logits, ignore_class, axis,
    });
    this.from_logits = from_logits;
    this.ignore_class = ignore_class;
    this.axis = axis;
  }

  override get_config(): Record<string, unknown> {
    const { from_logits, ignore_class, axis } = this;
    return { ...Metric.prototype.get_config.call(this), from_logits, ignore_class, axis };
  }
}
kerasExport(SparseCategoricalCrossentropy, 'keras.metrics.SparseCategoricalCrossentropy');
