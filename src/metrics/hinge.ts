/** Hinge: the mean of max(1 - y_true y_pred, 0). */
import { hinge } from '../losses/hinge-functions.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

const NAMES = ['name', 'dtype'] as const;

/**
 * The mean of max(1 - y_true y_pred, 0). For labels -1 and 1 (0 and 1 are converted). Source: keras.metrics.Hinge.
 * @example
 * new keras.metrics.Hinge()([[-1, 1]], [[-2, 0]]).item(); // 0.5
 */
export class Hinge extends MeanMetricWrapper {
  constructor(...args: ConstructorArgs<MetricOptions, typeof NAMES>) {
    const { name, dtype } = namedArguments<MetricOptions>('Hinge', NAMES, args, []);
    super(hinge, { name: name ?? 'hinge', dtype });
  }

  override get_config(): Record<string, unknown> {
    return Metric.prototype.get_config.call(this);
  }
}
kerasExport(Hinge, 'keras.metrics.Hinge');
