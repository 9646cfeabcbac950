/** Whether a metric is better when it is higher or lower: what `mode: 'auto'` of callbacks goes by. */
import * as losses from '../losses/index.js';
import * as metrics from '../metrics/index.js';

const UP = ['AUC', 'Accuracy', 'BinaryAccuracy', 'CategoricalAccuracy', 'ConcordanceCorrelation', 'CosineSimilarity',
  'FBetaScore', 'PearsonCorrelation', 'Precision', 'R2Score', 'Recall', 'SensitivityAtSpecificity',
  'SparseCategoricalAccuracy', 'SparseTopKCategoricalAccuracy', 'SpecificityAtSensitivity', 'PrecisionAtRecall',
  'RecallAtPrecision', 'TopKCategoricalAccuracy', 'IoU', 'MeanIoU'] as const satisfies readonly (keyof typeof metrics)[];
const DOWN = ['BinaryCrossentropy', 'CategoricalCrossentropy', 'CategoricalHinge', 'Hinge', 'KLDivergence', 'LogCoshError',
  'MeanAbsoluteError', 'MeanAbsolutePercentageError', 'MeanSquaredError', 'MeanSquaredLogarithmicError', 'Poisson',
  'RootMeanSquaredError', 'SparseCategoricalCrossentropy', 'SquaredHinge'] as const satisfies readonly (keyof typeof metrics)[];

/** A metric of one's own may say it by this field. */
interface Directed {
  _direction?: 'up' | 'down' | null;
}

/** Undefined where nothing is known. */
export function directionOf(metric: metrics.Metric): 'up' | 'down' | undefined {
  const { _direction: own } = metric as Directed;
  if (own) return own;
  const isOne = (names: readonly (keyof typeof metrics)[]): boolean =>
    names.some((name) => metric instanceof (metrics[name] as typeof metrics.Mean));
  if (isOne(UP)) return 'up';
  if (isOne(DOWN)) return 'down';
  // The mean of a loss function is one to be lowered.
  const fn = metric instanceof metrics.MeanMetricWrapper ? metric.fn : undefined;
  return fn && Object.values<unknown>(losses).includes(fn) ? 'down' : undefined;
}
