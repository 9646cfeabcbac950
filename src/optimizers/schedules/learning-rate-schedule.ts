/** Base of the learning rate schedules. */
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { getDefaultFloat } from '../../engine/dtype.js';
import type { Tensor } from '../../engine/tensor.js';
import { kerasExport } from '../../saving/registration.js';
import { deserialize_keras_object } from '../../saving/serialization.js';
import { declareAbstract, fieldsOfConfig } from '../../utils/abstract.js';
import { Callable } from '../../utils/callable.js';
import { ArgumentError } from '../../utils/checks.js';

export interface LearningRateSchedule {
  (step: TensorLike): Tensor;
}

/**
 * The learning rate as a function of the step: `schedule(step)`. Derive from it and define `__call__`, with
 * ops, for your own. Source: keras.optimizers.schedules.LearningRateSchedule.
 *
 * @example
 * class Linear extends keras.optimizers.schedules.LearningRateSchedule {
 *   __call__(step) { return keras.ops.subtract(0.1, keras.ops.multiply(keras.ops.cast(step, 'float32'), 0.01)); }
 *   get_config() { return {}; }
 * }
 * new keras.optimizers.SGD({learning_rate: new Linear()});
 */
export abstract class LearningRateSchedule extends Callable {
  abstract override __call__(step: TensorLike): Tensor;

  /** The constructor's options. */
  abstract get_config(): Record<string, unknown>;

  static from_config(config: Record<string, unknown>): LearningRateSchedule {
    return new (this as unknown as new (options: Record<string, unknown>) => LearningRateSchedule)(config);
  }

  /** A schedule from its config. */
  static fromSerialized(config: Record<string, unknown>): LearningRateSchedule {
    const schedule = deserialize_keras_object(config);
    if (!(schedule instanceof LearningRateSchedule)) {
      throw new ArgumentError(`The learning rate ${JSON.stringify(config)} is no LearningRateSchedule.`);
    }
    return schedule;
  }

  protected override inspectFields(): Record<string, unknown> {
    return fieldsOfConfig(this);
  }
}
declareAbstract(LearningRateSchedule, '__call__', 'get_config');
kerasExport(LearningRateSchedule, 'keras.optimizers.schedules.LearningRateSchedule');

/** The step in the dtype of learning rates. */
export const stepOf = (step: TensorLike): Tensor => toTensor(toTensor(step), getDefaultFloat());

export function requireSteps(owner: string, name: string, value: unknown): number {
  if (typeof value !== 'number' || !(value > 0)) {
    throw new ArgumentError(`${owner}: the argument '${name}' must be above 0, received ${String(value)}.`);
  }
  return value;
}
