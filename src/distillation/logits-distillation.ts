/** LogitsDistillation: the student learns from what the teacher thinks of every class. */
import type { Tensor } from '../engine/tensor.js';
import { KLDivergence } from '../losses/index.js';
import * as ops from '../ops/index.js';
import { kerasExport } from '../saving/registration.js';
import { serialize_keras_object } from '../saving/serialization.js';
import * as tree from '../tree/index.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import { addUp, DistillationLoss, resolveLosses, type LossStructure } from './distillation-loss.js';

export interface LogitsDistillationOptions {
  /** The logits are divided by it; above 0, usually 3 to 5. Default 3. */
  temperature?: number;
  /** Default `kl_divergence`. */
  loss?: LossStructure;
}
const NAMES = ['temperature', 'loss'] as const;

/**
 * The loss between the logits of teacher and student, both divided by a temperature: with a higher one, what is second and
 * third best counts more. A KLDivergence object compares their softmax, times `temperature^2`; every other loss, the
 * function `kl_divergence` too, compares the divided logits themselves. Source: keras.distillation.LogitsDistillation;
 * Hinton et al., 2015.
 *
 * @throws ArgumentError unless the temperature is above 0, and without any loss
 * @example
 * const loss = new keras.distillation.LogitsDistillation({ temperature: 2, loss: new keras.losses.KLDivergence() });
 * loss.compute_loss(ops.array([[1, 2]]), ops.array([[2, 1]])); // 0.4898
 */
export class LogitsDistillation extends DistillationLoss {
  readonly temperature: number;
  readonly loss: unknown;

  constructor(...args: ConstructorArgs<LogitsDistillationOptions, typeof NAMES>) {
    super();
    const { temperature = 3, loss = 'kl_divergence' } =
      namedArguments<LogitsDistillationOptions>('LogitsDistillation', NAMES, args, [], ['loss']);
    if (typeof temperature !== 'number' || !(temperature > 0)) {
      throw new ArgumentError(`LogitsDistillation: the argument 'temperature' must be a number above 0, received ${JSON.stringify(temperature)}.`);
    }
    this.temperature = temperature;
    this.loss = resolveLosses('LogitsDistillation', loss);
  }

  override compute_loss(teacher_outputs: unknown, student_outputs: unknown): Tensor {
    const cooled = (outputs: unknown): unknown =>
      tree.map_structure((logits: unknown) => ops.divide(logits as Tensor, this.temperature), outputs);
    return addUp(this.loss, cooled(teacher_outputs), cooled(student_outputs), (loss, teacher, student) => {
      if (!(loss instanceof KLDivergence)) return ops.mean(loss(teacher, student));
      return ops.multiply(ops.mean(loss(ops.softmax(teacher), ops.softmax(student))), this.temperature ** 2);
    });
  }

  get_config(): Record<string, unknown> {
    return { temperature: this.temperature, loss: serialize_keras_object(this.loss) };
  }

  static from_config(config: LogitsDistillationOptions): LogitsDistillation {
    return new LogitsDistillation(config);
  }
}
kerasExport(LogitsDistillation, 'keras.distillation.LogitsDistillation');
