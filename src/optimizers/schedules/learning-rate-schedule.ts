/** The base of learning-rate schedules. */
import type { TensorLike } from '../../engine/convert.js';
import type { Tensor } from '../../engine/tensor.js';
import { deserialize_keras_object } from '../../saving/serialization.js';
import { kerasExport } from '../../saving/registration.js';
import { ArgumentError } from '../../utils/checks.js';
import { Callable } from '../../utils/callable.js';

/** Schedules are functions of the step. */
export interface LearningRateSchedule {
  (step: TensorLike): Tensor;
}

/**
 * A learning rate that follows the number of updates. Override `__call__(step)` and `get_config`.
 * Source: keras.optimizers.schedules.LearningRateSchedule.
 *
 * @example
 * class Halving extends keras.optimizers.schedules.LearningRateSchedule {
 *   __call__(step) {
 *     return keras.ops.power(0.5, keras.ops.floor(keras.ops.divide(step, 1000)));
 *   }
 * }
 */
export abstract class LearningRateSchedule extends Callable {
  abstract override __call__(step: TensorLike): Tensor;
  abstract get_config(): Record<string, unknown>;

  static from_config(config: Record<string, unknown>): LearningRateSchedule {
    return new (this as unknown as new (config: Record<string, unknown>) => LearningRateSchedule)(config);
  }

  /** A schedule from its serialized form. */
  static fromSerialized(config: Record<string, unknown>): LearningRateSchedule {
    const schedule = deserialize_keras_object(config);
    if (!(schedule instanceof LearningRateSchedule)) {
      throw new ArgumentError(`The learning rate ${JSON.stringify(config)} is no LearningRateSchedule.`);
    }
    return schedule;
  }
}
kerasExport(LearningRateSchedule, 'keras.optimizers.schedules.LearningRateSchedule');
