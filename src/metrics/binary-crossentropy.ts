/** BinaryCrossentropy: the mean crossentropy of labels 0 and 1. */
import { binary_crossentropy } from '../losses/probabilistic.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

export interface BinaryCrossentropyOptions extends MetricOptions {
  /** Whether predictions are logits rather than probabilities; default false. */
  from_logits?: boolean;
  /** How far labels are drawn to 0.5, from 0 to 1; default 0. */
  label_smoothing?: number;
}
const NAMES = ['name', 'dtype', 'from_logits', 'label_smoothing'] as const;

/**
 * The mean crossentropy of labels 0 and 1. Source: keras.metrics.BinaryCrossentropy.
 * @example
 * new keras.metrics.BinaryCrossentropy()([[0, 1]], [[0.5, 0.5]]).item(); // 0.6931
 */
export class BinaryCrossentropy extends MeanMetricWrapper {
  readonly from_logits: boolean;
  readonly label_smoothing: number;

  constructor(...args: ConstructorArgs<BinaryCrossentropyOptions, typeof NAMES>) {
    const { name, dtype, from_logits = false, label_smoothing = 0 } =
      namedArguments<BinaryCrossentropyOptions>('BinaryCrossentropy', NAMES, args, []);
    super(binary_crossentropy, { name: name ?? 'binary_crossentropy', dtype, from_logits, label_smoothing });
    this.from_logits = from_logits;
    this.label_smoothing = label_smoothing;
  }

  override get_config(): Record<string, unknown> {
    const { from_logits, label_smoothing } = this;
    return { ...Metric.prototype.get_config.call(this), from_logits, label_smoothing };
  }
}
kerasExport(BinaryCrossentropy, 'keras.metrics.BinaryCrossentropy');
