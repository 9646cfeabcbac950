/** MeanMetricWrapper: the mean of a function of labels and predictions. */
import { toTensor, type TensorLike } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import { isPlainObject } from '../engine/structure.js';
import { Tensor } from '../engine/tensor.js';
import { applyMask } from '../losses/reduction.js';
import { kerasExport } from '../saving/registration.js';
import { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
import { Mean } from './mean.js';
import { Metric, type MetricOptions } from './metric.js';
import { weightsOf, type SampleWeight } from './samplewise.js';
import { requirePair } from '../utils/checks.js';

/** One figure a sample, of labels and predictions. */
export type MetricFunction = (y_true: Tensor, y_pred: Tensor, options?: never) => Tensor;

/** Options of the metric itself; all others are handed to the function. */
export type MeanMetricWrapperOptions = MetricOptions & Record<string, unknown>;

export interface MeanMetricWrapper {
  (y_true: TensorLike, y_pred: TensorLike, sample_weight?: SampleWeight): Tensor;
}

/**
 * The mean of a function of labels and predictions. Source: keras.metrics.MeanMetricWrapper.
 * @example
 * const metric = new keras.metrics.MeanMetricWrapper(keras.losses.huber, {name: 'huber', delta: 0.5});
 * metric([[0]], [[1]]).item(); // 0.375
 */
export class MeanMetricWrapper extends Mean {
  readonly #fn: (...args: unknown[]) => Tensor;
  readonly #options: Record<string, unknown>;

  /** @param fn gives one figure a sample; @param options `name`, `dtype`, and options of the function */
  constructor(fn: unknown, options: MeanMetricWrapperOptions = {}) {
    const { name, dtype, ...others } = options;
    if (typeof fn !== 'function') throw new TypeError(`MeanMetricWrapper takes a function, received ${String(fn)}.`);
    super({ name: name ?? (fn.name || undefined), dtype });
    this.#fn = fn as (...args: unknown[]) => Tensor;
    this.#options = others;
  }

  /** The function whose mean it is. */
  get fn(): (...args: unknown[]) => Tensor {
    return this.#fn;
  }

  override update_state(y_true: TensorLike, y_pred: TensorLike, sample_weight?: SampleWeight): void {
    requirePair(`${this.constructor.name} '${this.name}'`, y_true, y_pred);
    tidy(() => {
      const mask = y_pred instanceof Tensor ? y_pred.mask : undefined;
      const values = Object.keys(this.#options).length === 0
        ? this.#fn(y_true, y_pred) : this.#fn(y_true, y_pred, this.#options);
      const given = weightsOf(sample_weight);
      const weights = given === undefined ? undefined : toTensor(given, this.dtype);
      this.addValues(values, applyMask(weights, mask, this.dtype, 'sum'));
    });
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(), fn: serialize_keras_object(this.#fn),
      ...(serialize_keras_object(this.#options) as Record<string, unknown>),
    };
  }

  static override from_config(config: Record<string, unknown>): Metric {
    const { fn, ...options } = config;
    if (fn === undefined) return super.from_config(config);
    const named = isPlainObject(fn) || typeof fn === 'string' ? deserialize_keras_object(fn) : fn;
    return new MeanMetricWrapper(named, deserialize_keras_object(options) as MeanMetricWrapperOptions);
  }
}
kerasExport(MeanMetricWrapper, 'keras.metrics.MeanMetricWrapper');
