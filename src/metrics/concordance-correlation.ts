/** ConcordanceCorrelation: whether labels and predictions agree. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { concordance_correlation } from './correlation-functions.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

export interface ConcordanceCorrelationOptions extends MetricOptions {
  /** Axis along which labels and predictions vary; default -1. */
  axis?: number;
}
const NAMES = ['name', 'dtype', 'axis'] as const;

/**
 * The mean correlation of labels and predictions that counts differences of mean and scale too. Source:
 * keras.metrics.ConcordanceCorrelation.
 * @example
 * new keras.metrics.ConcordanceCorrelation()([[0, 1, 2]], [[0, 1, 2]]).item(); // 1
 */
export class ConcordanceCorrelation extends MeanMetricWrapper {
  readonly axis: number;

  constructor(...args: ConstructorArgs<ConcordanceCorrelationOptions, typeof NAMES>) {
    const { name, dtype, axis = -1 } = namedArguments<ConcordanceCorrelationOptions>('ConcordanceCorrelation', NAMES, args, []);
    super(concordance_correlation, { name: name ?? 'concordance_correlation', dtype, axis });
    this.axis = axis;
  }

  override get_config(): Record<string, unknown> {
    return { ...Metric.prototype.get_config.call(this), axis: this.axis };
  }
}
kerasExport(ConcordanceCorrelation, 'keras.metrics.ConcordanceCorrelation');
