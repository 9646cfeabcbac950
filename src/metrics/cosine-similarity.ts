/** CosineSimilarity: the mean cosine between labels and predictions. */
import type { TensorLike } from '../engine/convert.js';
import type { Tensor } from '../engine/tensor.js';
import { cosine_similarity } from '../losses/regression.js';
import { negative } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { MeanMetricWrapper } from './mean-metric-wrapper.js';
import { Metric, type MetricOptions } from './metric.js';

export interface CosineSimilarityOptions extends MetricOptions {
  /** Axis of the vectors; default -1. */
  axis?: number;
}
const NAMES = ['name', 'dtype', 'axis'] as const;

/**
 * The mean cosine between labels and predictions: 1 for one direction, -1 for opposite ones.
 * Source: keras.metrics.CosineSimilarity.
 * @example
 * new keras.metrics.CosineSimilarity()([[1, 0]], [[2, 0]]).item(); // 1
 */
export class CosineSimilarity extends MeanMetricWrapper {
  readonly axis: number;

  constructor(...args: ConstructorArgs<CosineSimilarityOptions, typeof NAMES>) {
    const { name, dtype, axis = -1 } = namedArguments<CosineSimilarityOptions>('CosineSimilarity', NAMES, args, []);
    super((y_true: TensorLike, y_pred: TensorLike): Tensor => negative(cosine_similarity(y_true, y_pred, axis)),
      { name: name ?? 'cosine_similarity', dtype });
    this.axis = axis;
  }

  /** Python Keras leaves `axis` out and so loses it; it is written where it is not the default. */
  override get_config(): Record<string, unknown> {
    const config = Metric.prototype.get_config.call(this);
    return this.axis === -1 ? config : { ...config, axis: this.axis };
  }
}
kerasExport(CosineSimilarity, 'keras.metrics.CosineSimilarity');
