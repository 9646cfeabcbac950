/** Accuracy: how often predictions equal labels. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { accuracy } from './accuracy-functions.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import type { MetricOptions } from './metric.js';
import { NAME_DTYPE } from './sum.js';

/**
 * How often predictions equal labels. Source: keras.metrics.Accuracy.
 *
 * @example
 * const metric = new keras.metrics.Accuracy();
 * metric.update_state([1, 2, 3, 4], [0, 2, 3, 4]);
 * metric.result().item(); // 0.75
 */
export class Accuracy extends MeanMetricWrapper {
  constructor(...args: ConstructorArgs<MetricOptions, typeof NAME_DTYPE>) {
    const options = namedArguments<MetricOptions>('Accuracy', NAME_DTYPE, args, []);
    super(accuracy, { name: options.name ?? 'accuracy', dtype: options.dtype });
  }

  override get_config(): Record<string, unknown> {
    return { name: this.name, dtype: this.dtype };
  }

  static override from_config(config: Record<string, unknown>): Accuracy {
    return new this(config);
  }
}
kerasExport(Accuracy, 'keras.metrics.Accuracy');
