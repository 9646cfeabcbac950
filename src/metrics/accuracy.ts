/** Accuracy: how often predictions equal labels. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { accuracy } from './accuracy-functions.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

const NAMES = ['name', 'dtype'] as const;

/**
 * How often predictions equal labels. For predictions that are labels themselves. Source: keras.metrics.Accuracy.
 * @example
 * new keras.metrics.Accuracy()([1, 2], [1, 3]).item(); // 0.5
 */
export class Accuracy extends MeanMetricWrapper {
  constructor(...args: ConstructorArgs<MetricOptions, typeof NAMES>) {
    const { name, dtype } = namedArguments<MetricOptions>('Accuracy', NAMES, args, []);
    super(accuracy, { name: name ?? 'accuracy', dtype });
  }

  override get_config(): Record<string, unknown> {
    return Metric.prototype.get_config.call(this);
  }
}
kerasExport(Accuracy, 'keras.metrics.Accuracy');
