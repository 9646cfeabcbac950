/** CategoricalCrossentropy: the mean crossentropy of one-hot labels. */
import { categorical_crossentropy } from '../losses/probabilistic.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

export interface CategoricalCrossentropyOptions extends MetricOptions {
  /** Whether predictions are logits rather than probabilities; default false. */
  from_logits?: boolean;
  /** How far labels are drawn to equal probabilities, from 0 to 1; default 0. */
  label_smoothing?: number;
  /** Axis of the classes; default -1. */
  axis?: number;
}
const NAMES = ['name', 'dtype', 'from_logits', 'label_smoothing', 'axis'] as const;

/**
 * The mean crossentropy of one-hot labels. Source: keras.metrics.CategoricalCrossentropy.
 * @example
 * new keras.metrics.CategoricalCrossentropy()([[0, 1]], [[0.5, 0.5]]).item(); // 0.6931
 */
export class CategoricalCrossentropy extends MeanMetricWrapper {
  readonly from_logits: boolean;
  readonly label_smoothing: number;
  readonly axis: number;

  constructor(...args: ConstructorArgs<CategoricalCrossentropyOptions, typeof NAMES>) {
    const { name, dtype, from_logits = false, label_smoothing = 0, axis = -1 } =
      namedArguments<CategoricalCrossentropyOptions>('CategoricalCrossentropy', NAMES, args, []);
    super(categorical_crossentropy, {
      name: name ?? 'categorical_crossentropy', dtype, from_logits, label_smoothing, axis,
    });
    this.from_logits = from_logits;
    this.label_smoothing = label_smoothing;
    this.axis = axis;
  }

  override get_config(): Record<string, unknown> {
    const { from_logits, label_smoothing, axis } = this;
    return { ...Metric.prototype.get_config.call(this), from_logits, label_smoothing, axis };
  }
}
kerasExport(CategoricalCrossentropy, 'keras.metrics.CategoricalCrossentropy');
