/** keras.metrics: figures over batches, and finding them by name. */
import type { CustomObjects } from '../saving/registration.js';
import { makeResolver, publishResolver } from '../utils/resolve.js';
import type { MetricFunction } from './mean-metric-wrapper.js';
import type { Metric } from './metric.js';

export * from './accuracy.js';
export * from './auc.js';
export * from './binary-accuracy.js';
export * from './binary-crossentropy.js';
export * from './binary-iou.js';
export * from './categorical-accuracy.js';
export * from './categorical-crossentropy.js';
export * from './categorical-hinge.js';
export * from './concordance-correlation.js';
export * from './correlation-functions.js';
export * from './cosine-similarity.js';
export * from './f1-score.js';
export * from './false-negatives.js';
export * from './false-positives.js';
export * from './fbeta-score.js';
export * from './hinge.js';
export * from './iou.js';
export * from './kl-divergence.js';
export * from './log-cosh-error.js';
export * from './mean.js';
export * from './mean-absolute-error.js';
export * from './mean-absolute-percentage-error.js';
export * from './mean-iou.js';
export * from './mean-metric-wrapper.js';
export * from './mean-squared-error.js';
export * from './mean-squared-logarithmic-error.js';
export * from './one-hot-iou.js';
export * from './one-hot-mean-iou.js';
export * from './pearson-correlation.js';
export * from './poisson.js';
export * from './precision.js';
export * from './precision-at-recall.js';
export * from './r2-score.js';
export * from './recall.js';
export * from './recall-at-precision.js';
export * from './root-mean-squared-error.js';
export * from './sensitivity-at-specificity.js';
export * from './sparse-categorical-accuracy.js';
export * from './sparse-categorical-crossentropy.js';
export * from './sparse-top-k-categorical-accuracy.js';
export * from './specificity-at-sensitivity.js';
export * from './squared-hinge.js';
export * from './sum.js';
export * from './top-k-categorical-accuracy.js';
export * from './true-negatives.js';
export * from './true-positives.js';
export {
  binary_accuracy, categorical_accuracy, sparse_categorical_accuracy, sparse_top_k_categorical_accuracy,
  top_k_categorical_accuracy,
} from './accuracy-functions.js';
export { Metric, type AddVariableOptions, type MetricOptions, type MetricResult } from './metric.js';
export type { SampleWeight } from './samplewise.js';
export { categorical_hinge, hinge, squared_hinge } from '../losses/hinge-functions.js';
export { binary_focal_crossentropy, categorical_focal_crossentropy } from '../losses/focal.js';
export {
  binary_crossentropy, categorical_crossentropy, kl_divergence, poisson, sparse_categorical_crossentropy,
} from '../losses/probabilistic.js';
export {
  huber, log_cosh, mean_absolute_error, mean_absolute_percentage_error, mean_squared_error,
  mean_squared_logarithmic_error,
} from '../losses/regression.js';

const resolver = makeResolver<Metric | MetricFunction>({
  module: 'keras.metrics', what: 'metric', classesFirst: true,
  aliases: {
    bce: 'BinaryCrossentropy', BCE: 'BinaryCrossentropy', mse: 'MeanSquaredError', MSE: 'MeanSquaredError',
    mae: 'MeanAbsoluteError', MAE: 'MeanAbsoluteError',
    mape: 'MeanAbsolutePercentageError', MAPE: 'MeanAbsolutePercentageError',
    msle: 'MeanSquaredLogarithmicError', MSLE: 'MeanSquaredLogarithmicError',
  },
});

/**
 * The metric that a name, a config, a class or a function means; null for null. Names mean metrics, in
 * snake case too.
 * Source: keras.metrics.get.
 * @example
 * keras.metrics.get('mse')([[0]], [[2]]).item(); // 4
 */
export function get(identifier: null | undefined): null;
export function get(identifier: unknown): Metric | MetricFunction;
export function get(identifier: unknown): Metric | MetricFunction | null {
  return resolver.get(identifier);
}

/** The config of a metric. Source: keras.metrics.serialize. */
export const serialize = (metric: unknown): unknown => resolver.serialize(metric);

/** The metric of a config. Source: keras.metrics.deserialize. */
export const deserialize = (config: unknown, custom_objects: CustomObjects | null = null): Metric | MetricFunction =>
  resolver.deserialize(config, custom_objects);

publishResolver('keras.metrics', { get, serialize, deserialize });
