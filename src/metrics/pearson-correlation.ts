/** PearsonCorrelation: whether labels and predictions vary together. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { pearson_correlation } from './correlation-functions.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

export interface PearsonCorrelationOptions extends MetricOptions {
  /** Axis along which labels and predictions vary; default -1. */
  axis?: number;
}
const NAMES = ['name', 'dtype', 'axis'] as const;

/**
 * The mean correlation of labels and predictions, from -1 to 1. Source: keras.metrics.PearsonCorrelation.
 * @example
 * new keras.metrics.PearsonCorrelation()([[0, 1, 2]], [[0, 1, 2]]).item(); // 1
 */
export class PearsonCorrelation extends MeanMetricWrapper {
  readonly axis: number;

  constructor(...args: ConstructorArgs<PearsonCorrelationOptions, typeof NAMES>) {
    const { name, dtype, axis = -1 } = namedArguments<PearsonCorrelationOptions>('PearsonCorrelation', NAMES, args, []);
    super(pearson_correlation, { name: name ?? 'pearson_correlation', dtype, axis });
    this.axis = axis;
  }

  override get_config(): Record<string, unknown> {
    return { ...Metric.prototype.get_config.call(this), axis: this.axis };
  }
}
kerasExport(PearsonCorrelation, 'keras.metrics.PearsonCorrelation');
