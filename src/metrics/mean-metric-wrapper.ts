/** MeanMetricWrapper: a metric from a function of targets and predictions. */
import { apply } from '../engine/apply.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import type { Tensor } from '../engine/tensor.js';
import { squeezeOrExpandToSameRank } from '../losses/same-rank.js';
import { kerasExport } from '../saving/registration.js';
import { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
import { Mean } from './mean.js';
import { weightOf, type MetricOptions } from './metric.js';

/** Gives a value for each sample (or step). Further arguments come by name. */
export type MetricFunction = (y_true: Tensor, y_pred: Tensor, options?: Record<string, unknown>) => Tensor;

/**
 * The mean of a function's values. Further options are passed to the function.
 * Source: keras.metrics.MeanMetricWrapper.
 *
 * @example
 * const metric = new keras.metrics.MeanMetricWrapper((y, p) => keras.ops.absolute(keras.ops.subtract(y, p)), { name: 'gap' });
 */
export class MeanMetricWrapper extends Mean {
  readonly #fn: MetricFunction;
  readonly #options: Record<string, unknown>;

  constructor(fn: MetricFunction | Record<string, unknown>, options: MetricOptions & Record<string, unknown> = {}) {
    // From a config everything comes in one object.
    const { fn: given, name, dtype, ...rest } = typeof fn === 'function' ? { ...options, fn } : fn;
    super({ name: (name ?? null) as string | null, dtype: dtype as MetricOptions['dtype'] });
    this.#fn = given as MetricFunction;
    this.#options = rest;
  }

  override update_state(...args: unknown[]): void {
    const weight = weightOf(`${this.constructor.name}.update_state`, ['y_true', 'y_pred'], args);
    const [y_true, y_pred] = args as TensorLike[];
    const predictions = toTensor(y_pred);
    const { mask } = predictions;
    const values = Object.keys(this.#options).length > 0
      ? this.#fn(toTensor(y_true), predictions, this.#options) : this.#fn(toTensor(y_true), predictions);
    // As in Keras, a mask on the predictions counts together with weights only.
    if (weight === undefined || !mask) this.accumulate(values, weight);
    else {
      const [weights, kept] = squeezeOrExpandToSameRank(toTensor(weight, this.dtype), toTensor(mask, this.dtype));
      this.accumulate(values, apply('multiply', [weights, kept]));
    }
  }

  override get_config(): Record<string, unknown> {
    return { name: this.name, dtype: this.dtype, fn: serialize_keras_object(this.#fn), ...this.#options };
  }

  static override from_config(config: Record<string, unknown>): MeanMetricWrapper {
    const fn = deserialize_keras_object(config.fn);
    return new this({ ...config, ...(fn ? { fn } : {}) });
  }
}
kerasExport(MeanMetricWrapper, 'keras.metrics.MeanMetricWrapper');
