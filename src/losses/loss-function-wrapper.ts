/** A loss function as a Loss. */
import { isPlainObject } from '../engine/structure.js';
import { Tensor } from '../engine/tensor.js';
import { kerasExport } from '../saving/registration.js';
import { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
import { Loss, type LossOptions } from './loss.js';
import { sameRank } from './reduction.js';

/** One loss a sample, of labels and predictions. */
export type LossFunction = (y_true: Tensor, y_pred: Tensor, options?: never) => Tensor;

/** Options of the loss itself; all others are handed to the function. */
export type LossFunctionOptions = LossOptions & Record<string, unknown>;

/**
 * A loss of a function of labels and predictions: `new LossFunctionWrapper(keras.losses.huber, {delta: 0.5})`.
 * Source: keras.losses.LossFunctionWrapper.
 * @example
 * new keras.losses.LossFunctionWrapper(keras.losses.huber, { delta: 0.5 })([[0]], [[2]]); // 0.875
 */
export class LossFunctionWrapper extends Loss {
  readonly fn: LossFunction;
  readonly #options: Record<string, unknown>;

  constructor(fn: unknown, options: LossFunctionOptions = {}) {
    const { name, reduction, dtype, ...others } = options;
    super({ name: name ?? undefined, reduction, dtype });
    if (typeof fn !== 'function') throw new TypeError(`LossFunctionWrapper takes a function, received ${String(fn)}.`);
    this.fn = fn as LossFunction;
    this.#options = others;
  }

  override call(y_true: unknown, y_pred: unknown): Tensor {
    const pair: [unknown, unknown] = y_true instanceof Tensor && y_pred instanceof Tensor
      ? sameRank(y_true, y_pred) : [y_true, y_pred];
    const run = this.fn as (...args: unknown[]) => Tensor;
    return Object.keys(this.#options).length === 0 ? run(...pair) : run(...pair, this.#options);
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(), fn: serialize_keras_object(this.fn),
      ...(serialize_keras_object(this.#options) as Record<string, unknown>),
    };
  }

  static override from_config(config: Record<string, unknown>): Loss {
    const { fn, ...options } = config;
    if (fn === undefined) return super.from_config(config);
    const named = isPlainObject(fn) || typeof fn === 'string' ? deserialize_keras_object(fn) : fn;
    return new LossFunctionWrapper(named, deserialize_keras_object(options) as LossFunctionOptions);
  }
}
kerasExport(LossFunctionWrapper, 'keras.src.losses.losses.LossFunctionWrapper');
