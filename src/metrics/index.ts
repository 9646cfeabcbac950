/** keras.metrics: measures over many batches, and finding them by name. */
import type { CustomObjects } from '../saving/registration.js';
import { makeResolver, publishResolver } from '../utils/resolve.js';
import type { MetricFunction } from './mean-metric-wrapper.js';
import type { Metric } from './metric.js';

export * from './accuracy.js';
export { binary_accuracy, categorical_accuracy, sparse_categorical_accuracy, sparse_top_k_categorical_accuracy,
  top_k_categorical_accuracy } from './accuracy-functions.js';
export * from './binary-accuracy.js';
export * from './categorical-accuracy.js';
export { Mean } from './mean.js';
export { MeanMetricWrapper, type MetricFunction } from './mean-metric-wrapper.js';
export { Metric, MetricError, type MetricOptions, type MetricResult, type UpdateOptions } from './metric.js';
export * from './sparse-categorical-accuracy.js';
export * from './sparse-top-k-categorical-accuracy.js';
export { Sum } from './sum.js';
export * from './top-k-categorical-accuracy.js';

const MODULE = 'keras.metrics';
const resolver = makeResolver<Metric | MetricFunction>({ module: MODULE, what: 'metric' });

/**
 * The metric that a name, a config, a function or a metric means. Source: keras.metrics.get.
 * @example
 * keras.metrics.get('binary_accuracy').name; // 'binary_accuracy'
 */
export const get = (identifier: unknown): Metric | MetricFunction | null => resolver.get(identifier);

/** The config of a metric. Source: keras.metrics.serialize. */
export const serialize = (metric: unknown): unknown => resolver.serialize(metric);

/** The metric of a config. Source: keras.metrics.deserialize. */
export const deserialize = (config: unknown, custom_objects: CustomObjects | null = null): Metric | MetricFunction =>
  resolver.deserialize(config, custom_objects);

publishResolver(MODULE, { get, serialize, deserialize });
