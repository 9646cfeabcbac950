/** FeatureDistillation: the student's inner layers learn from the teacher's. */
import type { Tensor } from '../engine/tensor.js';
import type { Model } from '../models/model.js';
import * as ops from '../ops/index.js';
import { kerasExport } from '../saving/registration.js';
import { serialize_keras_object } from '../saving/serialization.js';
import * as tree from '../tree/index.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import { addUp, DistillationLoss, resolveLosses, type LossStructure } from './distillation-loss.js';

export interface FeatureDistillationOptions {
  /** Default `mse`. */
  loss?: LossStructure;
  /** A layer of the teacher; null (default): its outputs. */
  teacher_layer_name?: string | null;
  /** A layer of the student; null (default): its outputs. */
  student_layer_name?: string | null;
}
const NAMES = ['loss', 'teacher_layer_name', 'student_layer_name'] as const;

/**
 * The loss between the outputs of a layer of the teacher and one of the student, or between the outputs of the models.
 * Source: keras.distillation.FeatureDistillation.
 *
 * @throws ArgumentError without any loss, or when a model has no such layer
 * @example
 * const loss = new keras.distillation.FeatureDistillation('mae');
 * loss.compute_loss(ops.array([[1, 2]]), ops.array([[2, 4]])); // 1.5
 */
export class FeatureDistillation extends DistillationLoss {
  readonly loss: unknown;
  readonly #layers: readonly [teacher: string | null, student: string | null];

  constructor(...args: ConstructorArgs<FeatureDistillationOptions, typeof NAMES>) {
    super();
    const { loss = args.length > 0 && args[0] === null ? null : 'mse', teacher_layer_name = null, student_layer_name = null } =
      namedArguments<FeatureDistillationOptions>('FeatureDistillation', NAMES, args, [], ['loss']);
    this.loss = resolveLosses('FeatureDistillation', loss);
    this.#layers = [teacher_layer_name, student_layer_name];
  }

  override get teacher_layer_name(): string | null {
    return this.#layers[0];
  }

  override get student_layer_name(): string | null {
    return this.#layers[1];
  }

  override validate_model_compatibility(teacher: Model, student: Model): void {
    for (const [role, model, name] of [
      ['teacher', teacher, this.teacher_layer_name], ['student', student, this.student_layer_name]] as const) {
      if (name === null) continue;
      if (!model._graph) {
        throw new ArgumentError(`FeatureDistillation: the ${role} '${model.name}' is a class with a call of its own, whose layer ` +
          `'${name}' has no output to compare. Make it a functional model or a Sequential, or leave the names of layers out.`);
      }
      model.get_layer(name);
    }
  }

  override validate_outputs(teacher_outputs: unknown, student_outputs: unknown): void {
    super.validate_outputs(teacher_outputs, student_outputs);
    tree.assert_same_structure(this.loss, teacher_outputs);
  }

  override compute_loss(teacher_outputs: unknown, student_outputs: unknown): Tensor {
    return addUp(this.loss, teacher_outputs, student_outputs, (loss, teacher, student) => ops.mean(loss(teacher, student)));
  }

  get_config(): Record<string, unknown> {
    const { teacher_layer_name, student_layer_name } = this;
    return { loss: serialize_keras_object(this.loss), teacher_layer_name, student_layer_name };
  }

  static from_config(config: FeatureDistillationOptions): FeatureDistillation {
    return new FeatureDistillation(config);
  }
}
kerasExport(FeatureDistillation, 'keras.distillation.FeatureDistillation');
