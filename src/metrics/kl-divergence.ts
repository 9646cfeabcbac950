/** KLDivergence: the mean of y_true log(y_true / y_pred) summed up. */
import { kl_divergence } from '../losses/probabilistic.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

const NAMES = ['name', 'dtype'] as const;

/**
 * The mean of y_true log(y_true / y_pred) summed up. For two probability distributions. Source:
 * keras.metrics.KLDivergence.
 * @example
 * new keras.metrics.KLDivergence()([[0.5, 0.5]], [[0.5, 0.5]]).item(); // 0
 */
export class KLDivergence extends MeanMetricWrapper {
  constructor(...args: ConstructorArgs<MetricOptions, typeof NAMES>) {
    const { name, dtype } = namedArguments<MetricOptions>('KLDivergence', NAMES, args, []);
    super(kl_divergence, { name: name ?? 'kl_divergence', dtype });
  }

  override get_config(): Record<string, unknown> {
    return Metric.prototype.get_config.call(this);
  }
}
kerasExport(KLDivergence, 'keras.metrics.KLDivergence');
